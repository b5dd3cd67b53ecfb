"""Keys that die on time: one for each half minute in which something of a city's ends.

They lie in files beside the database, never in it: what PostgreSQL deletes may stay in a page, in
its log and in every backup, but a byte of these files is overwritten where it stands. Each key is
wrapped (RFC 3394) by the house's own, so the files alone open nothing either. No process remembers
a key: what is gone from its file is gone. A folder on a disk that copies on writing (Btrfs, ZFS) or
levels its wear may keep what was overwritten: see docs/how-tos/deletion.md.
"""

import fcntl
import logging
import os
import secrets
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import (
    InvalidUnwrap,
    aes_key_unwrap,
    aes_key_wrap,
)
from django.conf import settings

KEY_BYTES: Final = 32
_WRAPPED: Final = KEY_BYTES + 8  # RFC 3394 adds eight bytes
_NONE: Final = bytes(_WRAPPED)
# A slot is the half minute of one key, told by its end: a key is then gone within the minute after
# its first end.
_SLOT: Final = timedelta(seconds=30)
_SLOTS: Final = timedelta(days=1) // _SLOT
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_logger = logging.getLogger(__name__)


class Gone(LookupError):
    """That key was destroyed, or there never was one: what it sealed can never be opened."""


def key(city: str, expires_at: datetime) -> bytes:
    """The 32 bytes for what ends in that half minute; made where there is none yet."""
    return keys(city, [expires_at])[last_of(expires_at)]


def keys(city: str, ends: Collection[datetime]) -> dict[datetime, bytes]:
    """The same for many at once, by the end of their half minutes (see `last_of`).

    A new key is on the disk before this returns, so nothing is ever sealed under one that a power
    cut takes away.
    """
    slots = {last_of(each) for each in ends}
    there = {each: wrapped for each in slots if (wrapped := _wrapped(city, each)) != _NONE}
    found = {each: _unwrapped(wrapped) for each, wrapped in there.items()}
    missing: dict[date, list[datetime]] = {}
    for each in sorted(slots - found.keys()):
        missing.setdefault(_day_of(each), []).append(each)
    for day, of_day in missing.items():
        found |= _made(city, day, of_day)
    return found


def kept(city: str, expires_at: datetime) -> bytes:
    """The key that there is for it. Raise Gone where it was destroyed."""
    slot = last_of(expires_at)
    wrapped = _wrapped(city, slot)
    if wrapped == _NONE:
        raise Gone(
            f"What {city} kept until {slot:%Y-%m-%d %H:%M:%S} UTC is gone: its key was destroyed."
        )
    return _unwrapped(wrapped)


def kept_all(city: str, ends: Iterable[datetime]) -> dict[datetime, bytes]:
    """The keys that there are for all these, by `last_of`.

    What was destroyed is left out, and, with a word in the log, what the house's secret does not
    open.

    For many at once: each day's file is read one time, from the first of them to the last.
    """
    days: dict[date, list[datetime]] = {}
    for moment in {last_of(each) for each in ends}:
        days.setdefault(_day_of(moment), []).append(moment)
    found: dict[datetime, bytes] = {}
    for day, moments in days.items():
        begins, last = _place(min(moments)), _place(max(moments))
        held = _bytes_of(city, day, begins, last - begins + _WRAPPED)
        for moment in moments:
            at = _place(moment) - begins
            wrapped = held[at : at + _WRAPPED]
            if not _is_key(wrapped):
                continue
            try:
                found[moment] = _unwrapped(wrapped)
            except Gone as wrong:
                _logger.error("%s", wrong)  # noqa: TRY400  the message says all
    return found


def kept_of(ends: Iterable[tuple[str, datetime]]) -> dict[tuple[str, datetime], bytes]:
    """The same for several cities, by city and `last_of`."""
    cities: dict[str, list[datetime]] = {}
    for city, end in ends:
        cities.setdefault(city, []).append(end)
    return {
        (city, slot): secret
        for city, of_city in cities.items()
        for slot, secret in kept_all(city, of_city).items()
    }


def holds(city: str, expires_at: datetime) -> bool:
    """Is there a key for it?"""
    return _wrapped(city, last_of(expires_at)) != _NONE


def destroy(city: str, before: datetime) -> int:
    """Overwrite every key whose half minute was over at `before`; how many there were.

    A file whose day is over goes, once nothing is left in it. The bytes are on the disk when this
    returns. Doing it twice does no harm.
    """
    folder, today = settings.KEYS / "minutes" / city, _day_of(last_of(before))
    gone = 0
    for file in sorted(folder.glob("????-??-??.keys")):
        day = date.fromisoformat(file.stem)
        if day > today:
            break
        end = _place_until(before, day)
        gone += _overwritten(file, end, remove=end == _SLOTS * _WRAPPED)
    return gone


def named(city: str, name: str) -> bytes:
    """The key of that name, for what ends when somebody says so; made where there is none yet."""
    path = _named_file(city, name)
    with _alone(path) as file:
        wrapped = os.pread(file, _WRAPPED, 0)
        if _is_key(wrapped):
            return _unwrapped(wrapped)
        fresh = secrets.token_bytes(KEY_BYTES)
        os.pwrite(file, aes_key_wrap(_house_key(), fresh), 0)
        os.fsync(file)
    return fresh


def kept_named(city: str, name: str) -> bytes:
    """The key of that name. Raise Gone where it was destroyed or never made."""
    try:
        wrapped = _named_file(city, name).read_bytes()
    except FileNotFoundError:
        wrapped = b""
    if not _is_key(wrapped):
        raise Gone(f"The key {name} of {city} was destroyed, and what it sealed with it.")
    return _unwrapped(wrapped)


def destroy_named(city: str, name: str) -> bool:
    """Overwrite and remove it; whether there was one."""
    path = _named_file(city, name)
    return path.exists() and bool(_overwritten(path, _WRAPPED, remove=True))


def names(city: str) -> list[str]:
    """What the named keys are called that there are."""
    return sorted(path.name for path in (settings.KEYS / "named" / city).glob("*"))


def last_of(expires_at: datetime) -> datetime:
    """The end of the half minute in which it ends; what ends with one is not moved on."""
    whole = over_at(expires_at)
    return whole if whole == expires_at else whole + _SLOT


def over_at(now: datetime) -> datetime:
    """The end of the last half minute that is over."""
    return _EPOCH + (now.astimezone(UTC) - _EPOCH) // _SLOT * _SLOT


def _made(city: str, day: date, slots: list[datetime]) -> dict[datetime, bytes]:
    """The keys of some slots of one day, those made that were not there."""
    found: dict[datetime, bytes] = {}
    with _alone(_file(city, day)) as file:
        new = False
        for slot in slots:
            wrapped = os.pread(file, _WRAPPED, _place(slot))
            if _is_key(wrapped):
                found[slot] = _unwrapped(wrapped)
            else:
                found[slot], new = secrets.token_bytes(KEY_BYTES), True
                os.pwrite(file, aes_key_wrap(_house_key(), found[slot]), _place(slot))
        if new:
            os.fsync(file)
    return found


def _wrapped(city: str, slot: datetime) -> bytes:
    """What stands in the file for that half minute; zeros where there is no key."""
    held = _bytes_of(city, _day_of(slot), _place(slot), _WRAPPED)
    return held if _is_key(held) else _NONE


def _bytes_of(city: str, day: date, at: int, count: int) -> bytes:
    """As many of them as the day's file has."""
    # Dozens of times for a page of results: so without the comforts of `Path.open`.
    try:
        file = os.open(f"{settings.KEYS}/minutes/{city}/{day}.keys", os.O_RDONLY)
    except FileNotFoundError:
        return b""
    try:
        return os.pread(file, count, at)
    finally:
        os.close(file)


def _is_key(held: bytes) -> bool:
    """A file ends where no key was written yet, and zeros stand where one was destroyed."""
    return len(held) == _WRAPPED and held != _NONE


def _overwritten(path: Path, end: int, *, remove: bool) -> int:
    """Zeros from the start up to `end`; how many keys stood there."""
    try:
        file = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return 0  # another keeper was first
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        held = os.pread(file, end, 0)
        keys_ = sum(held[at : at + _WRAPPED] != _NONE for at in range(0, len(held), _WRAPPED))
        if keys_:
            os.pwrite(file, bytes(len(held)), 0)
            os.fsync(file)
        if remove:
            path.unlink(missing_ok=True)
            _settle(path.parent)
    finally:
        os.close(file)
    return keys_


@contextmanager
def _alone(path: Path) -> Iterator[int]:
    """The open file, nobody else writing to it; made where there is none."""
    while True:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        there = path.exists()
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            if not _is_still(path, file):
                continue  # removed between opening and locking: a key in it would be lost
            if not there:
                _settle(path.parent)
            yield file
            return
        finally:
            os.close(file)


def _is_still(path: Path, file: int) -> bool:
    try:
        return path.stat().st_ino == os.fstat(file).st_ino
    except FileNotFoundError:
        return False


def _settle(folder: Path) -> None:
    """Which names a folder holds survives a power cut only when it was synced too."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _file(city: str, day: date) -> Path:
    return settings.KEYS / "minutes" / city / f"{day.isoformat()}.keys"


def _named_file(city: str, name: str) -> Path:
    if "/" in name or name.startswith("."):
        raise ValueError(f"A key cannot be called {name!r}.")
    return settings.KEYS / "named" / city / name


def _day_of(slot: datetime) -> date:
    """Midnight ends the day before it."""
    return (slot - _SLOT).date()


def _place(slot: datetime) -> int:
    """Where in its day's file the key of a slot stands, in bytes."""
    return ((slot - _SLOT - _EPOCH) // _SLOT % _SLOTS) * _WRAPPED


def _place_until(before: datetime, day: date) -> int:
    """How far the keys of `day` are over at `before`, in bytes from the start of its file."""
    began = datetime(day.year, day.month, day.day, tzinfo=UTC)
    over = min(max((before - began) // _SLOT, 0), _SLOTS)
    return over * _WRAPPED


def _unwrapped(wrapped: bytes) -> bytes:
    try:
        return aes_key_unwrap(_house_key(), wrapped)
    except InvalidUnwrap as wrong:
        raise Gone(
            "A key of this house does not open with PLATEWARD_PICTURE_KEY: the secret is another "
            "than the one it was made with. Nothing is lost yet: give back the former secret."
        ) from wrong


def _house_key() -> bytes:
    return derived(settings.PICTURE_KEY, b"plateward day keys 1")


@cache
def derived(secret: str, use: bytes) -> bytes:
    """The key of the house for one use: HKDF-SHA256 (RFC 5869) of its secret, 32 bytes."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=use).derive(secret.encode())
