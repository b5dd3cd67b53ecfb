"""Frigate's MQTT messages: of `events` and `tracked_object_update`, those that tell a plate."""

from collections.abc import Mapping
from typing import Any, Final

from plateward.intake.adapters import pictures, times, told
from plateward.intake.adapters.canonical import (
    Dropped,
    Outline,
    Phase,
    Picture,
    Speed,
    Taken,
    VendorRead,
)
from plateward.intake.adapters.message import Message, Vendor
from plateward.plates.text import PlateText

_NAME: Final = "frigate"
_THUMBNAIL: Final = "thumbnail"
_PHASES: Final[Mapping[str, Phase]] = {"new": "preview", "update": "update", "end": "final"}
_SPEEDS: Final = ("current_estimated_speed", "average_estimated_speed")
_KMH: Final = {"kph": 1.0, "kmh": 1.0, "km/h": 1.0, "mph": 1.609344}
_GUARDED: Final = {"face": "face", "person": "person"}


def take(message: Message) -> Taken:
    """Faces, descriptions and classes come on the same topic: they are dropped unread.

    Frigate does not say whether its speeds are in miles or kilometres; `message.fields` may, as
    `speed_unit`.
    """
    root = told.from_json(message.body, told.charset(message.content_type))
    return Taken.of(
        thing for each in told.items(root) or [root] for thing in _of(told.mapping(each), message)
    )


def _of(root: Mapping[str, Any], message: Message) -> list[VendorRead | Dropped]:
    if isinstance(root.get("after"), dict):
        return _event(root, root["after"], message)
    kind = (told.text(root.get("type")) or "").lower()
    if kind != "lpr":
        return [Dropped(_GUARDED.get(kind, "unknown_message"))]
    return [_update(root, message)]


def _update(root: Mapping[str, Any], message: Message) -> VendorRead | Dropped:
    plate = told.plate(root.get("plate"))
    seen = times.from_seconds(root.get("timestamp"))
    if isinstance(plate, Dropped):
        return plate
    if seen is None:
        return Dropped("no_time")
    return VendorRead(
        source=_NAME,
        device_ref=told.text(root.get("camera")) or _of_topic(message),
        source_event_id=told.text(root.get("id")),
        captured_at=seen,
        captured_basis="device_utc",
        plate_raw=plate[0],
        plate_norm=plate[1],
        plate_conf=told.confidence(root.get("score")),
        outline=_box(root.get("plate_box")),
        phase="update",
    )


def _event(
    root: Mapping[str, Any], after: Mapping[str, Any], message: Message
) -> list[VendorRead | Dropped]:
    if "label" not in after:  # a review or something newer, which tells no plate
        return [Dropped("unknown_message")]
    label = (told.text(after["label"]) or "").lower()
    if label in _GUARDED:
        return [Dropped(_GUARDED[label])]
    plate, sure = _recognized(after)
    seen = times.from_seconds(after.get("frame_time")) or times.from_seconds(
        after.get("start_time")
    )
    if isinstance(plate, Dropped):
        return [plate]
    if seen is None:
        return [Dropped("no_time")]
    picture = pictures.of_base64(_THUMBNAIL, after.get(_THUMBNAIL))
    shows = (picture,) if isinstance(picture, Picture) else ()
    read = VendorRead(
        source=_NAME,
        device_ref=told.text(after.get("camera")) or message.device,
        source_event_id=told.text(after.get("id")),
        captured_at=seen,
        captured_basis="device_utc",
        plate_raw=plate[0],
        plate_norm=plate[1],
        plate_conf=sure,
        outline=_plate_box(after),
        direction_deg=told.degrees(after.get("velocity_angle")),
        pictures=shows,
        photo=_THUMBNAIL if shows else None,
        photo_is_frame=False,
        phase=_PHASES.get((told.text(root.get("type")) or "").lower(), "update"),
        speeds=_speeds(after, message),
    )
    return [read, picture] if isinstance(picture, Dropped) else [read]


def _recognized(
    after: Mapping[str, Any],
) -> tuple[tuple[str, PlateText] | Dropped, float | None]:
    """Plate and score: in two fields, or as versions before wrote it in a list of both."""
    value = after.get("recognized_license_plate")
    score = after.get("recognized_license_plate_score")
    if isinstance(value, list):
        value, score = [*value, None, None][:2] if score is None else ([*value, None][0], score)
    return told.plate(value), told.confidence(score)


def _plate_box(after: Mapping[str, Any]) -> Outline | None:
    """`box` is the vehicle's; the plate's is among the attributes, where there is one."""
    for each in map(told.mapping, told.items(after.get("current_attributes"))):
        if each.get("label") == "license_plate":
            return _box(each.get("box"))
    return None


def _box(value: object) -> Outline | None:
    corners = told.numbers(value, 4)
    return Outline("box", corners) if corners else None


def _speeds(after: Mapping[str, Any], message: Message) -> tuple[Speed, ...]:
    factor = _KMH.get(message.fields.get("speed_unit", "").lower())
    said = {name: told.number(after.get(name)) for name in _SPEEDS}
    return tuple(
        Speed(name, round(speed * factor, 1) if factor else None)
        for name, speed in said.items()
        if speed is not None
    )


def _of_topic(message: Message) -> str | None:
    """`frigate/CAMERA/tracked_object_update` names the camera where the message does not."""
    parts = message.topic.split("/")
    named = parts[-2] if len(parts) >= 3 and parts[-1] == "tracked_object_update" else None
    return named or message.device


VENDOR: Final = Vendor(
    _NAME, "Frigate", "MQTT messages of frigate/events and frigate/tracked_object_update", take
)
