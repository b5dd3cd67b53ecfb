"""The files of a package, and whether the zip around them is the one that was made."""

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from .canonical import Malformed  # noqa: TID252

_FIRST = ("manifest.json", "manifest.sig")  # the others follow by name
_MOST = 2 << 30  # bytes; no honest package is a tenth of it
_BROKEN = (
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class Files:
    """`broken`: names of files that the zip itself says are damaged. `around`: what is wrong with
    the zip; "" where it is as it was made, or where there is none."""

    held: dict[str, bytes]
    broken: tuple[str, ...] = ()
    around: str = ""
    unpacked: bool = False


def of_folder(path: Path) -> Files:
    """A package that somebody unpacked."""
    found = sorted(each for each in path.rglob("*") if each.is_file())
    held = {each.relative_to(path).as_posix(): each.read_bytes() for each in found}
    return Files(held, unpacked=True)


def of_zip(raw: bytes) -> Files:
    """Raises Malformed where nothing can be read of it."""
    if len(raw) > _MOST:
        raise Malformed("it is larger than any package can be")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return _read(archive, raw)
    except _BROKEN as error:
        raise Malformed("it can no longer be opened as a zip: cut short, or changed") from error


def _read(archive: zipfile.ZipFile, raw: bytes) -> Files:
    held, broken, names = {}, [], []
    for inside in archive.infolist():
        if inside.compress_type != zipfile.ZIP_STORED:
            return Files({}, (), "a file in it is compressed, which no package has")
        names.append(inside.filename)
        try:
            held[inside.filename] = archive.read(inside)
        except _BROKEN:
            broken.append(inside.filename)
    if len(set(names)) != len(names):
        return Files(held, tuple(broken), "it holds two files of the same name")
    changed = not broken and _made(held) != raw
    return Files(held, tuple(broken), _CHANGED if changed else "")


_CHANGED = "the zip around the files is not the one that was made: it was changed or packed anew"


def _made(held: dict[str, bytes]) -> bytes:
    """What the package of these files is, to the byte."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in sorted(held.items(), key=lambda each: (each[0] not in _FIRST, each)):
            inside = zipfile.ZipInfo(name)
            inside.create_system, inside.external_attr = 3, 0o644 << 16 | 0x80000000
            archive.writestr(inside, content)
    return written.getvalue()
