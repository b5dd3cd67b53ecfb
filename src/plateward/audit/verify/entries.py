"""What an entry must look like, and whether the private part shown is the one it committed to."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from .canonical import Malformed, canonical, digest, mapping  # noqa: TID252

TIME = r"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\.[0-9]{6}Z"
_TIME = re.compile(TIME)
_SALT = re.compile(r"[0-9a-f]{32}")
_TEXTS = {1: ("at", "actor", "act", "outcome"), 2: ("at", "act", "outcome", "private")}
_TEXTS_OR_NULL = {1: ("clock", "city", "private"), 2: ("clock", "city")}
_OTHERS = ("v", "index", "facts")


@dataclass(frozen=True, slots=True)
class Promise:
    """What an entry committed to: the digest of its private part, in its version's way."""

    version: int
    digest: str


@dataclass(frozen=True, slots=True)
class Shown:
    """The names in a private part, by what became of them."""

    shown: list[str] = field(default_factory=list)
    withheld: list[str] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)


def right_time(value: object) -> str:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise Malformed("a time is not in UTC with six decimals")
    return value


def check_body(body: Mapping[str, object]) -> Promise | None:
    """What the entry promises of its private part; None where it has none."""
    version = body.get("v")
    if type(version) is not int or version not in _TEXTS:
        raise Malformed("the entry is of a version that this verifier does not know")
    texts, or_null = _TEXTS[version], _TEXTS_OR_NULL[version]
    mapping(body, *_OTHERS, *texts, *or_null)
    wrong = [name for name in texts if not isinstance(body[name], str)]
    wrong += [name for name in or_null if not isinstance(body[name], str | None)]
    if wrong:
        raise Malformed(f"the entry's {', '.join(wrong)} should be text")
    mapping(body["facts"])
    right_time(body["at"])
    right_time(body["at"] if body["clock"] is None else body["clock"])
    if body["private"] is None:
        return None
    return Promise(version, digest(body["private"]).hex())


def check_private(said: dict[str, object], promise: Promise) -> Shown:
    """Raises Malformed unless what is shown is what the entry committed to."""
    found = Shown()
    if promise.version == 1:
        mapping(said, "index", "salt", "value")
        given = hashlib.sha256(digest(said["salt"]) + canonical(said["value"]).encode()).hexdigest()
        found.shown.extend(mapping(said["value"]))
    else:
        mapping(said, "index", "fields")
        fields = mapping(said["fields"])
        commitments = {name: _commitment(name, fields[name], found) for name in fields}
        given = hashlib.sha256(canonical(commitments).encode()).hexdigest()
    if given != promise.digest:
        raise Malformed("the private part is not the one that the entry committed to")
    return found


def _commitment(name: str, value: object, found: Shown) -> str:
    """Of one field: recomputed where its value is shown, taken as it stands where it is not."""
    one = mapping(value)
    if set(one) == {"salt", "value"}:
        salt = one["salt"]
        if not isinstance(salt, str) or not _SALT.fullmatch(salt):
            raise Malformed("a salt is not 32 hexadecimal digits")
        found.shown.append(name)
        written = canonical(one["value"]).encode()
        return hashlib.sha256(bytes.fromhex(salt) + written).hexdigest()
    for kept_back, names in (("withheld", found.withheld), ("erased", found.erased)):
        if set(one) == {kept_back}:
            names.append(name)
            return digest(one[kept_back]).hex()
    raise Malformed("a private field is neither shown nor withheld nor erased")
