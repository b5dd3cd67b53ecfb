"""A list of cases in a CSV file: the columns `case` and `status`, exported from CAD or RMS."""

import csv
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from plateward.policy.circumstances import CaseCheck

LARGEST: Final = 32 * 1024 * 1024
_CLOSED: Final = frozenset({"closed", "cleared", "inactive", "no"})
_NUMBER: Final = "case"
_STATUS: Final = "status"


class WrongPlace(ValueError):
    """Cases cannot be asked for there; the message says why."""


def look_up(location: str, number: str) -> CaseCheck:
    """`unreachable` when the file cannot be read, whatever the cause."""
    try:
        return _cases(location).get(_key(number), "unknown")
    except (OSError, ValueError, csv.Error):
        return "unreachable"


def check_place(location: str) -> None:
    """Raise WrongPlace unless the file can be read now."""
    if not Path(location).is_absolute():
        raise WrongPlace(f"{location}: give the whole path of the file, from / on.")
    try:
        _cases(location)
    except (OSError, ValueError, csv.Error) as wrong:
        raise WrongPlace(f"{location} cannot be read as a list of cases: {wrong}") from wrong


def _cases(location: str) -> Mapping[str, CaseCheck]:
    said = Path(location).stat()
    if said.st_size > LARGEST:
        raise ValueError(f"it is larger than {LARGEST // 2**20} MB")
    return _read(location, said.st_mtime_ns, said.st_size)


# A changed file has another time or size, so what was read once holds.
@lru_cache(maxsize=8)
def _read(location: str, _changed: int, _size: int) -> Mapping[str, CaseCheck]:
    with Path(location).open(newline="", encoding="utf-8-sig") as file:
        rows = csv.DictReader(file)
        names = {name.strip().casefold(): name for name in rows.fieldnames or () if name}
        if _NUMBER not in names:
            raise ValueError("its first line must name a column `case` (and may name `status`)")
        number, status = names[_NUMBER], names.get(_STATUS)
        return MappingProxyType(
            {_key(row[number] or ""): _status(row[status] if status else "") for row in rows}
        )


def _status(written: str | None) -> CaseCheck:
    return "closed" if (written or "").strip().casefold() in _CLOSED else "open"


def _key(number: str) -> str:
    """Letters and digits: `26-014233` and `26 014233` are one case."""
    return "".join(character for character in number.casefold() if character.isalnum())
