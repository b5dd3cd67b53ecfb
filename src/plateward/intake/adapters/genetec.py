"""Genetec AutoVu Sharp: its HTTP messages (JSON, XML) and the XML files it drops by FTP.

The FTP file and the JSON of forwarders are templates that a city edits: fields are found by their
name without regard to case, spaces and underscores, and `Message.fields` says our name and theirs
where they were renamed. `DateUtc` is day/month/year unless its year comes first; where a template
writes the month first, `fields` says so: `date_order: mdy`. A speed has no unit in a message, so it
is left out unless `fields` says `speed_unit: mph` or `kmh`. A score below 0 means there is none.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from plateward.intake.adapters import parts, pictures, regions, times, told, tree
from plateward.intake.adapters.canonical import (
    Basis,
    Dropped,
    Speed,
    Taken,
    Vehicle,
    VendorRead,
)
from plateward.intake.adapters.message import Message, Refused, Vendor

NAME: Final = "genetec"
# Our name of a field, and the names it has in the templates and schemas that Genetec publishes.
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "plate": ("Plate", "PlateRead", "PlateNumber", "LicensePlate"),
    "state": ("State", "StateName", "PlateState"),
    "camera": ("CameraName", "SourceUrl", "SourceName", "SharpName", "LprCameraName"),
    "id": ("Guid", "Id", "ReadId"),
    "timestamp": ("Timestamp", "TimestampUtc", "DateTimeUtc"),
    "utc_date": ("DateUtc", "UTCDate"),
    "utc_time": ("TimeUtc", "UTCTime"),
    "local_date": ("DateLocal", "LocalDate"),
    "local_time": ("TimeLocal", "LocalTime"),
    "confidence": ("ConfidenceScore", "PlateConfidence"),
    "state_confidence": ("StateNameConfidenceScore",),
    "context_image": ("ContextImage",),
    "plate_image": ("PlateImage",),
    "latitude": ("Latitude", "LatitudeY"),
    "longitude": ("Longitude", "LongitudeX"),
    "lane": ("Lane",),
    "make": ("VehicleMake",),
    "model": ("VehicleModel",),
    "color": ("VehicleColor",),
    "body": ("VehicleType",),
    "motion": ("RelativeMotion",),
    "country": ("Context", "Country"),
    "speed": ("Speed", "VehicleSpeed", "SpeedKmh"),
}
_ROOTS: Final = frozenset({"AutoVu", "Plate"})
_CLOCKS: Final = ("%H:%M:%S.%f", "%H:%M:%S", "%H:%M:%S,%f", "%H:%M:%S:%f", "%I:%M:%S %p", "%H:%M")
_ORDERS: Final = {"dmy": (2, 1, 0), "mdy": (2, 0, 1)}  # where year, month and day stand
_KMH: Final = {"kmh": 1.0, "mph": 1.609344}
_DATE = re.compile(r"(\d{1,4})[:/.\-](\d{1,2})[:/.\-](\d{1,4})", re.ASCII)
_FACING: Final = {"moving away": "rear", "moving closer": "front", "approaching": "front"}
_NOTHING: Final = "-"  # is how a Sharp says that it does not know
_Things = Iterator[VendorRead | Dropped]


@dataclass(frozen=True, slots=True)
class _Given:
    """One read's fields by their squeezed names, and where each field of ours is among them."""

    fields: Mapping[str, str]
    names: Mapping[str, tuple[str, ...]]

    def raw(self, field: str) -> str | None:
        found = (self.fields.get(name) for name in self.names[field])
        return next((value for value in found if value is not None), None)

    def says(self, field: str) -> str | None:
        said = told.text(self.raw(field))
        return None if said == _NOTHING else said


def take(message: Message) -> Taken:
    if parts.is_multipart(message):
        raise Refused("The message is multipart, and this system sends JSON or XML")
    asked = message.fields
    names = {
        field: tuple(map(_squeezed, (asked[field],) if field in asked else theirs))
        for field, theirs in FIELDS.items()
    }
    each = [_Given(dict(_squeezed_fields(sent)), names) for sent in _documents(message)]
    if each and all(given.raw("plate") is None for given in each):
        raise Refused(
            "The message has no field for the plate",
            do="Say in the field map what its template calls the plate, then resend.",
        )
    return Taken.of(thing for given in each for thing in _read(given, message))


def _documents(message: Message) -> list[object]:
    if _is_xml(message.body):
        root = tree.parsed(message.body)
        if root.child("Plate") and all(one.name == "Plate" for one in root.children):
            several = [one for one in root.children if one.children]
            return list(several) or [root]
        return [root]
    sent = told.from_json(message.body, told.charset(message.content_type))
    return sent if isinstance(sent, list) else [sent]


def _is_xml(body: bytes) -> bool:
    return told.decoded(body[:64]).lstrip("\ufeff \t\r\n").startswith("<")


def _squeezed_fields(sent: object) -> Iterator[tuple[str, str]]:
    """The outer fields last, so that they win over inner ones of the same name."""
    pairs = _of_node(sent) if isinstance(sent, tree.Node) else _of_json(told.mapping(sent))
    for name, value in reversed(list(pairs)):
        yield _squeezed(name), value


def _of_json(sent: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Outer fields first, then those within `Attributes`, `PlateAnalytics` and their like."""
    nested: list[object] = []
    for name, value in sent.items():
        if isinstance(value, Mapping | list):
            nested += value if isinstance(value, list) else [value]
        elif value is not None:
            yield str(name), _written(value)
    for one in map(told.mapping, nested):
        if "Key" in one:
            yield from _analytic(one.get("Key"), one.get("Value"), one.get("Score"))
        else:
            yield from ((str(name), _written(value)) for name, value in one.items())
    # A field that is there and holds nothing; whatever another of its name holds wins over it.
    yield from ((str(name), "") for name, value in sent.items() if value is None)


def _of_node(sent: tree.Node) -> Iterator[tuple[str, str]]:
    for child in sent.children:
        if not child.children:
            yield child.name, child.text.strip()
    for node in (node for child in sent.children for node in child.children):
        if node.child("Key"):
            yield from _analytic(node.says("Key"), node.says("Value"), node.says("Score"))
        else:
            yield node.name, node.text.strip()


def _analytic(key: object, value: object, score: object) -> Iterator[tuple[str, str]]:
    name = told.text(key) or ""
    share = told.confidence(score)
    if told.text(value) not in (None, _NOTHING):
        yield name, _written(value)
        if share is not None:
            yield f"{name} Confidence Score", str(round(share * 100, 4))


def _written(value: object) -> str:
    return value if isinstance(value, str) else told.text(value) or ""


def _squeezed(name: str) -> str:
    return re.sub(r"[\s_\-]", "", name).lower()


def _read(given: _Given, message: Message) -> _Things:
    plate = told.plate(given.says("plate"), nothing=frozenset({"no plate", "noplate"}))
    captured = _captured(given, message)
    if isinstance(plate, Dropped):
        yield plate
        return
    if captured is None:
        yield Dropped("no_time")
        return
    kept, left_out = pictures.sorted_out(
        [
            pictures.of_base64("context", given.raw("context_image")),
            pictures.of_base64("plate", given.raw("plate_image")),
        ]
    )
    yield from left_out
    region = regions.region(given.says("state"), country=given.says("country"))
    yield VendorRead(
        source=NAME,
        device_ref=given.says("camera"),
        source_event_id=given.says("id"),
        captured_at=captured[0],
        captured_basis=captured[1],
        plate_raw=plate[0],
        plate_norm=plate[1],
        plate_conf=told.confidence(given.says("confidence"), of=100),
        region=region,
        region_conf=told.confidence(given.says("state_confidence"), of=100) if region else None,
        country=given.says("country"),
        vehicle=_vehicle(given),
        direction_label=given.says("motion"),
        lane=told.whole(given.says("lane")),
        gps=told.place(given.says("latitude"), given.says("longitude")),
        pictures=kept,
        photo="context",
        crop="plate",
        speeds=_speeds(given, message),
    )


def _vehicle(given: _Given) -> Vehicle:
    return Vehicle(
        body=given.says("body"),
        make=given.says("make"),
        model=given.says("model"),
        color=given.says("color"),
        orientation=_FACING.get((given.says("motion") or "").lower()),
    )


def _speeds(given: _Given, message: Message) -> tuple[Speed, ...]:
    speed = told.number(given.says("speed"))
    times_kmh = _KMH.get(message.fields.get("speed_unit", ""))
    if speed is None:
        return ()
    return (Speed("Speed", round(speed * times_kmh, 1) if times_kmh else None),)


def _captured(given: _Given, message: Message) -> tuple[datetime, Basis] | None:
    """By UTC date and time, by time stamp (of UTC where it has no offset), by local date, time."""
    order = message.fields.get("date_order", "dmy")
    utc = _together(given, "utc_date", "utc_time", order)
    if utc:
        return times.aware(utc, zone=UTC)
    stamp = times.instant(given.says("timestamp"), zone=UTC)
    if stamp:
        return stamp
    local = _together(given, "local_date", "local_time", order)
    return times.aware(local, zone=message.zone) if local else None


def _together(given: _Given, date: str, clock: str, order: str) -> datetime | None:
    day = _DATE.fullmatch(given.says(date) or "")
    at = times.by_pattern(given.says(clock), *_CLOCKS)
    if day is None or at is None:
        return None
    numbers = [int(part) for part in day.groups()]
    year, month, date_of_month = (
        numbers if len(day[1]) == 4 else (numbers[place] for place in _ORDERS.get(order, (2, 1, 0)))
    )
    try:
        return at.replace(year=year, month=month, day=date_of_month)
    except ValueError:
        raise Refused(
            "The date has no such month or day where the day comes before the month",
            do="Say in the field map which comes first (date_order: mdy or dmy), then resend.",
        ) from None


VENDOR: Final = Vendor(
    NAME,
    "Genetec AutoVu Sharp",
    "HTTP messages as JSON or XML; the XML files of the FTP extension; field map where edited",
    take,
)
