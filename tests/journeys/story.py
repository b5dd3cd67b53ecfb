"""What stories have in common."""

from collections.abc import Callable

from django.test import Client

from plateward.intake import receive
from plateward.plates.sighting import Sighting

Seat = Callable[[str], Client]


def taken_in(sighting: Sighting) -> int:
    """Receive it, and return the number of its read."""
    read = receive.receive(sighting).read
    assert read is not None
    return read
