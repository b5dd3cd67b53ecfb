"""The log as lines that anyone can check without us."""

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from plateward.audit import body, fields, leaf
from plateward.audit.body import Fact
from plateward.audit.models import Checkpoint, Entry, Private, Sealed
from plateward.audit.witness_models import Cosignature

FORMAT = "plateward-log/2"
MOST_CHECKPOINTS = 20_000  # a file of ten million entries has one for each five hundred
_AT_ONCE = 2000  # rows held in memory
# Where a line stands: after which entry, then the entry, its private part, its checkpoints.
_Placed: TypeAlias = tuple[int, int, int, bytes]


class NothingSigned(Exception):
    """The log has never been signed, so that an export would prove nothing."""


@dataclass(frozen=True, slots=True)
class Showing:
    """Which private fields an export shows; the rest stand in it as commitments.

    `shown` None: all but those withheld. A name means what is in it too: `query` is `query.plate`.
    Withholding one name of a vehicle, a case or a person withholds the others (`fields.widened`).
    """

    shown: tuple[str, ...] | None = ()
    withheld: tuple[str, ...] = ()

    @property
    def anything(self) -> bool:
        return self.shown != ()

    def facts(self) -> dict[str, Fact]:
        """For the entry that says what an export showed."""
        shown: list[Fact] = ["everything"] if self.shown is None else list(self.shown)
        return {"shown": shown, "withheld": list(self.withheld)}

    def shows(self, name: str) -> bool:
        asked = self.shown is None or fields.is_named(name, self.shown)
        return asked and not fields.is_named(name, fields.widened(self.withheld))


# Who an export is for, and what they see unless told otherwise: residents what the city publishes;
# auditors who asked why, but not which vehicle; a court all there is.
AUDIENCES: Final[Mapping[str, Showing]] = {
    "public": Showing(),
    "auditor": Showing(None, withheld=("plate",)),
    "court": Showing(None),
}


def size() -> int:
    """How many entries an export made now holds: what is signed, and no more."""
    last = Checkpoint.objects.last()
    if last is None:
        raise NothingSigned(
            "The log has never been signed, so an export would prove nothing. Nothing was written. "
            "The log is either empty, or the server's own log says why it cannot be signed."
        )
    return last.size


def lines(
    up_to: int, *, city: str | None = None, showing: Showing | None = None
) -> Iterator[bytes]:
    """The header, then the first `up_to` entries, each checkpoint after the last entry it covers.

    With `city`, entries of other cities and of none are withheld: their leaf hashes alone stand in
    the file, so that every root still holds. Streams; the log may be larger than memory.
    """
    last = Checkpoint.objects.filter(size=up_to).latest("id")
    yield _line({"header": {"format": FORMAT, "entries": up_to, "vkey": last.vkey}})
    streams = [_entries(up_to, city), _checkpoints(last)]
    if showing is not None and showing.anything:
        streams += [_fields(up_to, city, showing), _whole_parts(up_to, city, showing)]
    for *_, line in heapq.merge(*streams):
        yield line


def _entries(up_to: int, city: str | None) -> Iterator[_Placed]:
    for row in Entry.objects.filter(index__lt=up_to).iterator(chunk_size=_AT_ONCE):
        if city is None or row.city == city:
            line = entry_line(row)
        else:
            recorded = bytes(row.leaf).hex()
            line = _line({"withheld": {"index": row.index, "leaf": recorded}})
        yield row.index, 0, 0, line


def _fields(up_to: int, city: str | None, showing: Showing) -> Iterator[_Placed]:
    parts = Sealed.objects.filter(index__lt=up_to).order_by("index")
    if city is not None:
        parts = parts.filter(index__in=Entry.objects.filter(city=city).values("index"))
    for part in parts.iterator(chunk_size=_AT_ONCE):
        yield part.index, 1, 0, fields_line(part, showing)


def entry_line(row: Entry) -> bytes:
    recorded = bytes(row.leaf).hex().encode()
    return b'{"entry":' + leaf.written(row) + b',"leaf":"' + recorded + b'"}\n'


def fields_line(part: Sealed, showing: Showing) -> bytes:
    """The private part of an entry, each field shown or as its commitment."""
    shown: dict[str, Fact] = {
        name: sealed if showing.shows(name) or "erased" in sealed else _withheld(sealed)
        for name, sealed in part.fields.items()
    }
    return _line({"private": {"index": part.index, "fields": shown}})


def checkpoint_line(row: Checkpoint) -> bytes:
    """A checkpoint as its witnesses cosigned it."""
    return _line({"checkpoint": row.note + _cosignatures(row)})


def _withheld(sealed: fields.Sealed) -> fields.Sealed:
    return {"withheld": fields.commitment(sealed)}


def _whole_parts(up_to: int, city: str | None, showing: Showing) -> Iterator[_Placed]:
    """Those of version 1 have one salt: shown where all that is in them may be, else not at all."""
    parts = Private.objects.filter(index__lt=up_to).order_by("index")
    if city is not None:
        parts = parts.filter(index__in=Entry.objects.filter(city=city).values("index"))
    for part in parts.iterator(chunk_size=_AT_ONCE):
        if all(map(showing.shows, fields.flattened(part.value))):
            shown = {"index": part.index, "salt": bytes(part.salt).hex(), "value": part.value}
            yield part.index, 1, 0, _line({"private": shown})


def _checkpoints(last: Checkpoint) -> Iterator[_Placed]:
    """All, up to the last; of a large log as many as show where it was changed, evenly.

    Each as its witnesses cosigned it. The last one that any of them cosigned is never left out.
    """
    apart, reached = last.size // MOST_CHECKPOINTS, 0
    witnessed = Cosignature.objects.filter(size__lte=last.size).last()
    always = {last.pk, witnessed.checkpoint if witnessed else last.pk}
    signed = Checkpoint.objects.filter(size__lte=last.size).order_by("size", "id")
    for row in signed.iterator(chunk_size=_AT_ONCE):
        if row.size - reached >= apart or row.pk in always:
            reached = row.size
            yield row.size - 1, 2, row.pk, checkpoint_line(row)


def _cosignatures(row: Checkpoint) -> str:
    said = Cosignature.objects.filter(checkpoint=row.pk).order_by("id")
    return "".join(said.values_list("line", flat=True))


def _line(value: Mapping[str, Fact]) -> bytes:
    return body.canonical(value) + b"\n"
