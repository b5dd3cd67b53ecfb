"""From the moment a camera sends a read to the alert on a dispatcher's board.

    python -m bench.latency                 a minute at 50 reads a second, every 25th of them a hit
    python -m bench.latency --seconds 10    while developing

A house of its own is opened, as in bench/ingest: PostgreSQL with fsync, `plateward serve`, five
cities, the audit log. Reads are posted over HTTP, each with a picture and a plate cut out; a
dispatcher is signed in, with the board's stream of server-sent events open, as a browser has it.
The clock of a hit starts when its post was due, whether or not a line was free, and stops when the
last byte of the event that names its plate has come. The load and the listener run on the same
cores as the server.
"""

import argparse
import base64
import http.client
import io
import os
import re
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from random import Random

from bench import hammer, kept
from bench.hammer import Shot
from bench.ingest import House, Server, a_house, serving
from bench.kept import Line

TARGET_SECONDS = 2.0
SECONDS, RATE, EVERY = 60, 50, 25
LINES = 16
CITY = "willard-mo"
_WIDTH, _HEIGHT = 960, 600
_CHANCE = Random(7)  # noqa: S311 - sample data, not secrets
_PATIENCE_SECONDS = 30.0
_SETTLES_SECONDS = 2.0  # the board asks twice before it listens only


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--seconds", type=int, default=SECONDS)
    asked.add_argument("--rate", type=int, default=RATE, help="reads a second")
    asked.add_argument("--every", type=int, default=EVERY, help="one read of so many is a hit")
    given = asked.parse_args()
    count = given.seconds * given.rate
    with a_house() as house:
        plates = [f"HIT{number:04d}" for number in range(count // given.every)]
        cookie = _dispatcher_looks_for(plates)
        with serving() as server, Board(server, cookie).listening() as board:
            fire(server, house, [], 100, given.rate)  # what is done once is done
            told = fire(server, house, plates, count, given.rate, every=given.every)
            board.wait_for(set(told), _PATIENCE_SECONDS)
        whole = given.seconds >= SECONDS and given.rate >= RATE
        sys.exit(report(told, board.heard, given.rate, whole=whole))


@dataclass(slots=True)
class Board:
    """A board's stream, as a browser reads it. `heard`: each hit's plate, and when it came."""

    server: Server
    cookie: str
    heard: dict[str, float] = field(default_factory=dict)
    _open: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def listening(self) -> Iterator["Board"]:
        """The stream ends with the server, and its reader with it."""
        reader = threading.Thread(target=self._read, daemon=True)
        reader.start()
        if not self._open.wait(_PATIENCE_SECONDS):
            sys.exit("The board's stream did not open.")
        time.sleep(_SETTLES_SECONDS)
        yield self

    def wait_for(self, plates: set[str], seconds: float) -> None:
        ends = time.perf_counter() + seconds
        while time.perf_counter() < ends and not plates <= self.heard.keys():
            time.sleep(0.05)

    def _read(self) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self.server.port)
        line.request("GET", "/alerts/stream/?after=0", headers={"Cookie": self.cookie})
        with closing(line), line.getresponse() as answer:
            event: list[str] = []
            while answer.status == http.client.OK and (said := answer.readline()):
                self._open.set()
                event.append(said.decode())
                if said == b"\n":
                    named = re.search(r"HIT\d{4}", "".join(event))
                    if named:
                        self.heard.setdefault(named[0], time.perf_counter())
                    event.clear()


def fire(  # noqa: PLR0917 -- what a load is made of
    server: Server, house: House, plates: list[str], count: int, rate: int, every: int = 1
) -> dict[str, float]:
    """Post so many reads, evenly spaced; return when each hit was due to be sent."""
    camera = next(code for code in house.cameras if code.startswith("wil-"))
    pictures = {"photo": _picture(_WIDTH, _HEIGHT), "crop": _picture(190, 62)}
    told = hammer.sightings(count, f"latency-{time.time_ns()}")
    due: dict[str, float] = {}
    shots: list[Shot] = []
    for number, one in enumerate(told):
        at = number / rate
        if plates and number % every == every - 1:
            one["plate"] = plates[number // every]
            due[str(one["plate"])] = at
        body = {**one, **pictures}
        request = hammer.request("/api/v1/sightings", camera, house.cameras[camera], body)
        shots.append(Shot(at, request, (str(one["event"]),)))
    # The first shot goes out as soon as the lines stand, a few milliseconds after this.
    start = time.perf_counter()
    volley = hammer.fire(server.port, shots, lines=LINES)
    if volley.lost or volley.refused():
        sys.exit(f"{len(volley.lost)} reads got no answer, {volley.refused()} were refused.")
    if plates:
        print(
            f"{count:,} reads posted at {count / volley.seconds:.0f} a second, each with a picture "
            f"of {len(pictures['photo']) * 3 // 4 // 1024} KiB; "
            f"acknowledged after {volley.late(0.5):.0f} ms in the median, p99 "
            f"{volley.late(0.99):.0f} ms"
        )
    return {plate: start + at for plate, at in due.items()}


def report(told: dict[str, float], heard: dict[str, float], rate: int, *, whole: bool) -> int:
    """Print and keep what was measured beside what is asked for. 1 where it is missed."""
    after = sorted(heard[plate] - at for plate, at in told.items() if plate in heard)
    lost = len(told) - len(after)
    if not after:
        print("No hit came to the board.")
        return 1
    median, p99 = after[len(after) // 2], after[min(len(after) - 1, int(len(after) * 0.99))]
    print(
        f"{len(after)} hits on the board at {rate} reads a second: median {median:.2f} s, p99 "
        f"{p99:.2f} s, slowest {after[-1]:.2f} s; asked for: p99 under {TARGET_SECONDS:.0f} s"
    )
    note = f"median {median:.2f} s; {lost} of {len(told)} did not come"
    late = f"camera to board at {rate} reads a second, p99"
    line = Line(late, p99, "s", TARGET_SECONDS, less_is_better=True, note=note, first=True)
    kept.keep("latency", [line], whole=whole)
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    print(
        f"{os.cpu_count()} cores; waiting for them (load average, load and server included): {load}"
    )
    if lost:
        print(f"{lost} hits did not come.")
    return int(lost > 0 or p99 >= TARGET_SECONDS)


def _dispatcher_looks_for(plates: list[str]) -> str:
    """Put the plates on a list and sign somebody in; return the cookie of their browser."""
    from datetime import timedelta

    from django.db import connections
    from django.utils import timezone

    from plateward.gate import door
    from plateward.hotlists import entries
    from plateward.plates.text import normalise
    from plateward.policy.decide import Reason
    from plateward.policy.vocabulary import Act
    from tests import cast
    from tests.web import seats

    ana = cast.enrolled("ana")
    reason = Reason(purpose="stolen_wanted_or_interest_vehicle", note="bench")
    permit = door.admit(ana, Act.HOTLISTS_EDIT, reason, cities=[CITY], second_factor=True)
    ends = timezone.now() + timedelta(days=1)
    for plate in plates:
        entries.add(
            entries.Listing("Bench", "stolen_vehicle", normalise(plate), "bench", "26-1", ends),
            permit=permit,
        )
    client = seats.keyboard_of(ana)
    client.get("/alerts/", headers={"host": "127.0.0.1"})  # the house lists the session
    connections.close_all()
    return f"plateward_session={client.cookies['plateward_session'].value}"


def _picture(width: int, height: int) -> str:
    """A JPEG that compresses as a street does: soft shapes with some grain."""
    from PIL import Image, ImageFilter

    grain = Image.frombytes("RGB", (width, height), _CHANCE.randbytes(width * height * 3))
    soft = grain.filter(ImageFilter.GaussianBlur(2))
    written = io.BytesIO()
    soft.save(written, "JPEG", quality=85)
    return base64.b64encode(written.getvalue()).decode()


if __name__ == "__main__":
    main()
