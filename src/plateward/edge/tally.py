"""What the agent knows of its own health: pictures, reads, and what was not told."""

import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

WINDOW: Final = 10.0  # seconds over which pictures are counted


@dataclass(frozen=True, slots=True)
class Figures:
    """`frame_age`: seconds since the last picture. `trouble`: what is wrong with the camera."""

    fps: float
    frame_age: float | None
    reads: int
    dropped: dict[str, int]
    trouble: str


@dataclass(slots=True)
class Tally:
    """Written by whoever watches, read by whoever posts. `seconds` never goes back."""

    seconds: Callable[[], float] = time.monotonic
    _lock: Lock = field(default_factory=Lock)
    _frames: deque[float] = field(default_factory=deque)
    _last: float | None = None
    _reads: int = 0
    _dropped: Counter[str] = field(default_factory=Counter)
    _trouble: str = ""

    def frame(self) -> None:
        with self._lock:
            self._last = self.seconds()
            self._frames.append(self._last)
            self._forget(self._last)
            self._trouble = ""

    def read(self) -> None:
        with self._lock:
            self._reads += 1

    def drop(self, why: str) -> None:
        """Something was seen and not told."""
        with self._lock:
            self._dropped[why] += 1

    def in_trouble(self, why: str) -> None:
        """Until the next picture."""
        with self._lock:
            self._trouble = why

    def figures(self) -> Figures:
        with self._lock:
            now = self.seconds()
            self._forget(now)
            return Figures(
                round(len(self._frames) / WINDOW, 1),
                None if self._last is None else round(now - self._last, 1),
                self._reads,
                dict(self._dropped),
                self._trouble,
            )

    def _forget(self, now: float) -> None:
        while self._frames and self._frames[0] <= now - WINDOW:
            self._frames.popleft()
