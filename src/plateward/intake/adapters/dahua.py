"""Dahua's traffic events: as JSON, and as the text that a camera's event stream sends in parts."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from plateward.intake.adapters import dahua_forms, pictures, times, told
from plateward.intake.adapters.canonical import (
    Basis,
    Dropped,
    Health,
    Outline,
    Picture,
    Speed,
    Taken,
    Vehicle,
    VendorRead,
)
from plateward.intake.adapters.message import Message, Refused, Vendor
from plateward.plates.text import PlateText

_NAME: Final = "dahua"
_EVENT = re.compile(
    rb"Code=(?P<code>\w{1,64})\s*;\s*action=(?P<action>\w{1,16})(?P<rest>[^\r\n{\[]{0,200})", re.I
)
_BOUNDARY = re.compile(rb"(?:\A|\r?\n)--(\S{1,70})\r?\n")
_MOST_EVENTS: Final = 1000
_WALL_CLOCKS: Final = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f")
_NO_PLATE: Final = frozenset(
    {"unknown", "unlicensed", "noplate", "no plate", "none", "null", "无车牌", "无牌车"}
)
_EARLY: Final = 400  # bytes of a part's own headers
_TRAFFIC: Final = ("traffic", "platedetect", "anpr", "vehicle", "parkingspace")
# What a camera says of its own picture: lost; or covered, turned away, out of focus.
_LOST: Final = frozenset({"videoloss", "cameraoffline"})
_TAMPERED: Final = frozenset({"videoblind", "videounfocus", "scenechange", "cameratamper"})
_PERSONS: Final = ("RiderList", "Seat", "MainSeat", "SubSeat", "Faces", "InCarPeopleNum")

Told = Mapping[str, Any]


def take(message: Message) -> Taken:
    """`UTC` is the camera's wall clock written as if it were UTC; `RealUTC` is what it says."""
    body = message.body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if body.startswith((b"{", b"[")):
        root = told.from_json(message.body, told.charset(message.content_type))
        things = list(_of_json(root, message))
        if not things:
            raise Refused("The message holds no event of a Dahua camera")
        return Taken.of(things)
    return Taken.of(_of_lines(message) if b"Events[" in message.body else _of_stream(message))


def _of_json(root: object, message: Message) -> Iterator[VendorRead | Health | Dropped]:
    """An eventList of the console, an event, a list of these; what a gate posts; Data alone."""
    for each in map(told.mapping, told.items(root) or [root]):
        listed = told.mapping(each.get("params")).get("eventList", each.get("eventList"))
        if isinstance(listed, list):
            yield from (_of_event(told.mapping(one), message) for one in listed)
        elif isinstance(each.get("Picture"), dict):
            shown, left_out = dahua_forms.pictures_of_gate(each)
            yield _read(dahua_forms.of_gate(each), message, shown)
            yield from left_out
        elif (told.text(each.get("Active")) or "").lower() == "keepalive":
            yield Health(told.text(each.get("DeviceID")) or message.device, up=True)
        elif "Data" in each or "Code" in each:
            yield _of_event(each, message)
        elif {"TrafficCar", "Object", "PlateNumber"} & set(each):
            yield _read(each, message, ())


def _of_lines(message: Message) -> Iterator[VendorRead | Health | Dropped]:
    """Parts of names and values, each with its picture behind it."""
    waiting: list[Told] = []
    for part in _parting(message.body).split(b"\r\n" + message.body):
        if b"Events[" in part[:_EARLY]:
            yield from (_of_event(each, message) for each in waiting)
            waiting = dahua_forms.of_lines(told.decoded(part))
        elif waiting and (picture := _picture(part)):
            shown = (picture,) if isinstance(picture, Picture) else ()
            yield from (_of_event(each, message, shown) for each in waiting)
            waiting = []
            if isinstance(picture, Dropped):
                yield picture
    yield from (_of_event(each, message) for each in waiting)


def _of_stream(message: Message) -> Iterator[VendorRead | Health | Dropped]:
    """The picture of an event is the part that follows it."""
    found = list(_EVENT.finditer(message.body))
    if not found and b"heartbeat" not in message.body[:1000].lower():
        raise Refused("The message is neither JSON nor the text of a Dahua event stream")
    if len(found) > _MOST_EVENTS:
        raise Refused(f"The message holds more than {_MOST_EVENTS} events")
    parting = _parting(message.body)
    for place, each in enumerate(found):
        ends = found[place + 1].start() if place + 1 < len(found) else len(message.body)
        own = message.body[each.end() : ends]
        data, *after = parting.split(own, 2)
        picture = _picture(after[0]) if after else None
        if isinstance(picture, Dropped):
            yield picture
        event = {
            "Code": each["code"].decode(),
            "Action": each["action"].decode(),
            "Data": _first_json(data) if b"data=" in each["rest"].lower() else {},
        }
        yield _of_event(event, message, (picture,) if isinstance(picture, Picture) else ())


def _parting(body: bytes) -> re.Pattern[bytes]:
    """What stands between parts: the body's own boundary; pictures may hold what looks like one."""
    first = _BOUNDARY.search(body)
    mark = re.escape(first[1]) if first else rb"myboundary"
    return re.compile(rb"\r?\n--" + mark + rb"(?:--)?(?:\r?\n|\Z)")


def _picture(part: bytes) -> Picture | Dropped | None:
    head, _, body = part.replace(b"\r\n\r\n", b"\n\n", 1).partition(b"\n\n")
    if b"image/" not in head.lower():
        return None
    return pictures.of_bytes(dahua_forms.SCENE, body)


def _first_json(data: bytes) -> object:
    """The first value in the text; what the stream writes behind it is not of this event."""
    try:
        return json.JSONDecoder().raw_decode(told.decoded(data).lstrip())[0]
    except (ValueError, RecursionError):
        raise Refused("An event of the stream holds data that is not JSON") from None


def _of_event(
    event: Told, message: Message, shown: tuple[Picture, ...] = ()
) -> VendorRead | Health | Dropped:
    code = (told.text(event.get("Code")) or "").lower()
    if code in _LOST | _TAMPERED:
        over = (told.text(event.get("Action")) or "").lower() == "stop"
        return Health(message.device, up=over, tampering=code in _TAMPERED)
    if not code.startswith(_TRAFFIC):
        return Dropped("face" if "face" in code else "unknown_message")
    # What ends has begun before, and was told then.
    if (told.text(event.get("Action")) or "").lower() == "stop":
        return Dropped("unknown_message")
    return _read(told.mapping(event.get("Data", event)), message, shown)


def _read(data: Told, message: Message, shown: tuple[Picture, ...]) -> VendorRead | Dropped:
    car = told.mapping(data.get("TrafficCar"))
    plate = _plate(data, car)
    if isinstance(plate, Dropped):
        return plate
    seen = _seen(data, car, message)
    if seen is None:
        return Dropped("no_time")
    seat = told.mapping(data.get("CommInfo"))
    return VendorRead(
        source=_NAME,
        device_ref=told.text(car.get("MachineName")) or message.device,
        source_event_id=_event_id(data),
        captured_at=seen[0],
        captured_basis=seen[1],
        plate_raw=plate[0],
        plate_norm=plate[1],
        plate_conf=_confidence(told.mapping(data.get("Object"))),
        country=_known(car.get("Country")) or _known(seat.get("Country")),
        outline=_outline(told.mapping(data.get("Object"))),
        vehicle=_vehicle(car),
        direction_label=_direction(car),
        lane=told.whole(data.get("Lane", car.get("Lane"))),
        gps=_place(told.mapping(seat.get("GPSInfo"))),
        pictures=shown,
        photo=next((each.role for each in shown if each.role != dahua_forms.PLATE), None),
        crop=next((each.role for each in shown if each.role == dahua_forms.PLATE), None),
        speeds=_speeds(data, car),
        guarded=_guarded(data),
    )


def _plate(data: Told, car: Told) -> tuple[str, PlateText] | Dropped:
    """`Object` holds the plate's text where it is of type Plate; else it is a make, or a colour."""
    thing = told.mapping(data.get("Object"))
    kind = (told.text(thing.get("ObjectType")) or "plate").lower()
    cycle = told.mapping(told.mapping(data.get("NonMotor")).get("Plate"))
    texts = (
        thing.get("Text") if kind == "plate" else None,
        car.get("PlateNumber"),
        data.get("PlateNumber"),
        told.mapping(data.get("Plate")).get("PlateNumber"),
        cycle.get("Text"),
    )
    found = [told.plate(each, nothing=_NO_PLATE) for each in texts]
    return next((each for each in found if not isinstance(each, Dropped)), found[0])


def _seen(data: Told, car: Told, message: Message) -> tuple[datetime, Basis] | None:
    fraction = told.whole(data.get("UTCMS")) or 0
    milliseconds = fraction if 0 <= fraction < 1000 else 0
    if told.whole(data.get("RealUTC")):
        at = _at(data.get("RealUTC"), milliseconds)
        return (at, "device_utc") if at else None
    clock = told.whole(data.get("UTC")) or told.whole(car.get("UTC"))
    wall = times.by_pattern(data.get("LocaleTime"), *_WALL_CLOCKS)
    if not clock:
        return _local(wall, milliseconds, message)
    at = _at(clock, milliseconds)
    if at is None:
        return None
    # Newer firmware means what it says: then the wall clock beside it shows another hour.
    if wall is not None and wall.replace(microsecond=0) != at.replace(tzinfo=None, microsecond=0):
        return at, "device_utc"
    return _local(at.replace(tzinfo=None), 0, message)


def _at(clock: object, milliseconds: int) -> datetime | None:
    """Seconds, and their fraction in a field of its own."""
    at = times.from_seconds(clock)
    return at.replace(microsecond=milliseconds * 1000) if at and milliseconds else at


def _local(
    wall: datetime | None, milliseconds: int, message: Message
) -> tuple[datetime, Basis] | None:
    if wall is None or message.zone is None:
        return None
    wall = wall.replace(microsecond=milliseconds * 1000) if milliseconds else wall
    found = times.aware(wall, zone=message.zone)
    return (found[0].astimezone(UTC), "device_local_offset") if found else None


def _event_id(data: Told) -> str | None:
    """Both numbers together; either alone begins again when the camera does."""
    event, group = told.text(data.get("EventID")), told.text(data.get("GroupID"))
    return f"{event}:{group}" if event and group else None


def _confidence(thing: Told) -> float | None:
    """A share of 100, but not always: above 100 it is on another scale, and 0 is not measured."""
    return told.confidence(thing.get("Confidence"), of=100) or None


def _outline(thing: Told) -> Outline | None:
    """The box of a plate. Dahua counts the sides of a picture as 8192, whatever its pixels."""
    if (told.text(thing.get("ObjectType")) or "").lower() != "plate":
        return None
    corners = told.numbers(thing.get("BoundingBox"), 4)
    if corners is None or corners[2] <= corners[0] or corners[3] <= corners[1]:
        return None
    left, top, right, bottom = (each / 4096 for each in corners)
    return Outline("box_norm", (left - 1, 1 - top, right - 1, 1 - bottom))


def _vehicle(car: Told) -> Vehicle:
    return Vehicle(
        body=_known(car.get("VehicleType")),
        make=_known(car.get("VehicleSign")),
        color=_known(car.get("VehicleColor")),
        size=_known(car.get("VehicleSize")),
    )


def _direction(car: Told) -> str | None:
    """Approach or Leave; the words behind it are names of the lane's two ways."""
    said = car.get("DrivingDirection")
    return _known((told.items(said) or [said])[0])


def _speeds(data: Told, car: Told) -> tuple[Speed, ...]:
    """Kilometres an hour; 0 where nothing measures it."""
    for field, said in (("TrafficCar.Speed", car.get("Speed")), ("Speed", data.get("Speed"))):
        speed = told.number(said)
        if speed:
            return (Speed(field, speed),)
    return ()


def _guarded(data: Told) -> tuple[tuple[str, str], ...]:
    """What it tells of people inside: riders, seats, belts."""
    where = {
        "": data,
        "CommInfo.": told.mapping(data.get("CommInfo")),
        "NonMotor.": told.mapping(data.get("NonMotor")),
        "Object.": told.mapping(data.get("Object")),
    }
    return tuple(
        ("person", prefix + name)
        for prefix, held in where.items()
        for name in _PERSONS
        if held.get(name)
    )


def _place(gps: Told) -> tuple[float, float] | None:
    return told.place(gps.get("Latitude"), gps.get("Longitude"))


def _known(value: object) -> str | None:
    text = told.text(value)
    return None if text is None or text.lower() in {"unknown", "unknow", "other"} else text


VENDOR: Final = Vendor(
    _NAME,
    "Dahua",
    "traffic events: JSON, what a gate's camera posts, or the text of a stream with its pictures",
    take,
)
