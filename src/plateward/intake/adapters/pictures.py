"""Pictures in messages: JPEG by their first bytes, or left out by a rule. None is fetched here."""

import base64
import binascii
from collections.abc import Iterable
from typing import Final

from plateward.intake.adapters.canonical import Dropped, Picture

LARGEST: Final = 4 * 1024 * 1024
_JPEG: Final = b"\xff\xd8\xff"


def of_bytes(role: str, raw: bytes) -> Picture | Dropped | None:
    """None of an empty part, which some cameras send for a picture they do not have."""
    if not raw:
        return None
    if len(raw) > LARGEST:
        return Dropped("picture_too_large")
    return Picture(role, raw) if raw.startswith(_JPEG) else Dropped("picture_not_jpeg")


def of_base64(role: str, written: object) -> Picture | Dropped | None:
    """Base64, with line ends or without, or a `data:` address that holds it."""
    if not isinstance(written, str) or not written.strip():
        return None
    plain = written.partition(",")[2] if written.startswith("data:") else written
    if len(plain) > LARGEST * 3 // 2:
        return Dropped("picture_too_large")
    try:
        raw = base64.b64decode("".join(plain.split()), validate=True)
    except (binascii.Error, ValueError):
        return Dropped("picture_not_jpeg")
    return of_bytes(role, raw)


def sorted_out(
    found: Iterable[Picture | Dropped | None],
) -> tuple[tuple[Picture, ...], list[Dropped]]:
    """The pictures, and what was left out."""
    each = list(found)
    return (
        tuple(one for one in each if isinstance(one, Picture)),
        [one for one in each if isinstance(one, Dropped)],
    )
