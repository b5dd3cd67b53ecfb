"""The client certificate that a proxy verified, out of the header in which it says so.

A header can be written by anyone. It is read only where the connection itself comes from an address
that PLATEWARD_PROXIES names, and such a proxy must remove the header from what it is sent.
"""

import base64
import binascii
import logging
import re
from ipaddress import ip_address, ip_network
from typing import Final
from urllib.parse import unquote

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from django.conf import settings
from django.http import HttpRequest

from plateward.cameras import certificates

_LONGEST: Final = 16_384
_PEM: Final = re.compile(r"-----BEGIN CERTIFICATE-----(.*?)-----END", re.DOTALL)
# Envoy's header has an element for each proxy on the way; two of them, and one may be a forgery.
_PART: Final = re.compile(r'\s*(\w+)=("(?:[^"\\]|\\.)*"|[^;,"]*)\s*(?:;|$)')
_logger = logging.getLogger(__name__)


def shown(request: HttpRequest) -> str | None:
    """Its SHA-256, in small hexadecimal digits; None where there is none that can be believed."""
    said = _said(request, settings.CERTIFICATE_HEADER)
    if said is None:
        return None
    if not is_a_proxy(_peer(request)):
        _logger.warning("A client certificate was claimed by who is no proxy of ours: not believed")
        return None
    return fingerprint(said)


def fingerprint(said: str) -> str | None:
    """Of a digest, of Envoy's `Hash=…`, or of the certificate itself: PEM, base64, RFC 9440."""
    if len(said) > _LONGEST:
        return None
    plain = unquote(said).strip()
    if "=" in plain and re.match(r"\w+=[^=]", plain):
        return _of_envoy(said)
    return certificates.fingerprint(plain) or _of_certificate(plain)


def is_a_proxy(address: str) -> bool:
    try:
        peer = ip_address(address)
    except ValueError:
        return False
    return any(peer in ip_network(each, strict=False) for each in settings.PROXIES)


def _said(request: HttpRequest, header: str) -> str | None:
    """The header's one value. `X_Header` is not `X-Header`, and two of them are one too many."""
    if not header:
        return None
    scope = getattr(request, "scope", None)
    if scope is None:
        return request.headers.get(header) or None
    name = header.lower().encode()
    values = [value for each, value in scope["headers"] if each.lower() == name]
    return values[0].decode("latin-1") if len(values) == 1 else None


def _peer(request: HttpRequest) -> str:
    """Who opened the connection. `REMOTE_ADDR` may be what a proxy said of the client behind it."""
    scope = getattr(request, "scope", None)
    if scope is None:
        return str(request.META.get("REMOTE_ADDR", ""))
    return str(scope.get(settings.PEER, ""))


def _of_envoy(said: str) -> str | None:
    """The one element's hash. A comma outside quotes begins a second, and then none is believed."""
    parts, at = {}, 0
    while at < len(said):
        part = _PART.match(said, at)
        if part is None:
            return None
        parts[part[1].lower()] = part[2].strip('"')
        at = part.end()
    return certificates.fingerprint(parts.get("hash", "")) or _of_certificate(
        unquote(parts.get("cert", ""))
    )


def _of_certificate(written: str) -> str | None:
    """The first certificate of several is the client's own."""
    pem = _PEM.search(written)
    first = pem[1] if pem else written.strip().strip(":").partition(",")[0]
    try:
        der = base64.b64decode("".join(first.split()), validate=True)
        return x509.load_der_x509_certificate(der).fingerprint(hashes.SHA256()).hex()
    except (binascii.Error, ValueError):
        return None
