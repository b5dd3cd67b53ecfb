"""Blue Iris with CodeProject.AI: what its networks found, as a dump, as a memo or as one plate."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from plateward.intake.adapters import pictures, times, told
from plateward.intake.adapters.canonical import (
    Basis,
    Dropped,
    Outline,
    Picture,
    Taken,
    VendorRead,
)
from plateward.intake.adapters.message import Message, Refused, Vendor
from plateward.plates.text import PlateText

_NAME: Final = "blueiris"
_IMAGE: Final = "Image"
_LONGEST_MEMO: Final = 4000
_SIDES: Final = ("x_min", "y_min", "x_max", "y_max")
# "TST4O21:88%", "[TST777]:80%", "Plate: TST4O21:88%"; a memo's parts are between commas.
_PART = re.compile(r"\s*(?:plate\s*:)?\s*(?P<label>.*?)\s*(?::\s*(?P<sure>[\d.]+)\s*%?)?\s*", re.I)
_PEOPLE: Final = frozenset({"person", "people", "face", "pedestrian"})
# What the networks call things. In small letters all of them; a plate is in capitals and digits,
# so this keeps out only the words that some write with a capital, or in capitals alone.
_THINGS: Final = frozenset(
    {"bicycle", "bike", "car", "motorcycle", "motorbike", "bus", "truck", "van", "suv", "vehicle"}
    | {"bird", "cat", "dog", "horse", "sheep", "cow", "bear", "deer", "rabbit", "raccoon", "fox"}
    | {"skunk", "squirrel", "pig", "boat", "train", "airplane", "animal", "package", "backpack"}
    | {"plate", "dayplate", "nightplate", "license-plate", "license_plate", "alpr"}
    | {"cancelled", "occupied", "motion", "external", "timeout", "none", "unknown"}
)


@dataclass(frozen=True, slots=True)
class _Found:
    """One plate that a network read: as written, as stored, how sure, and where."""

    plate: tuple[str, PlateText]
    sure: float | None = None
    outline: Outline | None = None


def take(message: Message) -> Taken:
    """The dump where it holds plates' networks, else the memo, else the single plate."""
    root = told.mapping(told.from_json(message.body, told.charset(message.content_type)))
    if not {"ai_dump", "memo", "plate_number", "predictions"} & set(root):
        raise Refused("The message holds none of ai_dump, memo and plate_number")
    things = list(_things(root))
    seen = _seen(root, message)
    if seen is None:
        return Taken.of([Dropped("no_time")])
    picture = pictures.of_base64(_IMAGE, root.get(_IMAGE, root.get("image")))
    shown = picture if isinstance(picture, Picture) else None
    dropped = [thing for thing in things if isinstance(thing, Dropped)]
    return Taken.of(
        [
            *(_read(each, root, seen, message, shown) for each in _surest(things)),
            *dropped,
            *([picture] if isinstance(picture, Dropped) else []),
        ]
    )


def _surest(things: list[_Found | Dropped]) -> list[_Found]:
    """One of each plate: several networks and several frames of an alert find the same one."""
    best: dict[PlateText, _Found] = {}
    for thing in things:
        if isinstance(thing, _Found):
            kept = best.get(thing.plate[1])
            if kept is None or (thing.sure or 0) > (kept.sure or 0):
                best[thing.plate[1]] = thing
    return list(best.values())


def _read(
    found: _Found,
    root: Mapping[str, Any],
    seen: tuple[datetime, Basis],
    message: Message,
    shown: Picture | None,
) -> VendorRead:
    return VendorRead(
        source=_NAME,
        device_ref=told.text(root.get("camera")) or message.device,
        source_event_id=None,
        captured_at=seen[0],
        captured_basis=seen[1],
        plate_raw=found.plate[0],
        plate_norm=found.plate[1],
        plate_conf=found.sure,
        outline=found.outline,
        pictures=(shown,) if shown else (),
        photo=_IMAGE if shown else None,
    )


def _things(root: Mapping[str, Any]) -> Iterator[_Found | Dropped]:
    dump = _dump(root)
    if any(_reads_plates(each) for each in dump) or not root.get("memo"):
        for each in dump:
            yield from _of_network(each)
        yield from map(_found, _numbers(root.get("plate_number")) if not dump else ())
        return
    yield from _of_memo(told.text(root["memo"], _LONGEST_MEMO) or "")


def _numbers(sent: object) -> list[object]:
    """One plate, a list of them, or several between commas."""
    if isinstance(sent, str):
        return [each for each in sent.split(",") if each.strip()]
    return told.items(sent) or ([sent] if sent else [])


def _dump(root: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """One network's answer or a list of them; in quotes where the macro was put into quotes."""
    dump = root.get("ai_dump")
    if isinstance(dump, str):
        dump = _unquoted(dump)
    if dump is None and "predictions" in root:
        dump = {"api": "alpr", "found": root}
    return [told.mapping(each) for each in (dump if isinstance(dump, list) else [dump]) if each]


def _unquoted(written: str) -> object:
    try:
        return json.loads(written)
    except (ValueError, RecursionError):
        raise Refused("The ai_dump is text, and is not JSON") from None


def _reads_plates(network: Mapping[str, Any]) -> bool:
    return "alpr" in (told.text(network.get("api")) or "").lower()


def _of_network(network: Mapping[str, Any]) -> Iterator[_Found | Dropped]:
    predictions = told.mapping(network.get("found")).get("predictions")
    for each in map(told.mapping, told.items(predictions)):
        label = told.text(each.get("label")) or ""
        if not _reads_plates(network):
            yield Dropped(_rule(label, network))
        elif each.get("plate") is not None:
            # Where label and plate differ, the label is of the network that only finds plates.
            yield _found(each["plate"], each.get("confidence"), _outline(each))
        else:
            yield _of_label(label, each.get("confidence"), _outline(each))


def _of_memo(memo: str) -> Iterator[_Found | Dropped]:
    for part in filter(None, (each.strip() for each in memo.split(","))):
        told_of = _PART.fullmatch(part)
        if told_of:
            percent = told.confidence(told_of["sure"], of=100)
            yield _of_label(told_of["label"], percent)


def _of_label(label: str, sure: object = None, outline: Outline | None = None) -> _Found | Dropped:
    """A plate, unless it is the word for a thing; in brackets it is a plate whatever it says."""
    if label.startswith("[") and label.endswith("]"):
        return _found(label[1:-1], sure, outline)
    plain = re.sub(r"^\s*plate\s*:\s*", "", label, flags=re.I)
    if plain.lower() in _PEOPLE:
        return Dropped("person")
    word = not any(each.isdigit() for each in plain)
    if word and (plain.lower() in _THINGS or plain != plain.upper()):
        return Dropped("not_a_plate")
    return _found(plain, sure, outline)


def _found(
    written: object, sure: object = None, outline: Outline | None = None
) -> _Found | Dropped:
    plate = told.plate(written)
    if isinstance(plate, Dropped):
        return plate
    return _Found(plate, told.confidence(sure), outline)


def _outline(prediction: Mapping[str, Any]) -> Outline | None:
    corners = told.numbers([prediction.get(side) for side in _SIDES], 4)
    return Outline("box", corners) if corners else None


def _rule(label: str, network: Mapping[str, Any]) -> str:
    if "face" in f"{label} {network.get('api')}".lower():
        return "face"
    return "person" if label.lower() in _PEOPLE else "not_a_plate"


def _seen(root: Mapping[str, Any], message: Message) -> tuple[datetime, Basis] | None:
    """The alert's time; where it sends none, when it came. One that cannot be read is none."""
    said = root.get("timestamp")
    if told.text(said) is None:
        return message.received_at, "server"
    iso = times.from_iso(said, zone=message.zone)
    if iso is not None:
        return iso
    # With AM or PM it is the American order; without, day and month cannot be told apart.
    wall = times.by_pattern(said, "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M:%S.%f %p")
    if wall is not None:
        return times.aware(wall, zone=message.zone)
    at = times.from_seconds(said)
    return (at, "device_utc") if at else None


VENDOR: Final = Vendor(
    _NAME, "Blue Iris with CodeProject.AI", "the alert's JSON: ai_dump, memo or plate_number", take
)
