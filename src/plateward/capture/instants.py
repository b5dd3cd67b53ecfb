"""When a picture of a stream was taken, by our clock and without the network's jitter."""

from datetime import UTC, datetime
from typing import Final

_JUMP: Final = 2.0
"""Seconds by which the two clocks may part before one of them was set, or the stream began anew."""
_CREEP: Final = 0.001
"""By which a second of a camera may be longer than ours: cheap clocks are ten times better."""


class Instants:
    """Of one camera. Its stream says how far pictures are apart, our clock when they are.

    The picture that hurried most through the network tells how the two clocks stand; the others
    came late by what they were delayed.
    """

    def __init__(self) -> None:
        self._ahead: float | None = None
        self._seconds = 0.0
        self._last = 0.0

    def begin(self) -> None:
        """A new connection counts its seconds anew."""
        self._ahead = None

    def of(self, seconds: float | None, arrived: datetime) -> datetime:
        """In UTC and never before the last, unless our clock was set back.

        `seconds`: the picture's place in the stream, where the camera says it.
        """
        ours = arrived.timestamp()
        if seconds is None:
            return self._onward(ours, ours)
        ahead = ours - seconds
        if self._ahead is None or abs(ahead - self._ahead) > _JUMP:
            self._ahead = ahead
        else:
            grown = _CREEP * max(seconds - self._seconds, 0.0)
            self._ahead = min(ahead, self._ahead + grown)
        self._seconds = seconds
        return self._onward(seconds + self._ahead, ours)

    def _onward(self, at: float, ours: float) -> datetime:
        set_back = ours < self._last - _JUMP
        self._last = at if set_back else max(at, self._last)
        return datetime.fromtimestamp(self._last, UTC)
