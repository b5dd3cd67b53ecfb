"""Whose messages are understood. A new vendor is a file beside this one and a line here."""

from typing import Final

from plateward.intake.adapters import (
    axis,
    blueiris,
    dahua,
    flock,
    frigate,
    genetec,
    hikvision,
    onvif,
    openalpr,
    platerecognizer,
    unifi,
    verkada,
)
from plateward.intake.adapters.message import Vendor

_ALL: Final[tuple[Vendor, ...]] = (
    axis.VENDOR,
    blueiris.VENDOR,
    dahua.VENDOR,
    flock.VENDOR,
    frigate.VENDOR,
    genetec.VENDOR,
    hikvision.VENDOR,
    onvif.VENDOR,
    openalpr.VENDOR,
    platerecognizer.VENDOR,
    unifi.VENDOR,
    verkada.VENDOR,
)
VENDORS: Final = {vendor.name: vendor for vendor in _ALL}


class UnknownVendor(LookupError):
    """No adapter of that name. Nothing was stored."""


def vendor(name: str) -> Vendor:
    """Raise UnknownVendor, which says which there are."""
    found = VENDORS.get(name)
    if found is None:
        raise UnknownVendor(
            f"There is no such camera system here. Nothing was stored. Use one of: "
            f"{', '.join(sorted(VENDORS))}."
        )
    return found
