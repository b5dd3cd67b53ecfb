"""RFC 3161 time stamps over checkpoints: an outsider's word that the log stood so by then."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import rfc3161_client
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from django.conf import settings
from rfc3161_client.verify import Verifier

from plateward.audit import witness_call
from plateward.audit.models import Checkpoint
from plateward.audit.witness_call import NoAnswer
from plateward.audit.witness_models import TimeStamp

EVERY: Final = timedelta(hours=1)
_KIND = "application/timestamp-query"


class NotStamped(Exception):
    """No time stamp was got or kept; the message says why and what to do."""


class NothingToStamp(NotStamped):
    """No checkpoint is signed yet, or none since the last time stamp."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A verified token. `note` is what was stamped, `token` the response, as openssl reads it."""

    size: int
    at: datetime
    authority: str
    note: str
    token: bytes


def is_configured() -> bool:
    return bool(_url())


def is_due(now: datetime) -> bool:
    """At most one an hour, and only over a checkpoint that has none."""
    newest, last = Checkpoint.objects.last(), TimeStamp.objects.last()
    if not _url() or newest is None:
        return False
    # Either way: a clock that was set back must not put the next one off.
    return last is None or (last.checkpoint != newest.pk and abs(now - last.at) >= EVERY)


def stamp() -> Stamp:
    """Have the newest checkpoint stamped. Raises NotStamped.

    Talks over the network, so it belongs in no request and under no lock.
    """
    newest = Checkpoint.objects.last()
    if newest is None:
        raise NothingToStamp("The log has no checkpoint yet. It is signed within a minute.")
    if kept := TimeStamp.objects.filter(checkpoint=newest.pk).first():
        raise NothingToStamp(f"The newest checkpoint was stamped at {kept.at.isoformat()}.")
    roots = _certificates()
    asked = (
        rfc3161_client.TimestampRequestBuilder()
        .data(newest.note.encode())
        .hash_algorithm(rfc3161_client.HashAlgorithm.SHA256)
        .build()
    )
    try:
        token = witness_call.post(_url(), asked.as_bytes(), kind=_KIND)
    except NoAnswer as error:
        raise NotStamped(f"The time-stamper at {_url()} gave no stamp: {error}.") from error
    at = _verified(token, newest.note, roots, nonce=asked.nonce)
    TimeStamp.objects.create(
        checkpoint=newest.pk, size=newest.size, at=at, authority=_url(), token=token
    )
    return Stamp(newest.size, at, _url(), newest.note, token)


def latest() -> Stamp | None:
    row = TimeStamp.objects.last()
    return None if row is None else _value(row)


def check() -> Iterator[tuple[Stamp, str]]:
    """Every kept time stamp, with what is wrong with it; empty where it holds."""
    roots = _certificates()
    for row in TimeStamp.objects.iterator():
        found = _value(row)
        wrong = ""
        try:
            at = _verified(found.token, found.note, roots)
            if at != found.at:
                wrong = f"it says {at.isoformat()}, and {found.at.isoformat()} was kept"
        except NotStamped as error:
            wrong = str(error)
        yield found, wrong


def _value(row: TimeStamp) -> Stamp:
    checkpoint = Checkpoint.objects.filter(pk=row.checkpoint).first()
    note = "" if checkpoint is None else checkpoint.note
    return Stamp(row.size, row.at, row.authority, note, bytes(row.token))


def _verified(
    token: bytes, note: str, certificates: list[x509.Certificate], *, nonce: int | None = None
) -> datetime:
    """When it was stamped, in the time-stamper's words. Raises NotStamped."""
    try:
        response = rfc3161_client.decode_timestamp_response(token)
        if rfc3161_client.PKIStatus(response.status) != rfc3161_client.PKIStatus.GRANTED:
            said = " ".join(response.status_string)
            raise NotStamped(f"The time-stamper refused: {said or response.status}.")
        verifier = _verifier(certificates, response, nonce)
        verifier.verify(response, hashlib.sha256(note.encode()).digest())
    except (rfc3161_client.VerificationError, ValueError) as error:
        raise NotStamped(f"The time stamp does not hold ({error}). It was not kept.") from error
    return response.tst_info.gen_time


def _verifier(
    certificates: list[x509.Certificate],
    response: rfc3161_client.TimeStampResponse,
    nonce: int | None,
) -> Verifier:
    builder = rfc3161_client.VerifierBuilder(nonce=nonce)
    for certificate in certificates:
        if certificate.issuer == certificate.subject:
            builder = builder.add_root_certificate(certificate)
        elif not _is_stamper(certificate):
            builder = builder.add_intermediate_certificate(certificate)
        elif not response.signed_data.certificates:
            builder = builder.tsa_certificate(certificate)
    return builder.build()


def _is_stamper(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        return False
    return ExtendedKeyUsageOID.TIME_STAMPING in usage.value


def _url() -> str:
    return str(getattr(settings, "TSA_URL", ""))


def _certificates() -> list[x509.Certificate]:
    named = str(getattr(settings, "TSA_ROOTS", ""))
    if not _url() or not named:
        raise NotStamped(
            "Set PLATEWARD_TSA_URL to the time-stamper's address and PLATEWARD_TSA_ROOTS to a file "
            "with its root certificate in PEM form. A stamp that cannot be checked is not kept."
        )
    try:
        return x509.load_pem_x509_certificates(Path(named).read_bytes())
    except (OSError, ValueError) as error:
        raise NotStamped(f"PLATEWARD_TSA_ROOTS ({named}) cannot be read: {error}.") from error
