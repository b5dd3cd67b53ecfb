"""The register of holds and emergency copies of a city, and one of them whole: never a plate."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from plateward.custody import holds, holds_shown
from plateward.custody.holds_shown import Line, NoSuchHold
from plateward.custody.preserved import BASES
from plateward.people import standing
from plateward.policy import holds as policy
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act
from plateward.web import faults
from plateward.web.manage_door import Door, NotOpen, told_of
from plateward.web.signed_in import person_of

NO_SUCH = faults.Fault(
    404,
    "There is no such hold",
    "There is none of that number in this city to which this can be done. Nothing was changed.",
    "Go back to the list of holds.",
)
SCOPES = {
    "reads": "Reads named by their numbers",
    "query": "Reads that fit a question",
    "case": "The reads behind the alerts of the case",
    "drive": "A drive or card",
}


def may(profile: Profile, act: Act) -> tuple[str, ...]:
    """Titles of the roles that this is for."""
    return tuple(role.title for role in profile.roles.values() if act in role.acts)


def door_for(act: Act) -> Door:
    """Refused: the page that says so, whoever asked for what."""
    return Door(act, "staff/holds_closed.html", lambda profile: may(profile, act))


def acts_of(request: HttpRequest, profile: Profile) -> frozenset[Act]:
    """What this person's role opens here; which buttons stand on the page, and nothing more."""
    held = {each.city: each.role for each in standing.held_by(person_of(request))}
    role = profile.role(held.get(profile.id, ""))
    return role.acts if role else frozenset()


@never_cache
@require_GET
def page(request: HttpRequest, city: str) -> HttpResponse:
    try:
        profile, permit = door_for(Act.HOLDS_SEE).opened(request, city)
    except NotOpen as closed:
        return closed.answer
    lines = holds_shown.of(city, permit=permit)
    today = timezone.now().astimezone(profile.zone).date()
    acts = acts_of(request, profile)
    has_own = bool(policy.classes(profile))
    context = told_of(profile) | {
        "lines": lines,
        "today": today,
        "overdue": [each for each in _in_force(lines) if each.review_on < today],
        "waiting": sum(each.state == "waiting" for each in lines),
        "may_place": Act.HOLDS_PLACE in acts and has_own,
        "may_preserve": Act.PRESERVE in acts and preservation_is_the_way(profile),
        "grounds": grounds(profile),
        "text_knows_holds": has_own,
        "for_reads": policy.DataClass.READS in policy.classes(profile),
        "without": without(profile),
    }
    return render(request, "staff/holds.html", context)


@never_cache
@require_GET
def one(request: HttpRequest, city: str, number: int) -> HttpResponse:
    try:
        profile, permit = door_for(Act.HOLDS_SEE).opened(request, city)
        whole = holds_shown.one(number, permit=permit)
    except NotOpen as closed:
        return closed.answer
    except NoSuchHold:
        return faults.page(request, NO_SUCH)
    today = timezone.now().astimezone(profile.zone).date()
    acts, line = acts_of(request, profile), whole.line
    is_own = line.own == person_of(request).pk
    agreeing = Act.PRESERVE if line.preservation else Act.HOLDS_APPROVE
    context = told_of(profile) | {
        "whole": whole,
        "line": line,
        "ground": ground_of(line),
        "scope": SCOPES[line.scope],
        "today": today,
        "is_full": line.state == "in force" and line.reads >= holds.MOST,
        "is_overdue": line.state == "in force" and line.review_on < today,
        "is_own": is_own and not line.preservation,
        "may_agree": agreeing in acts,
        "may_release": (Act.PRESERVE if line.preservation else Act.HOLDS_RELEASE) in acts,
        "may_open": (Act.PRESERVED_OPEN if line.preservation else Act.HOLDS_OPEN) in acts,
        "booked": profile.at("retention.evidence") == "portable_media_booked",
        "booking": profile.clauses_for("retention.evidence"),
        "entry": permit.entries[city],
    }
    return render(request, "staff/hold.html", context)


def ground_of(line: Line) -> str:
    """In words; an emergency copy stands on an order or a demand, and on no ground of a text."""
    return BASES[line.ground] if line.preservation else policy.label(line.ground)


def grounds(profile: Profile) -> tuple[policy.Choice, ...]:
    """The grounds that the text writes, for whatever it writes them."""
    classes = policy.classes(profile)
    return policy.choices(profile, classes[0]) if classes else ()


def without(profile: Profile) -> policy.MayNot | None:
    """What the text's silence on reads comes to; None where it knows holds on them."""
    answer = policy.may_hold(
        profile, "legal_hold", policy.DataClass.READS, has_document=True, case="26-1"
    )
    return answer if isinstance(answer, policy.MayNot) and answer.preservation else None


def preservation_is_the_way(profile: Profile) -> bool:
    return policy.may_preserve(profile, has_document=True) is None


def _in_force(lines: Sequence[Line]) -> list[Line]:
    return [each for each in lines if each.state == "in force"]
