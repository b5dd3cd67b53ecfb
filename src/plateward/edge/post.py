"""Hand in what waits, oldest first; say that we live; delete what may be kept no longer."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Event, Lock
from typing import Any, Final, Protocol

from plateward import __version__
from plateward.edge.letter import renumbered, written
from plateward.edge.outbox import CannotKeep, Outbox
from plateward.edge.server import Away, OutOfTurn, Refused, Word
from plateward.plates.letters import BEAT_SECONDS

KEEP_FOR: Final = timedelta(days=1)
"""How long reads wait here until the server said how long its city keeps them."""
_FIRST_WAIT: Final = 1.0
_LONGEST_WAIT: Final = 60.0


class ServerLike(Protocol):
    def hand_in(self, body: bytes) -> Word: ...

    def beat(self, content: dict[str, Any]) -> Word: ...


@dataclass(frozen=True, slots=True)
class State:
    """How posting goes. `away`: why nothing can be handed in now. `disk`: why nothing can be kept.

    `refusal`: what the server said of the last letter that it refused for good. All are empty where
    all is well.
    """

    handed_in: int = 0
    away: str = ""
    disk: str = ""
    refusal: str = ""
    word: Word | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """How reading goes. `age`: seconds since the last picture. `trouble`: the camera's, in words.

    `reads` and `dropped` count vehicles since the agent began. `measures_speed`: it was given two
    lines to do so.
    """

    fps: float = 0.0
    age: float | None = None
    trouble: str = ""
    reads: int = 0
    dropped: Mapping[str, int] = field(default_factory=dict)
    measures_speed: bool = False


@dataclass(slots=True)
class Post:
    """One server, one outbox. `at_most` shortens what the server allows; it never lengthens it."""

    server: ServerLike
    outbox: Outbox
    provider: str
    at_most: timedelta | None = None
    figures: Callable[[], Figures] = Figures
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    seconds: Callable[[], float] = time.monotonic
    state: State = field(default_factory=State)
    wake: Event = field(default_factory=Event)
    """Set by whoever puts a letter into the outbox."""
    _next_beat: float = 0.0
    _next_letter: float = 0.0
    _wait: float = _FIRST_WAIT
    _beats_above: int = 0
    _telling: Lock = field(default_factory=Lock)

    @property
    def may_tell_speed(self) -> bool:
        """Only once the server has said so: till then nobody knows whether the city keeps it."""
        word = self.state.word
        return word is not None and word.keeps_speed

    @property
    def keep_for(self) -> timedelta:
        """The city's period as the server told it, else a day; never longer than `at_most`."""
        told = self.outbox.keep_for or KEEP_FOR
        return told if self.at_most is None else min(told, self.at_most)

    def until(self, stop: Event) -> None:
        """One round after another."""
        while not stop.is_set():
            self.wake.clear()
            pause = self.once()
            if pause:
                self.wake.wait(pause)

    def once(self) -> float:
        """Do what is due; seconds until something is due again, 0 for at once."""
        try:
            self.outbox.expire(before=self.now() - self.keep_for)
            if self.seconds() >= self._next_beat:
                self._beat()
            if self.seconds() >= self._next_letter:
                return 0.0 if self._hand_in_oldest() else self._idle()
        except CannotKeep as wrong:
            self.told(disk=str(wrong))
            self._next_letter = self.seconds() + _LONGEST_WAIT
        return self._idle()

    def flush(self, within: float) -> None:
        """Before the agent ends: what can be handed in now, for so many seconds at most."""
        deadline = self.seconds() + within
        self._next_letter = self._next_beat = 0.0
        while self.once() == 0.0 and self.seconds() < deadline:
            pass

    def _idle(self) -> float:
        due = min(self._next_beat, self._next_letter or self._next_beat)
        return min(max(due - self.seconds(), 0.05), 1.0)

    def _hand_in_oldest(self) -> bool:
        """Whether there was one, and it left."""
        letter = self.outbox.oldest()
        if letter is None:
            return False
        try:
            word = self.server.hand_in(letter.body)
        except Refused as refused:
            self.outbox.refused(letter.sequence)
            self.told(away="", refusal=f"At {self.now():%H:%M} UTC a read was refused: {refused}")
        except OutOfTurn as wrong:
            self.outbox.renumber(wrong.last, renumbered)
        except Away as away:
            self._later(away)
            return False
        else:
            self.outbox.handed_in(letter.sequence)
            self._heard(word)
            self.told(handed_in=self.state.handed_in + 1, disk="")
        self._wait = _FIRST_WAIT
        return True

    def _beat(self) -> None:
        self._next_beat = self.seconds() + BEAT_SECONDS
        was_away = bool(self.state.away)
        try:
            self._heard(self.server.beat(self._health()))
        except OutOfTurn as wrong:
            self._beats_above = wrong.last
            self._next_beat = self.seconds() + 1
        except Refused as refused:
            self.told(away=f"The heartbeat was refused: {refused}")
        except Away as away:
            self.told(away=str(away))
        else:
            if was_away:  # it is back: what waits goes now
                self._wait, self._next_letter = _FIRST_WAIT, 0.0

    def _later(self, away: Away) -> None:
        self._next_letter = self.seconds() + max(self._wait, away.after)
        self._wait = min(self._wait * 2, _LONGEST_WAIT)
        self.told(away=str(away))

    def _heard(self, word: Word) -> None:
        if word.keep_for is not None and word.keep_for != self.outbox.keep_for:
            self.outbox.may_keep_for(word.keep_for)
        self.told(word=word, away="")

    def _health(self) -> dict[str, Any]:
        kept, figures, word = self.outbox.kept(), self.figures(), self.state.word
        return {
            "number": self.outbox.next_beat(above=self._beats_above),
            "said_at": written(self.now()),
            "software": __version__,
            "provider": self.provider,
            "fps": figures.fps,
            "frame_age_seconds": figures.age,
            "trouble": _plain(figures.trouble),
            "reads": figures.reads,
            "dropped": dict(figures.dropped),
            "waiting": kept.letters,
            "waiting_bytes": kept.bytes,
            "oldest_waiting": None if kept.oldest is None else written(kept.oldest),
            "gone_unsent": self.outbox.gone_unsent(),
            "clock_offset_seconds": None
            if word is None or word.offset is None
            else round(word.offset, 3),
            "clock_within_seconds": None if word is None else round(word.within, 3),
        }

    def told(self, **news: Any) -> None:
        """Something of the state is other than it was."""
        with self._telling:
            self.state = replace(self.state, **news)


def _plain(said: str) -> str:
    """One line, of a length that the server takes."""
    return "".join(each if each.isprintable() else " " for each in said)[:300]
