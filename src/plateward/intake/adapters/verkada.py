"""Verkada's webhook for plates: one JSON object a plate, its picture only a link."""

from collections.abc import Iterator
from typing import Any, Final

from plateward.intake.adapters import regions, times, told
from plateward.intake.adapters.canonical import Dropped, Taken, VendorRead
from plateward.intake.adapters.message import Message, Vendor

_NAME: Final = "verkada"
_PEOPLE: Final = {"face": "face", "person": "person", "people": "person"}


def take(message: Message) -> Taken:
    """The link to the picture is not followed; it needs a key of the agency's and it expires."""
    root = told.from_json(message.body, told.charset(message.content_type))
    hooks = told.items(root) or [root]
    return Taken.of(each for hook in hooks for each in _of_hook(told.mapping(hook), message))


def _of_hook(hook: Any, message: Message) -> Iterator[VendorRead | Dropped]:
    kind = (told.text(hook.get("webhook_type")) or "").lower()
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
    seen = times.from_seconds(data.get("created")) or times.from_milliseconds(data.get("detected"))
    if seen is None:
        return Dropped("no_time")
    return VendorRead(
        source=_NAME,
        device_ref=told.text(data.get("camera_id")) or message.device,
        # `webhook_id` names what was set up at Verkada, not what was seen.
        source_event_id=None,
        captured_at=seen,
        captured_basis="device_utc",
        plate_raw=plate[0],
        plate_norm=plate[1],
        plate_conf=told.confidence(data.get("confidence")),
        region=regions.region(data.get("license_plate_state")),
        country=regions.country_code(data.get("license_plate_state")),
    )


VENDOR: Final = Vendor(_NAME, "Verkada", "the webhook of type lpr, JSON", take)
