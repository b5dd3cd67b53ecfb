"""Take a multipart message apart, whatever line ends and part headers a camera writes."""

import base64
import binascii
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import Message as Headers
from email.parser import HeaderParser
from typing import Final

from plateward.intake.adapters.message import Message, Refused

MOST_PARTS: Final = 32
_LONGEST_HEADERS: Final = 4096
_AFTER_A_BOUNDARY: Final = (b"", b" ", b"\t", b"\r", b"\n", b"-")
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True, slots=True)
class Part:
    """`name` and `filename` are empty where the part has none; `content_type` is in lower case."""

    name: str
    filename: str
    content_type: str
    body: bytes

    def is_like(self, *words: str) -> bool:
        """Does its type, its name or its file's name hold one of these?"""
        where = f"{self.content_type} {self.name} {self.filename}".lower()
        return any(word in where for word in words)


def is_multipart(message: Message) -> bool:
    """By its content type; of a file that has none, by how it begins."""
    if message.content_type:
        return message.content_type.strip().lower().startswith("multipart/")
    return message.body.lstrip(b"\r\n").startswith(b"--")


def of(message: Message) -> tuple[Part, ...]:
    """Raise Refused where there is no boundary, no part, or too many."""
    pieces = list(_pieces(message.body, b"--" + _boundary(message)))
    if len(pieces) > MOST_PARTS:
        raise Refused(f"The multipart message has more than {MOST_PARTS} parts")
    if not pieces:
        raise Refused("The multipart message has no part between its boundaries")
    return tuple(map(_part, pieces))


def _pieces(body: bytes, mark: bytes) -> Iterator[bytes]:
    """What stands between one boundary and the next, or the end; one piece too many at most."""
    starts = itertools.islice(_lines_that_begin(body, mark), MOST_PARTS + 2)
    ends = [*starts, len(body)]
    for start, end in itertools.pairwise(ends):
        piece = body[start + len(mark) : end]
        if not piece.startswith(b"--"):
            yield piece.removesuffix(b"\n").removesuffix(b"\r") if end < len(body) else piece


def _lines_that_begin(body: bytes, mark: bytes) -> Iterator[int]:
    at = body.find(mark)
    while at >= 0:
        after = body[at + len(mark) : at + len(mark) + 1]
        if (at == 0 or body[at - 1 : at] == b"\n") and after in _AFTER_A_BOUNDARY:
            yield at
        at = body.find(mark, at + len(mark))


def named(parts: Sequence[Part], *names: str) -> Part | None:
    """The first part of one of these names, in the order of the names."""
    for name in names:
        for part in parts:
            if part.name.lower() == name.lower():
                return part
    return None


def _boundary(message: Message) -> bytes:
    if message.content_type:
        told = _headers(f"Content-Type: {' '.join(message.content_type.split())}")
        boundary = told.get_param("boundary")
        if isinstance(boundary, str) and boundary:
            return boundary.encode("ascii", "replace")
        raise Refused("The multipart message names no boundary in its Content-Type")
    first = message.body.lstrip(b"\r\n").split(b"\n", 1)[0].strip()
    return first[2:]


def _part(piece: bytes) -> Part:
    # The boundary's own line ends first; a part without headers begins with a blank line.
    _, _, rest = piece.partition(b"\n")
    if rest.startswith((b"\r\n", b"\n")):
        head, body = b"", rest[rest.index(b"\n") + 1 :]
    else:
        blank = _BLANK_LINE.search(rest, 0, _LONGEST_HEADERS)
        if blank is None:
            raise Refused("A part of the multipart message has no end to its headers")
        head, body = rest[: blank.start()], rest[blank.end() :]
    told = _headers(head.decode("utf-8", "replace"))
    if str(told.get("Content-Transfer-Encoding", "")).strip().lower() == "base64":
        body = _from_base64(body)
    return Part(
        name=_param(told, "name"),
        filename=told.get_filename("") or "",
        content_type=told.get_content_type().lower() if "Content-Type" in told else "",
        body=body,
    )


def _headers(written: str) -> Headers:
    return HeaderParser().parsestr(written.replace("\r\n", "\n") + "\n\n")


def _param(told: Headers, name: str) -> str:
    found = told.get_param(name, "", "content-disposition")
    return found if isinstance(found, str) else found[2]


def _from_base64(body: bytes) -> bytes:
    try:
        return base64.b64decode(body, validate=False)
    except binascii.Error:
        raise Refused("A part says that it is base64, and is not") from None
