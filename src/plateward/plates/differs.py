"""Say how a read differs from the entry it met: in sentences, and letter by letter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from plateward.plates.likeness import Difference, How

LEADS: Final[Mapping[How, str]] = MappingProxyType(
    {
        How.LOOK_ALIKE: "Look-alike characters.",
        How.DOUBTFUL: "The camera was not sure of these characters.",
        How.ONE_OTHER: "One character differs.",
        How.ONE_MISSING: "The list has one character more.",
        How.ONE_TOO_MANY: "The list has one character less.",
        How.WILDCARD: "The list knows only part of the plate.",
    }
)


@dataclass(frozen=True, slots=True)
class Letter:
    """A place of both plates, one under the other; either is empty where it has none."""

    read: str
    listed: str

    @property
    def differs(self) -> bool:
        return self.read != self.listed


def in_words(how: How, differences: Sequence[Difference], other_state: str) -> tuple[str, ...]:
    """Sentences; none where nothing differs. `other_state`: the list's, where the read has
    another, else empty."""
    said = [LEADS[how]] if how in LEADS else []
    said += [_difference(each) for each in differences]
    if other_state:
        said.append(f"The list says {other_state}; the plate was read as another state's.")
    return tuple(said)


def letters(plate: str, differences: Sequence[Difference]) -> tuple[Letter, ...]:
    """Every place of the read, and beside it what the list has there."""
    other = {each.position: each.listed for each in differences if each.read}
    before = {each.position: each.listed for each in differences if not each.read}
    found = []
    for position in range(1, len(plate) + 2):
        if position in before:
            found.append(Letter("", before[position]))
        if position <= len(plate):
            sign = plate[position - 1]
            found.append(Letter(sign, other.get(position, sign)))
    return tuple(found)


def _difference(each: Difference) -> str:
    if not each.read:
        return f"The list has {each.listed} before character {each.position} of the read."
    if not each.listed:
        return f"Character {each.position}, read as {each.read}, is not in the list."
    return f"Character {each.position} was read as {each.read}, the list has {each.listed}."
