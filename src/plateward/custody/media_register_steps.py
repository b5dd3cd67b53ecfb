"""What can happen to a drive, in which order, and where it is after each. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class OutOfOrder(ValueError):
    """This cannot have happened to that drive then. Nothing was recorded."""


class What(StrEnum):
    """One thing that happens to a drive. VOID corrects a step that never happened."""

    PUT_IN = "put-in"
    TAKEN_OUT = "taken-out"
    STORED = "stored"
    OVERWRITTEN = "overwritten"
    DESTROYED = "destroyed"
    HANDED_OVER = "handed-over"
    ACKNOWLEDGED = "acknowledged"
    CAME_BACK = "came-back"
    SPOILED = "spoiled"
    LOST = "lost"
    HELD = "held"
    RELEASED = "released"
    VOID = "void"


WORDS: Final[Mapping[What, str]] = MappingProxyType(
    {
        What.PUT_IN: "Put into a camera",
        What.TAKEN_OUT: "Taken out of a camera",
        What.STORED: "Put away in a safe place",
        What.OVERWRITTEN: "Overwritten",
        What.DESTROYED: "Destroyed",
        What.HANDED_OVER: "Handed over to an agency",
        What.ACKNOWLEDGED: "Receipt acknowledged in writing",
        What.CAME_BACK: "Came back",
        What.SPOILED: "Overwritten or damaged by mistake",
        What.LOST: "Lost or stolen",
        What.HELD: "Held",
        What.RELEASED: "Hold released",
        What.VOID: "Never happened",
    }
)
# What ends that a recording is there to be looked at.
ENDING: Final = frozenset({What.PUT_IN, What.OVERWRITTEN, What.DESTROYED, What.SPOILED, What.LOST})
# Those that somebody chooses to do: they wait for the day, and for a hold.
CHOSEN: Final = frozenset({What.PUT_IN, What.OVERWRITTEN, What.DESTROYED})


class Where(StrEnum):
    NEW = "new"
    CAMERA = "camera"
    OUT = "out"
    STORED = "stored"
    AWAY = "away"
    DESTROYED = "destroyed"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Step:
    """As it is told. `who` did it: at a hand-over who took it, with a receipt who signed it.

    `camera` is a code; `reference` names the agency's request, the paper of a receipt, or a hold.
    """

    what: What
    at: datetime
    who: str = ""
    camera: str = ""
    place: str = ""
    recorded_from: datetime | None = None
    recorded_until: datetime | None = None
    note: str = ""
    agency: str = ""
    badge: str = ""
    reference: str = ""
    requested_on: date | None = None
    case_number: str = ""


@dataclass(frozen=True, slots=True)
class Recording:
    """What one camera put on a drive, from its taking out until it was recorded over.

    `unseen`: it went back into the camera meanwhile, and nobody recorded that.
    """

    camera: str
    taken_out_at: datetime
    taken_out_by: str
    recorded_from: datetime | None = None
    recorded_until: datetime | None = None
    stored_at: datetime | None = None
    place: str = ""
    ended_at: datetime | None = None
    ended: What | None = None
    unseen: bool = False

    @property
    def counts_from(self) -> datetime:
        """Its newest picture; where none says when it was taken, it was not after this."""
        return self.recorded_until or self.taken_out_at


@dataclass(frozen=True, slots=True)
class State:
    """Where a drive is, what was recorded on it, oldest first, and which holds lie on it."""

    where: Where = Where.NEW
    camera: str = ""
    place: str = ""
    agency: str = ""
    recordings: tuple[Recording, ...] = ()
    holds: frozenset[str] = frozenset()
    receipt_is_open: bool = False
    last_at: datetime | None = None

    @property
    def recording(self) -> Recording | None:
        """What lies on it now, as far as anyone knows."""
        last = self.recordings[-1] if self.recordings else None
        return last if last and last.ended is None else None


_AT_HAND: Final = frozenset({Where.OUT, Where.STORED})
_FROM: Final[Mapping[What, frozenset[Where]]] = MappingProxyType(
    {
        What.PUT_IN: _AT_HAND | {Where.NEW},
        What.TAKEN_OUT: frozenset({Where.NEW, Where.CAMERA}),
        What.STORED: _AT_HAND | {Where.NEW},
        What.OVERWRITTEN: _AT_HAND,
        What.DESTROYED: _AT_HAND | {Where.NEW},
        What.HANDED_OVER: _AT_HAND,
        What.ACKNOWLEDGED: frozenset({Where.AWAY}),
        What.CAME_BACK: frozenset({Where.AWAY, Where.LOST}),
        What.SPOILED: _AT_HAND,
        What.LOST: _AT_HAND | {Where.NEW, Where.CAMERA},
        What.HELD: frozenset(Where) - {Where.DESTROYED},
        What.RELEASED: frozenset(Where),
    }
)
_NEEDS_A_RECORDING: Final = frozenset({What.OVERWRITTEN, What.HANDED_OVER, What.SPOILED})


def possible(state: State) -> tuple[What, ...]:
    """What may happen next to a drive that is there; holds and their release are set elsewhere."""
    return tuple(
        what
        for what, froms in _FROM.items()
        if state.where in froms
        and what not in (What.HELD, What.RELEASED)
        and (state.recording is not None or what not in _NEEDS_A_RECORDING)
        and (state.receipt_is_open or what is not What.ACKNOWLEDGED)
    )


def after(state: State, step: Step, *, imported: bool = False) -> State:
    """The drive once that has happened too. Raise OutOfOrder where it cannot have.

    `imported`: its pictures were read or listed just then, so it has been in a camera.
    """
    if state.last_at is not None and step.at < state.last_at:
        raise OutOfOrder(
            "The register already holds a later step of this drive. Nothing was recorded. Give "
            "the time at which it happened, or correct the later step first."
        )
    if not (imported and step.what is What.TAKEN_OUT):
        _check_order(state, step)
    return replace(_THEN[step.what](state, step), last_at=step.at)


def replayed(steps: Iterable[tuple[Step, bool]]) -> State:
    """All of them, oldest first, each with whether an import told of it. Raise OutOfOrder."""
    state = State()
    for step, imported in steps:
        state = after(state, step, imported=imported)
    return state


def place_in_words(state: State) -> str:
    """Where it is: `in camera wal-lemon`, `kept at the vault`."""
    told = {
        Where.NEW: "not in use yet",
        Where.CAMERA: f"in camera {state.camera}",
        Where.OUT: "taken out, and not put away yet",
        Where.STORED: f"kept at {state.place}",
        Where.AWAY: f"with {state.agency}",
        Where.DESTROYED: "destroyed",
        Where.LOST: "lost",
    }
    return told[state.where]


def _check_order(state: State, step: Step) -> None:
    what = step.what
    if state.where not in _FROM[what]:
        raise OutOfOrder(
            f"The register has this drive as {place_in_words(state)}, so it cannot be "
            f"'{WORDS[what].lower()}' next. Nothing was recorded. Record first what happened in "
            "between."
        )
    if what is What.TAKEN_OUT and state.where is Where.CAMERA and step.camera != state.camera:
        raise OutOfOrder(
            f"The register has this drive in camera {state.camera}, not in {step.camera}. Nothing "
            "was recorded."
        )
    if state.recording is None and what in _NEEDS_A_RECORDING:
        raise OutOfOrder("Nothing is recorded on this drive. Nothing was changed.")
    if what is What.ACKNOWLEDGED and not state.receipt_is_open:
        raise OutOfOrder("Its receipt is acknowledged already. Nothing was recorded.")
    if what is What.RELEASED and step.reference not in state.holds:
        raise OutOfOrder("No such hold lies on this drive. Nothing was changed.")


def _put_in(state: State, step: Step) -> State:
    ended = _ended(state, step)
    return replace(ended, where=Where.CAMERA, camera=step.camera, place="")


def _taken_out(state: State, step: Step) -> State:
    new = Recording(step.camera, step.at, step.who, step.recorded_from, step.recorded_until)
    last, before = state.recording, state.recordings
    if last is not None and last.camera == step.camera:
        new = replace(
            new,
            recorded_from=min(_known(last.recorded_from, new.recorded_from), default=None),
            recorded_until=max(_known(last.recorded_until, new.recorded_until), default=None),
            unseen=True,
        )
        before = before[:-1]
    elif last is not None:
        over = replace(last, ended=What.PUT_IN, ended_at=step.at, unseen=True)
        before = (*before[:-1], over)
    return replace(state, where=Where.OUT, camera="", place="", recordings=(*before, new))


def _stored(state: State, step: Step) -> State:
    recordings = state.recordings
    if (last := state.recording) is not None:
        first = last.stored_at or step.at
        recordings = (*recordings[:-1], replace(last, stored_at=first, place=step.place))
    return replace(state, where=Where.STORED, place=step.place, recordings=recordings)


def _handed_over(state: State, step: Step) -> State:
    return replace(state, where=Where.AWAY, agency=step.agency, place="", receipt_is_open=True)


def _came_back(state: State, step: Step) -> State:  # noqa: ARG001 -- as each of them is called
    """What was on it when it was lost is taken to be on it still."""
    recordings = state.recordings
    if recordings and recordings[-1].ended is What.LOST:
        still = replace(recordings[-1], ended=None, ended_at=None)
        recordings = (*recordings[:-1], still)
    return replace(state, where=Where.OUT, agency="", recordings=recordings)


def _ended(state: State, step: Step) -> State:
    last = state.recording
    if last is None:
        return state
    over = replace(last, ended=step.what, ended_at=step.at)
    return replace(state, recordings=(*state.recordings[:-1], over))


def _gone(where: Where) -> Callable[[State, Step], State]:
    return lambda state, step: replace(_ended(state, step), where=where, camera="", place="")


def _known(*moments: datetime | None) -> list[datetime]:
    return [moment for moment in moments if moment is not None]


_THEN: Final[Mapping[What, Callable[[State, Step], State]]] = MappingProxyType(
    {
        What.PUT_IN: _put_in,
        What.TAKEN_OUT: _taken_out,
        What.STORED: _stored,
        What.OVERWRITTEN: _ended,
        What.DESTROYED: _gone(Where.DESTROYED),
        What.HANDED_OVER: _handed_over,
        What.ACKNOWLEDGED: lambda state, _: replace(state, receipt_is_open=False),
        What.CAME_BACK: _came_back,
        What.SPOILED: _ended,
        What.LOST: _gone(Where.LOST),
        What.HELD: lambda state, step: replace(state, holds=state.holds | {step.reference}),
        What.RELEASED: lambda state, step: replace(state, holds=state.holds - {step.reference}),
    }
)
