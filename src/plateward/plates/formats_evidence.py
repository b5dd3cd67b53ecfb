"""What formats say of the ways a plate may be read: evidence, never a correction.

What was read stays what was read. Beside it stands which other spelling a format would prefer, by
how much, and whose format says so; a person sees both.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from plateward.plates import formats, formats_prior
from plateward.plates.formats import Format
from plateward.plates.sighting import Character
from plateward.plates.text import PlateText

# Formats are weighed by half and never beyond 20 to 1: what we know of them is partial, and what
# stands on the plate counts more. Judged; measure with `bench/regions.py` before you change them.
_TRUST: Final = 0.5
_AT_MOST: Final = math.log(20)
_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way to read a plate and how likely the reader finds it, 0 to 1."""

    text: PlateText
    likelihood: float


@dataclass(frozen=True, slots=True)
class Weighed:
    """A spelling with what formats say of it.

    `seen` is its part of the reader's likelihood, `share` the same once formats are weighed in;
    each sums to 1 over all spellings. `log_odds` is natural, by formats alone, against what was
    read: above 0, formats prefer this one. `because`: the formats it fits, most specific first.
    """

    text: PlateText
    seen: float
    share: float
    log_odds: float
    because: tuple[Format, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """`as_read` is what is stored. `spellings` hold it too; they stand in the preferred order."""

    as_read: PlateText
    spellings: tuple[Weighed, ...]

    @property
    def preferred(self) -> Weighed:
        """The likeliest once formats are weighed in; mostly what was read."""
        return self.spellings[0]

    @property
    def agrees(self) -> bool:
        return self.preferred.text == self.as_read

    @property
    def words(self) -> str:
        """One sentence for people: what is preferred, by how much, and by whose format."""
        read = next(each for each in self.spellings if each.text == self.as_read)
        if self.agrees:
            return f"Read {self.as_read}. {_fitting(read)}"
        odds = math.exp(self.preferred.log_odds)
        return (
            f"Read {self.as_read}. {_fitting(read)} Formats prefer {self.preferred.text}, "
            f"{odds:.1f} to 1. {_fitting(self.preferred)} What was read is kept."
        )


def reorder(spellings: Sequence[Spelling], regions: Mapping[str, float] | None = None) -> Evidence:
    """Weigh formats in. The first spelling is what was read, and stays so.

    `regions` weighs regions where something is known of the plate's, by default all alike.
    Raises ValueError without a spelling.
    """
    if not spellings:
        raise ValueError("Nothing was read, so there is nothing to weigh. Give one spelling.")
    seen = _together(spellings)
    chance = {text: formats_prior.likely(text, regions) for text in seen}
    as_read = spellings[0].text
    log_odds = {text: _log_odds(chance[text], chance[as_read]) for text in seen}
    weight = {text: likelihood * math.exp(log_odds[text]) for text, likelihood in seen.items()}
    all_seen, all_weight = sum(seen.values()) or 1.0, sum(weight.values()) or 1.0
    weighed = [
        Weighed(
            text,
            seen[text] / all_seen,
            weight[text] / all_weight,
            log_odds[text],
            formats.matches(text),
        )
        for text in seen
    ]
    # A tie leaves what was read in front: sorting keeps the order in which they came.
    return Evidence(as_read, tuple(sorted(weighed, key=lambda each: -each.share)))


def of_characters(characters: Sequence[Character], most: int = 8) -> tuple[Spelling, ...]:
    """The likeliest spellings from each character's alternatives, as if these were independent.

    What was read comes first, whatever the others' likelihood.
    """
    read = "".join(each.text for each in characters)
    best = {"": 1.0}
    for each in characters:
        longer = {
            text + sign: likelihood * chance
            for text, likelihood in best.items()
            for sign, chance in ((each.text, each.confidence), *each.alternatives)
        }
        best = dict(sorted(longer.items(), key=lambda pair: -pair[1])[:most])
    best.pop(read, None)
    product = math.prod(each.confidence for each in characters)
    others = [Spelling(PlateText(text), chance) for text, chance in best.items()]
    return (Spelling(PlateText(read), product), *others[: most - 1])


def _together(spellings: Sequence[Spelling]) -> dict[PlateText, float]:
    seen: dict[PlateText, float] = {}
    for each in spellings:
        seen[each.text] = seen.get(each.text, 0.0) + max(each.likelihood, 0.0)
    return seen


def _log_odds(chance: float, of_read: float) -> float:
    odds = _TRUST * (math.log(chance) - math.log(of_read))
    return max(-_AT_MOST, min(_AT_MOST, odds))


def _fitting(weighed: Weighed) -> str:
    if not weighed.because:
        return f"{weighed.text} fits no format known here."
    named = ", ".join(str(each) for each in weighed.because[:_NAMED])
    more = len(weighed.because) - _NAMED
    return f"{weighed.text} fits {named}" + (f" and {more} more." if more > 0 else ".")
