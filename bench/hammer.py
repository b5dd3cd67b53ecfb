"""Send requests that were prepared before, each at its time, with as little work as possible.

A shot that finds every line busy waits, and its waiting counts: what is measured is how long after
its time a camera has its answer, not how fast a server answers whoever waits for it.
"""

import asyncio
import contextlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import cast

_END = b"\r\n\r\n"
_LENGTH = b"content-length: "
_LETTERS, _DIGITS = "ABCDEFGHJKLMNPRSTUVWXYZ", "0123456789"
_MAKES, _COLORS = ("Ford", "Honda", "Toyota", "Chevrolet"), ("white", "black", "blue", "red")
WANTED, WANTED_EACH = "WNT4127", 500  # one in so many reads is of this plate
_CHANCE = Random(11)  # noqa: S311 - sample data, not secrets


@dataclass(frozen=True, slots=True)
class Shot:
    """One request, so many seconds after the start, and the events it hands in."""

    at: float
    request: bytes
    events: tuple[str, ...]


@dataclass(slots=True)
class Landed:
    """`after`: seconds from the shot's time to the whole answer."""

    shot: Shot
    status: int
    after: float
    body: bytes


@dataclass(slots=True)
class Volley:
    """What came of some shots; `seconds` from the first shot to the last answer."""

    landed: list[Landed] = field(default_factory=list)
    lost: list[Shot] = field(default_factory=list)
    seconds: float = 0.0

    def accepted(self) -> int:
        return sum(_accepted(each) for each in self.landed)

    def acknowledged(self) -> set[str]:
        """Events of which an answer said that they are stored."""
        told: set[str] = set()
        for each in self.landed:
            if each.status not in (200, 201):
                continue
            reads = json.loads(each.body).get("reads")
            kept = {"accepted", "duplicate", "revised"}
            told.update(
                event
                for at, event in enumerate(each.shot.events)
                if reads is None or reads[at]["outcome"] in kept
            )
        return told

    def refused(self) -> int:
        return sum(each.status not in (200, 201) for each in self.landed)

    def late(self, share: float) -> float:
        """The time within which such a share of shots had their answer, in milliseconds."""
        after = sorted(each.after for each in self.landed)
        return 1000 * after[min(len(after) - 1, int(len(after) * share))] if after else float("nan")


def _accepted(landed: Landed) -> int:
    if landed.status != 201:
        return 0
    told = json.loads(landed.body)
    return int(told["accepted"]) if "accepted" in told else 1


def sightings(count: int, prefix: str) -> list[dict[str, object]]:
    """As a camera of ours sends them, without pictures; none of them names one time twice."""
    now = datetime.now(UTC) - timedelta(minutes=10)
    return [
        {
            "source": "bench",
            "event": f"{prefix}-{number}",
            "plate": _plate() if number % WANTED_EACH else WANTED,
            "seen_at": (now + timedelta(milliseconds=number)).isoformat(),
            "confidence": 0.97,
            "region": "US-MO",
            "box": [512, 300, 140, 60],
            "direction": "north",
            "vehicle": {
                "make": _CHANCE.choice(_MAKES),
                "color": _CHANCE.choice(_COLORS),
                "confidences": {"make": 0.8, "color": 0.9},
            },
        }
        for number in range(count)
    ]


def _plate() -> str:
    letters, digits = _CHANCE.choices(_LETTERS, k=3), _CHANCE.choices(_DIGITS, k=4)
    return "".join(letters + digits)


def request(path: str, camera: str, secret: str, body: object) -> bytes:
    written = json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {camera}:{secret}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(written)}\r\n\r\n"
    )
    return head.encode() + written


def singles(count: int, a_second: float, cameras: dict[str, str], prefix: str) -> list[Shot]:
    """One sighting a request, from all cameras in turn, evenly spaced."""
    holders = list(cameras.items())
    return [
        Shot(
            number / a_second,
            request("/api/v1/sightings", *holders[number % len(holders)], told),
            (str(told["event"]),),
        )
        for number, told in enumerate(sightings(count, prefix))
    ]


def batches(
    count: int, a_second: float, cameras: dict[str, str], prefix: str, *, each: int
) -> list[Shot]:
    """`each` sightings a request, of one camera; `a_second` counts sightings."""
    holders, told = list(cameras.items()), sightings(count, prefix)
    return [
        Shot(
            start / a_second,
            request(
                "/api/v1/sightings/batch",
                *holders[start // each % len(holders)],
                told[start : start + each],
            ),
            tuple(str(one["event"]) for one in told[start : start + each]),
        )
        for start in range(0, count, each)
    ]


class _Line(asyncio.Protocol):
    """One connection, kept open; one request at a time."""

    def __init__(self, idle: "asyncio.Queue[_Line]", volley: Volley) -> None:
        self.idle, self.volley = idle, volley
        self.transport: asyncio.Transport | None = None
        self.shot: Shot | None = None
        self.due = 0.0
        self.came = b""
        self.awaited = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.idle.put_nowait(self)

    def send(self, shot: Shot, due: float) -> None:
        self.shot, self.due, self.came, self.awaited = shot, due, b"", 0
        if self.transport is not None:
            self.transport.write(shot.request)

    def data_received(self, data: bytes) -> None:
        self.came += data
        if not self.awaited:
            end = self.came.find(_END)
            if end < 0:
                return
            head = self.came[:end].lower()
            at = head.index(_LENGTH) + len(_LENGTH)
            self.awaited = end + len(_END) + int(head[at:].split(b"\r\n", 1)[0])
        if len(self.came) < self.awaited or self.shot is None:
            return
        after = asyncio.get_running_loop().time() - self.due
        status, body = int(self.came[9:12]), self.came[self.came.find(_END) + len(_END) :]
        self.volley.landed.append(Landed(self.shot, status, after, body))
        self.shot = None
        self.idle.put_nowait(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 -- asyncio's name
        if self.shot is not None:
            self.volley.lost.append(self.shot)
            self.shot = None


async def _fire(port: int, shots: Sequence[Shot], lines: int, volley: Volley) -> Volley:
    loop = asyncio.get_running_loop()
    idle: asyncio.Queue[_Line] = asyncio.Queue()
    held: list[_Line] = []
    for _ in range(lines):
        _, line = await loop.create_connection(lambda: _Line(idle, volley), "127.0.0.1", port)
        held.append(line)
    start = loop.time()
    for number, shot in enumerate(shots):
        due = start + shot.at
        if (early := due - loop.time()) > 0:
            await asyncio.sleep(early)
        free = await _free(idle, held)
        if free is None:  # the server is gone, and no answer comes any more
            volley.lost.extend(shots[number:])
            break
        free.send(shot, due if shot.at else loop.time())  # at 0: as soon as a line is free
    while any(line.shot for line in held):
        await asyncio.sleep(0.005)
    volley.seconds = loop.time() - start
    for line in held:
        if line.transport is not None:
            line.transport.abort()
    return volley


async def _free(idle: "asyncio.Queue[_Line]", held: Iterable[_Line]) -> _Line | None:
    while any(line.transport is not None and not line.transport.is_closing() for line in held):
        with contextlib.suppress(TimeoutError):
            line = await asyncio.wait_for(idle.get(), 0.2)
            if line.transport is not None and not line.transport.is_closing():
                return line
    return None


def fire(port: int, shots: Sequence[Shot], *, lines: int, volley: Volley | None = None) -> Volley:
    """Send them all, each at its time, over so many connections; wait for the last answer.

    `volley`: where what lands is written, for who watches meanwhile from another thread.
    """
    return asyncio.run(_fire(port, shots, lines, Volley() if volley is None else volley))
