"""Endless batches of photographed plates from worker processes, each batch fixed by its number."""

import multiprocessing as mp
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.pool import AsyncResult, Pool
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from training import designs, real
from training.camera import HEIGHT, WIDTH, lens, light, photograph, sensor, shrink
from training.dies import ALPHABET
from training.lettering import Letters
from training.plate import draw

Job = TypeVar("Job")
Made = TypeVar("Made")
LONGEST = 10
AHEAD = 6
NOTHING = 0.05  # share of cuts where no plate is: the reader learns to say nothing there
NO_REGION = 255  # of a real plate: not learned from
DIES = 160
FONT_SEED = 5


@dataclass(frozen=True, slots=True)
class Batch:
    """Signs are 1 + their place in ALPHABET; 0 fills up. Row 0 is line one, row 1 line two."""

    images: npt.NDArray[np.uint8]  # batch, height, width, red green blue
    signs: npt.NDArray[np.uint8]  # batch, 2, LONGEST
    regions: npt.NDArray[np.uint8]


def encode(lines: tuple[str, ...]) -> npt.NDArray[np.uint8]:
    signs = np.zeros((2, LONGEST), np.uint8)
    for row, line in enumerate(lines):
        signs[row, : len(line)] = [ALPHABET.index(c) + 1 for c in line]
    return signs


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the pictures come from; `share` of each batch are real plates, of `plates`."""

    fonts: Path
    grounds: Path
    plates: Path | None = None
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Tools:
    """What batches are made with."""

    letters: Letters
    grounds: npt.NDArray[np.uint8]
    reals: tuple[real.Real, ...] = ()
    share: float = 0.0


def make(number: int, size: int, seed: int, tools: Tools) -> Batch:
    """The same numbers give the same batch, whichever process makes it."""
    rng = np.random.default_rng((seed, number))
    batch = Batch(
        np.empty((size, HEIGHT, WIDTH, 3), np.uint8),
        np.zeros((size, 2, LONGEST), np.uint8),
        np.zeros(size, np.uint8),
    )
    for i in range(size):
        if tools.reals and rng.random() < tools.share:
            one = real.pick(tools.reals, rng)
            batch.images[i] = real.photograph(one, rng)
            batch.signs[i] = encode(one.lines)
            batch.regions[i] = NO_REGION
            continue
        if rng.random() < NOTHING:
            ground = tools.grounds[int(rng.integers(len(tools.grounds)))]
            batch.images[i] = shrink(sensor(lens(light(ground, rng), rng), rng))
            batch.regions[i] = NO_REGION
            continue
        plate = draw(tools.letters, rng)
        batch.images[i] = photograph(plate, tools.letters, tools.grounds, rng)
        batch.signs[i] = encode(plate.lines)
        batch.regions[i] = designs.REGIONS.index(plate.region)
    return batch


def load_tools(sources: Sources) -> Tools:
    reals = tuple(real.load(sources.plates)) if sources.plates else ()
    letters = Letters(sources.fonts, dies=DIES, seed=FONT_SEED)
    return Tools(letters, np.load(sources.grounds, mmap_mode="r"), reals, sources.share)


_tools: Tools | None = None


def _start(sources: Sources) -> None:
    global _tools  # noqa: PLW0603 - one set of fonts for each worker process
    cv2.setNumThreads(1)
    os.nice(5)
    _tools = load_tools(sources)


def _work(job: tuple[int, int, int]) -> Batch:
    if _tools is None:
        raise RuntimeError("the worker was not started with its fonts")
    return make(*job, _tools)


def stream(
    numbers: range, size: int, seed: int, *, sources: Sources, workers: int
) -> Iterator[Batch]:
    """Batches in order; with no workers they are made in this process."""
    jobs = ((n, size, seed) for n in numbers)
    if workers == 0:
        tools = load_tools(sources)
        for job in jobs:
            yield make(*job, tools)
        return
    with mp.get_context("spawn").Pool(workers, _start, (sources,)) as pool:
        yield from ahead(pool, _work, jobs)


def ahead(
    pool: Pool, work: Callable[[Job], Made], jobs: Iterable[Job], *, most: int = AHEAD
) -> Iterator[Made]:
    """What the pool makes, in order, never more than `most` before it is asked for."""
    waiting: deque[AsyncResult[Made]] = deque()
    for job in jobs:
        waiting.append(pool.apply_async(work, (job,)))
        if len(waiting) == most:
            yield waiting.popleft().get()
    while waiting:
        yield waiting.popleft().get()
