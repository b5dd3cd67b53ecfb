"""Lock an account after five failures in fifteen minutes, all factors counted together.

A policy may ask for fewer, or for longer. What any city of the house asks holds for every account,
and for names that nobody bears: which city an account belongs to is told to nobody who guesses.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import transaction

from plateward.audit import log
from plateward.people import binding, cjis
from plateward.people.models import Person, SignInFailure

FAILURES: Final = 5
WINDOW: Final = timedelta(minutes=15)
SECOND_PLACE: Final = "second_place"
UNTIL_RELEASED: Final = datetime.max.replace(tzinfo=UTC)
NOTHING: Final[Mapping[str, str]] = {}


def locked_until(account: str, *, now: datetime) -> datetime | None:
    """When the account opens again, or None when it is open.

    Under CJIS that is `UNTIL_RELEASED`: time alone opens nothing.
    """
    most, window = most_failures(), within()
    failures = SignInFailure.objects.filter(account=_key(account)).order_by("-at")
    newest = list(failures.filter(at__gt=now - window).values_list("at", flat=True)[:most])
    if len(newest) == most:
        return UNTIL_RELEASED if _only_an_administrator_opens() else newest[-1] + window
    ever_full = _ever_full(list(failures.values_list("at", flat=True)), most, window)
    return UNTIL_RELEASED if ever_full and _only_an_administrator_opens() else None


def most_failures() -> int:
    asked: list[int] = binding.by_any_city("access.lockout.attempts")
    return min([FAILURES, *asked])


def within() -> timedelta:
    return binding.longest(WINDOW, binding.by_any_city("access.lockout.within"))


def _only_an_administrator_opens() -> bool:
    return cjis.binds() or bool(binding.by_any_city("access.lockout.released_by"))


def _ever_full(
    newest_first: list[datetime], most: int = FAILURES, window: timedelta = WINDOW
) -> bool:
    """Were there ever that many within one window, with neither success nor release since?"""
    last = most - 1
    return any(
        late - early < window
        for late, early in zip(newest_first, newest_first[last:], strict=False)
    )


@transaction.atomic
def failed(
    account: str, *, factor: str, now: datetime, source: Mapping[str, str] = NOTHING
) -> None:
    """Count one failure. Unknown names are counted too, so that guessing tells nothing."""
    SignInFailure.objects.create(account=_key(account), at=now)
    badge = Person.objects.filter(username__iexact=account).values_list("badge", flat=True).first()
    locked = locked_until(account, now=now) is not None
    log.append(
        actor=badge or "unknown",
        act="people:account:sign-in",
        outcome="locked" if locked else "failed",
        facts={"factor": factor},
        private=source,
    )


@transaction.atomic
def succeeded(
    person: Person,
    *,
    factors: tuple[str, ...] = (),
    notice: str = "",
    flags: tuple[str, ...] = (),
    source: Mapping[str, str] = NOTHING,
) -> None:
    """All that was asked for was right: the count starts again.

    `notice`: the digest of the use notice that was accepted before. `flags`: what an auditor should
    look at.
    """
    SignInFailure.objects.filter(account=_key(person.username)).delete()
    log.append(
        actor=person.badge,
        act="people:account:sign-in",
        outcome="done",
        facts={"factors": list(factors), "notice": notice, "flags": list(flags)},
        private=source,
    )


def elsewhere(person: Person, *, source: Mapping[str, str] = NOTHING) -> None:
    """All was right, but the account is in use in another place, and may be in one only."""
    log.append(
        actor=person.badge,
        act="people:account:sign-in",
        outcome="refused",
        facts={"flags": [SECOND_PLACE]},
        private=source,
    )


@transaction.atomic
def release(person: Person, by: str) -> bool:
    """Open a locked account again. Answers whether there was anything to release."""
    counted, _ = SignInFailure.objects.filter(account=_key(person.username)).delete()
    if counted:
        log.append(
            actor=by,
            act="people:account:release",
            outcome="done",
            facts={"badge": person.badge, "failures": counted},
        )
    return bool(counted)


def _key(account: str) -> str:
    return account.strip().casefold()[:150]
