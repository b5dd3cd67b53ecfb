"""One spelling for each line, so that no byte of the file is free to change."""

import base64
import json
import re

LONGEST_LINE = 1 << 20
_HASH = re.compile(r"[0-9a-f]{64}")
_LONG_NUMBER = re.compile(r"[0-9]{16}")
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


class Malformed(Exception):
    """A line that no honest writer writes."""


def canonical(value: object) -> str:
    """RFC 8785 for the values a log may hold: no fractions, no integer beyond 2^53 - 1."""
    if value is None or isinstance(value, bool | str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int) and abs(value) < 1 << 53:
        return str(value)
    if isinstance(value, list):
        return "[" + ",".join([canonical(inner) for inner in value]) + "]"
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join([f"{canonical(key)}:{canonical(value[key])}" for key in keys]) + "}"
    raise Malformed("a number is a fraction or too large")


def parse(raw: bytes) -> dict[str, object]:
    """One line. It must be exactly its own canonical form."""
    if len(raw) > LONGEST_LINE:
        raise Malformed(f"the line is longer than {LONGEST_LINE} bytes")
    if not raw.endswith(b"\n"):
        raise Malformed("the file ends in the middle of this line: it was cut short")
    try:
        text = raw[:-1].decode()
        # A fraction becomes bytes and a name's second value replaces the first: neither survives.
        value = json.loads(text, parse_float=str.encode, parse_constant=str.encode)
        same = text == _written(value, text)
    except (ValueError, TypeError, RecursionError) as error:
        raise Malformed("the line is not JSON in UTF-8, or is nested too deeply") from error
    if not same:
        raise Malformed("the line is not in canonical form: it was rewritten")
    return mapping(value)


def _written(value: object, text: str) -> str:
    """Python's own encoder is fast, and canonical where names are ASCII and numbers short."""
    if text.isascii() and not _LONG_NUMBER.search(text):
        return _encode(value)
    return canonical(value)


def mapping(value: object, *names: str) -> dict[str, object]:
    if not isinstance(value, dict) or (names and set(value) != set(names)):
        raise Malformed(f"an object of {', '.join(names) or 'anything'} should stand here")
    return value


def digest(value: object) -> bytes:
    if not isinstance(value, str) or not _HASH.fullmatch(value):
        raise Malformed("a hash is not 64 hexadecimal digits")
    return bytes.fromhex(value)


def from_base64(text: str) -> bytes:
    try:
        found = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Malformed("a part of it is not base64") from error
    if base64.b64encode(found).decode() != text:  # spare bits would be free to change
        raise Malformed("a part of it is not base64 in its one right spelling")
    return found
