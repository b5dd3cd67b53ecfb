"""A person's own page: in each city what they may do, what is missing, and whom to ask."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from plateward.people import accounts, appointments, reminders, standing, training
from plateward.people.models import Appointment, Person
from plateward.policy import in_force
from plateward.policy.circumstances import Circumstances
from plateward.policy.decide import Decision, Reason, Standing, decide
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act, in_words
from plateward.web.signed_in import person_of, used_second_factor

# What a form asks each time is no lack of the person's standing.
ABOUT_THE_PERSON: Final = frozenset(
    {
        "policy_complete",
        "policy_in_force",
        "role",
        "role_decided",
        "sworn",
        "agency",
        "authorised",
        "attested",
        "trained",
        "training_topics",
        "retrained",
        "trained_lately",
        "good_standing",
        "second_factor",
    }
)
# The state of the house is no lack of the person's either.
_ALL_WELL: Final = Circumstances(policy_posted=True, clock_trusted=True)
# The act that asks most of a person comes first.
_ASKING_MOST: Final = (Act.READS_SEARCH, Act.READS_VIEW, Act.ALERTS_SEE, Act.AUDIT_READ)


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing in the way, by which clauses, and what to do about it."""

    why: str
    do_next: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Post:
    """A role in a city, with everything that stands in the way of using it."""

    city: str
    city_title: str
    role: str
    may: tuple[str, ...]
    lacks: tuple[Lack, ...]
    paper: Appointment | None
    topics: tuple[training.Topic, ...]
    lapse: reminders.Lapse | None
    learned: bool
    ask: tuple[str, ...]
    practises: bool


@never_cache
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    person, now = person_of(request), timezone.now()
    factor = used_second_factor(request)
    served = in_force.profiles(held.city for held in standing.held_by(person))
    posts = [_post(person, profile, now, second_factor=factor) for profile in served.values()]
    return render(request, "staff/standing.html", {"posts": posts})


def _post(person: Person, profile: Profile, now: datetime, *, second_factor: bool) -> Post:
    today = now.astimezone(profile.zone).date()
    stands = standing.of(
        person, profile.id, second_factor=second_factor, today=today, profile=profile
    )
    role = profile.role(stands.role or "")
    acts = role.acts if role else frozenset[Act]()
    topics = training.topics_of(person, profile, today=today)
    return Post(
        city=profile.id,
        city_title=profile.title(),
        role=role.title if role else (stands.role or ""),
        may=in_words(acts),
        lacks=lacks_of(profile, stands, now),
        paper=appointments.open_there(person, profile.id),
        topics=tuple(topics),
        lapse=reminders.lapse_of(topics, today=today),
        learned=all(topic.in_force for topic in topics),
        ask=tuple(
            f"{each.get_full_name()}, {each.agency}"
            for each in accounts.administrators(profile, today=today)
            if each != person
        ),
        practises=Act.PRACTICE in acts,
    )


def lacks_of(profile: Profile, stands: Standing, now: datetime) -> tuple[Lack, ...]:
    """What stands between a person and the work of their role, whatever they would ask for."""
    role = profile.role(stands.role or "")
    acts = role.acts if role else frozenset[Act]()
    first = next((act for act in (*_ASKING_MOST, *sorted(acts)) if act in acts), None)
    return _lacks(decide(profile, stands, first, Reason(), now, _ALL_WELL)) if first else ()


def _lacks(decision: Decision) -> tuple[Lack, ...]:
    if decision.allowed:
        return ()
    told = decision.objections or (decision,)
    return tuple(
        Lack(each.why, each.do_next, each.clauses) for each in told if each.rule in ABOUT_THE_PERSON
    )
