"""Passwords of cameras that cannot take their secret: a file of hashes, read anew as it changes."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST: Final = 12
_CODE: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


class NotAPasswordFile(ValueError):
    """The message says which line is wrong; nothing was changed."""


@dataclass(slots=True)
class Passwords:
    """`CODE:HASH` a line, the hash argon2id. Lines that begin with # say nothing."""

    file: Path
    _hashes: dict[str, str] = field(default_factory=dict)
    _stood: tuple[int, int] | None = None

    def check(self) -> None:
        """Raises NotAPasswordFile, or OSError where it cannot be read."""
        self._current()

    def has(self, code: str) -> bool:
        return code in self._current()

    def right(self, code: str, password: str) -> bool:
        try:
            return PasswordHasher().verify(self._current()[code], password)
        except (KeyError, VerificationError, InvalidHashError):
            return False

    def put(self, code: str, password: str) -> None:
        """Add it, or take its place. Raises NotAPasswordFile."""
        if not _CODE.fullmatch(code):
            raise NotAPasswordFile(f"{code!r} is no code of a camera. Nothing was changed.")
        if len(password) < LEAST:
            raise NotAPasswordFile(
                f"The password has fewer than {LEAST} characters. Nothing was changed."
            )
        hashes = dict(self._current()) if self.file.exists() else {}
        hashes[code] = PasswordHasher().hash(password)
        new = self.file.with_name(f".{self.file.name}.new")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.writelines(f"{each}:{hashed}\n" for each, hashed in sorted(hashes.items()))
            os.fchmod(file.fileno(), 0o600)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.file)

    def _current(self) -> dict[str, str]:
        facts = self.file.stat()
        stands = (facts.st_mtime_ns, facts.st_size)
        if stands != self._stood:
            self._hashes = _parsed(self.file)
            self._stood = stands
        return self._hashes


def _parsed(file: Path) -> dict[str, str]:
    hashes = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        code, _, hashed = line.strip().partition(":")
        if not (_CODE.fullmatch(code) and hashed.startswith("$argon2id$")):
            raise NotAPasswordFile(
                f"Line {number} of {file} is not CODE:HASH with a hash of argon2id. Make lines "
                f"with: plateward ftps-password CODE --passwords {file}"
            )
        hashes[code] = hashed
    return hashes
