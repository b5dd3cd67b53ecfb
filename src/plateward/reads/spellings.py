"""Other spellings of a read that its source thought nearly as likely: it is found by them too."""

from itertools import combinations
from typing import Final

from plateward.plates.sighting import Character, Sighting

# A character this much as likely as the one that was taken is worth a search; of these a few.
NEARLY: Final = 0.2
MOST_PLACES: Final = 3
MOST: Final = 12


def others(sighting: Sighting) -> list[str]:
    """At most MOST, the ones that change fewest characters first."""
    characters = sighting.characters
    open_ = [at for at, each in enumerate(characters) if _near(each)][:MOST_PLACES]
    if not open_ or "".join(each.text for each in characters) != sighting.plate:
        return []
    found: list[str] = []
    for count in range(1, len(open_) + 1):
        for places in combinations(open_, count):
            found += _spelled(characters, places)
    return found[:MOST]


def _near(character: Character) -> list[str]:
    least = character.confidence * NEARLY
    return [text for text, confidence in character.alternatives if confidence >= least and text]


def _spelled(characters: tuple[Character, ...], places: tuple[int, ...]) -> list[str]:
    spelled = [""]
    for at, each in enumerate(characters):
        texts = _near(each) if at in places else [each.text]
        spelled = [before + text for before in spelled for text in texts]
    return spelled
