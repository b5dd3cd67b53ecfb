"""Seal and open pictures: AES-256-GCM under a day key, bound to the read they belong to."""

import logging
import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap
from django.conf import settings

from plateward.reads.models import DayKey, Picture, Read

_logger = logging.getLogger(__name__)
_NONCE_BYTES: Final = 12  # NIST SP 800-38D, 96-bit nonce
_KEY_BYTES: Final = 32


class PictureLost(Exception):
    """The key of that day is destroyed, or the sealed bytes belong to another read."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose picture it is; sealed in as associated data, so a picture cannot change reads."""

    city: str
    read: int
    key_day: date


@dataclass(frozen=True, slots=True)
class Open:
    """A JPEG that is to be sealed."""

    kind: str
    jpeg: bytes
    owner: Owner


def put(pictures: Sequence[Open]) -> None:
    """Seal them, each under the key of its city and day."""
    days = sorted({(each.owner.city, each.owner.key_day) for each in pictures})
    keys = {(city, day): _day_key(city, day) for city, day in days}
    Picture.objects.bulk_create(
        Picture(
            read_id=each.owner.read,
            kind=each.kind,
            key_day=each.owner.key_day,
            sealed=_sealed(each, keys[each.owner.city, each.owner.key_day]),
        )
        for each in pictures
    )


def _sealed(picture: Open, key: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    bound = _binding(picture.owner, picture.kind)
    return nonce + AESGCM(key).encrypt(nonce, picture.jpeg, bound)


def kinds(read: int) -> frozenset[str]:
    """Which pictures the read has."""
    return frozenset(kind for _, kind in kinds_of([read]))


def kinds_of(reads: Collection[int]) -> frozenset[tuple[int, str]]:
    """Which pictures these reads have: the read and the kind of each."""
    if not reads:
        return frozenset()
    return frozenset(Picture.objects.filter(read_id__in=reads).values_list("read_id", "kind"))


def take(kind: str, *, city: str, reads: list[int]) -> dict[int, bytes]:
    """The pictures of these reads, by read. One that is missing or does not open is left out.

    A picture that does not open is an alarm for the custodian, not a reason to hide the read.
    """
    opened: dict[int, bytes] = {}
    keys: dict[date, bytes] = {}
    for picture in Picture.objects.filter(read_id__in=reads, kind=kind):
        owner = Owner(city, picture.read_id, picture.key_day)
        try:
            key = keys.get(owner.key_day) or _kept_key(city, owner.key_day)
            opened[owner.read] = _open(bytes(picture.sealed), kind, owner, key)
        except PictureLost as lost:
            _logger.error("%s", lost)  # noqa: TRY400  the message says all; a trace adds nothing
            continue
        keys[owner.key_day] = key
    return opened


def crops_of(rows: Iterable[Read]) -> dict[int, bytes]:
    """The plate crops of these reads, by read, whichever cities they belong to."""
    by_city: dict[str, list[int]] = {}
    for row in rows:
        by_city.setdefault(row.city, []).append(row.pk)
    crops: dict[int, bytes] = {}
    for city, reads in by_city.items():
        crops |= take("crop", city=city, reads=reads)
    return crops


def _open(sealed: bytes, kind: str, owner: Owner, key: bytes) -> bytes:
    nonce, ciphertext = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, _binding(owner, kind))
    except InvalidTag as wrong:
        raise PictureLost(
            f"The {kind} of read {owner.read} does not open: its bytes were changed or belong to "
            "another read. The read itself is unharmed. Report this to the system's custodian."
        ) from wrong


def _binding(owner: Owner, kind: str) -> bytes:
    return f"plateward picture 1|{owner.city}|{owner.read}|{kind}".encode()


def _day_key(city: str, day: date) -> bytes:
    if not DayKey.objects.filter(city=city, day=day).exists():
        wrapped = aes_key_wrap(_wrapping_key(), secrets.token_bytes(_KEY_BYTES))
        # Two sightings may make a new day's key at once; the first one stands for both.
        DayKey.objects.bulk_create(
            [DayKey(city=city, day=day, wrapped=wrapped)], ignore_conflicts=True
        )
    return _kept_key(city, day)


def _kept_key(city: str, day: date) -> bytes:
    wrapped = DayKey.objects.filter(city=city, day=day).values_list("wrapped", flat=True).first()
    if wrapped is None:
        raise PictureLost(f"The pictures of {city} that expired on {day} are gone with their key.")
    return aes_key_unwrap(_wrapping_key(), bytes(wrapped))


def _wrapping_key() -> bytes:
    hkdf = HKDF(SHA256(), _KEY_BYTES, salt=None, info=b"plateward day keys 1")
    return hkdf.derive(settings.PICTURE_KEY.encode())
