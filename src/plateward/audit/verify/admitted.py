"""The log entry that admitted a download: that it stands in the log, and says what is claimed."""

import hashlib
from dataclasses import dataclass

from .canonical import Malformed, canonical, digest, mapping, parse  # noqa: TID252
from .entries import check_body, check_private  # noqa: TID252
from .notes import Key  # noqa: TID252

_ACT = "custody:reads:download"
_LINES = 4


@dataclass(frozen=True, slots=True)
class Admitted:
    """`size`: of the signed log that it is proven to be in."""

    index: int
    at: str
    size: int
    signed_at: str


def admitted(raw: bytes, key: Key, manifest: dict[str, object]) -> Admitted:
    """Raises Malformed unless the entry is proven, and is of this very download."""
    lines = raw.splitlines(keepends=True)
    if len(lines) != _LINES:
        raise Malformed(f"it should be {_LINES} lines and is {len(lines)}")
    entry, private, proof, signed = map(parse, lines)
    body, leaf = _entry(entry)
    shown = _private(private, body)
    size, root, signed_at = key.open(mapping(signed, "checkpoint")["checkpoint"])
    index = _proven(mapping(proof, "inclusion")["inclusion"], leaf, size, root)
    _is_of_this_download(index, body, shown, manifest)
    if str(body["at"]) > signed_at:
        raise Malformed("the checkpoint was signed before the entry was written")
    return Admitted(index, str(body["at"]), size, signed_at)


def _entry(line: dict[str, object]) -> tuple[dict[str, object], bytes]:
    mapping(line, "entry", "leaf")
    body, leaf = mapping(line["entry"]), digest(line["leaf"])
    if hashlib.sha256(b"\x00" + canonical(body).encode()).digest() != leaf:
        raise Malformed("the entry was changed: it does not give the leaf hash recorded with it")
    return body, leaf


def _private(line: dict[str, object], body: dict[str, object]) -> dict[str, object]:
    """What is shown of the private part, proven to be what the entry committed to."""
    said = mapping(mapping(line, "private")["private"])
    promise = check_body(body)
    if promise is None or said.get("index") != body["index"]:
        raise Malformed("the private part is of another entry")
    check_private(said, promise)
    fields = mapping(said.get("fields"))
    return {name: mapping(one).get("value") for name, one in fields.items()}


def _proven(said: object, leaf: bytes, size: int, root: bytes) -> int:
    proof = mapping(said, "index", "size", "hashes")
    index, hashes = proof["index"], proof["hashes"]
    if type(index) is not int or not 0 <= index < size or proof["size"] != size:
        raise Malformed("the proof is of a log of another size")
    path = [digest(each) for each in hashes] if isinstance(hashes, list) else []
    if _root(index, size, leaf, path) != root:
        raise Malformed("the proof does not lead to the root that was signed")
    return index


def _root(index: int, size: int, leaf: bytes, path: list[bytes]) -> bytes:
    """RFC 9162, section 2.1.3.2."""
    last, found = size - 1, leaf
    for each in path:
        if not last:
            raise Malformed("the proof is too long")
        if index & 1 or index == last:
            found = hashlib.sha256(b"\x01" + each + found).digest()
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\x01" + found + each).digest()
        index, last = index >> 1, last >> 1
    if last:
        raise Malformed("the proof is too short")
    return found


def _is_of_this_download(
    index: int, body: dict[str, object], shown: dict[str, object], manifest: dict[str, object]
) -> None:
    taken_by = manifest.get("taken_by")
    badge = taken_by.get("badge") if isinstance(taken_by, dict) else None
    claims = (
        (body["index"], index),
        (body["act"], _ACT),
        (body["outcome"], "admitted"),
        (index, manifest.get("entry")),
        (body["city"], manifest.get("city")),
        (shown.get("actor"), badge),
    )
    if any(found != claimed for found, claimed in claims):
        raise Malformed("the entry is proven, but is not the one that admitted this download")
