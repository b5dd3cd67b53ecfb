"""The log as lines that anyone can check without us."""

import heapq
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from plateward.audit import body, leaf
from plateward.audit.body import Fact
from plateward.audit.models import Checkpoint, Entry, Private

FORMAT = "plateward-log/1"
_AT_ONCE = 2000  # rows held in memory
# Where a line stands: after which entry, then the entry, its private part, its checkpoints.
_Placed: TypeAlias = tuple[int, int, int, bytes]


class NothingSigned(Exception):
    """The log has never been signed, so that an export would prove nothing."""


def size() -> int:
    """How many entries an export made now holds: what is signed, and no more."""
    last = Checkpoint.objects.last()
    if last is None:
        raise NothingSigned(
            "The log has never been signed, so an export would prove nothing. Nothing was written. "
            "The log is either empty, or the server's own log says why it cannot be signed."
        )
    return last.size


def lines(up_to: int, *, city: str | None = None, private: bool = False) -> Iterator[bytes]:
    """The header, then the first `up_to` entries, each checkpoint after the last entry it covers.

    With `city`, entries of other cities and of none are withheld: their leaf hashes alone stand in
    the file, so that every root still holds. Streams; the log may be larger than memory.
    """
    last = Checkpoint.objects.filter(size=up_to).latest("id")
    yield _line({"header": {"format": FORMAT, "entries": up_to, "vkey": last.vkey}})
    streams = [_entries(up_to, city), _checkpoints(up_to)]
    if private:
        streams.append(_private_parts(up_to, city))
    for *_, line in heapq.merge(*streams):
        yield line


def _entries(up_to: int, city: str | None) -> Iterator[_Placed]:
    for row in Entry.objects.filter(index__lt=up_to).iterator(chunk_size=_AT_ONCE):
        recorded = bytes(row.leaf).hex()
        if city is None or row.city == city:
            line = b'{"entry":' + leaf.written(row) + b',"leaf":"' + recorded.encode() + b'"}\n'
        else:
            line = _line({"withheld": {"index": row.index, "leaf": recorded}})
        yield row.index, 0, 0, line


def _private_parts(up_to: int, city: str | None) -> Iterator[_Placed]:
    parts = Private.objects.filter(index__lt=up_to).order_by("index")
    if city is not None:
        parts = parts.filter(index__in=Entry.objects.filter(city=city).values("index"))
    for part in parts.iterator(chunk_size=_AT_ONCE):
        shown = {"index": part.index, "salt": bytes(part.salt).hex(), "value": part.value}
        yield part.index, 1, 0, _line({"private": shown})


def _checkpoints(up_to: int) -> Iterator[_Placed]:
    signed = Checkpoint.objects.filter(size__lte=up_to).order_by("size", "id")
    for row in signed.iterator(chunk_size=_AT_ONCE):
        yield row.size - 1, 2, row.pk, _line({"checkpoint": row.note})


def _line(value: Mapping[str, Fact]) -> bytes:
    return body.canonical(value) + b"\n"
