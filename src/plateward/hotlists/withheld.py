"""What came from a state or national list is shown in full to those alone who have that right."""

from typing import Final

from plateward.gate.permit import Permit
from plateward.hotlists.models import Hotlist
from plateward.policy.rights import RIGHT_FOR_SOURCE

# Stands where a reason would.
WORDS: Final = (
    "From a state or national list. Its details are shown to those who were authorised in writing "
    "to see such data."
)


def needs_a_right(hotlist: Hotlist) -> bool:
    """Whether there is anybody who may not see all of it."""
    return hotlist.source in RIGHT_FOR_SOURCE


def is_withheld(hotlist: Hotlist, *, permit: Permit) -> bool:
    """Whether the entry's reason, case, state and vehicle stay unseen under this permit."""
    right = RIGHT_FOR_SOURCE.get(hotlist.source)
    return right is not None and right not in permit.rights.get(hotlist.city, frozenset())
