"""The same checks for the lines that every log is full of, a few microseconds each.

Most entries are alike but for their time, index and two hashes. A line is cut at these four; what
is left is its shape. The first line of a shape is parsed and checked whole. Of a later one the four
parts are looked at, those of many lines at once. What is out of the ordinary is left to `chain`.
"""

import hashlib
import re
from collections.abc import Sequence

from .canonical import Malformed, mapping, parse  # noqa: TID252
from .chain import Log  # noqa: TID252
from .entries import Promise, check_body  # noqa: TID252

_ENTRY = b'{"entry":'
_AT = b'","at":"'
_HEX = b"0123456789abcdef"
# Whole numbers that JSON readers agree on, as a name's value. In a text they do no harm.
_NUMBER = re.compile(rb":(?:0|[1-9][0-9]{0,14})(?=[,}])")
_MOST_SHAPES = 50_000
# {"entry":BODY,"leaf":"…64…"} and a newline; BODY ends in "private":"…64…","v":2}
_BODY = slice(9, -76)
_PRIVATE = slice(-148, -84)
_VERSION = slice(-84, -67)
_LEAF = slice(-67, -3)
_END = slice(-3, None)
_VERSIONS = {b'","v":1},"leaf":"': 1, b'","v":2},"leaf":"': 2}
# What stands at each place of a time, as `entries.TIME` has it.
_TIME_PLACES = tuple(
    {"0": b"0123456789", "1": b"01", "2": b"012", "3": b"0123", "5": b"012345"}.get(
        place, place.encode()
    )
    for place in "0000-10-30T20:50:50.000000Z"
)
_Shape = tuple[int, bytes, bytes, bytes]


class Swift:
    """Takes lines as long as they are ordinary."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.shapes: set[_Shape] = set()
        self.slowly = 0  # lines to leave to `chain`, as something is wrong with one of them

    def take(self, lines: Sequence[bytes], start: int) -> int:
        """Give the log the ordinary lines from `start` on; return the first that is left over."""
        if self.slowly:
            self.slowly -= 1
            return start
        most = len(lines)
        if self.log.kept:
            most = min(most, start + self.log.kept[0][0] - self.log.size)
        if lines[start][:9] == _ENTRY:
            return start + self._entries(lines, start, most)
        return start + self._withheld(lines[start:most])

    def _entries(self, lines: Sequence[bytes], start: int, most: int) -> int:
        version = _VERSIONS.get(lines[start][_VERSION], 0)
        times = self._known(lines, range(start, most), version)
        run = lines[start : start + len(times)]
        leaves = [hashlib.sha256(b"\x00" + line[_BODY]).digest() for line in run]
        if not self._all_hold(run, leaves, times):
            self.slowly = len(run) - 1
            return 0
        if run:
            log = self.log
            log.time = times[-1].decode()
            log.promise = Promise(version, run[-1][_PRIVATE].decode())
            log.report.private_not_shown += len(run)
            log.report.line += len(run)
            log.grow(leaves)
        return len(run)

    def _known(self, lines: Sequence[bytes], places: range, version: int) -> list[bytes]:
        """The times of the lines that have their index and the shape of a sound entry."""
        shapes, size, times = self.shapes, self.log.size - places.start, []
        for at in places:
            line = lines[at]
            head, _, rest = line.partition(_AT)
            middle, _, tail = rest[27:-148].rpartition(b',"index":%d,"outcome":"' % (size + at))
            shape = (version, head, middle, tail)
            if shape not in shapes and not self._is_sound(line, shape, size + at):
                break
            times.append(rest[:27])
        return times

    def _is_sound(self, line: bytes, shape: _Shape, size: int) -> bool:
        """Whether this shape, or the same with other numbers in its facts, is that of an entry."""
        version, head, middle, tail = shape
        numberless = (version, head, _NUMBER.sub(b":", middle), tail)
        if numberless in self.shapes:
            return True
        try:
            body = mapping(parse(line)["entry"])
            promise = check_body(body)
        except (Malformed, KeyError):
            return False
        if body["index"] != size or promise != Promise(version, line[_PRIVATE].decode()):
            return False
        if len(self.shapes) > _MOST_SHAPES:
            self.shapes.clear()
        self.shapes |= {shape, numberless}
        return True

    def _all_hold(
        self, lines: Sequence[bytes], leaves: Sequence[bytes], times: Sequence[bytes]
    ) -> bool:
        """Whether the four parts that were cut out of each line are all as they should be."""
        recorded = b"".join([line[_LEAF] for line in lines])
        private = b"".join([line[_PRIVATE] for line in lines])
        versions = b"".join([line[_VERSION] for line in lines])
        return (
            b"".join(leaves).hex().encode() == recorded
            and not private.translate(None, _HEX)
            and versions == versions[:17] * len(lines)
            and b"".join([line[_END] for line in lines]) == b'"}\n' * len(lines)
            and _are_times(b"".join(times), len(times))
            and sorted(times) == times
            and (not times or times[0] >= self.log.time.encode())
        )

    def _withheld(self, lines: Sequence[bytes]) -> int:
        leaves: list[bytes] = []
        for index, line in enumerate(lines, self.log.size):
            leaf = line[-68:-4]
            if line != b'{"withheld":{"index":%d,"leaf":"%b"}}\n' % (index, leaf):
                break
            if len(leaf) != 64 or leaf.translate(None, _HEX):
                break
            leaves.append(bytes.fromhex(leaf.decode()))
        if leaves:
            self.log.promise = None
            self.log.report.withheld += len(leaves)
            self.log.report.line += len(leaves)
            self.log.grow(leaves)
        return len(leaves)


def _are_times(joined: bytes, times: int) -> bool:
    """Each 27 bytes, looked at place by place in all of them at once."""
    return len(joined) == 27 * times and not any(
        joined[place::27].translate(None, allowed) for place, allowed in enumerate(_TIME_PLACES)
    )
