"""The hub of what a person may administer, city by city: a list of cards that pages add to."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from plateward.custody import media_register
from plateward.people import accounts, standing
from plateward.policy import in_force
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act
from plateward.web.signed_in import person_of


@dataclass(frozen=True, slots=True)
class Card:
    """One thing to administer. `address` is the name of a page that takes the city.

    `act` may depend on what the city's text lets anybody do.
    """

    title: str
    words: str
    address: str
    act: Act | Callable[[Profile], Act]

    def act_in(self, profile: Profile) -> Act:
        return self.act if isinstance(self.act, Act) else self.act(profile)


# In the order shown. A page that administers something adds its card here.
CARDS: Final[tuple[Card, ...]] = (
    Card(
        "People",
        "Accounts, written authorisations, training records and yearly reviews.",
        "people",
        Act.PEOPLE_ADMINISTER,
    ),
    Card(
        "Changes that call for training",
        "Record a change of law, policy or technology; where the text says so, everyone trains "
        "anew.",
        "people_changes",
        Act.PEOPLE_ADMINISTER,
    ),
    Card(
        "The policy",
        "What is in force and every version before it; adopt a new text, or suspend a clause.",
        "policy",
        Act.POLICY_CONFIGURE,
    ),
    Card(
        "Camera systems",
        "Devices of other makers' systems: link those that are linked to no camera, or dismiss "
        "them.",
        "devices",
        Act.CAMERAS_MAINTAIN,
    ),
    Card(
        "Cameras",
        "How the agents beside them are: healthy, late or silent, and what is wrong.",
        "camera_health",
        Act.CAMERAS_MAINTAIN,
    ),
    Card(
        "Cards and drives",
        "What cameras recorded on, where it is kept, when it may be recorded over, and who got it.",
        "media",
        media_register.act_of,
    ),
    Card(
        "Notices",
        "Where word of verified alerts, stale lists and faults goes: e-mail, webhooks, MQTT.",
        "notices",
        Act.POLICY_CONFIGURE,
    ),
    Card(
        "Hotlists",
        "Look for a plate, agree to what another person entered, take in a file, see which lists "
        "are too old to alert.",
        "hotlists",
        Act.HOTLISTS_EDIT,
    ),
    Card(
        "Holds",
        "Ask that reads be kept for a case, agree to it, open what is held, review it and let go.",
        "holds",
        Act.HOLDS_SEE,
    ),
    Card(
        "What came of alerts",
        "How many were right, why the others were rejected, and what came of them: counts only.",
        "alert_counts_city",
        Act.AGGREGATE_SEE,
    ),
    Card(
        "Downloads",
        "Every copy that left: who holds it, until when, and whether it was purged, booked or "
        "received.",
        "downloads",
        Act.DOWNLOADS_KEEP,
    ),
    Card("The log", "Read what was done in this city, and by whom.", "log_city", Act.AUDIT_READ),
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A card and where it leads."""

    card: Card
    href: str


@dataclass(frozen=True, slots=True)
class Desk:
    """One city. `role`: what the person is there. `by_operator`: no role administers anything."""

    city: str
    title: str
    role: str
    cards: tuple[Opened, ...]
    by_operator: bool
    who: tuple[str, ...]


@never_cache
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    held = {post.city: post.role for post in standing.held_by(person_of(request))}
    served = in_force.profiles(held)
    desks = [_desk(profile, held[city]) for city, profile in served.items()]
    return render(request, "staff/manage.html", {"desks": desks})


def _desk(profile: Profile, code: str) -> Desk:
    role = profile.role(code)
    acts = role.acts if role else frozenset[Act]()
    administering = accounts.administrator_roles(profile)
    return Desk(
        city=profile.id,
        title=profile.title(),
        role=role.title if role else code,
        cards=tuple(
            Opened(card, reverse(card.address, args=[profile.id]))
            for card in CARDS
            if card.act_in(profile) in acts
        ),
        by_operator=not administering,
        who=tuple(profile.roles[each].title for each in administering),
    )
