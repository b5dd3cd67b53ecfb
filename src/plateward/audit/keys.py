"""The key that signs checkpoints: one file, made once, never replaced in silence."""

import os
import secrets
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.conf import settings

from plateward.audit.note import Signer, is_name


class CannotSign(Exception):
    """No checkpoint can be signed; the message says why and what to do."""


def signer(*, last_vkey: str | None) -> Signer:
    """The log's signer. A key is made only for a log that was never signed (`last_vkey` None)."""
    path = key_file()
    if last_vkey is None and not path.exists():
        _make(path)
    found = Signer(_origin(), _read(path))
    if last_vkey not in {None, found.vkey}:
        raise CannotSign(
            f"The key in {path} (or the log's name {found.name!r}) is not the one that signed this "
            f"log so far: {last_vkey}. Entries are still written and nothing was lost. Put the old "
            "key file back from your backup, and the old PLATEWARD_LOG_ORIGIN."
        )
    return found


def key_file() -> Path:
    named = os.environ.get("PLATEWARD_LOG_KEY_FILE")
    return Path(named) if named else Path(settings.HOME) / "keys" / "log-signing-key"


def _origin() -> str:
    origin = str(getattr(settings, "LOG_ORIGIN", "plateward.local/log"))
    if not is_name(origin):
        raise CannotSign(
            f"The log's name {origin!r} holds a space or a plus. Set PLATEWARD_LOG_ORIGIN to a "
            "name like city.example/plateward-log. Entries are still written."
        )
    return origin


def _read(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise CannotSign(
            f"The log's signing key {path} cannot be read ({error.strerror}). Entries are still "
            "written and nothing was lost. Put the file back from your backup, readable by the "
            "account that runs Plateward."
        ) from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise CannotSign(_not_a_key(path)) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise CannotSign(_not_a_key(path))
    return key


def _not_a_key(path: Path) -> str:
    return (
        f"{path} is not an Ed25519 private key in PEM form without a password. Entries are still "
        "written and nothing was lost. Put the right file back from your backup."
    )


def _make(path: Path) -> None:
    """Whole or not at all, and never over another: a link, unlike a rename, replaces nothing."""
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        _link(draft, path)
        draft.unlink()
    except OSError as error:
        raise CannotSign(
            f"A signing key for the log cannot be made at {path} ({error.strerror}). Entries are "
            "still written. Give the account that runs Plateward that folder, or name another file "
            "with PLATEWARD_LOG_KEY_FILE."
        ) from error


def _link(draft: Path, path: Path) -> None:
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return  # another process made it a moment ago: that one counts
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # a checkpoint must never outlive the only copy of its key
    finally:
        os.close(folder)
