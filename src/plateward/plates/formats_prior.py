"""How likely a text is on a plate of each region, judged by formats alone.

The chance of a text in a region is a mixture: the region's formats, each spread evenly over its
serials, and a remainder for what follows no format here (vanity plates, series we do not know),
spread evenly over all texts. The remainder keeps one unknown plate from ruling a region out. Its
size is judged, not counted: about one plate in six in the US is a vanity or specialty plate.
"""

from collections.abc import Mapping
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Final

from plateward.plates import formats

# A region without formats of its own: plates from everywhere else.
OTHER: Final = "OTHER"

_OF_NO_FORMAT_US: Final = 0.15
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
_SIGNS: Final = 36


@lru_cache(maxsize=4096)
def chances(text: str) -> Mapping[str, float]:
    """For every region, the probability that a plate of it bears exactly this normalised text."""
    of_no_format = _evenly(len(text))
    found = {region: share * of_no_format for region, share in _remainders().items()}
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


def _evenly(length: int) -> float:
    share = _LENGTHS[min(length, len(_LENGTHS)) - 1] if length else 0.001
    return share / float(_SIGNS) ** length
