"""Pictures that a stored read's message only linked to: asked for after the answer, then put by.

Whoever sends a message waits for no other machine: the link is noted with the read, and followed by
what keeps house, at most a few a round. Kept or given up, the link goes at once.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from plateward.cameras import picture_hosts, register
from plateward.cameras.picture_hosts import Host
from plateward.intake import counts, fetched
from plateward.intake.adapters.canonical import Link
from plateward.intake.models import PictureDue
from plateward.policy import in_force
from plateward.reads import later

NOT_KEPT: Final = "link_not_kept"  # the city keeps no pictures
NOT_WANTED: Final = "link_too_late"  # its read was deleted, or has a picture by now
MOST_A_ROUND: Final = 50
ROUND_SECONDS: Final = 40.0
TRIES: Final = 4
_PAUSES: Final = (timedelta(seconds=20), timedelta(minutes=2), timedelta(minutes=10))
_LEASE: Final = timedelta(minutes=2)  # for one who took it and then vanished
Fetch = Callable[[str, Sequence[Host]], bytes]


@dataclass(frozen=True, slots=True)
class _Due:
    number: int
    camera: str
    city: str
    read: int
    kind: str
    link: str
    tries: int


def note(links: Sequence[Link], *, read: int, camera: str, now: datetime) -> list[str]:
    """Which may be followed, for later; return by rule why the others are not."""
    about = register.named(camera)
    if not in_force.profile(about.city).keeps_field("image"):
        return [NOT_KEPT for _ in links]
    hosts = picture_hosts.of(camera)
    follow = [each for each in links if fetched.allowed(each.address, hosts)]
    PictureDue.objects.bulk_create(
        (
            PictureDue(camera_id=about.key, read=read, kind=e.kind, link=e.address, due_at=now)
            for e in follow
        ),
        ignore_conflicts=True,
    )
    return [fetched.NOT_ALLOWED] * (len(links) - len(follow))


def is_any(*, now: datetime) -> bool:
    return PictureDue.objects.filter(due_at__lte=now).exists()


def fetch(*, now: datetime, fetching: Fetch = fetched.picture) -> int:
    """What is due now, as far as a round goes; how many pictures were put by."""
    until, put_by = time.monotonic() + ROUND_SECONDS, 0
    for _ in range(MOST_A_ROUND):
        due = _taken(now) if time.monotonic() < until else None
        if due is None:
            break
        put_by += _one(due, now, fetching)
    return put_by


@transaction.atomic
def _taken(now: datetime) -> _Due | None:
    """The next, and nobody else's for a while: two who keep house never fetch the same."""
    rows = PictureDue.objects.select_for_update(skip_locked=True, of=("self",))
    row = rows.select_related("camera").filter(due_at__lte=now).order_by("due_at", "pk").first()
    if row is None:
        return None
    row.due_at, row.tries = now + _LEASE, row.tries + 1
    row.save(update_fields=["due_at", "tries"])
    return _Due(
        number=row.pk,
        camera=row.camera.code,
        city=row.camera.city,
        read=row.read,
        kind=row.kind,
        link=row.link,
        tries=row.tries,
    )


def _one(due: _Due, now: datetime, fetching: Fetch) -> bool:
    """The register is asked again: what it allowed then may be forbidden now."""
    mine = PictureDue.objects.filter(pk=due.number)
    if not later.still_wants(due.read, due.kind, now=now):
        _given_up(due, NOT_WANTED, now)
        return False
    try:
        jpeg = fetching(due.link, picture_hosts.of(due.camera))
    except fetched.NotFetched as failed:
        if failed.passes and due.tries < TRIES:
            mine.update(due_at=now + _PAUSES[due.tries - 1])
        else:
            _given_up(due, failed.rule, now)
        return False
    with transaction.atomic():
        mine.delete()
        return later.put(due.read, due.kind, jpeg, now=now)


def _given_up(due: _Due, rule: str, now: datetime) -> None:
    PictureDue.objects.filter(pk=due.number).delete()
    counts.leave_out(due.city, {rule: 1}, now=now)
