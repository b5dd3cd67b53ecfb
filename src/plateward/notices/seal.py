"""Seal what a way out must keep to itself: addresses, passwords, signing keys."""

import json
import secrets
from collections.abc import Mapping
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_NONCE_BYTES: Final = 12  # NIST SP 800-38D, 96-bit nonce
_KEY_BYTES: Final = 32
_WIDE_BYTES: Final = 48  # so much wider than the curve's order that no key is likelier than another
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256


class CannotOpen(Exception):
    """What was sealed does not open: the key file is another, or the bytes were changed."""


def seal(said: Mapping[str, str], *, of: str) -> bytes:
    """`of` says what it belongs to, such as a channel: it opens there alone."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(_key()).encrypt(nonce, json.dumps(dict(said)).encode(), of.encode())


def unsealed(sealed: bytes | memoryview, *, of: str) -> dict[str, str]:
    """Raise CannotOpen."""
    held = bytes(sealed)
    try:
        opened = AESGCM(_key()).decrypt(held[:_NONCE_BYTES], held[_NONCE_BYTES:], of.encode())
    except InvalidTag as wrong:
        raise CannotOpen(
            "The address does not open. Nothing was sent and nothing was lost. Put the file of "
            "PLATEWARD_NOTICE_KEY back from your backup, or set the channel up anew."
        ) from wrong
    said: dict[str, str] = json.loads(opened)
    return said


def push_key() -> ec.EllipticCurvePrivateKey:
    """The key by which push services know this house. It lasts as long as PLATEWARD_NOTICE_KEY."""
    wide = int.from_bytes(_derived(b"plateward push 1", _WIDE_BYTES))
    return ec.derive_private_key(wide % (_ORDER - 1) + 1, ec.SECP256R1())


def _key() -> bytes:
    return _derived(b"plateward notices 1", _KEY_BYTES)


def _derived(info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt=None, info=info).derive(settings.NOTICE_KEY.encode())
