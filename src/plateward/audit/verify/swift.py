"""The same checks for the lines that every log is full of, a few microseconds each.

Most entries are alike but for their time, index and hashes. A line is cut at these four; the rest
is its shape. The first line of a shape is parsed and checked whole; a later one of the same shape
needs only its four parts looked at. Whatever is not of a known shape is left to `chain`.
"""

import hashlib
import re
from collections.abc import Sequence

from .canonical import Malformed, mapping, parse  # noqa: TID252
from .chain import Log  # noqa: TID252
from .entries import TIME, Promise, check_body  # noqa: TID252

_TIME = re.compile(TIME.encode()).fullmatch
_HEX = b"0123456789abcdef"
# Whole numbers that JSON readers agree on, where JSON may have one. In a text they do no harm.
_NUMBER = re.compile(rb"(?<=[:,\[])(?:0|[1-9][0-9]{0,14})(?=[,}\]])")
_MOST_SHAPES = 50_000
# {"entry":BODY,"leaf":"…64…"} and a newline; BODY ends in "private":"…64…","v":2}
_BODY = slice(9, -76)
_LEAF = slice(-67, -3)
_PRIVATE = slice(-148, -84)
_VERSION = -78


class Swift:
    """Takes lines as long as they are ordinary."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.shapes: set[bytes] = set()

    def take(self, lines: Sequence[bytes], start: int) -> int:
        """Give the log the ordinary entries from `start` on; return the first line left over."""
        log, leaves, at = self.log, [], start
        size, time = log.size, log.time.encode()
        most = log.kept[0][0] if log.kept else 1 << 62
        line = b""
        while at < len(lines) and size < most:
            following = lines[at]
            if following[:9] == b'{"entry":':
                read = self._entry(following, size, time)
                if read is None:
                    break
                leaf, time = read
                line = following
                log.report.private_not_shown += 1
            else:
                leaf = _withheld(following, size)
                if not leaf:
                    break
                line = b""
                log.report.withheld += 1
            leaves.append(leaf)
            size += 1
            at += 1
        if leaves:
            self._hand_over(leaves, time, line)
        return at

    def _hand_over(self, leaves: list[bytes], time: bytes, line: bytes) -> None:
        log = self.log
        log.time, log.promise = time.decode(), None
        log.report.line += len(leaves)
        if line:
            log.promise = Promise(line[_VERSION] - ord("0"), line[_PRIVATE].decode())
        log.grow(leaves)

    def _entry(self, line: bytes, size: int, since: bytes) -> tuple[bytes, bytes] | None:
        """Its leaf and its time; None where anything at all is out of the ordinary."""
        place = line.find(b'","at":"', 9) + 8
        index = b',"index":%d,"outcome":"' % size
        second = line.rfind(index)
        after = second + len(index)
        time = line[place : place + 27]
        leaf = hashlib.sha256(b"\x00" + line[_BODY]).digest()
        end = line[-84:-67] + line[-3:]
        head = b"\n".join((line[:place], line[place + 27 : second], line[after:-148]))
        ordinary = (
            leaf.hex().encode() == line[_LEAF]
            and time >= since
            and place + 27 <= second
            and after <= len(line) - 148
            and not line[_PRIVATE].translate(None, _HEX)
            and _TIME(time)
            and (head + end in self.shapes or self._is_sound(line, (head, end), time, size))
        )
        return (leaf, time) if ordinary else None

    def _is_sound(self, line: bytes, shape: tuple[bytes, bytes], time: bytes, size: int) -> bool:
        """Whether this shape, or the same with other numbers in its facts, is that of an entry."""
        head, end = shape
        numberless = _NUMBER.sub(b"\n", head) + end
        if numberless in self.shapes:
            return True
        try:
            body = mapping(parse(line)["entry"])
            promise = check_body(body)
        except (Malformed, KeyError):
            return False
        cut = (body["at"], body["index"], promise and promise.digest)
        if cut != (time.decode(), size, line[_PRIVATE].decode()):
            return False
        if len(self.shapes) > _MOST_SHAPES:
            self.shapes.clear()
        self.shapes |= {head + end, numberless}
        return True


def _withheld(line: bytes, size: int) -> bytes:
    """The leaf of an entry that is not shown; nothing where the line is not exactly that."""
    written = line[-68:-4]
    if line != b'{"withheld":{"index":%d,"leaf":"%b"}}\n' % (size, written):
        return b""
    if len(written) != 64 or written.translate(None, _HEX):
        return b""
    return bytes.fromhex(written.decode())
