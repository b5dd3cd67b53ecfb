"""How a plate that was read may be another plate, and how likely that is against being read right.

The weights are judged, not fitted: what counts is their order and where `ALERTS_FROM` cuts. A read
that names alternatives is believed where it names one; where it names others only, a look-alike
counts for less, as the source has looked and thought of something else.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from plateward.plates import formats
from plateward.plates.sighting import Character
from plateward.plates.text import LONGEST, fold

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SIGNS: Final = b" " + ALPHABET.encode() + b" " * (255 - len(ALPHABET))
LONGEST_STATE: Final = 8
Codes = npt.NDArray[np.uint8]

# US issuers print O and 0 alike, and one country's I is another's 1.
_NEARLY_ONE: Final = 0.5
_ALIKE: Final = 0.15
_UNLIKE: Final = 0.002
_NOT_NAMED: Final = 0.2  # times, where the source names alternatives and this is none of them
_TOO_MANY: Final = 0.3  # times the doubt in the character that would be one too many
OTHER_STATE: Final = 0.1
WILDCARD: Final = 0.5
# A hit less likely than this is a coincidence more often than not on a long list: against a million
# plates, a third of all reads are one character away from some entry.
ALERTS_FROM: Final = 0.02


class How(StrEnum):
    """How a read matches an entry."""

    EXACT = "exact"
    LOOK_ALIKE = "look_alike"
    DOUBTFUL = "doubtful"  # the read itself names the other characters
    ONE_OTHER = "one_other"
    ONE_MISSING = "one_missing"
    ONE_TOO_MANY = "one_too_many"
    WILDCARD = "wildcard"


KINDS: Final = tuple(How)  # their places are what arrays of hits hold


@dataclass(frozen=True, slots=True)
class Difference:
    """`position` counts from 1 in the read; `read` or `listed` is empty where there is none."""

    position: int
    read: str
    listed: str


@dataclass(frozen=True, slots=True)
class Match:
    """One entry that the read may be. `likelihood`: 0 to 1, against the read being right as it is.

    `other_state`: the entry names a state, the read's is known, and they differ.
    """

    entry: int
    how: How
    differences: tuple[Difference, ...]
    likelihood: float
    other_state: bool


Compared = tuple[How | None, tuple[Difference, ...]]


def encoded(plates: Sequence[str] | npt.NDArray[np.bytes_]) -> Codes:
    """(n, 16): 1 to 36 for 0-9 and A-Z, 0 after the end. ValueError for any other character."""
    written = np.asarray(plates, dtype=f"S{LONGEST}") if len(plates) else np.empty(0, "S16")
    raw = np.ascontiguousarray(written).view(np.uint8).reshape(-1, LONGEST)
    codes: Codes = _code_of()[raw]
    if codes.size and codes.max() > len(ALPHABET):
        raise ValueError("A plate has letters A to Z and digits only. Normalise it first.")
    return codes


def decoded(codes: Codes) -> str:
    """The text of one row."""
    return codes.tobytes().translate(_SIGNS).rstrip(b" ").decode()


@cache
def _code_of() -> Codes:
    table = np.full(256, len(ALPHABET) + 1, np.uint8)
    table[0] = 0
    table[[ord(sign) for sign in ALPHABET]] = np.arange(1, len(ALPHABET) + 1)
    return table


@cache
def folded_codes() -> Codes:
    """For each code, the code that all its look-alikes share."""
    return np.array([0, *(ALPHABET.index(fold(sign)) + 1 for sign in ALPHABET)], np.uint8)


@cache
def weights() -> npt.NDArray[np.float32]:
    """(37, 37): how likely what was read is the other, where the source says nothing itself."""
    table = np.full((len(ALPHABET) + 1, len(ALPHABET) + 1), _UNLIKE, np.float32)
    for one, sign in enumerate(ALPHABET, start=1):
        for other, listed in enumerate(ALPHABET, start=1):
            table[one, other] = weight(sign, listed)
    np.fill_diagonal(table, 1.0)
    return table


def weight(read: str, listed: str) -> float:
    """How likely a character that was read as one is the other; nothing stands for none."""
    if read == listed:
        return 1.0
    if read and listed and fold(read) == fold(listed):
        return _NEARLY_ONE if {read, listed} in ({"O", "0"}, {"I", "1"}) else _ALIKE
    return _UNLIKE


def weighed(difference: Difference, characters: Sequence[Character]) -> float:
    """The same, with what the read says of that character itself."""
    before = weight(difference.read, difference.listed)
    if not difference.read:
        return before
    seen = characters[difference.position - 1]
    if not difference.listed:
        return max(before, _TOO_MANY * (1 - seen.confidence))
    named = dict(seen.alternatives)
    if not named:
        return before
    ratio = min(1.0, named.get(difference.listed, 0.0) / max(seen.confidence, 1e-9))
    return max(before * _NOT_NAMED, ratio)


def likelihood(differing: Sequence[Difference], characters: Sequence[Character]) -> float:
    """How likely the read is wrong in all these places; no `characters`: it says nothing itself."""
    if characters:
        return math.prod(weighed(each, characters) for each in differing)
    return math.prod(weight(each.read, each.listed) for each in differing)


def spellings(characters: Sequence[Character]) -> list[str]:
    """What else the read may be by its own alternatives, where that is no look-alike throughout.

    Only spellings likely enough to alert, at most 16, the likeliest first.
    """
    found = [("", 1.0)]
    for seen in characters:
        options = [(seen.text, 1.0)]
        options += [
            (text, min(1.0, chance / max(seen.confidence, 1e-9)))
            for text, chance in seen.alternatives
            if len(text) == 1 and text in ALPHABET and text != seen.text
        ]
        longer = [(so_far + text, a * b) for so_far, a in found for text, b in options]
        likely = [each for each in longer if each[1] >= ALERTS_FROM]
        found = sorted(likely, key=lambda each: -each[1])[:64]
    plain = fold("".join(seen.text for seen in characters))
    alike = {plain}
    kept = []
    for text, _ in found:
        if fold(text) not in alike:
            alike.add(fold(text))
            kept.append(text)
    return kept[:16]


def compared(read: str, listed: str) -> Compared:
    """How two plates are alike without more being known; None where they are not."""
    if read == listed:
        return How.EXACT, ()
    if abs(len(read) - len(listed)) > 1:
        return None, ()
    differing = differences(read, listed)
    if len(read) == len(listed):
        alike = fold(read) == fold(listed)
        one = How.ONE_OTHER if len(differing) == 1 else None
        return (How.LOOK_ALIKE if alike else one), differing
    at = differing[0].position - 1
    if len(read) < len(listed):
        return (How.ONE_MISSING if read[at:] == listed[at + 1 :] else None), differing
    return (How.ONE_TOO_MANY if listed[at:] == read[at + 1 :] else None), differing


def differences(read: str, listed: str) -> tuple[Difference, ...]:
    """What differs, for texts of one length or with one character more on one side."""
    if len(read) == len(listed):
        pairs = enumerate(zip(read, listed, strict=True), start=1)
        return tuple(Difference(at, one, other) for at, (one, other) in pairs if one != other)
    shorter, longer = sorted((read, listed), key=len)
    at = next((i for i, sign in enumerate(shorter) if sign != longer[i]), len(shorter))
    if longer is listed:
        return (Difference(at + 1, "", longer[at]),)
    return (Difference(at + 1, longer[at], ""),)


@cache
def _regions() -> dict[str, str]:
    known = {each.issuer: each.region for each in formats.catalogue()}
    return known | {region: region for region in known.values()}


def region_of(written: str | None) -> str:
    """`MO`, `us-mo` and `US-MO` are Missouri; empty where it is no region that a reader tells."""
    plain = (written or "").strip().upper()
    return _regions().get(plain, "") if plain else ""


@lru_cache(maxsize=1024)
def state_of(written: str) -> str:
    """As a list keeps it; empty where no reader tells it, so that it never counts against."""
    region = region_of(written)
    return region if len(region) <= LONGEST_STATE else ""
