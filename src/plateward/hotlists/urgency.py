"""Which kinds of hotlist come first on the board: where a life may hang on minutes."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

# Kinds that no list here names, such as a city's own, come after all of these.
_RANKS: Final[Mapping[str, int]] = MappingProxyType(
    {
        kind: rank
        for rank, kinds in enumerate(
            (
                ("amber_alert",),
                ("missing_endangered", "silver_alert", "missing_person"),
                ("active_warrant", "wanted_vehicle", "wanted", "crime_associated"),
                ("bolo",),
                ("stolen_vehicle",),
                ("stolen_plate",),
            )
        )
        for kind in kinds
    }
)
LEAST: Final = 9
# Kinds that look for a person in danger.
FOR_A_LIFE: Final = frozenset(kind for kind, place in _RANKS.items() if place <= 1)


def rank(category: str) -> int:
    """0 for AMBER, LEAST for what is not known here."""
    return _RANKS.get(category, LEAST)
