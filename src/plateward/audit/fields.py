"""The private part of an entry, field by field: each under a salt of its own. Pure.

The leaf holds one digest of all commitments, so that any field can be shown, withheld or erased
without the others, and an entry that shows none of them stays short.
"""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

from plateward.audit import body
from plateward.audit.body import Fact, Unloggable

# {"salt": hex, "value": …} while the log knows it; {"erased": commitment} from then on.
Sealed: TypeAlias = dict[str, Fact]

ACTOR: Final = "actor"
SALT_BYTES: Final = 16
# The same thing is written under several names. Who withholds or erases one means them all.
VEHICLE: Final = frozenset({"plate", "plates", "read", "query.plate", "query.read", "asked_about"})
CASE: Final = frozenset({"case", "cases", "query.case", "asked_about"})
PERSON: Final = frozenset({"name", "username"})
MOST: Final = 1000  # with the longest body, still inside the longest line of an export


def seal(actor: str, private: Mapping[str, Fact]) -> dict[str, Sealed]:
    """Every field with a fresh salt. The actor is one of them, so that it too can be withheld."""
    for name in private:
        if name == ACTOR or "." in name:
            raise Unloggable(
                f"A private field cannot be called {name!r}: a full stop parts a field from what "
                "it holds, and the actor is a field already. Nothing was written."
            )
    values = {ACTOR: actor, **flattened(private)}
    body.canonical(values)  # refuses what cannot be written, and what is too long in all
    if len(values) > MOST:
        raise Unloggable(f"{len(values)} private fields are too many. Nothing was written.")
    return {name: _sealed(value) for name, value in values.items()}


def flattened(private: Mapping[str, Fact]) -> dict[str, Fact]:
    """Mappings one level down become fields of their own: `query.plate` can be withheld alone."""
    found: dict[str, Fact] = {}
    for name, value in private.items():
        if isinstance(value, Mapping) and value:
            found |= {f"{name}.{inner}": of_inner for inner, of_inner in value.items()}
        else:
            found[str(name)] = value
    return found


def nested(values: Mapping[str, Fact]) -> dict[str, Fact]:
    """What `flattened` was made from."""
    found: dict[str, Fact] = {}
    for name, value in values.items():
        outer, dot, inner = name.partition(".")
        if not dot:
            found[outer] = value
            continue
        within = found.setdefault(outer, {})
        if isinstance(within, dict):
            within[inner] = value
    return found


def known(fields: Mapping[str, Sealed]) -> dict[str, Fact]:
    """The values that have not been erased."""
    return {name: sealed["value"] for name, sealed in fields.items() if "salt" in sealed}


def erased(fields: Mapping[str, Sealed], names: Iterable[str]) -> dict[str, Sealed]:
    """The same fields, with value and salt of the named ones gone and their commitment left."""
    named = tuple(names)
    return {
        name: {"erased": commitment(sealed)} if is_named(name, named) else sealed
        for name, sealed in fields.items()
    }


def is_named(name: str, named: Iterable[str]) -> bool:
    """Whether `query.plate` is meant: by its whole name, or by `query`."""
    return any(name == each or name.startswith(f"{each}.") for each in named)


def widened(names: Iterable[str]) -> frozenset[str]:
    """These names, and every other that says the same."""
    named = frozenset(names)
    return named.union(*(same for same in (VEHICLE, CASE, PERSON) if named & same))


def digest(fields: Mapping[str, Sealed]) -> bytes:
    """What the leaf says of the private part: it binds every name to its commitment."""
    commitments: dict[str, Fact] = {name: commitment(sealed) for name, sealed in fields.items()}
    return hashlib.sha256(body.canonical(commitments)).digest()


def commitment(sealed: Sealed) -> str:
    """Hexadecimal. Says nothing of the value to whoever has not the salt."""
    if "salt" not in sealed:
        return str(sealed["erased"])
    salt = bytes.fromhex(str(sealed["salt"]))
    return hashlib.sha256(salt + body.canonical(sealed["value"])).hexdigest()


def _sealed(value: Fact) -> Sealed:
    return {"salt": secrets.token_hex(SALT_BYTES), "value": body.plain(value)}
