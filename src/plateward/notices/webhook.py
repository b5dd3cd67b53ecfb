"""Notices to another program, over https, signed so that it can tell them from anyone else's.

The receiver's half, with a program that checks a signature, is in docs/how-tos/send-notices.md.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from plateward.notices import post
from plateward.notices.message import Message

_SECRET_BYTES: Final = 32
_NAME_BYTES: Final = 4


@dataclass(frozen=True, slots=True)
class SigningKey:
    """`name` is public, and goes with each signature; `secret` is known to us and the receiver."""

    name: str
    secret: str


def new_key() -> SigningKey:
    return SigningKey(f"key-{secrets.token_hex(_NAME_BYTES)}", secrets.token_urlsafe(_SECRET_BYTES))


def checked(said: Mapping[str, str]) -> dict[str, str]:
    """Raise WrongAddress."""
    post.place(said["url"])
    return {"url": said["url"]}


def shown(said: Mapping[str, str]) -> str:
    """The machine alone: a path often holds a secret of the receiver's."""
    return post.place(said["url"]).origin


def signature(key: SigningKey, sent_at: int, body: bytes) -> str:
    """HMAC-SHA256, in hexadecimal, over the time in seconds, a full stop and the body."""
    signed = str(sent_at).encode() + b"." + body
    return hmac.new(key.secret.encode(), signed, hashlib.sha256).hexdigest()


def send(
    message: Message, said: Mapping[str, str], keys: Sequence[SigningKey], *, now: datetime
) -> str:
    """Sign with every key that holds now, the newest first. Raise NotSent, WrongAddress."""
    body, sent_at = message.as_json(), int(now.timestamp())
    signed = ", ".join(f"{key.name}={signature(key, sent_at, body)}" for key in keys)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Plateward",
        "Plateward-Id": message.id,
        "Plateward-Timestamp": str(sent_at),
        "Plateward-Key": keys[0].name,
        "Plateward-Signature": signed,
    }
    post.post(post.place(said["url"]), body, headers)
    return ""
