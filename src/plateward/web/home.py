"""The first page after signing in: what you may do, where, and until when."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from plateward.audit import log
from plateward.oversight import rules
from plateward.people import standing
from plateward.policy import in_force
from plateward.policy.periods import last_day_of
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act, in_words
from plateward.web.search_form import SearchForm
from plateward.web.signed_in import person_of

SIGN_INS: Final = 5
_LOOKED_THROUGH: Final = 200


@dataclass(frozen=True, slots=True)
class Post:
    """A role held in a city. `trained_until` None: never trained, or training never lapses."""

    city: str
    city_title: str
    role: str
    may: tuple[str, ...]
    asks: tuple[str, ...]
    ends_on: date | None
    trained_on: date | None
    trained_until: date | None
    training_needed: bool
    training_good: bool
    searches: bool


@never_cache
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    now = timezone.now()
    served = in_force.cities()
    posts = [_post(held, now) for held in standing.held_by(person) if held.city in served]
    zone = in_force.profile(posts[0].city).timezone if posts else "UTC"
    context = {
        "posts": posts,
        "may_search": any(post.searches for post in posts),
        "sign_ins": _sign_ins(person.badge),
        "zone": zone,
        "form": SearchForm(person=person),
    }
    return render(request, "staff/home.html", context)


def _post(held: standing.Held, now: datetime) -> Post:
    profile = in_force.profile(held.city)
    role = profile.role(held.role)
    acts = role.acts if role else frozenset[Act]()
    today = now.astimezone(profile.zone).date()
    until = _trained_until(held.trained_on, profile)
    return Post(
        city=held.city,
        city_title=profile.title(),
        role=role.title if role else held.role,
        may=in_words(acts),
        asks=rules.needs(profile),
        ends_on=held.ends_on,
        trained_on=held.trained_on,
        trained_until=until,
        training_needed=profile.training.before_access,
        training_good=held.trained_on is not None and (until is None or today <= until),
        searches=Act.READS_SEARCH in acts,
    )


def _trained_until(trained_on: date | None, profile: Profile) -> date | None:
    renewal = profile.training.renew_every
    return last_day_of(trained_on, renewal) if trained_on and renewal else None


def _sign_ins(badge: str) -> list[log.Entry]:
    entries = log.latest(_LOOKED_THROUGH, actor=badge)
    return [entry for entry in entries if entry.act == "people:account:sign-in"][:SIGN_INS]
