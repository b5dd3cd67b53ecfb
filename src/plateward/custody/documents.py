"""Papers that people attach: looked at before they are kept, sealed, shown with a permit alone.

Each is sealed, with the name its file had, under a key of its own, so that it can be destroyed by
itself. What it is, its bytes say; what its name says is not believed.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath
from typing import Final

from django.db import transaction

from plateward.custody.holds_models import Document
from plateward.gate.permit import Permit
from plateward.policy.vocabulary import Act
from plateward.reads import keyring, sealing

MOST_BYTES: Final = 10 * 1024 * 1024
LONGEST_NAME: Final = 120
MIME: Final = {
    "pdf": "application/pdf",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "text": "text/plain; charset=utf-8",
}
# To show one is to show what it names: a plate, a person, a case.
ACTS: Final = (
    Act.HOLDS_APPROVE,
    Act.HOLDS_RELEASE,
    Act.PRESERVE,
    Act.PRESERVED_OPEN,
    Act.EXPORTS_DOWNLOAD,
)
_PDF_STARTS_WITHIN: Final = 1024  # ISO 32000 lets other bytes stand before the header
_MAY_STAND_IN_TEXT: Final = frozenset("\t\n\r\f")


class NotADocument(ValueError):
    """These bytes cannot be kept as a document. Nothing was stored."""


class NoSuchDocument(LookupError):
    """There is none of that number in the permit's cities, or its key was destroyed."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A document as it was attached. `mime` for whoever sends it on."""

    number: int
    name: str = field(repr=False)
    mime: str
    sha256: str
    data: bytes = field(repr=False)


@transaction.atomic
def keep(city: str, data: bytes, name: str, *, by: str, now: datetime) -> int:
    """Seal it; its number. Raise NotADocument, saying what is wrong with it."""
    kind = _kind(data)
    row = Document.objects.create(
        city=city,
        kind=kind,
        bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        sealed=b"",
        added_by=by,
        added_at=now,
    )
    title = _tidy(name, kind).encode()
    clear = len(title).to_bytes(2) + title + data
    row.sealed = sealing.seal(clear, keyring.named(city, _key(row.pk)), bound=_bound(row))
    row.save(update_fields=["sealed"])
    return row.pk


def take(document: int, *, permit: Permit) -> Attached:
    """The paper itself, for whoever has to judge by it. Raise NoSuchDocument."""
    permit.require(*ACTS)
    row = Document.objects.filter(pk=document, city__in=permit.cities).first()
    if row is None:
        raise NoSuchDocument(f"There is no document {document} here.")
    try:
        key = keyring.kept_named(row.city, _key(row.pk))
        clear = sealing.unseal(bytes(row.sealed), key, bound=_bound(row))
    except (keyring.Gone, sealing.NotOpened) as lost:
        raise NoSuchDocument(
            f"Document {document} does not open ({lost}). Everything else is as it was. Tell "
            "whoever runs the system."
        ) from lost
    end = 2 + int.from_bytes(clear[:2])
    return Attached(row.pk, clear[2:end].decode(), MIME[row.kind], row.sha256, clear[end:])


def check(data: bytes) -> None:
    """Raise NotADocument where `keep` would, before anything else is done."""
    _kind(data)


def destroy(document: int) -> bool:
    """Destroy its key; the row stays and says that there was one. Whether there was a key."""
    row = Document.objects.filter(pk=document).first()
    return row is not None and keyring.destroy_named(row.city, _key(row.pk))


def _kind(data: bytes) -> str:
    if not data:
        raise NotADocument("The file is empty. Nothing was stored.")
    if len(data) > MOST_BYTES:
        raise NotADocument(
            f"The file is larger than {MOST_BYTES // 1024**2} MB. Nothing was stored: scan it at a "
            "lower resolution, or attach the pages that matter."
        )
    if b"%PDF-" in data[:_PDF_STARTS_WITHIN]:
        return "pdf"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if _is_text(data):
        return "text"
    raise NotADocument(
        "The file is no PDF, JPEG or PNG and no plain text, whatever its name says. Nothing was "
        "stored: save it as PDF, then attach that."
    )


def _is_text(data: bytes) -> bool:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return False
    return bool(text.strip()) and all(
        letter.isprintable() or letter in _MAY_STAND_IN_TEXT for letter in text.lstrip("\ufeff")
    )


def _tidy(name: str, kind: str) -> str:
    """Without folders or anything a header could trip over."""
    last = PurePath(name.replace("\\", "/")).name
    plain = "".join(letter for letter in last if letter.isprintable() and letter not in '"\\;')
    return plain.strip()[-LONGEST_NAME:] or f"document.{'txt' if kind == 'text' else kind}"


def _key(document: int) -> str:
    return f"document-{document}"


def _bound(row: Document) -> str:
    return f"plateward document 1|{row.city}|{row.pk}|{row.sha256}"
