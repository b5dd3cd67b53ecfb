"""The open sessions of people: where each is, idle since when, how it is locked and closed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from plateward.audit import log
from plateward.notices import browsers
from plateward.people import binding, cjis, standing
from plateward.people.models import Appointment, Person
from plateward.policy import in_force

# Activity is written down this often at most, so a lock may come that much early, never late.
NOTED_EVERY: Final = timedelta(seconds=30)
SHORTEST: Final = timedelta(minutes=1)  # no city may ask for less; below it nobody is asked
_LOCKED: Final = "locked_at"


@dataclass(frozen=True, slots=True)
class Session:
    """One browser that signed in. `locked_at` None: open, unless it has been idle for too long."""

    number: int
    key: str
    began_at: datetime
    last_seen_at: datetime
    address: str
    browser: str
    locked_at: datetime | None

    @property
    def reference(self) -> str:
        return reference(self.key)


def of_key(key: str | None) -> Session | None:
    """The session of this key; None where it was never listed, or has been closed."""
    row = UserSession.objects.filter(session_key=key).first() if key else None
    return None if row is None else _value(row)


def reference(key: str | None) -> str:
    """What the log calls a session. Nobody finds the key by it; empty for no session."""
    return sha256(f"session {key}".encode()).hexdigest()[:12] if key else ""


def open_elsewhere(person: Person, address: str, *, now: datetime) -> list[Session]:
    """Sessions at another address that somebody may be sitting at."""
    there = (each for each in open_sessions(person) if each.address != address)
    return [session for session in there if not is_locked(session, person, now=now)]


def only_one_place(person: Person) -> bool:
    """Does a city in which they hold a role ask that nobody shares an account?"""
    return bool(binding.by_cities(_cities_of(person), "access.auth.unique_account"))


def open_sessions(person: Person) -> list[Session]:
    """Oldest first. Those that ended by themselves are cleared away on the way."""
    rows = UserSession.objects.purge_and_list(person)
    return sorted(map(_value, rows), key=lambda session: session.began_at)


def close_all(person: Person, *, by: str | None = None) -> int:
    """End every session the person has, at once. How many there were."""
    return _close(person, UserSession.objects.filter(user=person), by=by or person.badge)


def close_others(person: Person, key: str, *, by: str) -> int:
    """End every session but the one of this key."""
    rows = UserSession.objects.filter(user=person).exclude(session_key=key)
    return _close(person, rows, by=by)


def close_everybodys(*, by: str) -> int:
    """After a restore: whoever had signed out since the backup must not be signed in again."""
    people = Person.objects.filter(pk__in=UserSession.objects.values("user"))
    return sum(close_all(person, by=by) for person in people)


def close_one(person: Person, number: int, *, by: str) -> int:
    """End one session. Nobody ends another person's by its number."""
    return _close(person, UserSession.objects.filter(user=person, pk=number), by=by)


@transaction.atomic
def _close(person: Person, rows: Iterable[UserSession], *, by: str) -> int:
    ended = list(rows)
    browsers.forget(reference(row.session_key) for row in ended)
    for row in ended:
        row.end()
    if ended:
        log.append(
            actor=by,
            act="people:session:close",
            outcome="done",
            facts={"badge": person.badge, "sessions": len(ended)},
        )
    return len(ended)


def seen(session: Session, *, now: datetime) -> None:
    """The person did something. A locked session stays as it is."""
    if now - session.last_seen_at >= NOTED_EVERY:
        _unlocked(session).update(last_seen_at=now)


def lock_after(person: Person) -> timedelta | None:
    """How long the person may be idle: the shortest any of their cities asks.

    None: every position they hold is one that must never be locked, such as dispatch.
    """
    held = standing.held_by(person)
    if held and all(_is_exempt(post) for post in held):
        return None
    house = timedelta(minutes=settings.LOCK_AFTER_MINUTES)
    asked = binding.by_cities((post.city for post in held), "access.session.lock_after")
    return max(SHORTEST, binding.shortest(house, asked))


def sign_in_again_after(person: Person) -> timedelta:
    """How long a session lasts, however busy: the shortest any of their cities asks."""
    house = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    asked = binding.by_cities(_cities_of(person), "access.session.sign_in_again_after")
    return max(SHORTEST, binding.shortest(house, asked))


def is_locked(session: Session, person: Person, *, now: datetime) -> bool:
    if session.locked_at is not None:
        return True
    idle_for = now - session.last_seen_at
    if idle_for < SHORTEST:
        return False
    limit = lock_after(person)
    return limit is not None and idle_for >= limit


def is_open(key: str | None, person: Person, *, now: datetime) -> bool:
    """May something still be shown there? False for what is locked, closed or was never listed."""
    session = of_key(key)
    return session is not None and not is_locked(session, person, now=now)


@transaction.atomic
def lock(session: Session, person: Person, *, why: str, now: datetime) -> None:
    """Logged once, however many requests find it idle.

    A page may have found it idle, by itself, just before its person came back: then it stays open.
    """
    as_it_was_found = _unlocked(session).filter(last_seen_at__lte=session.last_seen_at)
    if as_it_was_found.update(data={_LOCKED: now.isoformat()}):
        log.append(
            actor=person.badge, act="people:session:lock", outcome="done", facts={"why": why}
        )


@transaction.atomic
def unlock(session: Session, person: Person, *, factor: str, now: datetime) -> None:
    """The person proved again who they are, by `factor`."""
    UserSession.objects.filter(pk=session.number).update(data={}, last_seen_at=now)
    log.append(
        actor=person.badge, act="people:session:unlock", outcome="done", facts={"factor": factor}
    )


def _unlocked(session: Session) -> QuerySet[UserSession]:
    rows: QuerySet[UserSession] = UserSession.objects.filter(pk=session.number)
    return rows.filter(data__locked_at__isnull=True)


def _cities_of(person: Person) -> list[str]:
    held = Appointment.objects.filter(person=person, revoked_at=None, replaced_at=None)
    return list(held.values_list("city", flat=True))


def _is_exempt(post: standing.Held) -> bool:
    """By the city's policy or the machine's settings, which under CJIS may name dispatch only."""
    try:
        profile = in_force.profile(post.city)
    except in_force.NoPolicy:
        return False
    if (settings.CJIS or cjis.OVERLAY in profile.overlays) and post.role not in cjis.NEVER_LOCKED:
        return False
    listed = f"{post.city}:{post.role}" in settings.NEVER_LOCKED
    return listed or post.role in (binding.said(profile, "access.session.exempt_roles") or ())


def _value(row: UserSession) -> Session:
    locked = row.data.get(_LOCKED)
    return Session(
        number=row.pk,
        key=row.session_key,
        began_at=row.created_at,
        last_seen_at=row.last_seen_at,
        address=row.ip,
        browser=row.user_agent,
        locked_at=None if locked is None else datetime.fromisoformat(locked),
    )


@transaction.atomic
def ended(person: Person, key: str | None, *, why: str) -> None:
    """The session of this key is no more: signed out, or over."""
    UserSession.objects.filter(user=person, session_key=key).delete()
    browsers.forget([reference(key)])
    log.append(
        actor=person.badge, act="people:account:sign-out", outcome="done", facts={"why": why}
    )
