"""Copies of reads under a hold: taken, sealed, opened, deleted. Private to this room.

A copy is the whole read: what was read, when and where, with its photo and its crop. It is sealed
under the key of its hold alone and bound to the hold and the read, so that no copy opens in another
place, and none opens once the key is destroyed.
"""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final

import rfc8785

from plateward.custody.holds_models import HeldRead, Hold
from plateward.gate.permit import Permit
from plateward.plates.sighting import Character, Vehicle
from plateward.plates.text import PlateText
from plateward.reads import keyring, sealing, search, taken
from plateward.reads.detail import Detail
from plateward.reads.query import Mark, Query

MOST: Final = 1000
_TIMES: Final = ("seen_at", "received_at", "expires_at")


class TooMany(ValueError):
    """More reads than one hold may copy. Nothing is held."""


class Damaged(Exception):
    """A copy does not open, or is not what was copied: an alarm for the custodian."""


@dataclass(frozen=True, slots=True)
class Gone:
    """What was deleted under one hold. `digest`: SHA-256 over the copies' own, in order."""

    copies: int
    digest: str
    key_destroyed: bool


def key_name(hold: Hold) -> str:
    """Of a hold, or of an emergency copy: both live until somebody ends them."""
    return f"{'preserved' if hold.preservation else 'hold'}-{hold.pk}"


def found(query: Query, *, permit: Permit) -> list[int]:
    """The numbers of every read that fits, page by page. Raise TooMany."""
    reads: list[int] = []
    while True:
        results = search.find(query, permit=permit)
        reads += [each.id for each in results.found]
        if len(reads) > MOST:
            raise TooMany(
                f"More than {MOST} reads fit. Nothing is held: name cameras, a shorter time or a "
                "fuller plate, or place several holds."
            )
        if not results.more:
            return reads
        last = results.found[-1]
        query = replace(query, after=Mark(last.seen_at, last.id))


def copies(hold: Hold, reads: Collection[int], *, permit: Permit, now: datetime) -> list[HeldRead]:
    """Copies of those that are still there, sealed and not yet stored. Raise Damaged.

    A hold in force has its key already: a fresh one in its place would hide that it was lost.
    """
    try:
        made = keyring.kept_named if hold.approved else keyring.named
        key = made(hold.city, key_name(hold))
    except keyring.Gone as lost:
        raise Damaged(f"Nothing joins {hold}: {lost}") from lost
    numbers = sorted(reads)
    return [
        _copy(hold, whole, key, now)
        for start in range(0, len(numbers), search.MOST)
        for whole in taken.whole(numbers[start : start + search.MOST], permit=permit)
    ]


def store(rows: Sequence[HeldRead]) -> int:
    """Once each, however often it is asked; how many were not there before."""
    before = HeldRead.objects.filter(hold_id__in={row.hold_id for row in rows}).count()
    HeldRead.objects.bulk_create(rows, ignore_conflicts=True)
    return HeldRead.objects.filter(hold_id__in={row.hold_id for row in rows}).count() - before


def opened(row: HeldRead, hold: Hold) -> Detail:
    """The read as it was copied. Raise Damaged."""
    try:
        key = keyring.kept_named(hold.city, key_name(hold))
        parts = {
            part: sealing.unseal(bytes(sealed), key, bound=_bound(hold, row.read, part))
            for part in ("sealed", "photo", "crop")
            if (sealed := getattr(row, part)) is not None
        }
    except (keyring.Gone, sealing.NotOpened) as lost:
        raise Damaged(f"The copy of read {row.read} under {hold} does not open: {lost}") from lost
    clear, photo, crop = parts["sealed"], parts.get("photo"), parts.get("crop")
    if _digest(clear, photo, crop) != row.sha256:
        raise Damaged(f"The copy of read {row.read} under {hold} is not what was copied.")
    return _unpacked(clear, photo, crop)


def delete(hold: Hold, rows: Sequence[HeldRead]) -> Gone:
    """These copies, and the key once none is left. The key first: should this be cut off, what is
    left opens to nobody, and the next round finishes it."""
    numbers = [row.pk for row in rows]
    digest = digest_of(rows)
    left = HeldRead.objects.filter(hold=hold).exclude(pk__in=numbers).exists()
    key_destroyed = not left and keyring.destroy_named(hold.city, key_name(hold))
    HeldRead.objects.filter(pk__in=numbers).delete()
    return Gone(len(numbers), digest, key_destroyed)


def digest_of(rows: Sequence[HeldRead]) -> str:
    """SHA-256 over the digests of these copies, one a line, in the order of their reads."""
    lines = "".join(f"{row.sha256}\n" for row in sorted(rows, key=lambda each: each.read))
    return hashlib.sha256(lines.encode()).hexdigest()


def sealed_question(hold: Hold, query: Query) -> bytes:
    """What a hold by query asks for; it names a plate, so it lies under the hold's key too."""
    told: dict[str, Any] = {
        "plate": query.plate,
        "cameras": list(query.cameras),
        "close": query.close,
        "since": query.since.isoformat() if query.since else None,
        "until": query.until.isoformat() if query.until else None,
    }
    key = keyring.named(hold.city, key_name(hold))
    return sealing.seal(rfc8785.dumps(told), key, bound=_bound(hold, 0, "question"))


def question(hold: Hold) -> Query:
    """Raise Damaged where the key is gone."""
    try:
        key = keyring.kept_named(hold.city, key_name(hold))
        sealed = bytes(hold.asked_for or b"")
        told = _json(sealing.unseal(sealed, key, bound=_bound(hold, 0, "question")))
    except (keyring.Gone, sealing.NotOpened) as lost:
        raise Damaged(f"What {hold} asks for does not open: {lost}") from lost
    return Query(
        plate=told["plate"],
        since=_instant(told["since"]),
        until=_instant(told["until"]),
        cameras=tuple(told["cameras"]),
        close=told["close"],
    )


def _copy(hold: Hold, whole: Detail, key: bytes, now: datetime) -> HeldRead:
    clear = _packed(whole)

    def seal(data: bytes | None, part: str) -> bytes | None:
        bound = _bound(hold, whole.id, part)
        return None if data is None else sealing.seal(data, key, bound=bound)

    return HeldRead(
        hold=hold,
        read=whole.id,
        camera=whole.camera,
        seen_at=whole.seen_at,
        ends_at=whole.expires_at,
        copied_at=now,
        sha256=_digest(clear, whole.photo, whole.crop),
        sealed=seal(clear, "sealed"),
        photo=seal(whole.photo, "photo"),
        crop=seal(whole.crop, "crop"),
    )


def _packed(whole: Detail) -> bytes:
    told = asdict(replace(whole, photo=None, crop=None))
    told |= {name: told[name].isoformat() for name in _TIMES}
    # Numbers of reads pass what JSON can hold exactly.
    told["id"] = str(whole.id)
    return rfc8785.dumps(told)


def _unpacked(clear: bytes, photo: bytes | None, crop: bytes | None) -> Detail:
    told = _json(clear)
    vehicle = told.pop("vehicle")
    characters = told.pop("characters")
    times = {name: datetime.fromisoformat(told.pop(name)) for name in _TIMES}
    return Detail(
        **(
            told
            | times
            | {
                "id": int(told["id"]),
                "plate": PlateText(told["plate"]),
                "box": tuple(told["box"]) if told["box"] else None,
                "characters": tuple(_character(each) for each in characters),
                "vehicle": Vehicle(
                    **vehicle
                    | {
                        "features": tuple(vehicle["features"]),
                        "confidences": tuple(map(tuple, vehicle["confidences"])),
                    }
                ),
                "photo": photo,
                "crop": crop,
            }
        )
    )


def _character(told: dict[str, Any]) -> Character:
    return Character(**told | {"alternatives": tuple(map(tuple, told["alternatives"]))})


def _digest(clear: bytes, photo: bytes | None, crop: bytes | None) -> str:
    """Over the read and what its pictures hash to, so that each can be checked by itself."""
    hashes = [hashlib.sha256(part).hexdigest() if part else "-" for part in (clear, photo, crop)]
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def _bound(hold: Hold, read: int, part: str) -> str:
    return f"plateward hold 1|{hold.city}|{key_name(hold)}|{read}|{part}"


def _json(clear: bytes) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(clear)
    return told


def _instant(told: str | None) -> datetime | None:
    return datetime.fromisoformat(told) if told else None
