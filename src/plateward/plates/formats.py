"""Which issuers' serial formats a plate text fits: facts as data, in formats.csv.

A format is evidence, never a rule: vanity plates follow none, and issuers have more than we know.
`formats.csv` says of each how well it is known: `two` if two or more independent written sources
were read, `one` if one was, `unverified` if it is general knowledge nobody has looked up. Patterns
are written as formats_pattern.py says; `often` compares formats of one issuer with each other.
`formats_issuers.csv` names issuers by ISO 3166 and gives the region each belongs to: a US state or
DC by its postal letters, otherwise the group the reader can tell apart (CANADA, EUROPE and so on);
`millions` is about how many people live there, to weigh the issuers of one region.
"""

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final

from plateward.plates.formats_pattern import Form, forms


class Known(StrEnum):
    """How many independent written sources were read for a format."""

    TWO = "two"
    ONE = "one"
    UNVERIFIED = "unverified"


# How many plates of an issuer follow one format, against each other. Judged, not counted.
_OFTEN: Final = {"main": 1.0, "common": 0.4, "some": 0.1, "rare": 0.02}


@dataclass(frozen=True, slots=True)
class Format:
    """One series of one issuer; `serials` is how many texts fit it at most.

    `issuer` is ISO 3166 ("US-MO", "SK"), `region` what the reader tells apart ("MO", "EUROPE").
    `share` is the part of the region's plates thought to follow this format, 0 to 1.
    """

    issuer: str
    region: str
    name: str
    pattern: str
    kind: str
    share: float
    known: Known
    note: str
    serials: int

    def __str__(self) -> str:
        return f"{self.name} {self.kind} ({self.pattern})"


@dataclass(frozen=True, slots=True)
class Fit:
    """`chance` is how likely a serial of this format is this very text: high is specific."""

    format: Format
    chance: float


@dataclass(frozen=True, slots=True)
class _Tables:
    """Of each length: the forms a sign allows at each place, as bits; and whose each bit is."""

    formats: tuple[Format, ...]
    owners: dict[int, tuple[tuple[int, float], ...]]
    allowed: dict[int, tuple[dict[str, int], ...]]


def matches(text: str) -> tuple[Format, ...]:
    """Every format that the normalised text fits, the most specific first."""
    return tuple(fit.format for fit in fits(text))


def fits(text: str) -> tuple[Fit, ...]:
    """As `matches`, each with how likely it makes the text."""
    tables = _tables()
    places = tables.allowed.get(len(text), ())
    left = -1 if places else 0
    for allowed, sign in zip(places, text, strict=False):
        left &= allowed.get(sign, 0)
        if not left:
            return ()
    found: dict[int, float] = {}
    for owner, chance in _owners(left, tables.owners.get(len(text), ())):
        found[owner] = found.get(owner, 0.0) + chance
    ranked = sorted(found.items(), key=lambda each: -each[1])
    return tuple(Fit(tables.formats[owner], chance) for owner, chance in ranked)


def catalogue() -> tuple[Format, ...]:
    """All formats, in the order of the file."""
    return _tables().formats


@cache
def issuers() -> dict[str, str]:
    """English names by ISO 3166 code: states and provinces where a country's plates have them."""
    return {row["issuer"]: row["name"] for row in _rows("formats_issuers.csv")}


def _owners(bits: int, owners: tuple[tuple[int, float], ...]) -> Iterator[tuple[int, float]]:
    while bits:
        lowest = bits & -bits
        yield owners[lowest.bit_length() - 1]
        bits ^= lowest


@cache
def _tables() -> _Tables:
    issuers = {row["issuer"]: row for row in _rows("formats_issuers.csv")}
    rows = list(_rows("formats.csv"))
    shapes = [forms(row["pattern"]) for row in rows]
    shares = _shares(rows, issuers)
    known = tuple(
        _format(row, issuers[row["issuer"]], share, sum(map(_serials, its)))
        for row, share, its in zip(rows, shares, shapes, strict=True)
    )
    return _indexed(known, shapes)


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = files("plateward.plates").joinpath(name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


def _shares(rows: list[dict[str, str]], issuers: dict[str, dict[str, str]]) -> list[float]:
    """Each format's part of its region: its part of its issuer, times the issuer's part."""
    of_issuer: dict[str, float] = {}
    for row in rows:
        of_issuer[row["issuer"]] = of_issuer.get(row["issuer"], 0.0) + _OFTEN[row["often"]]
    of_region: dict[str, float] = {}
    for issuer in issuers.values():
        millions = of_region.get(issuer["region"], 0.0) + float(issuer["millions"])
        of_region[issuer["region"]] = millions
    return [
        _OFTEN[row["often"]]
        / of_issuer[row["issuer"]]
        * float(issuers[row["issuer"]]["millions"])
        / of_region[issuers[row["issuer"]]["region"]]
        for row in rows
    ]


def _serials(shape: Form) -> int:
    return math.prod(map(len, shape))


def _format(row: dict[str, str], issuer: dict[str, str], share: float, serials: int) -> Format:
    return Format(
        issuer=row["issuer"],
        region=issuer["region"],
        name=issuer["name"],
        pattern=row["pattern"],
        kind=row["kind"],
        share=share,
        known=Known(row["known"]),
        note=row["note"],
        serials=serials,
    )


def _indexed(known: tuple[Format, ...], shapes: list[tuple[Form, ...]]) -> _Tables:
    owners: dict[int, list[tuple[int, float]]] = {}
    allowed: dict[int, list[dict[str, int]]] = {}
    for owner, its in enumerate(shapes):
        for shape in its:
            of_length = owners.setdefault(len(shape), [])
            _allow(allowed.setdefault(len(shape), [{} for _ in shape]), shape, 1 << len(of_length))
            # The lengths of one format count alike, as the file does not say which is usual.
            of_length.append((owner, 1.0 / (len(its) * _serials(shape))))
    return _Tables(
        known,
        {length: tuple(each) for length, each in owners.items()},
        {length: tuple(places) for length, places in allowed.items()},
    )


def _allow(places: list[dict[str, int]], shape: Form, bit: int) -> None:
    for place, signs in zip(places, shape, strict=True):
        for sign in signs:
            place[sign] = place.get(sign, 0) | bit
