"""Sign what the log says now, often enough that no one can change it later unseen."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from plateward.audit import frontier, keys
from plateward.audit.models import Checkpoint as Row
from plateward.audit.models import Frontier
from plateward.audit.note import checkpoint_text

MOST_UNSIGNED = 100
WITH_NEWS = timedelta(seconds=50)  # a worker that looks every 10 s is never later than 60
IDLE = timedelta(hours=1)
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed statement of the log's size and root. `note` is what to publish."""

    size: int
    root: bytes
    at: datetime
    vkey: str
    note: str


def latest() -> Checkpoint | None:
    row = Row.objects.last()
    return None if row is None else _value(row)


def sign_if_due(now: datetime) -> Checkpoint | None:
    """Sign after 100 entries, within 60 s of news, or after an hour; None where none is due.

    Cheap to call every few seconds: the lock is taken only when one is due. For a worker's loop, so
    a missing key is said in the server's log each time and never stops the worker's other duties.
    """
    if not _due(Frontier.objects.first(), now):
        return None
    try:
        with transaction.atomic(), frontier.held() as end:
            return _sign(end, now) if _due(end, now) else None
    except keys.CannotSign:
        _logger.exception("The audit log cannot be signed.")
        return None


def sign_news(now: datetime) -> Checkpoint | None:
    """Sign at once whatever is not signed yet; None where everything is. Raises CannotSign."""
    with transaction.atomic(), frontier.held() as end:
        return _sign(end, now) if end.size > end.signed else None


def sign_inline(end: Frontier, now: datetime) -> None:
    """From `log.append`, under its lock: sign every 100 entries without waiting for a worker.

    A missing key must not stop a city's searches, but nor may it pass unseen: each append over
    the hundred says so in the server's log, and `log.append` refuses in the end.
    """
    if end.size - end.signed < MOST_UNSIGNED:
        return
    try:
        _sign(end, now)
    except keys.CannotSign:
        _logger.exception("%s entries of the audit log are not signed.", end.size - end.signed)


def _due(end: Frontier | None, now: datetime) -> bool:
    if end is None or end.size == 0:
        return False
    news = end.size - end.signed
    last = Row.objects.last()
    if last is None or news >= MOST_UNSIGNED:
        return True
    # Either way: a clock that was set back must not put the next checkpoint off.
    since = abs(now - last.clock)
    return since >= (WITH_NEWS if news else IDLE)


def _sign(end: Frontier, now: datetime) -> Checkpoint:
    """Under the lock. Everything that can fail for want of a key comes before the first write."""
    last = Row.objects.last()
    signer = keys.signer(last_vkey=None if last is None else last.vkey)
    at = max(now, end.reached_at)
    root = frontier.root(end)
    text = checkpoint_text(origin=signer.name, size=end.size, root=root, at=at)
    row = Row.objects.create(
        size=end.size, root=root, at=at, clock=now, vkey=signer.vkey, note=signer.sign(text)
    )
    end.signed, end.reached_at = end.size, at
    end.save()
    return _value(row)


def _value(row: Row) -> Checkpoint:
    return Checkpoint(row.size, bytes(row.root), row.at, row.vkey, row.note)
