"""What goes into a package of downloaded reads: pictures, data, a page, the custody so far."""

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from plateward.audit.body import Fact
from plateward.custody import packages_marks, packages_page
from plateward.custody.packages_contents import Contents, Link, Picture
from plateward.gate.permit import Permit
from plateward.policy.vocabulary import Act
from plateward.reads.detail import Detail

README: Final = "README.txt"
_COLUMNS: Final = (
    "read",
    "plate",
    "seen_at",
    "seen_at_local",
    "received_at",
    "camera",
    "camera_title",
    "place",
    "latitude",
    "longitude",
    "confidence",
    "region",
    "make",
    "model",
    "color",
    "body_type",
    "direction",
    "speed_kmh",
    "photo",
    "photo_sha256",
)
# What a spreadsheet would take for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def files(contents: Contents, *, permit: Permit) -> tuple[dict[str, bytes], list[Any]]:
    """Every file of the package but the log's proof, and what its manifest says of pictures."""
    permit.require(Act.EXPORTS_DOWNLOAD)
    pictures = [picture for read in contents.reads for picture in _pictures(read, contents, permit)]
    page = packages_page.written(contents, pictures, permit=permit)
    made = {
        "index.html": page.encode(),
        "reads.json": _json([_row(read, contents, pictures) for read in contents.reads]),
        "reads.csv": _csv([_row(read, contents, pictures) for read in contents.reads]),
        "custody.json": _json([_link(link) for link in contents.chain]),
        README: _readme(contents).encode(),
        **{picture.original: picture.content for picture in pictures},
    }
    return made, [_told(picture) for picture in pictures]


def says(
    contents: Contents, pictures: list[Any], purge_by: datetime | None, *, permit: Permit
) -> dict[str, Any]:
    """What the manifest says beside its list of files. No plate: that is in the files."""
    permit.require(Act.EXPORTS_DOWNLOAD)
    return {
        "number": contents.number,
        "city": contents.profile.id,
        "city_title": contents.profile.title(),
        "policy": f"{contents.profile.id} v{contents.profile.version}",
        "entry": contents.entry,
        "made_at": _utc(contents.made_at),
        "taken_by": {
            "name": contents.name,
            "badge": contents.badge,
            "agency": contents.agency,
        },
        "purpose": contents.purpose,
        "case": contents.case_number,
        "custody": contents.custody,
        "request": contents.request,
        "property_number": contents.property_number,
        "purge_by": _utc(purge_by) if purge_by else None,
        "reads": [read.id for read in contents.reads],
        "pictures": pictures,
    }


def _pictures(read: Detail, contents: Contents, permit: Permit) -> list[Picture]:
    held = (("photo", read.photo), ("crop", read.crop))
    return [
        Picture(
            read.id,
            kind,
            f"originals/{read.id}-{kind}{_ending(content)}",
            content,
            _shown(content, contents.mark, permit),
        )
        for kind, content in held
        if content
    ]


def _shown(content: bytes, mark: str, permit: Permit) -> bytes | None:
    try:
        return packages_marks.marked(content, mark, permit=permit)
    except packages_marks.NotAPicture:
        return None


def _ending(content: bytes) -> str:
    kinds = ((b"\xff\xd8\xff", ".jpg"), (b"\x89PNG", ".png"), (b"RIFF", ".webp"))
    return next((ending for start, ending in kinds if content.startswith(start)), ".bin")


def _told(picture: Picture) -> Fact:
    shown = hashlib.sha256(picture.shown).hexdigest() if picture.shown else None
    return {
        "read": picture.read,
        "kind": picture.kind,
        "original": picture.original,
        "sha256": picture.sha256,
        "marked_sha256": shown,
    }


def _row(read: Detail, contents: Contents, pictures: Sequence[Picture]) -> dict[str, Any]:
    photo = next((p for p in pictures if (p.read, p.kind) == (read.id, "photo")), None)
    return {
        "read": read.id,
        "plate": str(read.plate),
        "seen_at": _utc(read.seen_at),
        "seen_at_local": read.seen_at.astimezone(contents.profile.zone).isoformat(),
        "received_at": _utc(read.received_at),
        "camera": read.camera,
        "camera_title": read.camera_title,
        "place": read.place,
        "latitude": read.latitude,
        "longitude": read.longitude,
        "confidence": read.confidence,
        "characters": [[each.text, each.confidence] for each in read.characters],
        "region": read.region,
        "make": read.vehicle.make,
        "model": read.vehicle.model,
        "color": read.vehicle.color,
        "body_type": read.vehicle.body_type,
        "direction": read.direction,
        "speed_kmh": read.speed_kmh,
        "photo": photo.original if photo else None,
        "photo_sha256": photo.sha256 if photo else None,
    }


def _link(link: Link) -> dict[str, Any]:
    return {"at": _utc(link.at), "what": link.what, "who": link.who, "entry": link.entry}


def _json(value: Sequence[Mapping[str, Any]]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def _csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(_COLUMNS)
    for row in rows:
        table.writerow([_cell(row[name]) for name in _COLUMNS])
    return written.getvalue().encode()


def _cell(value: object) -> object:
    """An apostrophe keeps a spreadsheet from running text as a formula; reads.json has it bare."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _readme(contents: Contents) -> str:
    return (
        f"Download {contents.number} of {contents.profile.title()}.\n\n"
        "index.html     everything, to be read and printed; its pictures carry a mark\n"
        "originals/     the pictures untouched, as they came from the camera\n"
        "reads.json     the reads as data; reads.csv is the same as a table\n"
        "custody.json   who had it so far\n"
        "log.jsonl      the log entry that admitted the download, with its proof\n"
        "manifest.json  every file with its SHA-256; manifest.sig is its signature\n\n"
        "Check it, without any server:  plateward evidence verify FILE --key KEY\n"
        "The city's key:                plateward log head --key, or the city's public pages\n"
    )
