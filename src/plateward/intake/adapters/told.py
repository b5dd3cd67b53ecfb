"""Take what a message tells out of it: of the right kind, or None. Nothing here raises but JSON."""

import json
import math
import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final, NoReturn
from urllib.parse import urlsplit

from plateward.intake.adapters.canonical import Dropped
from plateward.intake.adapters.message import Refused
from plateward.plates.text import LONGEST, PlateText, normalise

LONGEST_TEXT: Final = 120
_LONGEST_LINK: Final = 1900
_LONGEST_READ: Final = 2000  # of what is sent where a line of text belongs, the rest is not read
_LARGEST: Final = 1e15  # beyond it is no time, no pixel and no count
_NUMBER = re.compile(r"\s*[+-]?\d{1,18}(?:[.,]\d{0,18})?\s*%?\s*", re.ASCII)
_CHARSET = re.compile(r"charset=[\"']?([\w.\-]+)", re.IGNORECASE)
# What cameras send text in. Not every codec Python has: some take minutes over hostile bytes.
_CODECS: Final = frozenset(
    {"utf-8", "utf-16", "utf-16-le", "utf-16-be", "us-ascii", "ascii", "iso-8859-1", "iso-8859-2"}
    | {"iso-8859-5", "iso-8859-15", "windows-1250", "windows-1251", "windows-1252", "gb2312"}
    | {"gbk", "gb18030", "big5", "shift_jis", "euc-kr"}
)
_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def charset(content_type: str) -> str:
    found = _CHARSET.search(content_type)
    return found[1] if found else "utf-8"


def decoded(raw: bytes, codec: str = "utf-8") -> str:
    """The text of `raw`: by its mark, else by `codec`, else by Latin-1, which takes any byte."""
    marked = next((name for mark, name in _MARKS if raw.startswith(mark)), None)
    named = codec.lower() if codec.lower() in _CODECS else "utf-8"
    try:
        return raw.decode(marked or named)
    except UnicodeDecodeError:
        return raw.decode("iso-8859-1")


def from_json(raw: bytes, codec: str = "utf-8") -> Any:
    """Raise Refused where it is not JSON: without quoting it."""
    guessed = codec if codec.lower() not in ("utf-8", "us-ascii") else json.detect_encoding(raw)
    try:
        return json.loads(decoded(raw, guessed), parse_constant=_no_number)
    except json.JSONDecodeError as wrong:
        where = f"line {wrong.lineno}, column {wrong.colno}"
    except (ValueError, RecursionError):
        where = "a number or a nesting that no camera sends"
    raise Refused(f"The message is not JSON ({where})") from None


def mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def text(value: object, longest: int = LONGEST_TEXT) -> str | None:
    """One line without control characters, at most `longest` long; of a number, its digits."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        told = whole(value)
        value = str(told) if told is not None and told == value else str(value)
    if not isinstance(value, str):
        return None
    plain = "".join(
        each if unicodedata.category(each)[0] != "C" else " " for each in value[:_LONGEST_READ]
    )
    return " ".join(plain.split())[:longest].strip() or None


def number(value: object) -> float | None:
    """Of a number, or of digits in a string; a comma may stand for the decimal point."""
    if isinstance(value, str):
        if not _NUMBER.fullmatch(value):
            return None
        value = float(value.strip(" \t\r\n%").replace(",", "."))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return float(value) if abs(value) <= _LARGEST else None


def whole(value: object) -> int | None:
    told = number(value)
    return None if told is None or told != int(told) else int(told)


def numbers(value: object, count: int) -> tuple[float, ...] | None:
    """Exactly `count` numbers, or None."""
    told = [number(each) for each in items(value)]
    known = tuple(each for each in told if each is not None)
    return known if len(known) == len(told) == count else None


def confidence(value: object, *, of: float = 1.0) -> float | None:
    """0 to 1, of a vendor's scale from 0 to `of`; None off the scale: it means something else.

    Rounded to six places, so that 93.5 of 100 is 0.935.
    """
    told = number(value)
    return None if told is None or not 0 <= told <= of else round(told / of, 6)


def truth(value: object) -> bool | None:
    """Of JSON's true and false, and of the words for them that XML and CSV hold."""
    word = text(value) if not isinstance(value, bool) else str(value)
    return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}.get(
        (word or "").lower()
    )


def plate(
    value: object, *, nothing: frozenset[str] = frozenset()
) -> tuple[str, PlateText] | Dropped:
    """As the camera wrote it and as we store it, or why it is none.

    `nothing`: the vendor's own words for no plate, in lower case. Vanity plates may say NONE or
    NULL, so no word means nothing for every vendor.
    """
    raw = text(value)
    if raw is None or raw.lower() in nothing:
        return Dropped("vehicle_only")
    plain = normalise(raw)
    if not plain or len(plain) > LONGEST:
        return Dropped("not_a_plate")
    return raw, plain


def link(value: object) -> str | None:
    """An address of the web; whether it may be followed, the camera's register says."""
    said = text(value, _LONGEST_LINK) or ""
    try:
        parts = urlsplit(said)
        named = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return None
    return said if named and " " not in said and len(said) < _LONGEST_LINK else None


def degrees(value: object) -> float | None:
    """A heading, 0 to 360."""
    told = number(value)
    return told if told is not None and 0 <= told <= 360 else None


def place(latitude: object, longitude: object) -> tuple[float, float] | None:
    """Degrees north and east; None off the earth, and at 0, 0, which is what no receiver says."""
    north, east = number(latitude), number(longitude)
    if north is None or east is None or (north == 0 and east == 0):
        return None
    return (north, east) if abs(north) <= 90 and abs(east) <= 180 else None


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)
