"""Where pictures come from, and how that goes: a live camera, or a film in place of one."""

import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Final, Protocol

from plateward.capture import live, video
from plateward.capture.stills import Frame, Quiet

_WINDOW: Final = 10.0  # seconds over which a film's pictures are counted
_BEHIND: Final = 1.0  # seconds a reader may be behind a film before pictures are left out


@dataclass(frozen=True, slots=True)
class Seeing:
    """`age`: seconds since the last picture, None before the first. `trouble`: what is wrong now.

    `left_out`: pictures that came while the reader was busy with earlier ones.
    """

    fps: float
    age: float | None
    trouble: str
    left_out: int


class Source(Protocol):
    def __iter__(self) -> Iterator[Frame | Quiet]: ...

    def seeing(self) -> Seeing:
        """From any thread."""
        ...

    def close(self) -> None:
        """From any thread: the pictures end."""
        ...


class Camera:
    """A live camera."""

    def __init__(self, stream: live.Stream) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[Frame | Quiet]:
        return iter(self._stream)

    def seeing(self) -> Seeing:
        status = self._stream.status()
        last = status.last_frame_at
        age = None if last is None else round((datetime.now(UTC) - last).total_seconds(), 1)
        return Seeing(round(status.fps, 1), age, status.fault or "", status.dropped)

    def close(self) -> None:
        self._stream.close()


class Film:
    """A recorded video, shown now and no faster than its own speed. Raises `video.NotAVideo`.

    Shown once, every picture is read however long that takes. With `loop` it is shown for ever, as
    a camera would: pictures that come while the reader is busy are left out.
    """

    def __init__(self, path: Path, *, device: str, fps: float = 10.0, loop: bool = False) -> None:
        self._path = path
        self._device = device
        self._every = timedelta(seconds=1 / fps)
        self._loop = loop
        self._closed = Event()
        self._at: deque[float] = deque(maxlen=600)
        self._left_out = 0

    def __iter__(self) -> Iterator[Frame]:
        while not self._closed.is_set():
            began = datetime.now(UTC)
            for frame in video.frames(
                self._path, device=self._device, began=began, every=self._every
            ):
                ahead = (frame.seen_at - datetime.now(UTC)).total_seconds()
                if self._closed.wait(max(ahead, 0.0)):
                    return
                if self._loop and ahead < -_BEHIND:
                    self._left_out += 1
                    continue
                self._at.append(time.monotonic())
                yield frame
            if not self._loop:
                return

    def seeing(self) -> Seeing:
        now = time.monotonic()
        came = [at for at in self._at.copy() if at > now - _WINDOW]
        age = round(now - self._at[-1], 1) if self._at else None
        return Seeing(round(len(came) / _WINDOW, 1), age, "", self._left_out)

    def close(self) -> None:
        self._closed.set()
