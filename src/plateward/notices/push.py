"""Notices to a browser, by its maker's push service, which sees who and when but not what.

Encrypted for the browser (RFC 8291) and signed as coming from this house (RFC 8292).
"""

import base64
import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from plateward.notices import post, seal
from plateward.notices.message import Message
from plateward.notices.post import WrongAddress

KEPT_SECONDS: Final = 3600  # by the push service, for a browser that is not running
_RECORD: Final = 4096
_SALT_BYTES: Final = 16
_AUTH_BYTES: Final = 16
_TOKEN_SECONDS: Final = 12 * 3600
_LAST_RECORD: Final = b"\x02"


def checked(said: Mapping[str, str]) -> dict[str, str]:
    """Raise WrongAddress for what no browser would hand out as its subscription."""
    post.place(said["endpoint"])
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(said["p256dh"]))
        whole = len(_bytes(said["auth"])) == _AUTH_BYTES
    except ValueError:
        whole = False
    if not whole:
        raise WrongAddress("The browser's keys cannot be read. Nothing was set up. Try again.")
    return {name: said[name] for name in ("endpoint", "p256dh", "auth")}


def public_key() -> str:
    """What a browser is to be given, so that its push service takes word from this house alone."""
    return _text(_point(seal.push_key().public_key()))


def send(message: Message, said: Mapping[str, str], *, now: datetime) -> str:
    """Raise NotSent, whose `gone` says that the browser wants no more of it."""
    where = post.place(said["endpoint"])
    receiver = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(said["p256dh"]))
    body = encrypted(
        message.for_browser(),
        receiver,
        _bytes(said["auth"]),
        sender=ec.generate_private_key(ec.SECP256R1()),
        salt=secrets.token_bytes(_SALT_BYTES),
    )
    headers = {
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(KEPT_SECONDS),
        "Urgency": "high",
        "Authorization": f"vapid t={_token(where.origin, now)}, k={public_key()}",
    }
    post.post(where, body, headers)
    return ""


def encrypted(
    plain: bytes,
    receiver: ec.EllipticCurvePublicKey,
    auth: bytes,
    *,
    sender: ec.EllipticCurvePrivateKey,
    salt: bytes,
) -> bytes:
    """RFC 8291, section 4: `sender` and `salt` are of this one message."""
    ours, theirs = _point(sender.public_key()), _point(receiver)
    shared = sender.exchange(ec.ECDH(), receiver)
    secret = _derived(shared, auth, b"WebPush: info\0" + theirs + ours, 32)
    key = _derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", 12)
    header = salt + _RECORD.to_bytes(4) + bytes([len(ours)]) + ours
    return header + AESGCM(key).encrypt(nonce, plain + _LAST_RECORD, None)


def _token(audience: str, now: datetime) -> str:
    """RFC 8292, section 2: who we are, for this push service alone, for half a day."""
    claims = {"aud": audience, "exp": int(now.timestamp()) + _TOKEN_SECONDS}
    if settings.PUBLIC_URL.startswith("https://"):
        claims["sub"] = settings.PUBLIC_URL
    said = [json.dumps(part).encode() for part in ({"typ": "JWT", "alg": "ES256"}, claims)]
    signed = ".".join(_text(part) for part in said)
    r, s = decode_dss_signature(seal.push_key().sign(signed.encode(), ec.ECDSA(SHA256())))
    return f"{signed}.{_text(r.to_bytes(32) + s.to_bytes(32))}"


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt=salt, info=info).derive(secret)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    """Raise ValueError."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
