"""Accounts over the years: reviewed yearly, closed when unused or ended, and opened again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.utils import timezone

from plateward.audit import log
from plateward.people import appointments, binding, own, sessions
from plateward.people.models import Appointment, Closing, Person, Review
from plateward.policy import in_force
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act

DORMANT_AFTER: Final = timedelta(days=90)
REVIEW_EVERY: Final = timedelta(days=365)
HOUSE: Final = "house"


class NotPossible(ValueError):
    """It cannot be done; the message says why and that nothing was changed."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What a closing did: sessions ended, and the cities where a role was revoked."""

    sessions: int
    cities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """Whether a person's account in a city was looked at within the year."""

    person: Person
    role: str
    last_on: date
    due_on: date
    overdue: bool


@transaction.atomic
def terminate(
    person: Person,
    *,
    by: str,
    why: str,
    kind: Closing.Kind = Closing.Kind.TERMINATED,
    within: str | None = None,
) -> Ended:
    """Close the account at once: sessions end, every role is revoked, and the log says when.

    `within`: the only city the one who asks may decide for.
    """
    own.refuse(person, by=by)
    if not why.strip():
        raise NotPossible("Say why the account is closed. Nothing was changed.")
    if _open_closing(person) is not None:
        raise NotPossible(f"The account of {person.username} is closed already.")
    cities = _cities_of(person)
    if within is not None and set(cities) - {within}:
        raise NotPossible(
            f"{person.get_full_name()} holds a role in another city too. Nothing was changed. "
            "Revoke the role here; the program's operator closes the whole account."
        )
    for city in cities:
        appointments.revoke(person, city, by=by, why=why)
    ended = _close(person, kind, by=by, why=why, cities=cities)
    return Ended(ended, cities)


@transaction.atomic
def reinstate(person: Person, *, by: str, why: str) -> None:
    """Open the account again. Roles that were revoked stay so: each is given anew, in writing."""
    if not why.strip():
        raise NotPossible("Say why the account is opened again. Nothing was changed.")
    own.refuse(person, by=by)
    if person.is_active:
        raise NotPossible(f"The account of {person.username} is open already.")
    Closing.objects.filter(person=person, reopened_at=None).update(
        reopened_at=timezone.now(), reopened_by=by, reopened_why=why.strip()[:200]
    )
    person.is_active = True
    person.save(update_fields=["is_active"])
    log.append(
        actor=by,
        act="people:account:reopen",
        outcome="done",
        facts={"badge": person.badge},
        private={"why": why},
    )


@transaction.atomic
def review(person: Person, city: str, *, keep: bool, by: str, note: str = "") -> None:
    """Record the yearly review. Closing takes the role here, and the account with the last role."""
    own.refuse(person, by=by)
    outcome = Review.Outcome.KEEP if keep else Review.Outcome.CLOSE
    Review.objects.create(
        person=person,
        city=city,
        on=timezone.now().astimezone(in_force.profile(city).zone).date(),
        by=by,
        outcome=outcome,
        note=note.strip()[:200],
    )
    log.append(
        actor=by,
        act="people:account:review",
        outcome="done",
        city=city,
        facts={"badge": person.badge, "review": str(outcome)},
        private={"note": note},
    )
    if keep:
        return
    why = note.strip() or "closed at the yearly review"
    if _cities_of(person) == (city,):
        terminate(person, by=by, why=why, kind=Closing.Kind.REVIEW)
    else:
        appointments.revoke(person, city, by=by, why=why)


def of_city(city: str) -> list[Person]:
    """Everyone who ever held a role there, by name."""
    held = Appointment.objects.filter(city=city).values("person")
    people = Person.objects.filter(pk__in=held).select_related("employer")
    return list(people.order_by("last_name", "first_name", "badge"))


def reviews(of: Person, city: str) -> list[Review]:
    """Newest first."""
    return list(Review.objects.filter(person=of, city=city).order_by("-on", "-pk"))


def due(profile: Profile, *, today: date) -> list[Due]:
    """Everyone with a role in the city and when their account is to be looked at, soonest first."""
    held = _open_appointments(profile.id).select_related("person__employer")
    last = dict(
        Review.objects.filter(city=profile.id)
        .values_list("person")
        .annotate(latest=Max("on"))
        .values_list("person", "latest")
    )
    every = review_every(profile)
    found = [_due(row, last.get(row.person_id), every=every, today=today) for row in held]
    return sorted(found, key=lambda each: (each.due_on, each.person.badge))


def review_every(profile: Profile) -> timedelta:
    """The house's year, or less where the city asks for less."""
    asked = binding.said(profile, "access.accounts.review_every")
    return binding.shortest(REVIEW_EVERY, [asked] if asked else [])


def close_dormant(*, now: datetime) -> list[str]:
    """Close what nobody used for too long; the badges. The last administrator of a city stays."""
    closed = []
    for person in dormant(now=now):
        if last_administrator_of(person, now=now):
            continue
        why = f"no sign-in for {dormant_after(person).days} days"
        with transaction.atomic():
            _close(person, Closing.Kind.DORMANT, by=HOUSE, why=why, cities=_cities_of(person))
        closed.append(person.badge)
    return closed


def dormant_after(person: Person) -> timedelta:
    """The house's 90 days, or less where a city in which they hold a role asks for less."""
    asked = binding.by_cities(_cities_of(person), "access.accounts.dormant_after")
    return binding.shortest(DORMANT_AFTER, asked)


def dormant(*, now: datetime) -> list[Person]:
    """Open accounts without a sign-in, an enrolment or a reopening within their time."""
    any_city = binding.by_any_city("access.accounts.dormant_after")
    unused = _unused_since(now - binding.shortest(DORMANT_AFTER, any_city))
    return [person for person, used in unused if used < now - dormant_after(person)]


def _unused_since(moment: datetime) -> list[tuple[Person, datetime]]:
    reopened = (
        Closing.objects.filter(person=OuterRef("pk"))
        .values("person")
        .annotate(latest=Max("reopened_at"))
        .values("latest")
    )
    used = Greatest(
        "date_joined", "last_login", Subquery(reopened)
    )  # what never was is passed over
    found = Person.objects.filter(is_active=True).annotate(used=used).filter(used__lt=moment)
    return [(person, person.used) for person in found.order_by("pk")]


def last_administrator_of(person: Person, *, now: datetime) -> tuple[str, ...]:
    """Cities where this person alone may administer accounts: without them nobody could."""
    found = []
    for city in _cities_of(person):
        try:
            profile = in_force.profile(city)
        except in_force.NoPolicy:
            continue
        if administrators(profile, today=now.astimezone(profile.zone).date()) == [person]:
            found.append(city)
    return tuple(found)


def administrators(profile: Profile, *, today: date) -> list[Person]:
    return appointments.holders(profile, administrator_roles(profile), today=today)


def administrator_roles(profile: Profile) -> tuple[str, ...]:
    """The roles whose holders administer accounts; empty where the text gives it to none."""
    return tuple(role.code for role in profile.roles.values() if Act.PEOPLE_ADMINISTER in role.acts)


def closings(people: Iterable[Person], *, since: datetime) -> list[Closing]:
    """What those who manage these people are to be told, newest first."""
    rows = Closing.objects.filter(person__in=list(people), at__gte=since)
    return list(rows.select_related("person").order_by("-at"))


def closing_of(person: Person) -> Closing | None:
    """Why the account is closed; None while it is open, and for old accounts without a record."""
    return _open_closing(person)


def _close(
    person: Person, kind: Closing.Kind, *, by: str, why: str, cities: tuple[str, ...]
) -> int:
    Closing.objects.create(
        person=person, kind=kind, at=timezone.now(), by=by, why=why.strip()[:200]
    )
    person.is_active = False
    person.save(update_fields=["is_active"])
    ended = sessions.close_all(person, by=by)
    # One entry a city, so that whoever audits a city finds it there.
    for city in cities or (None,):
        log.append(
            actor=by,
            act="people:account:close",
            outcome="done",
            city=city,
            facts={"badge": person.badge, "kind": str(kind), "sessions": ended},
            private={"why": why},
        )
    return ended


def _due(row: Appointment, last: date | None, *, every: timedelta, today: date) -> Due:
    start = row.recorded_at.date() if row.recorded_at else row.begins_on
    looked_at = max(filter(None, (last, start)))
    due_on = looked_at + every
    return Due(row.person, row.role, looked_at, due_on, overdue=due_on < today)


def _open_closing(person: Person) -> Closing | None:
    return Closing.objects.filter(person=person, reopened_at=None).first()


def _open_appointments(city: str) -> QuerySet[Appointment]:
    return Appointment.objects.filter(
        city=city, revoked_at=None, replaced_at=None, person__is_active=True
    )


def _cities_of(person: Person) -> tuple[str, ...]:
    held = Appointment.objects.filter(person=person, revoked_at=None, replaced_at=None)
    return tuple(held.order_by("city").values_list("city", flat=True))
