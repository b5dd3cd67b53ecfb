"""How likely a text is on a plate of each region, judged by formats alone.

The chance of a text in a region is a mixture: the region's formats, each spread evenly over its
serials, and a remainder for what follows no format here (vanity words, specialty plates, series we
do not know). The remainder knows only how plates look anywhere: words, numbers, letters beside
digits. It keeps one unknown plate from ruling a region out. Its size and make-up are judged, not
counted: about one plate in five in the US is a vanity or specialty plate.
"""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Final

from plateward.plates import formats

# A region without formats of its own: plates from everywhere else.
OTHER: Final = "OTHER"

_OF_NO_FORMAT_US: Final = 0.2
_OF_NO_FORMAT: Final = {
    "CANADA": 0.1,
    "MEXICO": 0.05,
    "EUROPE": 0.05,
    "BRAZIL": 0.02,
    "ARGENTINA": 0.02,
    OTHER: 1.0,
}
# How long texts of no format are, 1 sign to 8; longer ones count as the last.
_LENGTHS: Final = (0.002, 0.008, 0.03, 0.06, 0.13, 0.34, 0.37, 0.06)
# What they are: runs of letters or digits, by how many; and a little of anything at all.
_WORD: Final = 0.35
# Where a plate needs a digit, words are rare: a country or two have plates of wishes without one.
_WORD_WHERE_DIGITS_ARE_DUE: Final = {
    "EUROPE": 0.03,
    "MEXICO": 0.01,
    "BRAZIL": 0.01,
    "ARGENTINA": 0.01,
}
_NUMBER: Final = 0.1
_TWO_RUNS: Final = 0.4
_THREE_RUNS: Final = 0.1
_ANYTHING: Final = 0.05
_RUN: Final = re.compile(r"[A-Z]+|[0-9]+")


@lru_cache(maxsize=4096)
def chances(text: str) -> Mapping[str, float]:
    """For every region, the probability that a plate of it bears exactly this normalised text."""
    words = {_word_in(region) for region in _remainders()}
    of_no_format = {word: _of_no_format(text, word) for word in words}
    found = {
        region: share * of_no_format[_word_in(region)] for region, share in _remainders().items()
    }
    for fit in formats.fits(text):
        region = fit.format.region
        found[region] += (1 - _remainders()[region]) * fit.format.share * fit.chance
    return MappingProxyType(found)


def likely(text: str, regions: Mapping[str, float] | None = None) -> float:
    """The probability of the text over all regions; `regions` weighs them, by default alike."""
    of_each = chances(text)
    if regions is None:
        return sum(of_each.values()) / len(of_each)
    total = sum(regions.values())
    if total <= 0:
        raise ValueError("No region has a weight. Leave out `regions` to weigh all alike.")
    return sum(weight * of_each[region] for region, weight in regions.items()) / total


@cache
def _remainders() -> dict[str, float]:
    regions = dict.fromkeys(each.region for each in formats.catalogue())
    return {region: _OF_NO_FORMAT.get(region, _OF_NO_FORMAT_US) for region in (*regions, OTHER)}


def _word_in(region: str) -> float:
    return _WORD_WHERE_DIGITS_ARE_DUE.get(region, _WORD)


def _of_no_format(text: str, word: float) -> float:
    """The probability of the text among plates that follow no format here, of which so many are
    words."""
    length = len(text)
    digits = sum(sign.isdigit() for sign in text)
    evenly = 26.0 ** (digits - length) * 10.0**-digits
    shape, possible = _shape(len(_RUN.findall(text)), length, word, number=digits == length)
    share = _LENGTHS[min(length, len(_LENGTHS)) - 1] if length else 0.001
    return share * (shape * evenly + _ANYTHING * 36.0**-length) / (possible + _ANYTHING)


def _shape(runs: int, length: int, word: float, *, number: bool) -> tuple[float, float]:
    """How likely letters and digits lie just so; and the sum of that over all ways they can."""
    possible = word + _NUMBER + _TWO_RUNS * (length > 1) + _THREE_RUNS * (length > 2)
    if runs == 1:
        return (_NUMBER if number else word), possible
    if runs == 2:
        return _TWO_RUNS / (2 * (length - 1)), possible
    if runs == 3:
        return _THREE_RUNS / ((length - 1) * (length - 2)), possible
    return 0.0, possible
