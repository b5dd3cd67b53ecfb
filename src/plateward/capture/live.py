"""A live camera as a stream of frames that never hangs and never lags.

    with live.camera("rtsp://10.0.0.5/main", device="elm-st") as stream:
        for told in Watcher(reader).watch(stream):
            ...

`Stream` gives `Frame`s, the newest when the reader is slower than the camera, and a `Quiet` about
every half second while none comes, so that who follows it notices time going on. It asks a camera
that fails again, ever less often, until `close()`. `status()` may be asked from any thread and says
how it is: connected or not, since when, why not, frames a second, what was dropped. A recorded
video needs none of this: its frames are `video.frames`.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from random import SystemRandom
from typing import Final, Self

from plateward.capture import rtsp
from plateward.capture.address import Address
from plateward.capture.faults import CameraFault, Frozen, StreamEnded, TooSlow
from plateward.capture.instants import Instants
from plateward.capture.rtsp import Picture, Transport
from plateward.capture.stills import Frame, Quiet

Connection = Generator[Picture, None, None]
"""Its pictures until it ends, mostly by a CameraFault."""
Connect = Callable[[], Connection]

_HELD: Final = 2
"""Pictures that wait to be read. More would be lag."""
_WINDOW: Final = 5.0
"""Seconds over which pictures a second are counted."""
_MOST_COUNTED: Final = 600
_TICK: Final = 0.5
_SLOW: Final = 0.8


class State(StrEnum):
    CONNECTING = "connecting"
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Status:
    """How a stream is. Instants are aware; counts are since it was made.

    `fps` is what arrives, 0 while nothing does. `dropped`: pictures that gave way to newer ones
    while the reader was busy. `fault` is what is wrong now, in a sentence; `code` says the same to
    machines. `again_at`: when the camera is asked next.
    """

    state: State
    since: datetime
    last_frame_at: datetime | None
    fps: float
    frames: int
    dropped: int
    connections: int
    fault: str | None
    code: str | None
    again_at: datetime | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a camera, in seconds and pictures a second.

    A faster camera is thinned to `fps`, one slower than eight tenths of it is `TooSlow`.
    `frozen_after`: the very same picture for so long is a fault. `wait` and `longest_wait`: before
    the first and the later attempts; each is twice the one before it, and less by up to half at
    random, so that many cameras do not come back in one instant. A camera whose fault lasts (a
    wrong password) is asked only every `longest_wait`.
    """

    fps: float = 10.0
    frozen_after: float = 30.0
    wait: float = 1.0
    longest_wait: float = 60.0


def camera(
    url: str | Address,
    *,
    device: str,
    transport: Transport = "tcp",
    timeout: float = rtsp.TIMEOUT,
    asked: Asked | None = None,
) -> "Stream":
    """The RTSP camera at `url`, which may hold user and password; `device` is its name for us.

    Raises BadAddress at once; all else that goes wrong stands in `status()`.
    """
    address = url if isinstance(url, Address) else Address.parse(url)
    return Stream(
        lambda: rtsp.pictures(address, transport=transport, timeout=timeout),
        device=device,
        shown=address.shown,
        asked=asked,
    )


class Stream:
    """One camera's frames, read in a thread of its own. Give it to one reader.

    `shown` is the camera in words that hold no secret.
    """

    def __init__(
        self,
        connect: Connect,
        *,
        device: str,
        shown: str,
        asked: Asked | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._connect = connect
        self._device = device
        self._shown = shown
        self._asked = asked or Asked()
        self._now = now
        self._instants = Instants()
        self._sameness = _Sameness(shown, self._asked.frozen_after)
        self._thinned = _Thinned(self._asked.fps)
        self._changed = threading.Condition()
        self._closing = threading.Event()
        # All below is read and written under `_changed`.
        self._over = False
        self._waiting: deque[tuple[Picture, datetime]] = deque()
        self._arrived_at: deque[float] = deque(maxlen=_MOST_COUNTED)
        self._state, self._since = State.CONNECTING, now()
        self._connected_at = 0.0
        self._last_frame_at: datetime | None = None
        self._frames = self._dropped = self._connections = 0
        self._fault: CameraFault | None = None
        self._again_at: datetime | None = None
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[Frame | Quiet]:
        """Until `close()`: frames in the order of their instants, and Quiet while none comes."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._over, timeout=_TICK)
                if self._over:
                    return
                picture, seen_at = self._waiting.popleft() if self._waiting else (None, self._now())
            if picture is None:
                yield Quiet(seen_at)
            else:
                yield Frame(self._device, seen_at, picture.image(), picture.seconds)

    def close(self) -> None:
        """End the stream, from any thread. Returns at once; the connection ends by itself."""
        self._closing.set()
        with self._changed:
            self._end()

    def status(self) -> Status:
        """How it is now; from any thread."""
        with self._changed:
            fps = self._fps()
            fault = self._fault or self._slow(fps)
            return Status(
                self._state,
                self._since,
                self._last_frame_at,
                round(fps, 2),
                self._frames,
                self._dropped,
                self._connections,
                None if fault is None else str(fault),
                None if fault is None else fault.code,
                self._again_at,
            )

    def _run(self) -> None:
        wait = self._asked.wait
        try:
            while not self._closing.is_set():
                fault, lasted = self._connection()
                if lasted > wait:
                    wait = self._asked.wait
                pause = self._asked.longest_wait if fault.lasting else _jittered(wait)
                self._lost(fault, pause)
                self._closing.wait(pause)
                wait = min(2 * wait, self._asked.longest_wait)
        finally:  # whatever happened in here, nobody waits for frames that will not come
            with self._changed:
                self._end()

    def _connection(self) -> tuple[CameraFault, float]:
        """Why it ended, and how many seconds it gave pictures."""
        self._instants.begin()
        self._thinned.begin()
        began: float | None = None
        fault: CameraFault = StreamEnded(self._shown)
        try:
            with closing(self._connect()) as pictures:
                for picture in pictures:
                    if self._closing.is_set():
                        break
                    self._sameness.look(picture.mark)
                    began = self._took(picture, began)
        except CameraFault as why:
            fault = why
        return fault, 0.0 if began is None else time.monotonic() - began

    def _took(self, picture: Picture, began: float | None) -> float:
        """When the connection gave its first picture."""
        at, arrived = time.monotonic(), self._now()
        seen_at = self._instants.of(picture.seconds, arrived)
        with self._changed:
            if began is None:
                self._begin(at, arrived)
            self._frames += 1
            self._arrived_at.append(at)
            self._last_frame_at = arrived
            if self._thinned.takes(at if picture.seconds is None else picture.seconds):
                self._offer(picture, seen_at)
        return at if began is None else began

    def _offer(self, picture: Picture, seen_at: datetime) -> None:
        if len(self._waiting) >= _HELD:
            self._waiting.popleft()
            self._dropped += 1
        self._waiting.append((picture, seen_at))
        self._changed.notify()

    def _begin(self, at: float, arrived: datetime) -> None:
        self._state, self._since = State.CONNECTED, arrived
        self._connected_at = at
        self._connections += 1
        self._fault = self._again_at = None
        self._arrived_at.clear()

    def _lost(self, fault: CameraFault, pause: float) -> None:
        with self._changed:
            if self._over:
                return
            if self._state is not State.RECONNECTING:
                self._state, self._since = State.RECONNECTING, self._now()
            self._fault = fault
            self._again_at = self._now() + timedelta(seconds=pause)

    def _end(self) -> None:
        if not self._over:
            self._over = True
            self._state, self._since, self._again_at = State.CLOSED, self._now(), None
            self._waiting.clear()
        self._changed.notify_all()

    def _fps(self) -> float:
        if self._state is not State.CONNECTED:
            return 0.0
        now = time.monotonic()
        window = min(_WINDOW, now - self._connected_at)
        came = sum(at > now - window for at in self._arrived_at)
        return came / max(window, 1.0)

    def _slow(self, fps: float) -> CameraFault | None:
        settled = time.monotonic() - self._connected_at >= _WINDOW
        if self._state is State.CONNECTED and settled and fps < _SLOW * self._asked.fps:
            return TooSlow(self._shown, fps=fps, asked=self._asked.fps)
        return None


class _Sameness:
    """Notices a frozen picture, also one that is still there after connecting again."""

    def __init__(self, shown: str, longest: float) -> None:
        self._shown = shown
        self._longest = longest
        self._mark: int | None = None
        self._since = 0.0

    def look(self, mark: int) -> None:
        """Raises Frozen where `mark` has been the same for too long."""
        now = time.monotonic()
        if mark != self._mark:
            self._mark, self._since = mark, now
        elif now - self._since > self._longest:
            raise Frozen(self._shown, seconds=self._longest)


class _Thinned:
    """At most so many pictures a second, at even distances."""

    def __init__(self, fps: float) -> None:
        self._every = 1 / fps
        self._due = float("-inf")

    def begin(self) -> None:
        """Seconds are counted anew."""
        self._due = float("-inf")

    def takes(self, seconds: float) -> bool:
        early = self._every / 4  # a camera's own pictures are never quite evenly apart
        if seconds < self._due - early:
            return False
        begun = self._due if seconds < self._due + self._every else seconds
        self._due = begun + self._every
        return True


def _jittered(wait: float) -> float:
    return wait * SystemRandom().uniform(0.5, 1.0)
