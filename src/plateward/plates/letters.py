"""What an agent beside a camera and the server agree on: headers, signed bytes, the heartbeat."""

from enum import StrEnum
from typing import Final

CAMERA: Final = "Plateward-Camera"
SIGNATURE: Final = "Plateward-Signature"
"""Header: Ed25519 over `signed(kind, body)`, in base64."""
BEAT_SECONDS: Final = 30
"""How often an agent says that it lives."""


class Kind(StrEnum):
    """What a body is. It is signed with it, so that one is never taken for the other."""

    READ = "read"
    HEARTBEAT = "heartbeat"


def signed(kind: Kind, body: bytes) -> bytes:
    """The bytes that a signature covers."""
    return b"plateward/" + kind.encode() + b"/1\n" + body
