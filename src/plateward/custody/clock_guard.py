"""Delete nothing by a clock that jumped: what is gone early cannot be brought back.

`audit.clock` knows a clock that was moved while this process ran. This knows one too that was moved
while none did: each round notes, in a file of the house, what the clock said and how long the
machine had been running, and the next round must fit to it.
"""

import ctypes
import json
import logging
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils import timezone

from plateward.audit import clock, log
from plateward.policy import watched

STOPPED: Final = "custody:deletion:stop"
MOST_MOVED: Final = clock.MOST_MOVED
# How long a machine may have been off before a clock that nobody vouches for is asked about: longer
# than a restart, shorter than it would matter to a city that keeps its reads for weeks.
MOST_OFF: Final = timedelta(hours=1)
_NOT_SYNCHRONISED: Final = 5  # TIME_ERROR, adjtimex(2)
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
_NEXT: Final = "Check it (for example with timedatectl), then run `plateward clock --accept`."
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Moment:
    """What the clock said in one round, and the machine's own count of seconds since its start."""

    wall: datetime
    running: float
    boot: str
    accepted: int  # the entry by which somebody accepted the clock; -1 for none


def jumped() -> str | None:
    """Why nothing may be deleted now, and what to do; None where the clock is believed.

    A round that is believed is what the next one is held against.
    """
    now = _now()
    why = _why(_noted(), now)
    if why is None:
        _note(now)
    _tell(why or "")
    return why


def _why(before: Moment | None, now: Moment) -> str | None:
    if doubt := clock.doubt():
        return f"{doubt.why} {doubt.do_next}"
    if before is None or _is_accepted_since(before, now):
        return None
    passed = now.wall - before.wall
    if before.boot == now.boot:
        apart = passed - timedelta(seconds=now.running - before.running)
        if abs(apart) <= MOST_MOVED:
            return None
        return (
            f"The clock was moved by {_hours(apart)} while Plateward was not running. What has "
            f"expired is shown to nobody, and kept until somebody has looked at the clock. {_NEXT}"
        )
    if passed <= MOST_OFF or _is_synchronised():
        return None
    return (
        f"The machine was off for {_hours(passed)} by its own clock, and no time server vouches "
        "for that clock. What has expired is shown to nobody, and kept until one does, or until "
        f"somebody has looked at it. {_NEXT}"
    )


def _tell(why: str) -> None:
    """On every staff page, and each change in both logs."""
    before = watched.last(watched.DELETION)
    stopped = before is not None and not before.good
    if not why and not stopped:
        return
    if bool(why) is not stopped:
        outcome = "stopped" if why else "resumed"
        log.append(actor="house", act=STOPPED, outcome=outcome, facts={"why": why})
        _logger.error("Deletion is %s. %s", outcome, why)
    watched.note(watched.DELETION, why=why, now=timezone.now())


def _is_accepted_since(before: Moment, now: Moment) -> bool:
    """Somebody looked at it after the last round, and too lately for it to have moved again."""
    if now.accepted <= before.accepted:
        return False
    said = datetime.fromisoformat(str(log.entry(now.accepted).facts["clock"]))
    return abs(now.wall - said) <= MOST_OFF


def _now() -> Moment:
    last = log.find(log.Filter(act=clock.ACCEPTED), limit=1)
    accepted = last[0].index if last else -1
    return Moment(datetime.now(UTC), clock.running(), _boot(), accepted)


def _boot() -> str:
    try:
        return _BOOT.read_text().strip()
    except OSError:
        return ""  # the same for ever: then only its own count of seconds tells


def _is_synchronised() -> bool:
    """Does the kernel say that a time server sets its clock? False where it cannot be asked."""
    with suppress(OSError, AttributeError):
        room = ctypes.create_string_buffer(512)  # struct timex, all zero: only asks
        return bool(0 <= ctypes.CDLL(None).adjtimex(room) < _NOT_SYNCHRONISED)
    return False


def _file() -> Path:
    return Path(settings.HOME) / "last-round.json"


def _noted() -> Moment | None:
    try:
        told = json.loads(_file().read_bytes())
        wall = datetime.fromisoformat(told["wall"])
        return Moment(wall, float(told["running"]), str(told["boot"]), int(told["accepted"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None  # the first round, or a file that a power cut broke


def _note(now: Moment) -> None:
    """Without a sync: a power cut may lose some rounds, and then the one before counts."""
    told = {
        "wall": now.wall.isoformat(),
        "running": now.running,
        "boot": now.boot,
        "accepted": now.accepted,
    }
    draft = _file().with_suffix(f".{os.getpid()}")
    with suppress(OSError):  # a full disk must not stop what frees it
        draft.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft.write_text(json.dumps(told))
        draft.replace(_file())


def _hours(apart: timedelta) -> str:
    return f"{apart / timedelta(hours=1):.1f} hours"
