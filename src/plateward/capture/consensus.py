"""What several readings of one plate say together."""

from collections.abc import Sequence
from dataclasses import dataclass

from plateward.plates.sighting import Character
from plateward.plates.text import PlateText
from plateward.recognition import Reading

_WORTH_NAMING = 0.01
_ALTERNATIVES = 3


@dataclass(frozen=True, slots=True)
class Agreed:
    """`agreement` is the share of the readings' weight that says this very text, 0 to 1.

    `confidence` is that of the surest reading, lessened by how far the others contradict the most
    doubtful character. Frames of one camera share their blur and their glare, so many of them that
    agree are never surer together than the surest of them alone.
    """

    plate: PlateText
    confidence: float
    characters: tuple[Character, ...]
    agreement: float


def agreed(readings: Sequence[Reading]) -> Agreed:
    """The characters' vote, place by place, among readings of the length that most speak for.

    A reading counts by its confidence, a character in it by its own. Raises ValueError for none.
    """
    if not readings:
        raise ValueError("no reading, no text")
    lengths: dict[int, float] = {}
    for reading in readings:
        length = len(reading.plate)
        lengths[length] = lengths.get(length, 0.0) + reading.confidence
    length = max(lengths, key=lambda each: (lengths[each], each))
    voting = [reading for reading in readings if len(reading.plate) == length]
    characters = tuple(_voted(voting, place) for place in range(length))
    text = PlateText("".join(each.text for each in characters))
    whole = sum(reading.confidence for reading in readings)
    same = sum(reading.confidence for reading in readings if reading.plate == text)
    surest = max(reading.confidence for reading in voting)
    doubt = min((each.confidence for each in characters), default=0.0)
    # A lone reading's confidence has its own doubtful characters in it already.
    alone = all(reading.plate == text for reading in readings)
    return Agreed(text, round(surest if alone else surest * doubt, 4), characters, same / whole)


def _voted(voting: Sequence[Reading], place: int) -> Character:
    votes: dict[str, float] = {}
    for reading in voting:
        said = _character(reading, place)
        for text, chance in ((said.text, said.confidence), *said.alternatives):
            votes[text] = votes.get(text, 0.0) + reading.confidence * chance
    whole = sum(reading.confidence for reading in voting)
    ranked = sorted(((text, vote / whole) for text, vote in votes.items()), key=lambda one: -one[1])
    text, chance = ranked[0]
    others = tuple(
        (other, round(its, 4))
        for other, its in ranked[1 : 1 + _ALTERNATIVES]
        if its >= _WORTH_NAMING
    )
    return Character(text, round(min(chance, 1.0), 4), others)


def _character(reading: Reading, place: int) -> Character:
    """Some readers say nothing of single characters: then each is as sure as the whole."""
    if len(reading.characters) == len(reading.plate):
        return reading.characters[place]
    return Character(reading.plate[place], reading.confidence)
