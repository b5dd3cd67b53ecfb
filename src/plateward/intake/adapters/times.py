"""Instants out of what vendors write. None where it is none; aware and in UTC where it is."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from plateward.intake.adapters import told
from plateward.intake.adapters.canonical import Basis

_FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FRACTION = re.compile(r"([.,])(\d{1,12})")
_OFFSET = re.compile(r"(?:Z|[+-]\d{2}:?\d{2}(?::?\d{2})?)$", re.IGNORECASE)


def from_milliseconds(value: object) -> datetime | None:
    """Milliseconds since 1970, as a number or in a string."""
    return _since_1970(told.number(value), 1)


def from_seconds(value: object) -> datetime | None:
    """Seconds since 1970, with a fraction or without; rounded to a millisecond."""
    return _since_1970(told.number(value), 1000)


def from_iso(value: object, *, zone: tzinfo | None = None) -> tuple[datetime, Basis] | None:
    """ISO 8601, with `T` or a space, any length of fraction. Without an offset it is of `zone`."""
    said = told.text(value)
    if said is None:
        return None
    at = _OFFSET.search(said)
    wall = said[: at.start()].strip() if at else said
    wall = _FRACTION.sub(lambda found: "." + found[2][:6].ljust(6, "0"), wall)
    offset = at[0].upper() if at else ""
    try:
        read = datetime.fromisoformat(wall + offset)
    except ValueError:
        return None
    return aware(read, zone=zone, zulu=offset == "Z")


def by_pattern(value: object, *patterns: str) -> datetime | None:
    """The first of `strptime`'s patterns that fits; without a zone unless the pattern has one."""
    said = told.text(value)
    for pattern in patterns if said else ():
        try:
            return datetime.strptime(said, pattern)  # type: ignore[arg-type]  # noqa: DTZ007  the caller has the zone
        except ValueError:
            continue
    return None


def aware(
    read: datetime, *, zone: tzinfo | None, zulu: bool = False
) -> tuple[datetime, Basis] | None:
    """In UTC, and what it rests on; None where it has no offset and there is no zone."""
    if read.tzinfo is None:
        if zone is None:
            return None
        read = read.replace(tzinfo=zone)
        zulu = zone is UTC
    try:
        return read.astimezone(UTC), "device_utc" if zulu else "device_local_offset"
    except (OverflowError, ValueError):
        return None


def written(instant: datetime) -> str:
    """As every document of ours writes it: UTC to the millisecond, with a Z."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _since_1970(number: float | None, milliseconds: int) -> datetime | None:
    if number is None:
        return None
    try:
        return _FIRST + timedelta(milliseconds=round(number * milliseconds))
    except OverflowError:
        return None
