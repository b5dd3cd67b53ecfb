"""Who may be told of a city's alerts, and which plate may leave with a notice."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from plateward.gate import door
from plateward.hotlists import alerts
from plateward.hotlists.models import Alert, Step
from plateward.hotlists.review import Kind
from plateward.notices.above import Above
from plateward.notices.browsers import Listener
from plateward.people import sessions, standing
from plateward.people.models import Person
from plateward.policy import in_force
from plateward.policy.decide import Reason, decide
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act


def above() -> Above:
    """What the room of notices asks us."""
    return Above(hear=hear, ended=ended, stands=stands, plate=plate)


def hear(city: str, listeners: Sequence[Listener]) -> frozenset[int]:
    """The ids of those who may see the alerts of the city now: the policy is asked of each person.

    They asked for it in a session that had passed a second factor. What they hear is no plate, and
    the board asks the gate again when they come.
    """
    profile = in_force.profiles([city]).get(city)
    if profile is None:
        return frozenset()
    now = timezone.now()
    people = Person.objects.in_bulk({each.person for each in listeners})
    may = {key for key, person in people.items() if _may_see(person, profile, now)}
    return frozenset(each.id for each in listeners if each.person in may)


def ended(listeners: Sequence[Listener]) -> frozenset[int]:
    """The ids of those whose session is over, whether they signed out or it ran out."""
    people = Person.objects.in_bulk({each.person for each in listeners})
    open_now = {
        key: {session.reference for session in sessions.open_sessions(person)}
        for key, person in people.items()
    }
    return frozenset(
        each.id for each in listeners if each.session not in open_now.get(each.person, set())
    )


def stands(city: str, alert: int) -> bool:
    """Whether the alert is verified still. One whose read has expired is not there any more."""
    there = Alert.objects.filter(pk=alert, city=city, expires_at__gt=timezone.now())
    last = Step.objects.filter(alert__in=there).order_by("-number").first()
    return last is not None and last.kind != Kind.REJECTED


def plate(city: str, alert: int) -> str:
    """Under a permit of the house, and so in the log; "" where the policy lets no plate leave."""
    profile = in_force.profiles([city]).get(city)
    if profile is None or not lets_plates_leave(profile):
        return ""
    permit = door.admit_house(Act.ALERTS_SEE, "the plate of a verified alert leaves", city=city)
    found = alerts.one(alert, permit=permit)
    return "" if found is None else str(found.plate)


def lets_plates_leave(profile: Profile) -> bool:
    """Only where the adopted text says so. Silence keeps every plate in the house."""
    return (profile.at("hotlists").get("notices") or {}).get("plate_text") is True


def _may_see(person: Person, profile: Profile, now: datetime) -> bool:
    today = now.astimezone(profile.zone).date()
    stands = standing.of(person, profile.id, second_factor=True, today=today, profile=profile)
    return decide(profile, stands, Act.ALERTS_SEE, Reason(), now).allowed
