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
from plateward.people import reminders, standing, training
from plateward.people.models import Person
from plateward.policy import in_force
from plateward.policy.vocabulary import Act, in_words
from plateward.web.search_form import SearchForm
from plateward.web.signed_in import person_of, used_second_factor
from plateward.web.standing import Lack, lacks_of

SIGN_INS: Final = 5
_LOOKED_THROUGH: Final = 200


@dataclass(frozen=True, slots=True)
class Post:
    """A role held in a city, and what stands in the way of using it."""

    city: str
    city_title: str
    role: str
    may: tuple[str, ...]
    asks: tuple[str, ...]
    ends_on: date | None
    trained_on: date | None
    lapse: reminders.Lapse | None
    lacks: tuple[Lack, ...]
    searches: bool


@never_cache
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    now = timezone.now()
    served = in_force.cities()
    factor = used_second_factor(request)
    posts = [
        _post(person, held, now, second_factor=factor)
        for held in standing.held_by(person)
        if held.city in served
    ]
    zone = in_force.profile(posts[0].city).timezone if posts else "UTC"
    context = {
        "posts": posts,
        "may_search": any(post.searches for post in posts),
        "sign_ins": _sign_ins(person.badge),
        "zone": zone,
        "form": SearchForm(person=person),
    }
    return render(request, "staff/home.html", context)


def _post(person: Person, held: standing.Held, now: datetime, *, second_factor: bool) -> Post:
    profile = in_force.profile(held.city)
    role = profile.role(held.role)
    acts = role.acts if role else frozenset[Act]()
    today = now.astimezone(profile.zone).date()
    stands = standing.of(
        person, held.city, second_factor=second_factor, today=today, profile=profile
    )
    topics = training.topics_of(person, profile, today=today)
    return Post(
        city=held.city,
        city_title=profile.title(),
        role=role.title if role else held.role,
        may=in_words(acts),
        asks=rules.needs(profile),
        ends_on=held.ends_on,
        trained_on=held.trained_on,
        lapse=reminders.lapse_of(topics, today=today),
        lacks=lacks_of(profile, stands, now),
        searches=Act.READS_SEARCH in acts,
    )


def _sign_ins(badge: str) -> list[log.Entry]:
    entries = log.latest(_LOOKED_THROUGH, actor=badge)
    return [entry for entry in entries if entry.act == "people:account:sign-in"][:SIGN_INS]
