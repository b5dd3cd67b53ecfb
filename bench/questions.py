"""What is asked of every store, drawn from the reads themselves: the same for the same seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from bench import traffic
from bench.traffic import DAY, Camera, Scale
from plateward.plates.text import fold

SIGNS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SHOWN: Final = 50  # reads on a page
RADIUS_KM: Final = 2.0
_HOUR: Final = DAY // 24
_LOOK_ALIKE: Final = dict(zip("0ODQ1IL2Z5S8B6G", "O000I11Z2S5B8G6", strict=True))


class Kind(StrEnum):
    """The words are what the table prints."""

    EXACT = "exact, 30 days"
    PREFIX = "prefix of 4"
    INNER = "wildcard `7?BC*12`"
    WITHIN = "wildcard `*BC12*`"
    LOOK_ALIKE = "look-alikes of a plate"
    NEAR = "a plate one character off"
    CAMERA = "camera and hour"
    AROUND = "2 km, 2 hours and colour"
    COUNTS = "counts of 30 days"


# 95 of 100 within so many milliseconds.
ASKED: Final = {
    Kind.EXACT: 10.0,
    Kind.PREFIX: 50.0,
    Kind.INNER: 50.0,
    Kind.WITHIN: 50.0,
    Kind.LOOK_ALIKE: 100.0,
    Kind.NEAR: 100.0,
    Kind.CAMERA: 50.0,
    Kind.AROUND: 50.0,
    Kind.COUNTS: 50.0,
}


@dataclass(frozen=True, slots=True)
class Question:
    """`plate` is a plate or a pattern, empty for any. Instants are microseconds since 1970 (UTC).

    `cameras`: numbers of the cameras asked for, none for all. `middle`: of the circle, in degrees.
    """

    kind: Kind
    since: int
    until: int
    plate: str = ""
    cameras: tuple[int, ...] = ()
    middle: tuple[float, float] | None = None
    color: str = ""

    @property
    def folded(self) -> str:
        return fold(self.plate)

    def near(self) -> list[str]:
        """Every plate that is the one asked for or at most one edit away from it."""
        found = {self.plate}
        for at in range(len(self.plate) + 1):
            before, after = self.plate[:at], self.plate[at:]
            found.update(before + sign + after for sign in SIGNS)
            if after:
                found.add(before + after[1:])
                found.update(before + sign + after[1:] for sign in SIGNS)
        return sorted(found)


@dataclass(frozen=True, slots=True)
class Hit:
    """A read as every store tells it."""

    seen: int
    camera: int
    plate: str


def drawn(scale: Scale, rounds: int, *, turn: int = 0) -> Iterator[list[Question]]:
    """Round after round, one question of each kind; other ones in another turn."""
    chance = np.random.default_rng([scale.seed, 5, turn])
    cameras = traffic.cameras(scale.seed)
    some = [traffic.day(scale, int(day)) for day in chance.integers(0, scale.days, 3)]
    for _ in range(rounds):
        plates = iter(_plates(some, chance))
        yield [_one(kind, next(plates), cameras, scale, chance) for kind in Kind]


def _plates(days: list[traffic.Day], chance: np.random.Generator) -> Iterator[str]:
    """As often seen, so often asked for."""
    while True:
        day = days[chance.integers(0, len(days))]
        yield day.plate[chance.integers(0, len(day.plate))].decode()


def _one(
    kind: Kind, plate: str, cameras: list[Camera], scale: Scale, chance: np.random.Generator
) -> Question:
    month = max(scale.since, scale.until - 30 * DAY)
    match kind:
        case Kind.CAMERA:
            since = _moment(scale, chance, _HOUR)
            camera = int(chance.integers(0, len(cameras)))
            return Question(kind, since, since + _HOUR, cameras=(camera,))
        case Kind.AROUND:
            since = _moment(scale, chance, 2 * _HOUR)
            middle = cameras[chance.integers(0, len(cameras))]
            color = traffic.COLORS[chance.integers(0, 5)]
            numbers = tuple(each.number for each in cameras if _km(middle, each) <= RADIUS_KM)
            place = (middle.latitude, middle.longitude)
            return Question(kind, since, since + 2 * _HOUR, "", numbers, place, color)
        case Kind.COUNTS:
            return Question(kind, scale.until - min(30, scale.days - 1) * DAY, scale.until)
        case _:
            return Question(kind, month, scale.until, _asked(kind, plate, chance))


def _asked(kind: Kind, plate: str, chance: np.random.Generator) -> str:
    """What somebody would type who knows that much of it."""
    match kind:
        case Kind.PREFIX:
            return plate[:4] + "*"
        case Kind.INNER:
            return f"{plate[0]}?{plate[2:4]}*{plate[-2:]}"
        case Kind.WITHIN:
            return f"*{plate[2:6]}*"
        case Kind.LOOK_ALIKE:
            alike = [at for at, sign in enumerate(plate) if sign in _LOOK_ALIKE]
            at = int(chance.choice(alike)) if alike else -1
            return plate[:at] + _LOOK_ALIKE[plate[at]] + plate[at + 1 :] if alike else plate
        case Kind.NEAR:
            at = int(chance.integers(0, len(plate)))
            return plate[:at] + SIGNS[chance.integers(0, len(SIGNS))] + plate[at + 1 :]
        case _:
            return plate


def _moment(scale: Scale, chance: np.random.Generator, length: int) -> int:
    """By day, when there is traffic."""
    day = int(chance.integers(0, scale.days))
    return scale.since + day * DAY + int(chance.integers(7 * _HOUR, 18 * _HOUR)) - length // 2


def _km(one: Camera, other: Camera) -> float:
    """Along the earth's surface."""
    first, second = np.radians([one.latitude, other.latitude])
    half = np.sin((second - first) / 2) ** 2
    turn = np.sin(np.radians(other.longitude - one.longitude) / 2) ** 2
    return float(2 * 6371.0088 * np.arcsin(np.sqrt(half + np.cos(first) * np.cos(second) * turn)))
