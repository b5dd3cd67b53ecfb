"""Store a sighting."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, NamedTuple

from django.db import connections
from psycopg.types.json import Json

from plateward.plates.sighting import Sighting
from plateward.reads import keyring, pictures, sealing, shelves, spellings
from plateward.reads.models import Name, Read, bound, known_bound
from plateward.reads.sealing import Content

_COLUMNS: Final = (
    *("id", "shard", "city", "camera_id", "source", "plate_key", "candidates", "sealed"),
    *("region", "seen_at", "received_at", "expires_at", "make", "model", "color", "body_type"),
    *("features", "vehicle_confidences", "direction", "speed_kmh", "latitude", "longitude"),
    "provisional",
)
_IN_JSON: Final = ("features", "vehicle_confidences")
_COPY: Final = f"COPY reads_read ({', '.join(_COLUMNS)}) FROM STDIN"
# Sources send again within hours, or days where a line was cut. What comes later still is known by
# its camera, plate and moment.
REMEMBERED: Final = timedelta(days=7)
# What a later message under the same name may say better. Times and whose it is stay.
_REVISED: Final = (
    *("plate_key", "candidates", "sealed", "region", "make", "model", "color", "body_type"),
    *("features", "vehicle_confidences", "direction", "speed_kmh", "provisional"),
)
_NAME_THEM: Final = f"""
INSERT INTO reads_name (name, read, until)
SELECT name, day | nextval('{shelves.NUMBERS}'), until
FROM unnest(%s::bigint[], %s::bigint[], %s::date[]) AS t(name, day, until)
ON CONFLICT DO NOTHING RETURNING name, read
"""  # noqa: S608 -- the name of a sequence
# One row a plate, written by whoever reads it last: in one order, so that nobody waits in a ring.
_KNOW_THEM: Final = """
INSERT INTO reads_known AS k (city, plate_key, sealed, last_seen, until, marks)
SELECT city, plate_key, decode(sealed, 'hex'), last_seen, until, marks
FROM json_to_recordset(%s) AS r(city text, plate_key bigint, sealed text, last_seen timestamptz,
    until timestamptz, marks bigint)
ON CONFLICT (city, plate_key) DO UPDATE SET
    sealed = CASE WHEN excluded.until > k.until THEN excluded.sealed ELSE k.sealed END,
    last_seen = greatest(k.last_seen, excluded.last_seen),
    until = greatest(k.until, excluded.until),
    marks = k.marks | excluded.marks
"""
_COUNT_THEM: Final = """
INSERT INTO reads_daycount (city, camera_id, day, reads)
SELECT * FROM unnest(%s::text[], %s::bigint[], %s::date[], %s::integer[])
"""


@dataclass(frozen=True, slots=True)
class _Pictures:
    owner: pictures.Owner
    of: Sighting
    row: Read | None  # what is stored of it; None: it is new, and has none


@dataclass(frozen=True, slots=True)
class _Row:
    """A row to store, with the plate in clear for as long as it takes."""

    plate: str
    columns: dict[str, Any]


class _Plate(NamedTuple):
    """What the dictionary is told of a plate, which is in clear here."""

    text: str
    last_seen: datetime
    until: datetime
    marks: int

    def and_(self, new: "_Plate") -> "_Plate":
        return _Plate(
            new.text,
            max(self.last_seen, new.last_seen),
            max(self.until, new.until),
            self.marks | new.marks,
        )


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
    expires_at: datetime
    revised: bool = False


def record(sighting: Sighting, keeping: Keeping) -> Recorded:
    """Store it with its pictures, or find that it is stored already. Call inside a transaction.

    What is stored provisionally is revised by what comes under the same name, until that is final.
    When it was seen, and how long it is kept, stay as they were; so do the pictures it has.
    """
    return record_all([(sighting, keeping)])[0]


def record_all(taken: Sequence[tuple[Sighting, Keeping]]) -> list[Recorded]:
    """The same for each, in this order, with few statements for all that are new."""
    names = [
        sealing.name_key(keeping.camera, sighting.source, sighting.event)
        for sighting, keeping in taken
    ]
    first = {name: at for at, name in reversed(list(enumerate(names)))}
    ids = _named(taken, first)
    there = _stored([name for name in first if name not in ids])
    for name in list(ids):
        if twin := _twin(*taken[first[name]]):
            Name.objects.filter(name=name).update(read=twin.pk)
            there[name] = twin
            del ids[name]
    for name in first:
        if name not in ids and name not in there:  # its time was over, and it has been deleted
            ids[name] = _named_anew(name, taken[first[name]][1])
    _store({ids[name]: taken[first[name]] for name in sorted(ids)})
    found: dict[int, Recorded] = {}
    putting: list[_Pictures] = []
    for at in sorted(range(len(taken)), key=names.__getitem__):
        name, (sighting, keeping) = names[at], taken[at]
        row = None
        if first[name] == at and name in ids:
            found[at] = Recorded(ids[name], new=True, expires_at=keeping.expires_at)
        else:
            found[at], row = _again(sighting, there.get(name) or _fresh(ids[name]))
        if found[at].new or found[at].revised:
            became = found[at]
            owner = pictures.Owner(keeping.city, keeping.camera, became.read, became.expires_at)
            putting.append(_Pictures(owner, sighting, row))
    _put(putting)
    return [found[at] for at in range(len(taken))]


def _named(taken: Sequence[tuple[Sighting, Keeping]], first: dict[int, int]) -> dict[int, int]:
    """By name, the new ids of those that were not there. What another just stores is waited for."""
    ordered = sorted(first)  # in one order whoever writes, so that nobody waits in a ring
    keepings = [taken[first[name]][1] for name in ordered]
    days = [shelves.number(0, keeping.expires_at) for keeping in keepings]
    until = [_remembered_until(keeping) for keeping in keepings]
    with connections["default"].cursor() as cursor:
        cursor.execute(_NAME_THEM, [_array(ordered), _array(days), _array(until)])
        return dict(cursor.fetchall())


def _array(values: Iterable[object]) -> str:
    """As PostgreSQL writes an array of numbers or days: one text is quicker than many values."""
    return "{" + ",".join(map(str, values)) + "}"


def _named_anew(name: int, keeping: Keeping) -> int:
    read = shelves.number(shelves.next_number(), keeping.expires_at)
    until = _remembered_until(keeping)
    Name.objects.filter(name=name).update(read=read, until=until)
    return read


def _remembered_until(keeping: Keeping) -> date:
    return min(keeping.received_at + REMEMBERED, keeping.expires_at).astimezone(UTC).date()


def _twin(sighting: Sighting, keeping: Keeping) -> Read | None:
    """The same sighting, of so long ago that its name is forgotten. Most are newer: nothing is
    asked for them."""
    if sighting.seen_at > keeping.received_at - REMEMBERED:
        return None
    there = Read.objects.filter(
        city=keeping.city,
        expires_at__gt=keeping.received_at,
        plate_key=sealing.plate_key(keeping.city, sighting.plate),
        seen_at=sighting.seen_at,
        camera=keeping.camera,
    )
    return there.first()


def _stored(names: Sequence[int]) -> dict[int, Read]:
    """By name, what is there of these."""
    if not names:
        return {}
    reads = dict(Name.objects.filter(name__in=names).values_list("name", "read"))
    rows = {row.pk: row for row in shelves.numbered(list(reads.values()))}
    return {name: rows[read] for name, read in reads.items() if read in rows}


def _fresh(read: int) -> Read:
    return shelves.numbered([read]).get()


def _store(new: dict[int, tuple[Sighting, Keeping]]) -> None:
    """The rows, the dictionary and the counts of what is new, by id."""
    if not new:
        return
    marks = shelves.ensure(_place(keeping) for _, keeping in new.values())
    shelves.note((k.city, sighting.seen_at, k.expires_at) for sighting, k in new.values())
    keys = _keys([(keeping.city, keeping.expires_at) for _, keeping in new.values()])
    rows = [_row(read, sighting, keeping, keys) for read, (sighting, keeping) in new.items()]
    with connections["default"].cursor() as cursor:
        with cursor.copy(_COPY) as copy:
            for row in rows:
                copy.write_row([_cell(name, row.columns[name]) for name in _COLUMNS])
        counted = Counter(
            (row.columns["city"], row.columns["camera_id"], _day(row.columns["seen_at"]))
            for row in rows
        )
        cities, cameras, days = (list(each) for each in zip(*counted, strict=True))
        cursor.execute(_COUNT_THEM, [cities, cameras, days, _array(counted.values())])
    _know(rows, keys, marks)


def _place(keeping: Keeping) -> shelves.Place:
    kept_for = keeping.expires_at - keeping.received_at
    return shelves.Place(keeping.city, keeping.expires_at, kept_for)


def _cell(name: str, value: Any) -> Any:
    return Json(value) if name in _IN_JSON and value is not None else value


def _know(
    rows: Sequence[_Row],
    keys: dict[tuple[str, datetime], bytes],
    marks: dict[tuple[str, date], int],
) -> None:
    """See that the dictionary has these plates for as long as these rows last, and where they lie.

    `keys` by city and end of the half minute, `marks` by city and UTC day of the end.
    """
    known: dict[tuple[str, int], _Plate] = {}
    for row in rows:
        its = row.columns
        bit = 1 << marks[its["city"], _day(its["expires_at"])]
        new = _Plate(row.plate, its["seen_at"], keyring.last_of(its["expires_at"]), bit)
        which = its["city"], its["plate_key"]
        known[which] = known[which].and_(new) if which in known else new
    told = [_known_row(each, known[each], keys) for each in sorted(known)]
    with connections["default"].cursor() as cursor:
        cursor.execute(_KNOW_THEM, [json.dumps(told)])


def _known_row(
    which: tuple[str, int], its: _Plate, keys: dict[tuple[str, datetime], bytes]
) -> dict[str, Any]:
    city, key = which
    bound = known_bound(city, key)
    return {
        "city": city,
        "plate_key": key,
        "sealed": sealing.seal(its.text.encode(), keys[city, its.until], bound=bound).hex(),
        "last_seen": its.last_seen.isoformat(),
        "until": its.until.isoformat(),
        "marks": its.marks,
    }


def _again(sighting: Sighting, stored: Read) -> tuple[Recorded, Read]:
    """What became of one that was there."""
    # What is final stays so; only what is not is looked at again, by one at a time.
    row = stored
    if stored.provisional:
        alone = shelves.numbered([stored.pk]).filter(shard=stored.shard).select_for_update()
        row = alone.first() or stored
    if not row.provisional:
        return Recorded(row.pk, new=False, expires_at=row.expires_at), row
    lasting = Keeping(row.city, row.camera_id, row.received_at, row.expires_at)
    keys = _keys([(row.city, row.expires_at)])
    marks = shelves.ensure([_place(lasting)])
    again = _row(row.pk, sighting, lasting, keys)
    shelves.numbered([row.pk]).update(**{name: again.columns[name] for name in _REVISED})
    again.columns["seen_at"] = row.seen_at
    _know([again], keys, marks)
    return Recorded(row.pk, new=False, expires_at=row.expires_at, revised=True), row


def _put(all_: Sequence[_Pictures]) -> None:
    """Those that each read does not have yet."""
    putting: list[pictures.Open] = []
    there: dict[int, set[str]] = {}
    for each in all_:
        if not (each.of.photo or each.of.crop):
            continue
        read = each.owner.read
        if read not in there:
            there[read] = set(pictures.kinds(each.row)) if each.row else set()
        for kind, jpeg in (("photo", each.of.photo), ("crop", each.of.crop)):
            if jpeg and kind not in there[read]:
                there[read].add(kind)
                putting.append(pictures.Open(kind, jpeg, each.owner))
    if putting:
        pictures.put(putting)


def _keys(ending: Sequence[tuple[str, datetime]]) -> dict[tuple[str, datetime], bytes]:
    """The keys of these cities and minutes, by the end of the minute."""
    ends: dict[str, set[datetime]] = {}
    for city, end in ending:
        ends.setdefault(city, set()).add(end)
    return {
        (city, minute): key
        for city, of_city in ends.items()
        for minute, key in keyring.keys(city, of_city).items()
    }


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def _row(
    read: int,
    sighting: Sighting,
    keeping: Keeping,
    keys: dict[tuple[str, datetime], bytes],
) -> _Row:
    city, vehicle = keeping.city, sighting.vehicle
    latitude, longitude = sighting.place or (None, None)
    content = Content(sighting.plate, sighting.confidence, sighting.characters, sighting.box)
    key = keys[city, keyring.last_of(keeping.expires_at)]
    others = [sealing.plate_key(city, each) for each in spellings.others(sighting)]
    columns = {
        "id": read,
        "shard": shelves.shard(city, keeping.camera),
        "city": city,
        "camera_id": keeping.camera,
        "source": sighting.source,
        "plate_key": sealing.plate_key(city, sighting.plate),
        "candidates": others or None,
        "sealed": sealing.seal(sealing.packed(content), key, bound=bound(city, read)),
        "region": sighting.region or "",
        "seen_at": sighting.seen_at,
        "received_at": keeping.received_at,
        "expires_at": keeping.expires_at,
        "make": vehicle.make or "",
        "model": vehicle.model or "",
        "color": vehicle.color or "",
        "body_type": vehicle.body_type or "",
        "features": list(vehicle.features) or None,
        "vehicle_confidences": dict(vehicle.confidences) or None,
        "direction": sighting.direction or "",
        "speed_kmh": sighting.speed_kmh,
        "latitude": latitude,
        "longitude": longitude,
        "provisional": sighting.provisional,
    }
    return _Row(sighting.plate, columns)
