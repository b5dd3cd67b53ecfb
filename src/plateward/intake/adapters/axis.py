"""Axis License Plate Verifier: pushed JSON with its pictures, and the camera's own events."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from typing import Any, Final

from plateward.intake.adapters import parts, pictures, regions, times, told, tree
from plateward.intake.adapters.canonical import (
    Basis,
    Dropped,
    Outline,
    Phase,
    Picture,
    Taken,
    Vehicle,
    VendorRead,
)
from plateward.intake.adapters.message import Message, Refused, Vendor

_NAME: Final = "axis"
_PHASES: Final[Mapping[str, Phase]] = {"new": "preview", "update": "update", "lost": "final"}
_TEXTS: Final = ("plateUTF8", "plateUnicode", "plateText", "plateASCII", "text")
_CROPS: Final = frozenset({"plate", "lp"})
_NO_DEVICE: Final = "defaultid"  # how the sensor of every camera is named before it is set up

Told = Mapping[str, Any]


def take(message: Message) -> Taken:
    """New, update and lost tell of one car: they share its id, and their phases tell them apart."""
    if parts.is_multipart(message):
        return _of_parts(parts.of(message), message)
    if message.body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return Taken.of(_of_event(each, message, ()) for each in _of_xml(message.body))
    root = told.from_json(message.body, told.charset(message.content_type))
    return Taken.of(_of_json(root, message, ()))


def _of_parts(found: Sequence[parts.Part], message: Message) -> Taken:
    texts = [part for part in found if part.name.lower() == "event" or part.is_like("json")]
    if not texts:
        raise Refused("The multipart message has no part named event")
    made = [
        pictures.of_bytes(part.name or "image", part.body)
        for part in found
        if part not in texts and part.is_like("image", ".jp")
    ]
    shown = tuple(each for each in made if isinstance(each, Picture))
    roots = [told.from_json(part.body, told.charset(part.content_type)) for part in texts]
    return Taken.of(
        [
            *(thing for root in roots for thing in _of_json(root, message, shown)),
            *(each for each in made if isinstance(each, Dropped)),
        ]
    )


def _of_json(
    root: object, message: Message, shown: tuple[Picture, ...]
) -> Iterator[VendorRead | Dropped]:
    events = told.items(root) or [root]
    for each in map(told.mapping, events):
        # The camera's bridge to MQTT wraps its events; which camera it is stands outside.
        inner = told.mapping(told.mapping(each.get("message")).get("data"))
        event = {**inner, "SerialNumber": each.get("serial")} if inner else each
        yield _of_event(event, message, shown)


def _of_xml(body: bytes) -> list[Told]:
    """The camera's events as ONVIF writes them: items of a name and a value."""
    notices = [node for node in tree.parsed(body).every("Message") if "UtcTime" in node.attributes]
    return [
        {
            "UtcTime": notice.attributes["UtcTime"],
            **{
                item.attributes.get("Name", ""): item.attributes.get("Value")
                for item in notice.every("SimpleItem")
            },
        }
        for notice in notices
    ]


def _of_event(event: Told, message: Message, shown: tuple[Picture, ...]) -> VendorRead | Dropped:
    written = [name for name in _TEXTS if name in event]
    if not written:
        return Dropped("unknown_message")
    plate = told.plate(next((event[name] for name in written if told.text(event[name])), None))
    if isinstance(plate, Dropped):
        return plate
    seen = _seen(event, message)
    if seen is None:
        return Dropped("no_time")
    device, car = _device(event), told.text(event.get("carID"))
    shown = (*shown, *_held(event))
    crops = {each.role for each in shown if _is_crop(each.role, event)}
    return VendorRead(
        source=_NAME,
        device_ref=device or message.device,
        source_event_id=f"{device or message.device}:{car}" if car else None,
        captured_at=seen[0],
        captured_basis=seen[1],
        plate_raw=plate[0],
        plate_norm=plate[1],
        plate_conf=told.confidence(event.get("plateConfidence")),
        region=_region(event),
        country=_known(event.get("plateCountry", event.get("country"))),
        outline=_outline(event),
        vehicle=_vehicle(told.mapping(event.get("vehicle_info"))),
        direction_label=_known(event.get("carMoveDirection")),
        gps=_place(told.mapping(event.get("geotag"))),
        pictures=shown,
        photo=next((each.role for each in shown if each.role not in crops), None),
        crop=next((each.role for each in shown if each.role in crops), None),
        photo_is_frame=False,  # of the whole scene or of a region in it: the message does not say
        phase=_PHASES.get((told.text(event.get("carState")) or "").lower()),
    )


def _seen(event: Told, message: Message) -> tuple[Any, Basis] | None:
    """`capture_timestamp` is right; `datetime` is the camera's wall clock, without its offset."""
    for name in ("capture_timestamp", "capture_ts"):
        at = times.from_milliseconds(event.get(name)) if event.get(name) not in (0, "0") else None
        if at:
            return at, "device_utc"
    if "UtcTime" in event:
        return times.from_iso(event["UtcTime"], zone=UTC)
    wall = times.by_pattern(event.get("datetime"), "%Y%m%d %H%M%S%f", "%Y%m%d %H%M%S")
    return times.aware(wall, zone=message.zone) if wall else None


def _device(event: Told) -> str | None:
    """Serial number, else hardware address, else the sensor's name once someone gave it one."""
    camera = told.mapping(event.get("camera_info"))
    serial = told.text(camera.get("SerialNumber")) or told.text(event.get("SerialNumber"))
    address = (told.text(camera.get("MACAddress")) or "").replace(":", "").upper()
    sensor = told.text(event.get("sensorProviderID")) or ""
    return serial or address or (None if sensor.lower().startswith(_NO_DEVICE) else sensor) or None


def _outline(event: Told) -> Outline | None:
    sides = ("left", "top", "width", "height")
    corners = event.get("plateCoordinates") or [event.get(side) for side in sides]
    numbers = told.numbers(corners, 4)
    return Outline("box_xywh", numbers) if numbers and min(numbers[2:]) > 0 else None


def _held(event: Told) -> Iterator[Picture]:
    """Pictures inside the JSON, as base64; one that is no JPEG has no place among them."""
    for each in map(told.mapping, told.items(event.get("ImageArray"))):
        role = told.text(each.get("ImageType")) or "image"
        picture = pictures.of_base64(role, each.get("BinaryImage"))
        if isinstance(picture, Picture):
            yield picture


def _is_crop(role: str, event: Told) -> bool:
    """By its own role; a part that is only called image is what the event says that it is."""
    kind = told.text(event.get("imageType")) if role == "image" else role
    return (kind or "").lower() in _CROPS


def _vehicle(info: Told) -> Vehicle:
    return Vehicle(
        body=_known(info.get("type")),
        make=_known(info.get("brand", info.get("make"))),
        model=_known(info.get("model")),
        color=_known(info.get("color")),
        orientation=_known(info.get("view")),
    )


def _region(event: Told) -> str | None:
    said = event.get("plateRegion", event.get("plateState"))
    return regions.region(said, country=told.text(event.get("plateCountry")))


def _place(geotag: Told) -> tuple[float, float] | None:
    return told.place(geotag.get("lat"), geotag.get("lon"))


def _known(value: object) -> str | None:
    text = told.text(value)
    return None if text is None or text.lower() in {"unknown", "undefined", "none"} else text


VENDOR: Final = Vendor(
    _NAME,
    "Axis License Plate Verifier",
    "push events, JSON alone or multipart with pictures; the camera's own events, XML or JSON",
    take,
)
