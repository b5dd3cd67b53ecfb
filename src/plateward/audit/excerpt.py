"""One entry of the log, by itself: with its proof, so that it can go where the log does not."""

from collections.abc import Callable

from plateward.audit import body, export, frontier, tree, witness_proof
from plateward.audit.body import Fact
from plateward.audit.export import NothingSigned, Showing
from plateward.audit.models import Checkpoint, Entry, Frontier, Sealed
from plateward.audit.witness_proof import NOTHING, Peaks


def mark() -> Peaks:
    """Where the log ends now. Asked before an entry is written, it makes the entry's proof short
    work: nothing older is read then."""
    end = Frontier.objects.first()
    return NOTHING if end is None else Peaks(end.size, tuple(frontier.hashes(end)))


def lines(index: int, *, since: Peaks, showing: Showing) -> bytes:
    """The entry, its private part as far as it is shown, its RFC 6962 inclusion proof, and the
    signed checkpoint that the proof leads to: four lines.

    `since`: a mark from before the entry. Raise NothingSigned where no checkpoint covers it yet.
    """
    signed = Checkpoint.objects.filter(size__gt=index).order_by("size", "id").first()
    if signed is None:
        raise NothingSigned(
            f"Entry {index} of the log is not signed yet, so nothing would prove it. Nothing was "
            "written. The server's own log says why the log cannot be signed."
        )
    path = inclusion(index, signed.size, since=since)
    proof: dict[str, Fact] = {
        "index": index,
        "size": signed.size,
        "hashes": [each.hex() for each in path],
    }
    return b"".join(
        (
            export.entry_line(Entry.objects.get(index=index)),
            export.fields_line(Sealed.objects.get(index=index), showing),
            body.canonical({"inclusion": proof}) + b"\n",
            export.checkpoint_line(signed),
        )
    )


def inclusion(index: int, size: int, *, since: Peaks) -> list[bytes]:
    """The RFC 6962 audit path of an entry in the log's first `size`, lowest first."""
    old = since if since.size <= index else NOTHING
    known = witness_proof.starts(old)
    rows = Entry.objects.filter(index__gte=old.size, index__lt=size).order_by("index")
    leaves = [bytes(leaf) for leaf in rows.values_list("leaf", flat=True)]

    def root(start: int, end: int) -> bytes:
        """Of the leaves from `start` up to `end`: a peak from before, or made of what came since.
        Both are cut at the same powers of two, so nothing older is ever asked for."""
        if (start, end) in known:
            return known[start, end]
        if end - start == 1:
            return leaves[start - old.size]
        middle = _middle(start, end)
        return tree.node_hash(root(start, middle), root(middle, end))

    return _path(index, 0, size, root)


def _path(index: int, start: int, end: int, root: Callable[[int, int], bytes]) -> list[bytes]:
    if end - start == 1:
        return []
    middle = _middle(start, end)
    if index < middle:
        return [*_path(index, start, middle, root), root(middle, end)]
    return [*_path(index, middle, end, root), root(start, middle)]


def _middle(start: int, end: int) -> int:
    """Where RFC 6962 parts a tree: the largest power of two smaller than it."""
    return start + (1 << (end - start - 1).bit_length() - 1)
