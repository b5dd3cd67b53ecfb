"""Lock an account after five failures in fifteen minutes, password and code counted together."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from plateward.audit import log
from plateward.people.models import Person, SignInFailure

FAILURES: Final = 5
WINDOW: Final = timedelta(minutes=15)


def locked_until(account: str, *, now: datetime) -> datetime | None:
    """When the account opens again, or None when it is open."""
    recent = SignInFailure.objects.filter(account=_key(account), at__gt=now - WINDOW)
    newest = list(recent.order_by("-at").values_list("at", flat=True)[:FAILURES])
    return newest[-1] + WINDOW if len(newest) == FAILURES else None


@transaction.atomic
def failed(account: str, *, factor: str, now: datetime) -> None:
    """Count one failure. Unknown names are counted too, so that guessing tells nothing."""
    SignInFailure.objects.create(account=_key(account), at=now)
    badge = Person.objects.filter(username__iexact=account).values_list("badge", flat=True).first()
    locked = locked_until(account, now=now) is not None
    log.append(
        actor=badge or "unknown",
        act="people:account:sign-in",
        outcome="locked" if locked else "failed",
        facts={"factor": factor},
    )


@transaction.atomic
def succeeded(person: Person) -> None:
    """Both factors were right: the count starts again."""
    SignInFailure.objects.filter(account=_key(person.username)).delete()
    log.append(actor=person.badge, act="people:account:sign-in", outcome="done")


def _key(account: str) -> str:
    return account.strip().casefold()[:150]
