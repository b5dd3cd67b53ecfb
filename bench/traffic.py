"""Made-up traffic of a region, the same for the same seed: vehicles, cameras, and what they read.

Nothing here is about a real vehicle. Vehicles pass at different rates (Zipf-Mandelbrot: the busiest
some thousand times in two months, as a bus does, most a dozen times), day and night have their
rhythm, and three reads in a hundred are misread: mostly for a character that looks alike.
"""

import math
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Plates = npt.NDArray[np.bytes_]
Signs = npt.NDArray[np.uint8]

CAMERAS: Final = 50
DAY: Final = 86_400_000_000  # microseconds
LONGEST: Final = 8
MISREAD: Final = 0.03
NAMED: Final = 0.6  # of the misread, whose source names what is true as another possibility
DOUBTED: Final = 0.06  # of the rest, whose source names another possibility all the same
_PER_READ: Final = 0.085  # vehicles for each read: 1.7 million in 20 million
_LEVEL: Final = 0.0018  # the higher, the less the busiest vehicles stand out
_FEWEST: Final = 500

_LETTERS: Final = np.frombuffer(b"ABCDEFGHJKLMNPRSTUVWXYZ", np.uint8)
_DIGITS: Final = np.frombuffer(b"0123456789", np.uint8)
# Series as the states print them (L a letter, D a digit), and how many vehicles of a hundred.
SERIES: Final = (
    ("US-CA", "DLLLDDD", 38),
    ("US-CA", "DDDDDLD", 7),
    ("US-MO", "LLDLDL", 26),
    ("US-KS", "DDDDLLL", 7),
    ("US-TX", "LLLDDDD", 9),
    ("US-IL", "LLDDDDD", 6),
    ("US-AZ", "LLLDDDD", 4),
    ("US-NV", "DDDLDD", 3),
)
REGIONS: Final = tuple(region for region, _, _ in SERIES)
MAKES: Final = (
    *("Ford", "Toyota", "Chevrolet", "Honda", "Nissan", "Hyundai", "Kia", "Ram", "Jeep", "GMC"),
    *("Subaru", "BMW", "Mercedes-Benz", "Volkswagen", "Tesla"),
)
MODELS: Final = ("F-150", "Camry", "Equinox", "Civic", "Altima", "Tucson")
COLORS: Final = ("white", "black", "gray", "silver", "blue", "red", "green", "brown")
_COLOR_SHARES: Final = (26, 22, 19, 12, 9, 8, 2, 2)
BODIES: Final = ("suv", "sedan", "pickup", "hatchback", "van", "truck")
HEADINGS: Final = ("north", "east", "south", "west")
# Signs that are taken for each other.
_ALIKE: Final = ("0OQD", "1IL", "2Z", "5S", "8B", "6G", "4A", "7T", "UV", "VY", "MN", "NH")
_HOURS: Final = (2, 1, 1, 1, 2, 4, 8, 12, 11, 9, 9, 9, 10, 9, 10, 12, 13, 13, 10, 8, 6, 5, 4, 3)


@dataclass(frozen=True, slots=True)
class Scale:
    """How much there is to be; `since` is the first moment, in microseconds since 1970 (UTC)."""

    rows: int
    days: int
    since: int
    seed: int = 6

    @property
    def vehicles(self) -> int:
        return max(_FEWEST, int(self.rows * _PER_READ))

    @property
    def until(self) -> int:
        return self.since + self.days * DAY

    def rows_of(self, day: int) -> int:
        return self.rows // self.days + (day < self.rows % self.days)


@dataclass(frozen=True, slots=True)
class Fleet:
    """Every vehicle, one place of each array each; what is told of it are places in the lists."""

    plate: Signs  # (n, LONGEST), 0 after the end
    series: Signs
    make: Signs
    model: Signs
    color: Signs
    body: Signs


@dataclass(frozen=True, slots=True)
class Day:
    """The reads of one day in the order in which they were seen.

    `sure` is each character's confidence, in hundredths. `doubt`: the place of a character that its
    source was in two minds about, -1 where none; `other` what else it may be, `chance` how likely.
    """

    seen: Ints
    camera: Signs
    plate: Plates
    vehicle: Ints
    heading: Signs
    sure: Signs
    doubt: npt.NDArray[np.int8]
    other: Signs
    chance: Signs


@dataclass(frozen=True, slots=True)
class Camera:
    number: int
    latitude: float
    longitude: float


def cameras(seed: int = 6) -> list[Camera]:
    """Over a town of nine kilometres by nine."""
    chance = np.random.default_rng([seed, 1])
    north, east = chance.uniform(-0.04, 0.04, CAMERAS), chance.uniform(-0.05, 0.05, CAMERAS)
    return [
        Camera(
            number, round(38.99 + float(north[number]), 6), round(-93.95 + float(east[number]), 6)
        )
        for number in range(CAMERAS)
    ]


@cache
def fleet(scale: Scale) -> Fleet:
    chance = np.random.default_rng([scale.seed, 2])
    count = scale.vehicles
    shares = np.array([share for _, _, share in SERIES], float)
    series = chance.choice(len(SERIES), count, p=shares / shares.sum()).astype(np.uint8)
    plate = np.zeros((count, LONGEST), np.uint8)
    for number, (_, shape, _) in enumerate(SERIES):
        rows = np.flatnonzero(series == number)
        for at, kind in enumerate(shape):
            signs = _LETTERS if kind == "L" else _DIGITS
            plate[rows, at] = signs[chance.integers(0, len(signs), len(rows))]
    colors = np.array(_COLOR_SHARES, float)
    return Fleet(
        plate,
        series,
        chance.integers(0, len(MAKES), count, np.uint8),
        chance.integers(0, len(MODELS), count, np.uint8),
        chance.choice(len(COLORS), count, p=colors / colors.sum()).astype(np.uint8),
        chance.integers(0, len(BODIES), count, np.uint8),
    )


def day(scale: Scale, number: int) -> Day:
    """Any day by itself: it depends on the seed and its number alone."""
    chance = np.random.default_rng([scale.seed, 3, number])
    count = scale.rows_of(number)
    vehicle = _passing(scale, chance, count)
    signs = fleet(scale).plate[vehicle]
    sure = chance.beta(18, 1.1, signs.shape)
    length = np.count_nonzero(signs, axis=1)
    doubt = np.full(count, -1, np.int8)
    other = np.zeros(count, np.uint8)
    read = signs.copy()
    at = (chance.random(count) * length).astype(np.int8)
    luck = chance.random(count)
    wrong = luck < MISREAD
    told = (luck < MISREAD * NAMED) | (luck > 1 - DOUBTED)
    rows = np.arange(count)
    swapped = _mistaken(read[rows, at], chance)
    doubt[told] = at[told]
    other[told] = np.where(wrong, read[rows, at], swapped)[told]
    read[rows[wrong], at[wrong]] = swapped[wrong]
    sure[rows[wrong | told], at[wrong | told]] *= 0.6
    _lost(read, wrong & (luck < MISREAD * 0.06), at, doubt, length)
    percent = np.clip(np.round(100 * sure), 5, 99).astype(np.uint8)
    share = chance.uniform(0.45, 0.98, count)
    named = np.clip(percent[rows, np.maximum(doubt, 0)] * share, 1, 99).astype(np.uint8)
    return Day(
        _moments(scale, number, count, chance),
        _cameras_of(scale, chance, count),
        np.ascontiguousarray(read).view(f"S{LONGEST}").ravel(),
        vehicle,
        chance.integers(0, len(HEADINGS), count, np.uint8),
        percent,
        doubt,
        np.where(doubt >= 0, other, 0).astype(np.uint8),
        named,
    )


def busiest(scale: Scale) -> float:
    """How many reads the vehicle that passes most has, on average."""
    level = scale.vehicles * _LEVEL
    return scale.rows / (level * math.log((scale.vehicles + level) / level))


def _passing(scale: Scale, chance: np.random.Generator, count: int) -> Ints:
    """Vehicles by their rank: the share of one is 1 / (rank + level)."""
    level = scale.vehicles * _LEVEL
    rank = level * ((scale.vehicles + level) / level) ** chance.random(count) - level
    return np.minimum(rank.astype(np.int64), scale.vehicles - 1)


def _moments(scale: Scale, number: int, count: int, chance: np.random.Generator) -> Ints:
    shares = np.array(_HOURS, float)
    hour = chance.choice(len(_HOURS), count, p=shares / shares.sum())
    within = chance.integers(0, DAY // 24, count)
    return np.sort(scale.since + number * DAY + hour * (DAY // 24) + within)


def _cameras_of(scale: Scale, chance: np.random.Generator, count: int) -> Signs:
    """Some stand at busier roads than others, every day the same ones."""
    shares = np.random.default_rng([scale.seed, 4]).gamma(3.0, size=CAMERAS)
    return chance.choice(CAMERAS, count, p=shares / shares.sum()).astype(np.uint8)


def _mistaken(signs: Signs, chance: np.random.Generator) -> Signs:
    """Each sign as another: mostly as one that looks like it."""
    table = _alike()
    alike = table[signs, chance.integers(0, table.shape[1], len(signs))]
    anything = np.where(chance.random(len(signs)) < 0.6, *_anything(chance, len(signs)))
    odd = (chance.random(len(signs)) < 0.15) | (alike == signs)
    mistaken = np.where(odd, anything, alike)
    return np.where(mistaken == signs, ord("0") + (signs % 10 == 8), mistaken).astype(np.uint8)


def _anything(chance: np.random.Generator, count: int) -> tuple[Signs, Signs]:
    letters = _LETTERS[chance.integers(0, len(_LETTERS), count)]
    return letters, _DIGITS[chance.integers(0, len(_DIGITS), count)]


@cache
def _alike() -> Signs:
    table = np.tile(np.arange(256, dtype=np.uint8)[:, None], (1, 6))
    for group in _ALIKE:
        for sign in group:
            others = group.replace(sign, "")
            table[ord(sign)] = np.frombuffer((others * 6)[:6].encode(), np.uint8)
    return table


def _lost(
    read: Signs,
    chosen: npt.NDArray[np.bool_],
    at: npt.NDArray[np.int8],
    doubt: npt.NDArray[np.int8],
    length: npt.NDArray[np.intp],
) -> None:
    """Some lost a character instead; then nothing else is told of it. Changes `read`, `doubt`."""
    for row in np.flatnonzero(chosen).tolist():
        place = int(at[row])
        read[row, place : length[row] - 1] = read[row, place + 1 : length[row]].copy()
        read[row, length[row] - 1] = 0
        doubt[row] = -1
