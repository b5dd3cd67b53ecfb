"""One entry of the log by itself, with its way up to a signed root: proven without the log."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from .canonical import Malformed, canonical, digest, mapping, parse  # noqa: TID252
from .check import Unusable  # noqa: TID252
from .entries import check_body, check_private  # noqa: TID252
from .notes import Key  # noqa: TID252

_LINES = 4
_MOST = 1 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Proven:
    """`body`: the entry; `shown`: what its private part shows. `size`: of the signed log."""

    index: int
    at: str
    body: dict[str, object]
    shown: dict[str, object]
    size: int
    signed_at: str


def is_one(path: Path) -> bool:
    """Whether the file holds one entry with its proof, and no whole log."""
    with path.open("rb") as file:
        return file.read(len(_BEGINS)) == _BEGINS


def check_one(path: Path, vkey: str | None) -> str:
    """In words, what the entry says and where it stands. Raises Unusable, or Malformed where it is
    not proven."""
    if vkey is None:
        raise Unusable(
            "The file holds one entry and its proof, and nothing that would name the log's key: "
            "give it with --key, from a place that you trust."
        )
    try:
        key = Key(vkey)
    except Malformed as error:
        raise Unusable(f"The key cannot be used: {error}.") from error
    if path.stat().st_size > _MOST:
        raise Unusable("The file is larger than one entry and its proof can be.")
    return words(proven(path.read_bytes(), key))


def words(found: Proven) -> str:
    """For a person: proven, and what it says."""
    facts = mapping(found.body.get("facts"))
    said = "".join(f"  {name}: {_plain(value)}\n" for name, value in sorted(facts.items()))
    return (
        f"Proven: entry {found.index} of a log of {found.size} entries, signed at "
        f"{found.signed_at}.\n{found.at}: {found.body['act']}, {found.body['outcome']}"
        f"{_of(found.body)}.\n{said}"
    )


def proven(raw: bytes, key: Key) -> Proven:
    """Raises Malformed unless the entry stands in a log that this key signed."""
    lines = raw.splitlines(keepends=True)
    if len(lines) != _LINES:
        raise Malformed(f"it should be {_LINES} lines and is {len(lines)}")
    entry, private, proof, signed = map(parse, lines)
    body, leaf = _entry(entry)
    shown = _private(private, body)
    size, root, signed_at = key.open(mapping(signed, "checkpoint")["checkpoint"])
    index = _proven(mapping(proof, "inclusion")["inclusion"], leaf, size, root)
    if index != body["index"]:
        raise Malformed("the proof is of another entry")
    if str(body["at"]) > signed_at:
        raise Malformed("the checkpoint was signed before the entry was written")
    return Proven(index, str(body["at"]), body, shown, size, signed_at)


_BEGINS = b'{"entry":'


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _of(body: dict[str, object]) -> str:
    return f", {body['city']}" if body.get("city") else ""


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
