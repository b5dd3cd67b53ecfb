"""A stream of any length, sealed piece by piece: none can be changed, moved, left out or cut off.

AES-256-GCM (NIST SP 800-38D) in the manner of STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015): a
piece's nonce is its number, and what is sealed with each says whether it is the last. A key seals
one stream alone, so no nonce is ever used twice.
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import IO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PIECE: Final = 1024 * 1024  # bytes of the stream in each piece
_TAG: Final = 16
_SEALED: Final = PIECE + _TAG
_MORE, _LAST = b"\0", b"\1"


class NotWhole(ValueError):
    """The stream was changed, cut off, or sealed under another key or about another thing."""


def sealed(source: IO[bytes], key: bytes, *, about: bytes) -> Iterator[bytes]:
    """The pieces to be written, one after another. `about` is bound into each."""
    cipher, bound = AESGCM(key), sha256(about).digest()
    number, piece = 0, _filled(source, PIECE)
    while True:
        following = _filled(source, PIECE) if len(piece) == PIECE else b""
        end = not following
        yield cipher.encrypt(_nonce(number), piece, bound + (_LAST if end else _MORE))
        if end:
            return
        number, piece = number + 1, following


def opened(source: IO[bytes], key: bytes, *, about: bytes) -> Iterator[bytes]:
    """What was sealed. Raise NotWhole at the first piece that is not as it was written.

    Each piece is proven before it is given out; that none is missing, only at the end.
    """
    cipher, bound = AESGCM(key), sha256(about).digest()
    number, piece = 0, _filled(source, _SEALED)
    while True:
        following = _filled(source, _SEALED) if len(piece) == _SEALED else b""
        end = not following
        try:
            yield cipher.decrypt(_nonce(number), piece, bound + (_LAST if end else _MORE))
        except (InvalidTag, ValueError) as wrong:
            raise NotWhole(
                f"piece {number + 1} is not as it was written, or is the last"
            ) from wrong
        if end:
            return
        number, piece = number + 1, following


def _nonce(number: int) -> bytes:
    return number.to_bytes(12)


def _filled(source: IO[bytes], size: int) -> bytes:
    """As many bytes as asked for, fewer only at the end: a pipe gives what it has."""
    parts, wanted = [], size
    while wanted and (part := source.read(wanted)):
        parts.append(part)
        wanted -= len(part)
    return b"".join(parts)
