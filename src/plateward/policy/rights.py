"""What a role alone does not open: rights that a named person gives somebody in writing."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

# The details of entries that came from a state or national list: why, which case, which vehicle.
STATE_AND_NATIONAL_LISTS: Final = "state_and_national_lists"
# To open an emergency preservation copy: the City's attorney, or whom the attorney names.
COUNSEL: Final = "counsel"
RIGHTS: Final = frozenset({STATE_AND_NATIONAL_LISTS, COUNSEL})

# Whose lists need that right, by the source a list has.
RIGHT_FOR_SOURCE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "state": STATE_AND_NATIONAL_LISTS,
        "national": STATE_AND_NATIONAL_LISTS,
        "federal": STATE_AND_NATIONAL_LISTS,
    }
)
