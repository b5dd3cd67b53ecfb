"""Instants out of what vendors write. None where it is none; aware and in UTC where it is."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from plateward.intake.adapters import told
from plateward.intake.adapters.canonical import Basis

_FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS: Final = (1, 1000, 10**6, 10**9)  # in a second
_SINCE: Final = datetime(2000, 1, 1, tzinfo=UTC).timestamp()
_UNTIL: Final = datetime(2100, 1, 1, tzinfo=UTC).timestamp()
_LONG = re.compile(r"\d{16,20}", re.ASCII)
_FRACTION = re.compile(r"([.,])(\d{1,12})")
_OFFSET = re.compile(r"(?:Z|[+-]\d{2}:?\d{2}(?::?\d{2})?)$", re.IGNORECASE)


def from_milliseconds(value: object) -> datetime | None:
    """Milliseconds since 1970, as a number or in a string."""
    return _since_1970(_count(value), 1000)


def from_seconds(value: object) -> datetime | None:
    """Seconds since 1970, with a fraction or without; rounded to a millisecond."""
    return _since_1970(_count(value), 1)


def instant(value: object, *, zone: tzinfo | None = None) -> tuple[datetime, Basis] | None:
    """ISO 8601 as `from_iso` reads it, or a count since 1970 in whichever unit makes sense."""
    at = from_seconds(value)
    return (at, "device_utc") if at else from_iso(value, zone=zone)


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


def _count(value: object) -> float | int | None:
    """Nanoseconds are more than any other number that a camera sends."""
    written = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(written) if _LONG.fullmatch(written) else told.number(value)


def _since_1970(count: float | int | None, units: int) -> datetime | None:
    """`units` in a second, unless another unit alone makes it a time of this century.

    Versions of one camera's firmware differ in the unit, and no two can be mistaken for each other.
    """
    if count is None:
        return None
    likely = (each for each in _UNITS if _SINCE <= count / each < _UNTIL)
    try:
        return _FIRST + timedelta(milliseconds=round(count * 1000 / next(likely, units)))
    except OverflowError:
        return None
