"""Client certificates: by which of them the proxy in front knows a camera."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from django.db import IntegrityError, transaction

from plateward.audit import log
from plateward.cameras import register
from plateward.cameras.models import Certificate

_FINGERPRINT: Final = re.compile(r"[0-9a-f]{64}")
_KEPT: Final = "Nothing was changed."


class NotTrusted(ValueError):
    """The certificate cannot be registered, or is not. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Trusted:
    fingerprint: str
    added_at: datetime


def fingerprint(written: str) -> str | None:
    """SHA-256 in 64 small hexadecimal digits, of one written with or without colons."""
    plain = written.strip().replace(":", "").lower()
    return plain if _FINGERPRINT.fullmatch(plain) else None


def of_pem(pem: bytes) -> str:
    """The fingerprint of the first certificate in a PEM file. Raise NotTrusted."""
    try:
        found = x509.load_pem_x509_certificate(pem)
    except ValueError as wrong:
        raise NotTrusted(
            f"The file holds no certificate in PEM form. {_KEPT} Name the camera's certificate, "
            "not its key."
        ) from wrong
    return found.fingerprint(hashes.SHA256()).hex()


def holder(shown: str) -> str | None:
    """The code of the camera whose certificate has this fingerprint."""
    found = Certificate.objects.filter(fingerprint=shown)
    return found.values_list("camera__code", flat=True).first()


def of(code: str) -> list[Trusted]:
    """The oldest first: before one ends, the next is registered beside it."""
    rows = Certificate.objects.filter(camera__code=code).order_by("added_at", "pk")
    return [Trusted(row.fingerprint, row.added_at) for row in rows]


@transaction.atomic
def trust(code: str, shown: str, *, by: str) -> None:
    """From now on who shows this certificate is the camera. Raise UnknownCamera or NotTrusted."""
    camera = register.named(code)
    try:
        with transaction.atomic():
            Certificate.objects.create(camera_id=camera.key, fingerprint=shown)
    except IntegrityError as there:
        raise NotTrusted(f"That certificate is registered already. {_KEPT}") from there
    _write("cameras:certificate:trust", camera, shown, by)


@transaction.atomic
def distrust(code: str, shown: str, *, by: str) -> None:
    """The certificate opens nothing any more. Raise UnknownCamera or NotTrusted."""
    camera = register.named(code)
    gone, _ = Certificate.objects.filter(camera_id=camera.key, fingerprint=shown).delete()
    if not gone:
        raise NotTrusted(f"{code} has no certificate of that fingerprint. {_KEPT}")
    _write("cameras:certificate:distrust", camera, shown, by)


def _write(act: str, camera: register.Registered, shown: str, by: str) -> None:
    log.append(
        actor=by,
        act=act,
        outcome="done",
        city=camera.city,
        facts={"camera": camera.code, "fingerprint": shown},
    )
