"""The browsers in which people asked to be told, each for as long as its session lasts."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from plateward.audit import log
from plateward.notices import push, seal
from plateward.notices.models import Subscription as Row
from plateward.notices.post import WrongAddress

MOST: Final = 5  # of one person


@dataclass(frozen=True, slots=True)
class Listener:
    """One browser: whose it is, and the reference of the session in which they asked."""

    id: int
    person: int
    session: str


@transaction.atomic
def add(person: int, session: str, said: Mapping[str, str], *, by: str) -> None:
    """`said` is what the browser hands out: endpoint, p256dh, auth. Raise WrongAddress.

    The same browser asked again belongs to the session that asked last.
    """
    told = push.checked(said)
    digest = _digest(told["endpoint"])
    Row.objects.filter(endpoint_digest=digest).delete()
    if Row.objects.filter(person=person).count() >= MOST:
        raise WrongAddress(
            f"{MOST} of your browsers are told already. Nothing was set up. Turn it off in one."
        )
    Row.objects.create(
        person=person,
        session=session,
        endpoint_digest=digest,
        sealed=seal.seal(told, of=f"plateward browser 1|{digest}"),
    )
    log.append(actor=by, act="notices:browser:add", outcome="done")


def remove(person: int, session: str, *, by: str) -> bool:
    """The person wants no more of it in the browser of this session. Was it told?"""
    with transaction.atomic():
        gone, _ = Row.objects.filter(person=person, session=session).delete()
        if gone:
            log.append(actor=by, act="notices:browser:remove", outcome="done")
    return bool(gone)


def is_told(person: int, session: str) -> bool:
    return Row.objects.filter(person=person, session=session).exists()


def forget(sessions: Iterable[str]) -> None:
    """These sessions have ended, and with them what was told there."""
    Row.objects.filter(session__in=list(sessions)).delete()


def listeners() -> list[Listener]:
    return [value(row) for row in Row.objects.order_by("pk")]


def address(row: Row) -> dict[str, str]:
    """Raise seal.CannotOpen."""
    return seal.unsealed(row.sealed, of=f"plateward browser 1|{row.endpoint_digest}")


def value(row: Row) -> Listener:
    return Listener(row.pk, row.person, row.session)


def _digest(endpoint: str) -> str:
    return hashlib.sha256(endpoint.encode()).hexdigest()
