"""The bytes that are hashed. Change them and every old proof breaks."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, TypeAlias

import rfc8785

Fact: TypeAlias = "str | int | bool | Sequence[Fact] | Mapping[str, Fact] | None"

VERSION: Final = 2  # of the entries written now; those of version 1 stay as they are
LONGEST: Final = 256 * 1024  # bytes of one body, or of one private part
DEEPEST: Final = 16
_LARGEST_INTEGER: Final = 2**53 - 1  # beyond it JSON readers disagree


class Unloggable(ValueError):
    """A fact that cannot be written down in one way only. Nothing was written."""


def canonical(value: Fact) -> bytes:
    """RFC 8785, after refusing what JSON readers do not agree on."""
    _check(value, depth=0)
    written = rfc8785.dumps(plain(value))
    if len(written) > LONGEST:
        raise Unloggable(
            f"An entry of {len(written)} bytes is too long for the log (at most {LONGEST}). "
            "Nothing was written. Log a digest of the long part instead."
        )
    return written


def written_time(at: datetime) -> str:
    """RFC 3339, UTC, always six decimals: the same width, so that text order is time order."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def commitment(salt: bytes, value: Mapping[str, Fact]) -> bytes:
    """What a leaf of version 1 says of its private part, which is shown whole or not at all."""
    return hashlib.sha256(salt + canonical(value)).digest()


def _check(value: object, *, depth: int) -> None:
    if depth > DEEPEST:
        raise Unloggable(f"Facts are nested deeper than {DEEPEST}. Nothing was written.")
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise Unloggable(f"A fact's name must be text, not {key!r}. Nothing was written.")
            _check_text(key)
            _check(inner, depth=depth + 1)
    elif isinstance(value, str):
        _check_text(value)
    elif isinstance(value, list | tuple):
        for inner in value:
            _check(inner, depth=depth + 1)
    else:
        _check_scalar(value)


def _check_text(text: str) -> None:
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise Unloggable(
            "A fact holds a NUL or half a surrogate pair, which no database or JSON reader keeps. "
            "Nothing was written. Remove the character and try again."
        )


def _check_scalar(value: object) -> None:
    if value is None or isinstance(value, bool):
        return
    if not isinstance(value, int):
        raise Unloggable(
            f"A fact is a {type(value).__name__}; the log takes text, whole numbers, yes or no, "
            "nothing, and lists or mappings of these. Nothing was written."
        )
    if abs(value) > _LARGEST_INTEGER:
        raise Unloggable(f"{value} is too large for JSON; write it as text. Nothing was written.")


def plain(value: Fact) -> Fact:
    """Mappings of any kind as dict, text enumerations as their text: what JSON stores."""
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, Sequence):
        return [plain(inner) for inner in value]
    return value
