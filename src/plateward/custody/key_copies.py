"""A copy of the key folder, to be kept far from every backup, and how it is put back.

It opens what it is a copy of for as long as it exists, whatever is destroyed here meanwhile. So
there is one at most in a place: the next copy overwrites it.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Final

from django.conf import settings

from plateward.audit import log
from plateward.custody import drafts, manifest, unfinished

COPIED: Final = "custody:keys:copy"
FORMAT: Final = "plateward-keys/1"
_LIST: Final = "keys.json"
_ELSEWHERE: Final = (
    "PLATEWARD_PICTURE_KEY",
    "PLATEWARD_NOTICE_KEY",
    "PLATEWARD_SECRET_KEY",
    "PLATEWARD_LOG_KEY",
)


class NotCopied(RuntimeError):
    """Nothing was copied or put back; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Copied:
    """`elsewhere`: settings by which keys lie in places of their own, which are not in the copy."""

    files: int
    elsewhere: tuple[str, ...]


def copy(to: Path, *, by: str, now: datetime) -> Copied:
    """Copy every key file to the folder `to`, over the copy that is there. Raises NotCopied."""
    _apart(to)
    old = _is_copy(to)
    if to.exists() and not old:
        raise NotCopied(f"{to} is no copy of keys. Nothing was written. Name another place.")
    new = to.with_name(f"{to.name}.new") if old else to
    if old and _is_copy(new):
        _overwrite(new)  # left by one that was killed
    log.append(actor=by, act=COPIED, outcome="begun")
    try:
        with drafts.begun(new) as draft:
            files = _written(draft, now)
    except drafts.NotWritten as error:
        raise NotCopied(str(error)) from error
    if old:
        _overwrite(to)
        new.rename(to)
    log.append(actor=by, act=COPIED, outcome="done", facts={"files": files, "over_another": old})
    return Copied(files, tuple(name for name in _ELSEWHERE if _is_set(name)))


def put_back(source: Path) -> int:
    """Put a copy's files where they came from, in an empty house alone. How many there are.

    Raises NotCopied, and unfinished.NotEmpty. This process goes on with the keys it began with.
    """
    told = _list_of(source)
    found = {name: (source / name).read_bytes() for name in told}
    wrong = [name for name, digest in told.items() if sha256(found[name]).hexdigest() != digest]
    if wrong:
        raise NotCopied(
            f"{source / wrong[0]} is not as it was written. Nothing was changed. "
            "Take another copy of the keys."
        )
    unfinished.check_empty()
    for name, content in found.items():
        _put(_place(name), content)
    return len(found)


def _is_set(name: str) -> bool:
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def _apart(to: Path) -> None:
    there = to.resolve()
    for ours in (settings.HOME, settings.KEYS):
        if there.is_relative_to(Path(ours).resolve()):
            raise NotCopied(
                f"{to} is in the folder that the keys are to be saved from. Nothing was written. "
                "Name a place on another machine or medium."
            )
    beside = [each.parent for each in there.parent.glob(f"*/{manifest.MANIFEST}")]
    if beside or (there.parent / manifest.MANIFEST).exists():
        raise NotCopied(
            f"There is a backup beside {to}. Whoever has both can open it, so keys and backups are "
            "kept apart. Nothing was written. Name a place where no backup is."
        )


def _files() -> dict[str, Path]:
    """By its name in the copy, each file that holds a key."""
    found = {}
    for root in (Path(settings.HOME) / "keys", Path(settings.KEYS)):
        for path in sorted(root.rglob("*")):
            if path.is_file():
                found[path.relative_to(root).as_posix()] = path
    return found


def _place(name: str) -> Path:
    """Secrets lie in the home; keys that die, in the key folder, which may be another."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise NotCopied(f"The copy names {name!r}, which is no file of a key folder.")
    root = Path(settings.KEYS) if len(path.parts) > 1 else Path(settings.HOME) / "keys"
    return root / path


def _written(draft: Path, now: datetime) -> int:
    told = {}
    for name, path in _files().items():
        (draft / name).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _, told[name] = drafts.store(draft / name, _content(path))
    made = {FORMAT: {"made_at": now.isoformat(), "files": told}}
    drafts.store(draft / _LIST, [json.dumps(made, indent=1).encode()])
    return len(told)


def _content(path: Path) -> Iterator[bytes]:
    """Not while a key is being written into it. Nothing of one that has gone meanwhile."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield file.read()


def _is_copy(folder: Path) -> bool:
    try:
        _list_of(folder)
    except NotCopied:
        return False
    return True


def _list_of(folder: Path) -> dict[str, str]:
    try:
        told = json.loads((folder / _LIST).read_bytes())[FORMAT]
        files = {str(name): str(digest) for name, digest in told["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise NotCopied(
            f"{folder} is no whole copy of keys ({type(wrong).__name__}). Nothing was changed. "
            "Name the folder that `plateward backup --keys` made."
        ) from wrong
    for name in files:
        _place(name)
    return files


def _overwrite(folder: Path) -> None:
    """Zeros over every file, then they go: a file that is only removed may be found again."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            path.rmdir()
            continue
        with path.open("r+b") as file:
            file.write(bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    folder.rmdir()


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.unlink(missing_ok=True)
    drafts.store(path, [content])
