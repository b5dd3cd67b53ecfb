"""Whether this machine's clock can be believed: against the log, and against its own running."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from plateward.audit import log
from plateward.audit.models import Entry, Frontier

ACCEPTED: Final = "audit:clock:accept"
LEAST: Final = datetime(2026, 2, 1, tzinfo=UTC)  # younger than this is every law we know of
MOST_BEHIND: Final = timedelta(minutes=5)
MOST_MOVED: Final = timedelta(minutes=5)
_CHECK_IT = "Check it (for example with timedatectl)"


class NotAccepted(Exception):
    """The clock cannot be accepted as it is; the message says why."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why the clock is not believed, and what to do about it. Nothing is lost meanwhile."""

    why: str
    do_next: str


@dataclass(frozen=True, slots=True)
class _Anchor:
    """What the clock said when the machine had been running for so long."""

    wall: datetime
    running: float
    accepted: int  # the entry by which somebody accepted the clock; -1 for none


_anchors: list[_Anchor] = []  # of this process, the last one counts
_doubted: list[datetime] = []


def doubt() -> Doubt | None:
    """None where the clock can be believed. Two short queries."""
    found = _doubt()
    if found is None:
        _doubted.clear()
    elif not _doubted:
        _doubted.append(_wall())
    return found


def doubted_since() -> datetime | None:
    """When this process first noticed; by the clock that it doubts."""
    return _doubted[0] if _doubted else None


def _doubt() -> Doubt | None:
    wall = _wall()
    if wall < LEAST:
        return Doubt(
            f"The machine's clock says {wall:%Y-%m-%d}, which is before this version was made.",
            f"{_CHECK_IT} and set it. Work goes on by itself once it is right.",
        )
    accepted = Entry.objects.filter(act=ACCEPTED).order_by("-at", "-index").first()
    behind = _behind(accepted)
    if behind > MOST_BEHIND:
        return Doubt(
            f"The machine's clock is {_words(behind)} behind the log's last entry.",
            f"{_CHECK_IT}. If it is right, and was wrong before, run `plateward clock --accept`.",
        )
    moved = _moved(wall, -1 if accepted is None else accepted.index)
    if moved > MOST_MOVED:
        return Doubt(
            f"The machine's clock was moved by {_words(moved)} while Plateward was running.",
            f"{_CHECK_IT}. If it is right now, run `plateward clock --accept`.",
        )
    return None


def accept(by: str) -> int:
    """A person says that the clock is right as it is now; return the log's entry of that.

    Raises NotAccepted.
    """
    wall = _wall()
    if wall < LEAST:
        raise NotAccepted(
            f"The clock says {wall:%Y-%m-%d}, which cannot be right. Nothing was changed. Set it."
        )
    with transaction.atomic():
        facts = {"clock": timezone.now().isoformat(), "reached": _reached().isoformat()}
        return log.append(actor=by, act=ACCEPTED, outcome="accepted", facts=facts)


def _behind(accepted: Entry | None) -> timedelta:
    """How far the clock is behind the log. What a person accepted counts from there on."""
    now, reached = timezone.now(), _reached()
    if accepted is not None and reached <= datetime.fromisoformat(accepted.facts["reached"]):
        reached = datetime.fromisoformat(accepted.facts["clock"])
    return reached - now


def _reached() -> datetime:
    end = Frontier.objects.only("reached_at").first()
    return LEAST if end is None else end.reached_at


def _moved(wall: datetime, accepted: int) -> timedelta:
    """How far the clock went apart from the machine's running since this process knows both."""
    seconds = running()
    if not _anchors or _anchors[-1].accepted != accepted:
        _anchors[:] = [_Anchor(wall, seconds, accepted)]
    anchor = _anchors[-1]
    return abs(wall - anchor.wall - timedelta(seconds=seconds - anchor.running))


def _wall() -> datetime:
    return datetime.now(UTC)


def running() -> float:
    """Seconds that no setting of the clock changes; those asleep are counted where known."""
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boottime is None else time.clock_gettime(boottime)


def _words(apart: timedelta) -> str:
    minutes = round(apart / timedelta(minutes=1))
    if minutes < 120:
        return f"{minutes} minutes"
    hours = round(minutes / 60)
    return f"{hours} hours" if hours < 48 else f"{round(hours / 24)} days"
