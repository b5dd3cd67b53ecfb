"""Whether the FBI's CJIS policy binds this house."""

from typing import Final

from django.conf import settings

from plateward.policy import in_force

OVERLAY: Final = "us-cjis"
# Of sessions, only those at dispatch consoles may stay open without a sign of life.
NEVER_LOCKED: Final = frozenset({"dispatcher"})


def binds() -> bool:
    """By the machine's setting, or because a city adopted the overlay. In doubt, yes."""
    if settings.CJIS:
        return True
    try:
        adopted = in_force.profiles(in_force.cities()).values()
    except in_force.NoPolicy:  # one cannot be read, so nobody knows what it asks
        return True
    return any(OVERLAY in getattr(profile, "overlays", ()) for profile in adopted)
