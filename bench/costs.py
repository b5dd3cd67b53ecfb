"""What reading costs: time a frame, memory of the command, size of the weights.

Times are milliseconds from pixels to text; opening the JPEG is told apart. Sizes are bytes.
"""

import hashlib
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

import cv2

import plateward
from plateward.recognition import Image, PlateReader, photos, weights

T = TypeVar("T")

FRAME: Final = (1920, 1080)
_SHAPE: Final = FRAME[0] / FRAME[1]
_WARM: Final = 2
_BATCH: Final = 8
_IDLE: Final = 0.7  # load average: less than one other program at work
# The child of a small process: a large parent's own size would be counted as the child's.
_PEAK: Final = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@dataclass(frozen=True, slots=True)
class Costs:
    single_median: float
    single_p95: float
    batch: float
    """A frame, when several are handed over at once."""
    opening: float
    memory: int
    weights: int
    networks: str
    """Name and start of the SHA-256 of every network that was measured."""
    machine: str
    load: float
    """Load average before the measuring began: what else the machine was doing."""
    measured_on: str

    @property
    def busy(self) -> bool:
        """Whether other work wanted so much of the processor that times mean little."""
        return self.load > _IDLE


def measure(reader: PlateReader, frames: Sequence[Path]) -> Costs:
    load = os.getloadavg()[0]
    pictures = [_jpeg(path) for path in frames]
    images = [photos.load(picture) for picture in pictures]
    single = times(reader.read, images)
    networks = shipped()
    return Costs(
        round(statistics.median(single), 1),
        round(late(single), 1),
        _in_batches(reader, images),
        round(statistics.median(times(photos.load, pictures)), 1),
        _memory(pictures[:5]),
        sum(size for size, _ in networks.values()),
        ", ".join(f"{name} {digest[:8]}" for name, (_, digest) in sorted(networks.items())),
        f"{platform.machine()}, {len(os.sched_getaffinity(0))} cores, {_processor()}",
        round(load, 1),
        datetime.now(UTC).date().isoformat(),
    )


def wide_frames(files: Sequence[Path], most: int) -> list[Path]:
    """The first pictures of a frame's shape, 16 to 9."""
    found: list[Path] = []
    for file in files:
        height, width = photos.load(file).shape[:2]
        if abs(width / height - _SHAPE) < 0.01:
            found.append(file)
        if len(found) == most:
            break
    return found


def times(work: Callable[[T], object], things: Sequence[T]) -> list[float]:
    """Each thing once, after a few that are not counted."""
    for thing in things[:_WARM]:
        work(thing)
    return [clocked(work, thing) for thing in things]


def clocked(work: Callable[[T], object], thing: T) -> float:
    began = time.perf_counter()
    work(thing)
    return 1000 * (time.perf_counter() - began)


def late(spent: Sequence[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(spent, n=20)[-1] if len(spent) > 1 else spent[0]


def shipped() -> dict[str, tuple[int, str]]:
    """Size and SHA-256 of every network by name: those registered, and any other in the package."""
    registered = {one.name: (one.size, one.sha256) for one in weights.REGISTER}
    inside = Path(plateward.__file__).parent.rglob("*.onnx")
    return {path.stem: _weighed(path) for path in inside} | registered


def kept(costs: Costs, out: Path) -> Path:
    out.write_text(json.dumps(asdict(costs), indent=1) + "\n", encoding="utf-8")
    return out


def known(file: Path) -> Costs | None:
    """What an earlier run measured; None where there was none."""
    return Costs(**json.loads(file.read_text(encoding="utf-8"))) if file.exists() else None


def _in_batches(reader: PlateReader, images: Sequence[Image]) -> float:
    batches = [images[start : start + _BATCH] for start in range(0, len(images), _BATCH)]
    spent = times(reader.read_batch, [batch for batch in batches if len(batch) == _BATCH])
    return round(statistics.median(spent) / _BATCH, 1)


def _jpeg(path: Path) -> bytes:
    """The picture at the size of a 1080p frame, enlarged where it is smaller."""
    scaled = cv2.resize(photos.load(path), FRAME, interpolation=cv2.INTER_CUBIC)
    blue_first = cv2.cvtColor(scaled, cv2.COLOR_RGB2BGR)
    return cv2.imencode(".jpg", blue_first, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()


def _memory(pictures: Sequence[bytes]) -> int:
    """The highest resident size of `plateward read` over these pictures."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{number}.jpg" for number in range(len(pictures))]
        for file, picture in zip(files, pictures, strict=True):
            file.write_bytes(picture)
        read = [str(Path(sys.executable).parent / "plateward"), "read", *map(str, files)]
        told = subprocess.run(
            [sys.executable, "-c", _PEAK, *read], check=True, capture_output=True, text=True
        )
    return int(told.stdout) * 1024


def _weighed(path: Path) -> tuple[int, str]:
    return path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "processor not named"
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "")
