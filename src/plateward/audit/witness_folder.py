"""What a witness remembers: its key, the logs it trusts, the last checkpoint it cosigned of each.

key                       the secret half, 0600
name                      what its cosignatures are called
logs/SHA256(ORIGIN)/
    trusted               the log's verifier keys, one a line
    checkpoint            the last cosigned note; empty before the first
    refused/              signed checkpoints that do not continue that one
"""

import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from plateward.audit import cosign, tree

MOST_REFUSED: Final = 100  # kept for each log; the first ones prove as much as the last


class Unusable(Exception):
    """The folder cannot be used as it is; the message says why and what to do."""


class UnknownLog(LookupError):
    """This witness was never told to watch a log of that origin."""


@dataclass(frozen=True, slots=True)
class Last:
    """The last checkpoint cosigned for a log. Size 0 and no note before the first."""

    size: int = 0
    root: bytes = tree.EMPTY
    note: str = ""


@dataclass(frozen=True, slots=True)
class Folder:
    """One witness on disk. What is written is on the disk before anything is answered."""

    path: Path
    cosigner: cosign.Cosigner
    _lock: Lock = field(default_factory=Lock)

    @contextmanager
    def held(self) -> Iterator[None]:
        """One writer at a time, in this process and among others on this machine."""
        with self._lock, (self.path / "lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def trust(self, origin: str, vkey: str) -> None:
        """Watch a log, or trust a further key of it. Raises cosign.Malformed."""
        key = cosign.read_key(vkey, kind=cosign.LOG)
        if not origin or "\n" in origin:
            raise cosign.Malformed("a log's origin is one line that is not empty")
        folder = self._folder(origin)
        with self.held():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not any((folder / kept).exists() for kept in ("trusted", "checkpoint")):
                # Made empty: an absent one means that it was lost, never that there was none.
                _write(folder / "checkpoint", "")
                _write(folder / "origin", f"{origin}\n")
            keys = dict.fromkeys([*self._trusted(folder), key.vkey])
            _write(folder / "trusted", "".join(f"{written}\n" for written in keys))

    def keys(self, origin: str) -> tuple[cosign.Key, ...]:
        """Raises UnknownLog."""
        written = self._trusted(self._folder(origin))
        if not written:
            raise UnknownLog(origin)
        return tuple(cosign.read_key(vkey, kind=cosign.LOG) for vkey in written)

    def origins(self) -> list[str]:
        found = (self.path / "logs").glob("*/origin")
        return sorted(path.read_text().rstrip("\n") for path in found)

    def last(self, origin: str) -> Last:
        """Raises Unusable for a memory that was lost or is not what this witness wrote."""
        path = self._folder(origin) / "checkpoint"
        try:
            note = path.read_text()
            if not note:
                return Last()
            read = cosign.read_note(note)
            ours = [
                cosign.cosigned_at(read.text, line, self.cosigner.key) for line in read.signatures
            ]
            found = cosign.read_checkpoint(read.text)
            if not any(ours) or found.origin != origin:
                raise cosign.Malformed("it is not the one that this witness cosigned")
        except (OSError, ValueError) as error:
            raise Unusable(
                f"{path} is lost or damaged ({error}). Nothing is cosigned for {origin!r}: a "
                "witness that forgot what it saw must not guess. Put the file back from a copy "
                "that is certainly the newest, or start a new witness with a new key."
            ) from error
        return Last(found.size, found.root, note)

    def remember(self, origin: str, note: str) -> None:
        """Under `held`. `note` is the checkpoint with our cosignature under it."""
        _write(self._folder(origin) / "checkpoint", note)

    def keep_refused(self, origin: str, note: cosign.Note) -> None:
        """A signed checkpoint that does not continue the last: the log's own hand against it."""
        folder = self._folder(origin) / "refused"
        folder.mkdir(exist_ok=True, mode=0o700)
        name = hashlib.sha256(note.text.encode()).hexdigest()[:32]
        if not (folder / name).exists() and self.refused(origin) < MOST_REFUSED:
            lines = "".join(f"{signature.line}\n" for signature in note.signatures)
            _write(folder / name, f"{note.text}\n{lines}")

    def refused(self, origin: str) -> int:
        return sum(1 for path in (self._folder(origin) / "refused").glob("*") if not path.suffix)

    def _folder(self, origin: str) -> Path:
        return self.path / "logs" / hashlib.sha256(origin.encode()).hexdigest()

    @staticmethod
    def _trusted(folder: Path) -> list[str]:
        try:
            return (folder / "trusted").read_text().split()
        except FileNotFoundError:
            return []


def make(path: Path, name: str) -> Folder:
    """A new witness, with a new key. Raises Unusable where one is already there."""
    if not cosign.is_name(name):
        raise Unusable(
            f"A witness cannot be named {name!r}: use no spaces and no plus, as in "
            "clerk.city.example/witness. Nothing was made."
        )
    if (path / "key").exists():
        raise Unusable(f"There is a witness in {path} already. Nothing was changed.")
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        (path / "logs").mkdir(parents=True, exist_ok=True, mode=0o700)
        path.chmod(0o700)
        _write(path / "name", f"{name}\n")
        _write(path / "key", pem.decode())
    except OSError as error:
        raise Unusable(
            f"{path} cannot be written ({error.strerror}). No witness was made."
        ) from error
    return Folder(path, cosign.Cosigner(name, key))


def open_up(path: Path) -> Folder:
    """Raises Unusable."""
    try:
        name = (path / "name").read_text().rstrip("\n")
        key = load_pem_private_key((path / "key").read_bytes(), password=None)
    except OSError as error:
        raise Unusable(
            f"There is no readable witness in {path} ({error.strerror}: {error.filename}). "
            "Make one with `plateward witness init NAME`, or name its folder with --folder."
        ) from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Unusable(f"{path / 'key'} is not a private key in PEM form.") from error
    if not isinstance(key, Ed25519PrivateKey) or not cosign.is_name(name):
        raise Unusable(f"{path} does not hold a witness's name and Ed25519 key.")
    return Folder(path, cosign.Cosigner(name, key))


def _write(path: Path, content: str) -> None:
    """Whole or not at all, for its owner alone, and on the disk when this returns."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
