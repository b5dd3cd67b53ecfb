"""Where the log ends, and the lock that lets one writer at a time move it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from plateward.audit import tree
from plateward.audit.models import Checkpoint, Entry, Frontier

_LOCK = int.from_bytes(b"platelog")  # any constant that nothing else in the database uses
_WIDTH = 32
_logger = logging.getLogger(__name__)


@contextmanager
def held() -> Iterator[Frontier]:
    """The frontier, for one writer alone, until the outermost transaction ends.

    Inside a caller's transaction the lock stays until that transaction commits or rolls back:
    append last, and keep such transactions short. It needs READ COMMITTED, Django's default.
    No savepoint is made: if an append fails, the caller's transaction cannot commit without it.
    """
    with transaction.atomic(savepoint=False):
        with transaction.get_connection().cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        yield Frontier.objects.first() or _rebuilt()


def grow(frontier: Frontier, leaf: bytes, at: datetime) -> None:
    """Move the end of the log past one more leaf; the caller saves."""
    frontier.hashes = b"".join(tree.grow(hashes(frontier), frontier.size, leaf))
    frontier.size += 1
    frontier.reached_at = at


def hashes(frontier: Frontier) -> list[bytes]:
    written = bytes(frontier.hashes)
    return [written[start : start + _WIDTH] for start in range(0, len(written), _WIDTH)]


def root(frontier: Frontier) -> bytes:
    return tree.frontier_root(hashes(frontier))


def _rebuilt() -> Frontier:
    """From the leaves: at first use, or after the row was lost in a restore."""
    found: tuple[bytes, ...] = ()
    size = 0
    for leaf in Entry.objects.values_list("leaf", flat=True).iterator():
        found = tree.grow(found, size, bytes(leaf))
        size += 1
    if size:
        _logger.error("The end of the log was lost and has been found again from %s leaves.", size)
    entry, checkpoint = Entry.objects.last(), Checkpoint.objects.last()
    times = [row.at for row in (entry, checkpoint) if row is not None]
    return Frontier(
        size=size,
        hashes=b"".join(found),
        reached_at=max(times) if times else datetime.fromisoformat("2000-01-01T00:00:00+00:00"),
        signed=0 if checkpoint is None else checkpoint.size,
    )
