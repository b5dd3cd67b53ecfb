"""An agent whose camera and networks are made up, as a process to be killed.

`python -m tests.edge.fake_agent FOLDER SERVER CAMERA FIRST` reads a plate of its own in each
picture, T00000 and on from FIRST, and prints each plate once it is on the disk. SIGTERM ends it.
"""

import signal
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from plateward.capture.stills import Frame
from plateward.capture.watching import Terms, Told, Watcher
from plateward.edge import keys, outbox
from plateward.edge.agent import Agent
from plateward.edge.server import Server
from plateward.edge.source import Seeing
from plateward.plates.sighting import Character
from plateward.plates.text import PlateText
from plateward.recognition import Box, Image, Reading

EVERY = 0.1  # seconds


class Pictures:
    """Each shows its number in its first three pixels."""

    def __init__(self, device: str, first: int) -> None:
        self._device = device
        self._first = first
        self._closed = threading.Event()

    def __iter__(self) -> Iterator[Frame]:
        for number in range(self._first, 100_000):
            if self._closed.wait(EVERY):
                return
            image = np.full((48, 160, 3), 90, np.uint8)
            image[0, 0] = (number // 10_000, number // 100 % 100, number % 100)
            yield Frame(self._device, datetime.now(UTC), image)

    def seeing(self) -> Seeing:
        return Seeing(1 / EVERY, 0.0, "", 0)

    def close(self) -> None:
        self._closed.set()


class MadeUp:
    """Reads the number, here and there in the picture so that no two are one vehicle."""

    def read(self, image: Image) -> list[Reading]:
        high, middle, low = (int(each) for each in image[0, 0])
        plate = PlateText(f"T{high * 10_000 + middle * 100 + low:05d}")
        signs = tuple(Character(sign, 0.98) for sign in plate)
        left = (low % 2) * 120
        return [Reading(plate, 0.95, signs, Box(left, 10, left + 30, 20), None)]


def agent(folder: Path, server: str, camera: str, first: int) -> Agent:
    seal = keys.sealer(folder / keys.SEALING_KEY, may_make=not (folder / outbox.FILE).exists())
    watcher = Watcher(MadeUp(), Terms(patience=timedelta(milliseconds=10)))
    there = Server(server, camera, keys.signer(folder))
    return Agent.made(
        Pictures(camera, first), watcher, outbox.Outbox(folder, seal), there, "made up"
    )


def main() -> None:
    folder, server, camera, first = sys.argv[1:]
    ours = agent(Path(folder), server, camera, int(first))
    keep = Agent.keep

    def told(self: Agent, one: Told) -> None:
        keep(self, one)
        sys.stdout.write(f"{one.sighting.plate}\n")
        sys.stdout.flush()

    Agent.keep = told  # type: ignore[method-assign]
    signal.signal(signal.SIGTERM, lambda *_: ours.source.close())
    ours.run()
    sys.stdout.write(f"left {ours.outbox.kept().letters}\n")


if __name__ == "__main__":
    main()
