"""UniFi Protect's alarm webhook: any number of triggers a post, of plates and of much else."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from plateward.intake.adapters import pictures, times, told
from plateward.intake.adapters.canonical import (
    Dropped,
    ForeignAlert,
    Picture,
    Taken,
    VendorRead,
)
from plateward.intake.adapters.message import Message, Refused, Vendor
from plateward.plates.text import PlateText

_NAME: Final = "unifi"
_PLATE: Final = "license_plate"
_LISTED: Final = "license_plate_of_interest"
_THUMBNAIL: Final = "thumbnail"


def take(message: Message) -> Taken:
    """Plates carry no confidence, so every one of them is unscored."""
    root = told.mapping(told.from_json(message.body, told.charset(message.content_type)))
    if not isinstance(root.get("alarm"), dict):
        raise Refused("The message holds no alarm of UniFi Protect")
    alarm = root["alarm"]
    picture = pictures.of_base64(_THUMBNAIL, alarm.get(_THUMBNAIL) or root.get(_THUMBNAIL))
    triggers = [told.mapping(each) for each in told.items(alarm.get("triggers"))]
    # A picture of the alarm shows a plate for certain only where the alarm is of one trigger.
    shows = picture if isinstance(picture, Picture) and len(triggers) == 1 else None
    things = [_of_trigger(each, root, message, shows) for each in triggers]
    told_of = [picture] if isinstance(picture, Dropped) else []
    return Taken.of([*_once(things), *told_of])


def _once(things: list[VendorRead | Dropped]) -> Iterator[VendorRead | Dropped]:
    """One read of a car that fired two triggers; two of two plates that share an event."""
    seen: dict[str | None, set[PlateText]] = {}
    for thing in things:
        if isinstance(thing, Dropped) or thing.source_event_id is None:
            yield thing
            continue
        plates = seen.setdefault(thing.source_event_id, set())
        if thing.plate_norm not in plates:
            yield _renamed(thing) if plates else thing
        plates.add(thing.plate_norm)


def _renamed(read: VendorRead) -> VendorRead:
    """Without the vendor's id, which names another plate already."""
    return replace(read, source_event_id=None)


def _of_trigger(
    trigger: Any, root: Any, message: Message, picture: Picture | None
) -> VendorRead | Dropped:
    key = (told.text(trigger.get("key")) or "").lower()
    if not key.startswith(_PLATE):
        return Dropped(_rule(key))
    plate = _plate(trigger, named=key.endswith("_known"))
    if isinstance(plate, Dropped):
        return plate
    seen = times.from_milliseconds(trigger.get("timestamp")) or times.from_milliseconds(
        root.get("timestamp")
    )
    if seen is None:
        return Dropped("no_time")
    return VendorRead(
        source=_NAME,
        device_ref=told.text(trigger.get("device")) or _only_source(root) or message.device,
        source_event_id=told.text(trigger.get("eventId")),
        captured_at=seen,
        captured_basis="device_utc",
        plate_raw=plate[0],
        plate_norm=plate[1],
        pictures=(picture,) if picture else (),
        photo=_THUMBNAIL if picture else None,
        foreign_alerts=(ForeignAlert(_LISTED),) if key == _LISTED else (),
    )


def _plate(trigger: Any, *, named: bool) -> tuple[str, PlateText] | Dropped:
    """Of a vehicle that its owner named, Protect may send the name as the value: it is no plate."""
    value = told.plate(trigger.get("value"))
    if not named or (not isinstance(value, Dropped) and _looks_read(value[0])):
        return value
    group = told.plate(told.mapping(trigger.get("group")).get("name"))
    if not isinstance(group, Dropped) and _looks_read(group[0]):
        return group
    return value if isinstance(value, Dropped) else Dropped("not_a_plate")


def _looks_read(text: str) -> bool:
    """Protect writes what it read in capitals and digits; people write names in small letters."""
    return text == text.upper() or (" " not in text and any(each.isdigit() for each in text))


def _rule(key: str) -> str:
    if key.startswith("face"):
        return "face"
    return {"person": "person", "vehicle": "vehicle_only"}.get(key, "unknown_message")


def _only_source(root: Any) -> str | None:
    """The alarm's camera, where it watches but one."""
    sources = [told.mapping(each) for each in told.items(root["alarm"].get("sources"))]
    watched = [each for each in sources if each.get("type") != "exclude"]
    return told.text(watched[0].get("device")) if len(watched) == 1 else None


VENDOR: Final = Vendor(_NAME, "UniFi Protect", "the webhook of an alarm, JSON", take)
