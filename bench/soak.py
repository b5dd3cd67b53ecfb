"""Let `plateward watch` look at a looped film for a long time: does its memory grow?

`python -m bench.soak --minutes 60` films a parked car with a panning camera, plays it to the real
agent again and again, and takes what the agent hands in. Memory is the agent's resident set, read
every few seconds. Growth is from the median of the tenth of the time after warming up to the median
of the last tenth, so that neither one reading nor the loading of the networks decides it.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from bench import kept
from bench.kept import Line
from plateward.edge import keys
from plateward.recognition import photos, samples
from tests.capture import film

ROOT: Final = Path(__file__).resolve().parent.parent
OUT: Final = ROOT / "bench" / "out" / "soak-minutes.json"
MUST: Final = 5.0  # percent
WHOLE_MINUTES: Final = 60.0
_WARM_MINUTES: Final = 2.0
_EVERY_SECONDS: Final = 5.0
_SCENE: Final = Path(samples.__file__).parent / "nl-white-van.jpg"


class Taker(BaseHTTPRequestHandler):
    """A server that takes everything and keeps nothing."""

    taken: dict[str, int] = {}
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.taken[self.path] = self.taken.get(self.path, 0) + 1
        said = {"received_at": datetime.now(UTC).isoformat(), "keep_for_seconds": 86400}
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Not a line for each heartbeat."""


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--minutes", type=float, default=60.0)
    asked.add_argument("--fps", type=float, default=10.0)
    said = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder, server() as address:
        clip = filmed(Path(folder))
        sizes = watched(Path(folder), clip, address, said.minutes, said.fps)
    figures = grown(sizes) | {"minutes": round(said.minutes, 1), "fps_asked": said.fps}
    figures["each_minute_mb"] = [round(size) for size in sizes[:: round(60 / _EVERY_SECONDS)]]
    figures |= {"handed_in": Taker.taken, "measured_on": f"{datetime.now(UTC):%Y-%m-%d}"}
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))
    kept.keep("soak", lines(figures), whole=said.minutes >= WHOLE_MINUTES)
    met = figures["growth_percent"] < MUST
    print(
        f"memory grew {figures['growth_percent']} % in {said.minutes:g} minutes "
        f"({'met' if met else 'NOT MET'}: under {MUST:g} %)"
    )
    return 0 if met else 1


def lines(figures: dict[str, Any]) -> list[Line]:
    note = f"{figures['first_mb']} MB to {figures['last_mb']} MB in {figures['minutes']:g} minutes"
    memory = "growth of an agent's memory"
    return [
        Line(
            memory, figures["growth_percent"], "%", MUST, less_is_better=True, note=note, first=True
        )
    ]


def filmed(folder: Path) -> Path:
    """Three seconds: the van drives through the picture, leaves it, and comes again."""
    passing = list(film.panned(photos.load(_SCENE), frames=20, step=20, size=(600, 500)))
    empty = [picture * 0 + 90 for picture in passing[:20]]
    return film.save(iter(passing + empty), folder / "clip.mkv")


@contextmanager
def server() -> Iterator[str]:
    taker = ThreadingHTTPServer(("127.0.0.1", 0), Taker)
    threading.Thread(target=taker.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{taker.server_port}"
    taker.shutdown()


def watched(folder: Path, clip: Path, address: str, minutes: float, fps: float) -> list[float]:
    """Sizes in MB, one every few seconds, from when the agent is warm."""
    keys.make(folder)
    words = ["watch", "--camera", "soak", "--loop", "--source", str(clip), "--server", address]
    command = [str(Path(sys.executable).with_name("plateward")), *words, "--folder", str(folder)]
    agent = subprocess.Popen([*command, "--fps", str(fps)], stdout=subprocess.DEVNULL)
    try:
        time.sleep(_WARM_MINUTES * 60)
        sizes, ends = [], time.monotonic() + minutes * 60
        while time.monotonic() < ends and agent.poll() is None:
            sizes.append(resident(agent.pid))
            time.sleep(_EVERY_SECONDS)
    finally:
        agent.terminate()
        agent.wait(timeout=60)
    if agent.returncode:
        raise SystemExit(f"the agent ended with {agent.returncode}")
    return sizes


def resident(process: int) -> float:
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def grown(sizes: list[float]) -> dict[str, Any]:
    tenth = max(len(sizes) // 10, 1)
    first, last = statistics.median(sizes[:tenth]), statistics.median(sizes[-tenth:])
    return {
        "first_mb": round(first, 1),
        "last_mb": round(last, 1),
        "most_mb": round(max(sizes), 1),
        "growth_percent": round(100 * (last - first) / first, 2),
    }


if __name__ == "__main__":
    raise SystemExit(main())
