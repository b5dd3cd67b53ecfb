"""What says a plate is sealed before it is stored, and a keyed number stands for it in the index.

AES-256-GCM (NIST SP 800-38D) under the key of the minute in which it ends, bound to what it belongs
to. The number is cut from HMAC-SHA256: equal plates of a city have equal numbers, and without the
house's secret none can be told from it.
"""

import hmac
import secrets
import struct
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from plateward.plates.sighting import Character
from plateward.reads import keyring

_NONCE_BYTES: Final = 12  # NIST SP 800-38D, 96-bit nonce
_UNKNOWN: Final = 0xFFFF
_PARTS: Final = 10_000  # a confidence is kept to four decimals
_BOX: Final = struct.Struct(">4H")
_LARGE_BOX: Final = struct.Struct(">4i")
_MOST_IN_A_SMALL_BOX: Final = 0xFFFF
_ALONE: Final = 0x80  # a byte from here on counts the bytes of a text; below, it is the text
_BYTES: Final = tuple(bytes([each]) for each in range(256))


class NotOpened(ValueError):
    """The sealed bytes were changed, or belong to something else."""


@dataclass(frozen=True, slots=True)
class Content:
    """What is sealed of a read. `confidence` 0 to 1; `box` x, y, width, height in pixels."""

    plate: str
    confidence: float | None = None
    characters: tuple[Character, ...] = ()
    box: tuple[int, int, int, int] | None = None


def plate_key(city: str, plate: str) -> int:
    """The number that stands for a plate in a city's index: 64 bits, signed."""
    return _number(b"plateward plates 1", f"{city}|{plate}")


def name_key(camera: int, source: str, event: str) -> int:
    """The number of what a source calls a sighting. Two names share one in 2 to the 64 cases."""
    return _number(b"plateward names 1", f"{camera}|{source}|{event}")


def seal(clear: bytes, key: bytes, *, bound: str) -> bytes:
    """Nonce (12 bytes), ciphertext, tag (16 bytes). `bound`: what it belongs to."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, clear, bound.encode())


def unseal(sealed: bytes, key: bytes, *, bound: str) -> bytes:
    """What was sealed. Raise NotOpened where it was changed or is bound to something else."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound.encode())
    except InvalidTag as wrong:
        raise NotOpened(f"{bound} does not open: its bytes were changed.") from wrong


def packed(content: Content) -> bytes:
    """As few bytes as it takes: there are millions of these."""
    parts = [_text(content.plate), _share(content.confidence)]
    box = content.box or ()
    small = all(0 <= each <= _MOST_IN_A_SMALL_BOX for each in box)
    parts.append(bytes(((1 if small else 2) if box else 0, min(len(content.characters), 255))))
    if box:
        parts.append((_BOX if small else _LARGE_BOX).pack(*box))
    for each in content.characters[:255]:
        others = each.alternatives[:255]
        parts.append(_letter(each.text, round(each.confidence * _PARTS)))
        parts.append(_BYTES[len(others)])
        parts += [_letter(text, round(confidence * _PARTS)) for text, confidence in others]
    return b"".join(parts)


def unpacked(data: bytes) -> Content:
    """The content that was packed."""
    reader = _Reader(data)
    plate, confidence = reader.text(), reader.share()
    has_box, count = reader.byte(), reader.byte()
    form = (None, _BOX, _LARGE_BOX)[has_box]
    box = form.unpack(reader.take(form.size)) if form else None
    return Content(plate, confidence, tuple(reader.character() for _ in range(count)), box)


def head(data: bytes) -> tuple[str, float | None]:
    """The plate and its confidence alone: all that a list of reads shows."""
    reader = _Reader(data)
    return reader.text(), reader.share()


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def take(self, count: int) -> bytes:
        self._at += count
        return self._data[self._at - count : self._at]

    def byte(self) -> int:
        return self.take(1)[0]

    def text(self) -> str:
        return self.take(self.byte()).decode()

    def share(self) -> float | None:
        parts = int.from_bytes(self.take(2))
        return None if parts == _UNKNOWN else parts / _PARTS

    def letter(self) -> tuple[str, float]:
        begins = self.byte()
        text = self.take(begins - _ALONE).decode() if begins >= _ALONE else chr(begins)
        return text, self.share() or 0.0

    def character(self) -> Character:
        (text, confidence), others = self.letter(), self.byte()
        return Character(text, confidence, tuple(self.letter() for _ in range(others)))


@lru_cache(maxsize=50_000)
def _letter(text: str, parts: int) -> bytes:
    """A character and its share. There are few of them, and each read has dozens."""
    alone = len(text) == 1 and text.isascii()
    encoded = text.encode()[: 0xFF - _ALONE]
    said = encoded if alone else bytes([_ALONE + len(encoded)]) + encoded
    return said + min(max(parts, 0), _PARTS).to_bytes(2)


def _text(text: str) -> bytes:
    encoded = text.encode()[:255]
    return bytes([len(encoded)]) + encoded


def _share(confidence: float | None) -> bytes:
    if confidence is None:
        return _UNKNOWN.to_bytes(2)
    return round(min(max(confidence, 0.0), 1.0) * _PARTS).to_bytes(2)


def _number(use: bytes, text: str) -> int:
    digest = hmac.digest(keyring.derived(settings.PICTURE_KEY, use), text.encode(), "sha256")
    return int.from_bytes(digest[:8], signed=True)
