"""What a backup says of itself, in clear beside what is sealed, and which secrets it wants back."""

import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from plateward.audit import keys as log_keys

FORMAT: Final = "plateward-backup/1"
MANIFEST: Final = "manifest.json"
SEALED: Final = "database.sealed"
PICTURE_KEY: Final = "picture-key"
_SECRETS: Final = {
    PICTURE_KEY: "PICTURE_KEY",
    "notice-key": "NOTICE_KEY",
    "secret-key": "SECRET_KEY",
}
# What is missing without each; the backup itself does not open without the first.
_WITHOUT: Final = {
    "notice-key": "channels for notices must be set up anew, and browsers turned on again",
    "secret-key": "everybody signs in again and sets up their authenticator anew",
    "log-signing-key": "the log cannot be signed until its own key file is back",
}


class NotABackup(ValueError):
    """There is no whole backup there; the message says what is wrong. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """`entries`: how many entries the log had. `checkpoint`: the last one signed, as published.

    `keys`: by name, a mark by which each secret is known again; nobody finds the secret by it.
    `key`: what the keyring calls the backup's own key, which is destroyed at `opens_until`.
    `size`: of what is sealed, in bytes.
    """

    format: str
    key: str
    version: str
    made_at: datetime
    opens_until: datetime
    server: int
    migrations: Mapping[str, str]
    cities: tuple[str, ...]
    entries: int
    checkpoint: str
    vkey: str
    keys: Mapping[str, str]
    size: int = 0
    sha256: str = ""

    def about(self) -> bytes:
        """What is sealed into every piece: all but what is only known once all is sealed."""
        return _written(replace(self, size=0, sha256=""))

    def written(self) -> bytes:
        return _written(self)


def read(folder: Path) -> Manifest:
    """Raise NotABackup."""
    try:
        told = json.loads((folder / MANIFEST).read_bytes())
    except FileNotFoundError as missing:
        raise NotABackup(
            f"{folder} holds no {MANIFEST}, so it is no backup or only part of one. "
            "Nothing was changed. Name the folder that `plateward backup` made."
        ) from missing
    except (OSError, ValueError) as wrong:
        raise NotABackup(f"{folder / MANIFEST} cannot be read ({type(wrong).__name__}).") from wrong
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        found = told.get("format") if isinstance(told, dict) else None
        raise NotABackup(
            f"{folder} is of the format {found!r}, and this version reads {FORMAT}. Nothing was "
            "changed. Use the version of Plateward that made it, or a newer one."
        )
    try:
        return _value(told)
    except (KeyError, TypeError, ValueError) as wrong:
        raise NotABackup(
            f"{folder / MANIFEST} was changed: {wrong}. Nothing was changed here. Take another "
            "copy of the backup."
        ) from wrong


def marks() -> dict[str, str]:
    """Of each secret that this house has now."""
    return {name: _mark(getattr(settings, held)) for name, held in _SECRETS.items()}


def has_log_key() -> bool:
    return log_keys.key_file().exists()


def lost(manifest: Manifest) -> list[str]:
    """What is not as it was when the backup was made, because the secret for it is another here."""
    here = marks()
    wrong = [name for name, mark in manifest.keys.items() if here.get(name) != mark]
    if manifest.vkey and not has_log_key():
        wrong.append("log-signing-key")
    return [f"{name}: {_WITHOUT[name]}" for name in wrong if name in _WITHOUT]


def _mark(secret: str) -> str:
    return hmac.digest(secret.encode(), b"plateward backup mark 1", "sha256")[:8].hex()


def _written(manifest: Manifest) -> bytes:
    told = {name: _plain(value) for name, value in asdict(manifest).items()}
    return json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    return list(value) if isinstance(value, tuple) else value


def _value(told: Mapping[str, Any]) -> Manifest:
    known = {field.name: told[field.name] for field in fields(Manifest)}
    for name in ("made_at", "opens_until"):
        known[name] = datetime.fromisoformat(known[name])
    known["cities"] = tuple(known["cities"])
    for name, kind in {"entries": int, "size": int, "server": int, "key": str}.items():
        if not isinstance(known[name], kind):
            raise TypeError(f"{name} is not what it should be")
    return Manifest(**known)
