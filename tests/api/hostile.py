"""Bodies that no camera and no browser sends, drawn from a seed so that each can be drawn again."""

import base64
import gzip
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Final

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.intake.adapters import messages

PLATE: Final = "FUZZ4821"
# In any of these a plate may stand; no line of a log may hold one.
PLATES: Final = (PLATE, "TST4O21", "TST4021", "TST777")
JPEG: Final = base64.b64encode(b"\xff\xd8\xff\xe0 no picture \xff\xd9").decode()
ODD: Final[tuple[Any, ...]] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        1e308,
        -0.0,
        2**63,
        10**30,
        "",
        " ",
        "\0",
        "\ud800",
        "\udfff\ud83d",
    ),
    *("x" * 5000, "٣", "NaN", "Infinity", "1e999", [], {}, [[]], [None], {"": None}, {"$ref": "#"}),
    *("2026-13-45T99:99:99Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00", "now"),
    *("' OR 1=1 --", "<script>alert(1)</script>", "{{7*7}}", "${7*7}", "../../etc/passwd"),
    *(
        "\r\nSet-Cookie: a=b",
        "%00",
        "🚗" * 300,
        "\u202e\u200b",
        "\uff21\uff11",
        "file:///etc/passwd",
    ),
    *("http://169.254.169.254/latest/meta-data/", "data:image/jpeg;base64,AAAA", PLATE, "()" * 40),
)
TYPES: Final = (
    *("application/json", "application/json; charset=utf-16", "text/xml", "text/plain", ""),
    *("multipart/form-data; boundary=x", "multipart/mixed", "application/x-www-form-urlencoded"),
    *("application/json; charset=\xff", "application/octet-stream", "image/jpeg", "text/csv"),
)
VECTORS: Final = messages.ours()


@dataclass(frozen=True, slots=True)
class Body:
    """`headers` beside the credentials."""

    raw: bytes
    content_type: str
    headers: dict[str, str] = field(default_factory=dict)


def of_vendor(vendor: str, chance: random.Random) -> Body:
    """One of the vendor's own messages, bent; some in another's name, some in no one's."""
    case = chance.choice([c for c in VECTORS if c.vendor == vendor] or VECTORS)
    case = chance.choice(VECTORS) if chance.random() < 0.1 else case
    whole = case.message()
    raw = whole.body
    if case.file.suffix == ".json" and chance.random() < 0.6:
        raw = _dumped(bent(json.loads(raw), chance))
    else:
        raw = damaged(raw, chance)
    told = whole.content_type or "application/octet-stream"
    return Body(raw, told if chance.random() < 0.8 else chance.choice(TYPES), _odd_headers(chance))


def of_ours(chance: random.Random) -> Body:
    """A sighting, or some of them, never one that could be kept: its time is over or unreadable."""
    plain: dict[str, Any] = {
        "source": "fuzz",
        "event": f"e{chance.randrange(10**9)}",
        "plate": PLATE,
        "seen_at": chance.choice(["2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z", None, "x", 7]),
        "confidence": 0.9,
        "characters": [{"text": "F", "confidence": 0.5, "alternatives": [["E", 0.1]]}],
        "box": [1, 2, 3, 4],
        "vehicle": {"make": "ford", "features": ["a"], "confidences": {"make": 0.5}},
        "photo": JPEG,
    }
    one = bent(plain, chance) if chance.random() < 0.8 else plain
    many = {"sightings": [one] * chance.choice([0, 1, 2, 50])}
    shape = chance.choice([one, one, [one], many, {"sighting": one}])
    raw = _dumped(shape)
    raw = damaged(raw, chance) if chance.random() < 0.3 else raw
    told = "application/json" if chance.random() < 0.9 else chance.choice(TYPES)
    return Body(raw, told, _odd_headers(chance))


def of_agent(path: str, camera: str, chance: random.Random) -> Body:
    """A letter whose time is over or unreadable, or a heartbeat; bent, mostly."""
    number = chance.randrange(1, 10**6)
    if "heartbeat" in path:
        plain: dict[str, Any] = {
            "number": number,
            "said_at": "2999-01-01T00:00:00Z",
            "software": "0",
            "provider": "cpu",
            "fps": 9.8,
            "reads": 3,
            "waiting": 0,
            "waiting_bytes": 0,
            "drops": {"small": 1},
        }
    else:
        plain = {"source": "fuzz", "event": f"e{number}", "plate": PLATE, "sequence": number}
        plain["captured_at"] = chance.choice(["2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z", 7])
        plain["nonce"] = "n" * 22
    sent = plain | {"camera": camera}
    raw = _dumped(bent(sent, chance) if chance.random() < 0.8 else sent)
    raw = damaged(raw, chance) if chance.random() < 0.2 else raw
    return Body(raw, "application/json", _odd_headers(chance))


def bent(root: Any, chance: random.Random) -> Any:
    """With one to four of its values gone, odd, or under another name."""
    for _ in range(chance.randint(1, 4)):
        places = list(_places(root))
        if not places:
            return chance.choice(ODD)
        chance.choice(places)(chance)
    return root


def damaged(raw: bytes, chance: random.Random) -> bytes:
    match chance.randrange(6):
        case 0:
            return raw[: chance.randrange(len(raw) + 1)]
        case 1:
            return gzip.compress(raw)
        case 2:
            return chance.randbytes(chance.randrange(300))
        case 3:
            return raw * chance.randint(2, 5)
        case 4:
            return b"[" * 20_000 + raw
        case _:
            at = chance.randrange(len(raw) + 1)
            return raw[:at] + chance.randbytes(8) + raw[at + chance.randrange(40) :]


def _places(value: Any) -> Iterator[Callable[[random.Random], None]]:
    """For each value inside, what bends it."""
    if not isinstance(value, dict | list):
        return
    for key, held in list(value.items() if isinstance(value, dict) else enumerate(value)):
        yield lambda chance, key=key: _bend(value, key, chance)
        yield from _places(held)


def _bend(inside: Any, key: Any, chance: random.Random) -> None:
    odd = chance.choice(ODD)
    if isinstance(inside, dict):
        gone = chance.random()
        if gone < 0.2:
            inside.pop(key, None)
            return
        key = str(odd)[:50] if gone < 0.3 else key
    elif key >= len(inside):
        return
    inside[key] = odd


def _odd_headers(chance: random.Random) -> dict[str, str]:
    if chance.random() < 0.8:
        return {}
    odd = ("gzip", "deflate, br", "\x7f", "é" * 50, "a" * 9000, "-1", "1, 2", "*/*;q=x", "0x10")
    name = chance.choice(["content-encoding", "accept", "x-forwarded-for", "expect", "range"])
    return {name: chance.choice(odd)}


def _dumped(value: Any) -> bytes:
    return json.dumps(value).encode("utf-8", "surrogatepass")


class Forms(HTMLParser):
    """The names of a page's fields, and what each may hold where the page says so."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        name = said.get("name", "")
        if tag == "option" and self._select:
            self.fields[self._select].append(said.get("value", ""))
        elif name and tag in {"input", "select", "textarea", "button"}:
            self._select = name if tag == "select" else ""
            known = self.fields.setdefault(name, [])
            known += [said.get("value", "")] if tag != "select" else []
            known += ["\0file"] if said.get("type") == "file" else []


def of_form(fields: dict[str, list[str]], chance: random.Random) -> dict[str, Any]:
    """Every field odd in half of them; in the rest what the page offers, but for one or two."""
    rude = chance.random() < 0.5
    names = [*fields, *(["next", "camera", "plate"] if not fields or chance.random() < 0.1 else [])]
    odd = set(names) if rude else set(chance.sample(names, min(len(names), chance.randint(1, 2))))
    sent: dict[str, Any] = {}
    for name in names:
        offered = fields.get(name) or [""]
        if "\0file" in offered:
            sent[name] = _file(chance)
        elif name in odd:
            sent[name] = _text(chance.choice(ODD), chance)
        else:
            sent[name] = chance.choice(offered)
    return {name: value for name, value in sent.items() if chance.random() < 0.95}


def _text(odd: Any, chance: random.Random) -> Any:
    if isinstance(odd, str) or odd is None:
        return (odd or "").encode("utf-8", "replace").decode()
    return [str(odd), "twice"] if chance.random() < 0.2 else str(odd)


def _file(chance: random.Random) -> SimpleUploadedFile:
    told = damaged(f"plate,state\n{PLATE},MO\n".encode(), chance)
    name = chance.choice(["a.csv", "../../a.csv", "\u202ea.csv", "a" * 300, "a.csv\r\nX: y"])
    return SimpleUploadedFile(name, told, chance.choice(["text/csv", "", "image/jpeg"]))


def path_of(pattern: str, chance: random.Random, known: tuple[str, ...]) -> str:
    """An address that the pattern takes: slugs of cities mostly, numbers small and huge."""

    def drawn(found: re.Match[str]) -> str:
        kind = found[1] or "str:"
        if kind == "int:":
            return str(chance.choice([0, 1, 2, 3, 10**5, 2**63, 10**30]))
        if kind == "slug:":
            return chance.choice([*known, "atlantis", "A-1", "x" * 300])
        return chance.choice(
            ["WIL-2.1", "openalpr", "x", "..", "%2e%2e", "a b", "\u202e", "1" * 200]
        )

    return "/" + re.sub(r"<(\w+:)?\w+>", drawn, pattern)
