"""Whose plate it is, as an answer of its own: from its design, its format, and where the house is.

Naive Bayes in logarithms. The network says how likely each region makes the picture, the formats
how likely each makes the text, the house what it expects before it looks. Network and formats saw
the same text, so the formats' part is halved where the network speaks too.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from plateward.plates import formats_prior
from plateward.plates.formats_evidence import Evidence, Spelling, reorder
from plateward.recognition.geometry import Floats
from plateward.recognition.regions_words import evidence_words

# The order of the network's region outputs. It is the order in which it was trained.
REGIONS: Final = (
    *("AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "DC", "FL", "GA", "HI", "ID", "IL", "IN"),
    *("IA", "KS", "KY", "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH"),
    *("NJ", "NM", "NY", "NC", "ND", "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT"),
    *("VT", "VA", "WA", "WV", "WI", "WY"),
    *("CANADA", "MEXICO", "EUROPE", "BRAZIL", "ARGENTINA", formats_prior.OTHER),
)
UNKNOWN: Final = "unknown"

# One number for each of `REGIONS`, in their order.
_Chances = npt.NDArray[np.float64]

# For `Sighting.region`, which the intake takes up to eight letters long.
_SHORT: Final = {
    "CANADA": "CAN",
    "MEXICO": "MEX",
    "EUROPE": "EUR",
    "BRAZIL": "BRA",
    "ARGENTINA": "ARG",
}


_ABROAD: Final = ("CANADA", "MEXICO", "EUROPE", "BRAZIL", "ARGENTINA", formats_prior.OTHER)
# How often a house in the US expects plates from abroad, against another state's. Judged.
_RARE_IN_US: Final = dict(zip(_ABROAD, (0.5, 0.5, 0.05, 0.05, 0.05, 0.05), strict=True))
# However sure the network is, it has not ruled a region out.
_LEAST: Final = 1e-6


@dataclass(frozen=True, slots=True)
class State:
    """`code` is one of `REGIONS` or `UNKNOWN`; `confidence` how likely it is right, 0 to 1.

    For `UNKNOWN` the confidence is 0, and `alternatives` begin with the likeliest. Alternatives are
    likeliest first, never `code` itself. `evidence` is sentences for people. `formats` is what
    formats say of the text itself; what was read stays what was read.
    """

    code: str
    confidence: float
    alternatives: tuple[tuple[str, float], ...]
    evidence: tuple[str, ...]
    formats: Evidence

    @property
    def region(self) -> str | None:
        """For `Sighting.region`: None where unknown or from nowhere the reader can tell."""
        if self.code in (UNKNOWN, formats_prior.OTHER):
            return None
        return _SHORT.get(self.code, self.code)


@dataclass(frozen=True, slots=True)
class Weights:
    """How the sources count. Judged, but for what `bench/regions.py` measures.

    `temperature` divides the network's logits (calibrate it on validation data); `formats` and
    `formats_alone` are exponents of the formats' part, beside the network's and without it.
    `home` is the part of plates that a house expects to be its own state's. Below `least` the
    answer is unknown; `worth_naming` is the least chance of an alternative that is named.
    """

    temperature: float = 1.0
    formats: float = 0.5
    formats_alone: float = 1.0
    home: float = 0.7
    least: float = 0.5
    worth_naming: float = 0.02
    named: int = 3


@dataclass(frozen=True, slots=True)
class Judge:
    """Names the region of plates; `home` is the state of the house, None where none is expected."""

    home: str | None = None
    weights: Weights = field(default_factory=Weights)

    def __post_init__(self) -> None:
        if self.home is not None and self.home not in REGIONS:
            raise ValueError(
                f"'{self.home}' is no region the reader knows. "
                "Write a US state's two letters, such as MO, or leave it out."
            )

    def state(self, spellings: Sequence[Spelling], logits: Floats | None = None) -> State:
        """`spellings` as the reader finds them, what was read first; `logits` of shape (57,)."""
        if not spellings:
            raise ValueError("Nothing was read, so no region can be judged. Give one spelling.")
        design = None if logits is None else self._design(logits)
        before = self._before(design)
        trust = self.weights.formats_alone if design is None else self.weights.formats
        after = _normalised(np.log(before) + trust * np.log(_by_text(spellings)))
        ranked = [(REGIONS[at], float(after[at])) for at in np.argsort(-after, kind="stable")]
        best, confidence = ranked[0]
        known = confidence >= self.weights.least
        rest = ranked[1:] if known else ranked
        return State(
            best if known else UNKNOWN,
            confidence if known else 0.0,
            tuple(self._worth_naming(rest)),
            evidence_words(spellings[0].text, best, _named(design), self.home),
            # Without the formats' part, else they would be asked twice.
            reorder(spellings, _named(before)),
        )

    def _worth_naming(self, ranked: Sequence[tuple[str, float]]) -> Sequence[tuple[str, float]]:
        return [each for each in ranked if each[1] >= self.weights.worth_naming][
            : self.weights.named
        ]

    def _design(self, logits: Floats) -> _Chances:
        """The network's chances, in the order of `REGIONS`."""
        if logits.shape != (len(REGIONS),):
            raise ValueError(
                f"The region logits have shape {logits.shape}, expected ({len(REGIONS)},). "
                "The network and this program are not of one version."
            )
        return _normalised(np.asarray(logits, np.float64) / self.weights.temperature)

    def _before(self, design: _Chances | None) -> _Chances:
        """What is expected before the text is looked at."""
        expected = np.ones(len(REGIONS)) if self.home is None else self._at_home(self.home)
        both = expected if design is None else expected * (design + _LEAST)
        return np.asarray(both / both.sum())

    def _at_home(self, home: str) -> _Chances:
        rare = _RARE_IN_US if home not in _ABROAD else {}
        others = np.array([0.0 if each == home else rare.get(each, 1.0) for each in REGIONS])
        others *= (1 - self.weights.home) / others.sum()
        others[REGIONS.index(home)] = self.weights.home
        return others


def _normalised(logs: _Chances) -> _Chances:
    chances = np.exp(logs - logs.max())
    return np.asarray(chances / chances.sum())


def _named(chances: _Chances | None) -> dict[str, float] | None:
    return None if chances is None else dict(zip(REGIONS, chances.tolist(), strict=True))


def _by_text(spellings: Sequence[Spelling]) -> _Chances:
    """How likely each region makes what was seen, whichever spelling is the right one."""
    total = sum(each.likelihood for each in spellings) or 1.0
    seen = [_chances(each.text) * (each.likelihood / total) for each in spellings]
    return np.asarray(np.sum(seen, axis=0) + 1e-30)


@lru_cache(maxsize=4096)
def _chances(text: str) -> _Chances:
    of = formats_prior.chances(text)
    return np.array([of[region] for region in REGIONS])
