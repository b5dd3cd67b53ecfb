"""C2SP signed notes read, and witnesses' cosignatures made and checked; no database, no Django."""

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

LOG: Final = 1  # signature types of C2SP signed-note: plain Ed25519
WITNESS: Final = 4  # timestamped Ed25519 cosignature
LARGEST_SIZE: Final = 2**63 - 1
MOST_SIGNATURES: Final = 64
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")
_DASH = "\u2014"
_ID, _TIME = 4, 8  # bytes


class Malformed(ValueError):
    """Text that is not the note, checkpoint, key or cosignature it should be."""


class Forged(ValueError):
    """A signature in the name of a known key that this key did not make."""


@dataclass(frozen=True, slots=True)
class Key:
    """A verifier key of one kind, `LOG` or `WITNESS`; `vkey` is how it is written."""

    name: str
    id: bytes
    kind: int
    public: bytes

    @property
    def vkey(self) -> str:
        encoded = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{encoded}"


@dataclass(frozen=True, slots=True)
class Signature:
    """One line under a note. `line` is how it is written, without its newline."""

    name: str
    key_id: bytes
    value: bytes
    line: str


@dataclass(frozen=True, slots=True)
class Note:
    """A signed text. Nothing in it may be believed before a signature is checked."""

    text: str
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    origin: str
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Cosigner:
    """A witness's name and its secret half."""

    name: str
    secret: Ed25519PrivateKey

    @property
    def key(self) -> Key:
        public = self.secret.public_key().public_bytes_raw()
        return Key(self.name, _key_id(self.name, WITNESS, public), WITNESS, public)

    def cosign(self, text: str, at: datetime) -> str:
        """The signature line, with its newline, under a checkpoint's text."""
        seconds = int(at.timestamp())
        signature = self.secret.sign(_cosigned(text, seconds))
        value = self.key.id + seconds.to_bytes(_TIME) + signature
        return f"{_DASH} {self.name} {base64.b64encode(value).decode()}\n"


def read_key(vkey: str, *, kind: int) -> Key:
    """`name+id+base64(type, public key)`. Raises Malformed, saying what is wrong."""
    name, _, rest = vkey.partition("+")
    written_id, _, encoded = rest.partition("+")
    material = _unbase64(encoded)
    if not is_name(name) or not material:
        raise Malformed("a verifier key is written name+id+key, in one line without spaces")
    if len(material) != 33 or material[0] != kind:
        wanted = "a log's Ed25519" if kind == LOG else "a witness's Ed25519 (type 4)"
        raise Malformed(f"this key is of type {material[0]}, and {wanted} key is needed")
    key = Key(name, _key_id(name, kind, material[1:]), kind, material[1:])
    if key.id.hex() != written_id:
        raise Malformed("the key does not fit its own id: it was not copied whole")
    return key


def read_note(note: str) -> Note:
    """Split into text and signature lines. Raises Malformed; checks no signature."""
    if any(character < " " and character != "\n" for character in note):
        raise Malformed("a note holds no control characters")
    text, blank, under = note.rpartition("\n\n")
    if not blank or not under.endswith("\n"):
        raise Malformed("a note is text, a blank line, and signature lines that end in a newline")
    lines = under[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise Malformed(f"a note has at most {MOST_SIGNATURES} signatures here")
    return Note(text + "\n", tuple(_signature(line) for line in lines))


def read_lines(lines: str) -> tuple[Signature, ...]:
    """Signature lines alone, as a witness answers them. Raises Malformed."""
    return read_note(f"-\n\n{lines}").signatures


def read_checkpoint(text: str) -> Checkpoint:
    """What a note's text states: origin, size, root; whatever follows is the log's own business."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
        raise Malformed("a checkpoint is at least three lines, none of them empty")
    root = _unbase64(lines[2])
    if len(root) != 32:
        raise Malformed("a checkpoint's root is 32 bytes in base64")
    return Checkpoint(lines[0], read_size(lines[1]), root)


def read_size(written: str) -> int:
    if not _DECIMAL.fullmatch(written) or int(written) > LARGEST_SIZE:
        raise Malformed("a tree's size is written in decimal, without leading zeroes")
    return int(written)


def read_hash(written: str) -> bytes:
    found = _unbase64(written)
    if len(found) != 32:
        raise Malformed("a hash is 32 bytes in base64")
    return found


def is_signed_by(note: Note, key: Key) -> bool:
    """Whether the log's `key` signed it. Raises Forged where one in its name does not hold."""
    held = [_holds(note.text, found, key) for found in note.signatures]  # every line is looked at
    return any(held)


def cosigned_at(text: str, signature: Signature, key: Key) -> datetime | None:
    """When the witness's `key` cosigned it; None for another's line. Raises Forged."""
    if (signature.name, signature.key_id) != (key.name, key.id):
        return None
    seconds = int.from_bytes(signature.value[:_TIME])
    if len(signature.value) != _TIME + 64 or not 0 < seconds <= LARGEST_SIZE:
        raise Forged("the cosignature is not a time and an Ed25519 signature")
    _check(key, signature.value[_TIME:], _cosigned(text, seconds))
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError) as beyond:
        raise Forged("the cosignature's time is beyond any calendar") from beyond


def is_name(name: str) -> bool:
    """Whether `name` can name a key: C2SP allows neither spaces nor a plus."""
    return bool(name) and "+" not in name and name.isprintable() and not any(map(str.isspace, name))


def _holds(text: str, signature: Signature, key: Key) -> bool:
    if (signature.name, signature.key_id) != (key.name, key.id):
        return False
    _check(key, signature.value, text.encode())
    return True


def _check(key: Key, signature: bytes, message: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, message)
    except InvalidSignature as error:
        raise Forged(f"a signature in the name of {key.name} does not hold") from error


def _cosigned(text: str, seconds: int) -> bytes:
    """The bytes that a witness signs, as C2SP tlog-cosignature fixes them."""
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def _signature(line: str) -> Signature:
    dash, name, encoded, *more = [*line.split(" "), "", ""]
    value = _unbase64(encoded)
    if dash != _DASH or not is_name(name) or len(value) <= _ID or any(more):
        raise Malformed("a signature line is a dash, a name and base64, one space between")
    return Signature(name, value[:_ID], value[_ID:], line)


def _key_id(name: str, kind: int, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:_ID]


def _unbase64(written: str) -> bytes:
    """Empty for what is not base64 in its one right spelling."""
    try:
        found = base64.b64decode(written, validate=True)
    except ValueError:
        return b""
    return found if base64.b64encode(found).decode() == written else b""
