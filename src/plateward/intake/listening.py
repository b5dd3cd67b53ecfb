"""Take in messages that a broker delivers, one after another, and say what becomes of them."""

from collections.abc import Callable
from typing import Final

from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from plateward.cameras import register
from plateward.intake import receive, vendors
from plateward.intake.adapters import registry
from plateward.intake.adapters.message import Message, Refused
from plateward.policy import in_force

_NOT_LINKED: Final = (
    "A message is about a device that is linked to no camera. Nothing was stored. Link it with "
    "`plateward intake link`."
)


class CannotTake(Exception):
    """No such camera system, or no such camera: nothing was listened to."""


def check(vendor: str, *, sender: str) -> None:
    """Raise CannotTake."""
    try:
        registry.vendor(vendor)
        register.named(sender)
    except (registry.UnknownVendor, register.UnknownCamera) as unknown:
        raise CannotTake(str(unknown)) from unknown


def taker(vendor: str, *, sender: str, say: Callable[[str], None]) -> Callable[[str, bytes], bool]:
    """What takes a message, by topic and body, and says whether it is done with.

    One that its vendor would not send is done with: it would be refused again. One that may not be
    stored now is not. Nothing that is said holds a plate.
    """

    def take(topic: str, body: bytes) -> bool:
        message = Message(body, timezone.now(), topic=topic)
        try:
            outcome = vendors.hand_in(vendor, message, sender=sender)
        except Refused as refused:
            say(str(refused))
            return True
        except (receive.Stopped, in_force.NoPolicy) as stopped:
            say(f"Not stored now, and kept at the broker. {stopped}")
            return False
        except DatabaseError as away:
            # Its text may quote what was to be stored.
            say(f"Not stored now, and kept at the broker: {type(away).__name__} of the database.")
            close_old_connections()
            return False
        for why in outcome.refused:
            say(why)
        if outcome.quarantined:
            say(_NOT_LINKED)
        return True

    return take
