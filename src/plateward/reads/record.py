"""Store a sighting."""

import json
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connections

from plateward.plates.sighting import Sighting
from plateward.plates.text import fold
from plateward.reads import pictures
from plateward.reads.models import Read

# What a later message under the same name may say better. Times and whose it is stay.
_REVISED: Final = (
    *("plate", "plate_folded", "confidence", "characters", "region", "box", "make", "model"),
    *("color", "body_type", "features", "vehicle_confidences", "direction", "speed_kmh"),
    *("provisional",),
)
_TABLE: Final = Read._meta  # noqa: SLF001 -- Django's documented way to ask a model for its columns
_COLUMNS: Final = ", ".join(str(field.column) for field in _TABLE.fields if not field.primary_key)
# One text that never changes, however many rows: PostgreSQL reads them out of one JSON value.
_INSERT: Final = f"""
INSERT INTO {_TABLE.db_table} ({_COLUMNS})
SELECT {_COLUMNS} FROM json_populate_recordset(NULL::{_TABLE.db_table}, %s)
ON CONFLICT (camera_id, source, event) DO NOTHING
RETURNING id, camera_id, source, event
"""  # noqa: S608 -- names of columns, from the model
_Name = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class _Pictures:
    owner: pictures.Owner
    of: Sighting
    new: bool  # the read has none yet


@dataclass(frozen=True, slots=True)
class Keeping:
    """For whom a read is kept, since when and until when."""

    city: str
    camera: int
    received_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Recorded:
    """`revised`: it was stored already, provisionally, and reads now as it was sent last."""

    read: int
    new: bool
    revised: bool = False


def record(sighting: Sighting, keeping: Keeping) -> Recorded:
    """Store it with its pictures, or find that it is stored already. Call inside a transaction.

    What is stored provisionally is revised by what comes under the same name, until that is final.
    When it was seen, and how long it is kept, stay as they were; so do the pictures it has.
    """
    return record_all([(sighting, keeping)])[0]


def record_all(taken: Sequence[tuple[Sighting, Keeping]]) -> list[Recorded]:
    """The same for each, in this order, with one statement for all that are new."""
    names = [(keeping.camera, sighting.source, sighting.event) for sighting, keeping in taken]
    first = {name: at for at, name in reversed(list(enumerate(names)))}
    # In one order whoever writes, so that two who send the same never wait for each other.
    new = _inserted([_row(*taken[first[name]]) for name in sorted(first)])
    there = _stored({name for at, name in enumerate(names) if first[name] != at or name not in new})
    found: dict[int, Recorded] = {}
    putting: list[_Pictures] = []
    for at in sorted(range(len(taken)), key=names.__getitem__):
        name, (sighting, keeping) = names[at], taken[at]
        if first[name] == at and name in new:
            found[at], until = Recorded(new[name], new=True), keeping.expires_at
        else:
            found[at], until = _again(sighting, keeping, there.get(name))
        if found[at].new or found[at].revised:
            owner = pictures.Owner(keeping.city, found[at].read, until.date())
            putting.append(_Pictures(owner, sighting, found[at].new))
    _put(putting)
    return [found[at] for at in range(len(taken))]


def _inserted(rows: Sequence[dict[str, Any]]) -> dict[_Name, int]:
    """By name, those that were not there. One that another is just storing is waited for."""
    with connections["default"].cursor() as cursor:
        cursor.execute(_INSERT, [json.dumps(rows, default=datetime.isoformat)])
        return {(camera, source, event): key for key, camera, source, event in cursor.fetchall()}


def _stored(names: Set[_Name]) -> dict[_Name, tuple[int, bool]]:
    """What is there of these: its key, and whether it is provisional."""
    if not names:
        return {}
    cameras, sources, events = (set(each) for each in zip(*names, strict=True))
    rows = Read.objects.filter(camera__in=cameras, source__in=sources, event__in=events)
    told = rows.values_list("camera", "source", "event", "pk", "provisional")
    return {(camera, source, event): (key, open_) for camera, source, event, key, open_ in told}


def _again(
    sighting: Sighting, keeping: Keeping, stored: tuple[int, bool] | None
) -> tuple[Recorded, datetime]:
    """What became of one that was there, and until when it is kept."""
    if stored is None:  # its time was over, and it has just been deleted
        return record(sighting, keeping), keeping.expires_at
    key, provisional = stored
    # What is final stays so; only what is not is looked at again, by one at a time.
    row = Read.objects.select_for_update().filter(pk=key).first() if provisional else None
    if row is None or not row.provisional:
        return Recorded(key, new=False), keeping.expires_at
    again = _row(sighting, keeping)
    for name in _REVISED:
        setattr(row, name, again[name])
    row.save(update_fields=_REVISED)
    return Recorded(key, new=False, revised=True), row.expires_at


def _put(all_: Sequence[_Pictures]) -> None:
    """Those that each read does not have yet."""
    carrying = [each for each in all_ if each.of.photo or each.of.crop]
    there = set(pictures.kinds_of([each.owner.read for each in carrying if not each.new]))
    putting: list[pictures.Open] = []
    for each in carrying:
        for kind, jpeg in (("photo", each.of.photo), ("crop", each.of.crop)):
            if jpeg and (each.owner.read, kind) not in there:
                there.add((each.owner.read, kind))
                putting.append(pictures.Open(kind, jpeg, each.owner))
    pictures.put(putting)


def _row(sighting: Sighting, keeping: Keeping) -> dict[str, Any]:
    vehicle = sighting.vehicle
    latitude, longitude = sighting.place or (None, None)
    return {
        "city": keeping.city,
        "camera_id": keeping.camera,
        "source": sighting.source,
        "event": sighting.event,
        "plate": sighting.plate,
        "plate_folded": fold(sighting.plate),
        "confidence": sighting.confidence,
        "characters": [[c.text, c.confidence, list(c.alternatives)] for c in sighting.characters],
        "region": sighting.region or "",
        "seen_at": sighting.seen_at,
        "received_at": keeping.received_at,
        "expires_at": keeping.expires_at,
        "box": sighting.box,
        "make": vehicle.make or "",
        "model": vehicle.model or "",
        "color": vehicle.color or "",
        "body_type": vehicle.body_type or "",
        "features": list(vehicle.features),
        "vehicle_confidences": dict(vehicle.confidences),
        "direction": sighting.direction or "",
        "speed_kmh": sighting.speed_kmh,
        "latitude": latitude,
        "longitude": longitude,
        "provisional": sighting.provisional,
    }
