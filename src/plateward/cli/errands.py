"""What keeping house asks of others over the network; their slow answers delay nothing."""

import logging
import threading
from datetime import datetime, timedelta
from typing import Final

_PATIENCE: Final = timedelta(minutes=5)  # before a time-stamper that failed is asked again
_logger = logging.getLogger(__name__)
_busy = threading.Lock()
_refused_at: list[datetime] = []


def beside(now: datetime) -> threading.Thread | None:
    """Run what is due in a thread, unless the last run still waits for somebody."""
    if not is_due(now) or not _busy.acquire(blocking=False):
        return None
    thread = threading.Thread(target=_apart, args=(now,), name="errands", daemon=True)
    thread.start()
    return thread


def is_due(now: datetime) -> bool:
    from plateward.audit import witnesses
    from plateward.cli import posting
    from plateward.intake import pictures_due

    asked = witnesses.is_anyone_due(now) or _wants_a_stamp(now) or any(posting.due(now))
    return asked or pictures_due.is_any(now=now)


def run_now() -> None:
    """For one round on the command line, which waits for the answers."""
    from django.utils import timezone

    run(timezone.now())


def run(now: datetime) -> None:
    """Ask everyone who is due, one after another."""
    from plateward.audit import timestamps, witnesses
    from plateward.cli import posting
    from plateward.intake import pictures_due

    posting.look(now)
    witnesses.ask_due(now)
    pictures_due.fetch(now=now)
    if not _wants_a_stamp(now):
        return
    try:
        timestamps.stamp()
        _refused_at.clear()
    except timestamps.NotStamped as error:
        _refused_at[:] = [now]
        _logger.warning("%s", error)


def _wants_a_stamp(now: datetime) -> bool:
    from plateward.audit import timestamps

    waits = any(abs(now - refused) < _PATIENCE for refused in _refused_at)
    return not waits and timestamps.is_due(now)


def _apart(now: datetime) -> None:
    from django.db import OperationalError, connections

    try:
        run(now)
    except OperationalError as away:
        _logger.warning("The database cannot be reached (%s); trying again.", away)
    except Exception:
        _logger.exception("An errand failed.")
    finally:
        connections.close_all()
        _busy.release()
