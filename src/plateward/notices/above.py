"""What this room has to be told from above: who may hear, and which plate may leave."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from plateward.notices.browsers import Listener


@dataclass(frozen=True, slots=True)
class Above:
    """Asked anew each time something is sent, because people and policies change meanwhile.

    `hear`: of these listeners, the ids of those who may see alerts in the city now. `ended`: of
    these, the ids of those whose session is over. `stands`: is that alert of the city verified
    still, and neither rejected after all nor deleted? `plate`: that of an alert of the city, under
    a permit of its own; empty where the city's policy lets no plate leave, or it is gone.
    """

    hear: Callable[[str, Sequence[Listener]], frozenset[int]]
    ended: Callable[[Sequence[Listener]], frozenset[int]]
    stands: Callable[[str, int], bool]
    plate: Callable[[str, int], str]
