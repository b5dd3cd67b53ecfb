"""The agent's two secrets: the key it signs with, and the key that seals what it keeps."""

import base64
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from plateward.plates.letters import Kind, signed

SIGNING_KEY: Final = "signing-key.pem"
SEALING_KEY: Final = "sealing-key"
_SEALING_BYTES: Final = 32
_NOTHING: Final = "Nothing was read and nothing was lost."


class NoKey(Exception):
    """A key is missing or cannot be used; the message says which and what to do."""


class KeyThere(Exception):
    """There is a key already, and it is never written over."""


@dataclass(frozen=True, slots=True)
class Signer:
    key: Ed25519PrivateKey

    @property
    def public(self) -> str:
        """The half that the server is given: 32 bytes in base64."""
        return base64.b64encode(self.key.public_key().public_bytes_raw()).decode()

    def signature(self, kind: Kind, body: bytes) -> str:
        return base64.b64encode(self.key.sign(signed(kind, body))).decode()


def make(folder: Path) -> Signer:
    """Make the signing key, once. Raise KeyThere, or NoKey where it cannot be written."""
    path = folder / SIGNING_KEY
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write_once(path, pem)
    except FileExistsError as there:
        raise KeyThere(
            f"There is a signing key already: {path}. It was not changed. To sign with a new one, "
            "move the old file away first, and register the new key with the camera."
        ) from there
    except OSError as error:
        raise NoKey(_unwritable(path, error)) from error
    return Signer(key)


def signer(folder: Path) -> Signer:
    """Raise NoKey."""
    path = folder / SIGNING_KEY
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError as missing:
        raise NoKey(
            f"There is no signing key at {path}. {_NOTHING} Make one with `plateward watch "
            f"--new-key --folder {folder}`, and register it with the camera."
        ) from missing
    except OSError as error:
        raise NoKey(
            f"The signing key {path} cannot be read ({error.strerror}). {_NOTHING} Let the "
            "account that runs the agent read it."
        ) from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as wrong:
        raise NoKey(_not_a_key(path)) from wrong
    if not isinstance(key, Ed25519PrivateKey):
        raise NoKey(_not_a_key(path))
    return Signer(key)


def sealer(path: Path, *, may_make: bool) -> AESGCM:
    """The cipher for what is kept on disk. Raise NoKey.

    `may_make` False: something is sealed already, and a new key would not open it.
    """
    try:
        if may_make and not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write_once(path, secrets.token_bytes(_SEALING_BYTES))
        found = path.read_bytes()
    except FileNotFoundError as missing:
        raise NoKey(
            f"The key that seals what is kept is not at {path}. {_NOTHING} Put it back; without it "
            "what is kept cannot be opened. To give that up, delete the file `kept.sqlite3`: the "
            "server will tell that reads are missing."
        ) from missing
    except OSError as error:
        raise NoKey(_unwritable(path, error)) from error
    if len(found) != _SEALING_BYTES:
        raise NoKey(
            f"{path} holds {len(found)} bytes, and the key that seals what is kept has "
            f"{_SEALING_BYTES}. {_NOTHING} Put the right file back."
        )
    return AESGCM(found)


def _write_once(path: Path, content: bytes) -> None:
    """Whole or not at all, and on the disk when it returns."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(draft)  # unlike a rename it replaces nothing
    finally:
        draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _unwritable(path: Path, error: OSError) -> str:
    return (
        f"{path} cannot be written or read ({error.strerror}). {_NOTHING} Give the account that "
        "runs the agent that folder, or name another with --folder."
    )


def _not_a_key(path: Path) -> str:
    return (
        f"{path} is not an Ed25519 private key in PEM form without a password. {_NOTHING} Put the "
        "right file back, or move it away and make a new key."
    )
