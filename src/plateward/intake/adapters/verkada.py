"""Verkada's webhook for plates: one JSON object a plate, its picture only a link."""

from collections.abc import Iterator
from datetime import UTC
from typing import Any, Final

from plateward.intake.adapters import regions, times, told
from plateward.intake.adapters.canonical import Dropped, Health, Link, Taken, VendorRead
from plateward.intake.adapters.message import Message, Vendor

_NAME: Final = "verkada"
# What its own alerts about a camera are called, and whether the camera is well then.
_HEALTH: Final = {"camera_offline": False, "camera_online": True, "tamper": False}
_PEOPLE: Final = {"face": "face", "person": "person", "people": "person"}


def take(message: Message) -> Taken:
    """The picture is only linked to, and its link expires."""
    root = told.from_json(message.body, told.charset(message.content_type))
    hooks = told.items(root) or [root]
    return Taken.of(each for hook in hooks for each in _of_hook(told.mapping(hook), message))


def _of_hook(hook: Any, message: Message) -> Iterator[VendorRead | Health | Dropped]:
    kind = (told.text(hook.get("webhook_type")) or "").lower()
    alert = told.mapping(hook.get("data"))
    about = (told.text(alert.get("notification_type")) or "").lower()
    if kind == "notification" and about in _HEALTH:
        yield Health(
            told.text(alert.get("camera_id")) or message.device,
            up=_HEALTH[about],
            last_seen=times.from_seconds(alert.get("created")),
            tampering=about == "tamper",
        )
        return
    if kind != "lpr":
        rule = next((rule for word, rule in _PEOPLE.items() if word in kind), "unknown_message")
        yield Dropped(rule)
        return
    data = hook.get("data")
    for each in told.items(data) or [data]:
        yield _read(told.mapping(each), message)


def _read(data: Any, message: Message) -> VendorRead | Dropped:
    plate = told.plate(data.get("license_plate_number"))
    if isinstance(plate, Dropped):
        return plate
    # Verkada documents `created` as the time of the sighting; `detected` is later, and newer.
    seen = times.instant(data.get("created"), zone=UTC) or times.instant(data.get("detected"))
    if seen is None:
        return Dropped("no_time")
    shown = told.link(data.get("image_url"))
    return VendorRead(
        source=_NAME,
        device_ref=told.text(data.get("camera_id")) or message.device,
        # `webhook_id` names what was set up at Verkada, not what was seen.
        source_event_id=None,
        captured_at=seen[0],
        captured_basis=seen[1],
        plate_raw=plate[0],
        plate_norm=plate[1],
        plate_conf=told.confidence(data.get("confidence")),
        links=(Link("photo", shown),) if shown else (),
        region=regions.region(data.get("license_plate_state")),
        country=regions.country_code(data.get("license_plate_state")),
    )


VENDOR: Final = Vendor(_NAME, "Verkada", "the webhook of type lpr, JSON", take)
