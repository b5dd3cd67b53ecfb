"""Hikvision ISAPI: `EventNotificationAlert` as XML (or JSON), alone or multipart with pictures.

Confidences are 0 to 100; `plateCharBelieve` has one for each character. The device is its MAC
address: its IP address changes. A camera sends again what it could not send before, however old
that is. What it tells of driver and passenger is not read but for the fact that it was told.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from plateward.intake.adapters import parts, pictures, times, told, tree
from plateward.intake.adapters.canonical import (
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

NAME: Final = "hikvision"
_ALERT: Final = "EventNotificationAlert"
# Words that mean no plate, in lower case.
_NO_PLATE: Final = frozenset(
    {"unknown", "noplate", "no plate", "unlicensed", "none", "无车牌", "无牌车", "未识别"}
)
# Events that tell of plates; a list's match comes beside the sighting itself, under its own name.
_PLATES: Final = frozenset({"anpr", "vehicledetection", "tfs"})
_SAYS_NOTHING: Final = frozenset({"unknown", "unknow", "other", "vehicle", "0", "no", "non", ""})
_KEPT: Final = re.compile(r"(licensePlatePicture|detectionPicture|vehiclePicture)(_\d+)?")
_OF_PEOPLE: Final = re.compile(r"pilot|pedestrian|face|person|nonmotor|human", re.IGNORECASE)
_PEOPLE_FIELDS: Final = (
    *("pilotsafebelt", "vicepilotsafebelt", "pilotsunvisor", "vicepilotsunvisor", "uphone"),
    *("smoking", "frontChild", "helmet", "pilotmask", "vicepilotMask", "pdvs"),
)
_ALIVE: Final = frozenset({"heartbeat", "videoloss"})
_TAMPERED: Final = frozenset({"shelteralarm", "tamperdetection", "scenechangedetection", "defocus"})
_Things = Iterator[VendorRead | Health | Dropped]


def take(message: Message) -> Taken:
    if not parts.is_multipart(message):
        return Taken.of(_alert(_root(message.body), (), message))
    return Taken.of(_from_parts(message))


def _from_parts(message: Message) -> _Things:
    """An alert, then its pictures, then perhaps another alert."""
    sent = parts.of(message)
    alerts = [at for at, part in enumerate(sent) if _is_document(part)]
    if not alerts:
        raise Refused("The multipart message has no part with an alert in XML or JSON")
    for at, until in zip(alerts, [*alerts[1:], len(sent)], strict=True):
        before = sent[: alerts[0]] if at == alerts[0] else ()
        kept, left_out = pictures.sorted_out(map(_picture, [*before, *sent[at + 1 : until]]))
        yield from left_out
        yield from _alert(_root(sent[at].body), kept, message)


def _is_document(part: parts.Part) -> bool:
    return part.is_like("xml", "json") or part.body.lstrip()[:1] in (b"<", b"{")


def _picture(part: parts.Part) -> Picture | Dropped | None:
    name = (part.filename or part.name).rpartition("/")[2].partition(".")[0]
    if _KEPT.fullmatch(name):
        return pictures.of_bytes(name, part.body)
    if not part.body:
        return None
    return Dropped("person" if _OF_PEOPLE.search(name) else "unknown_picture")


def _root(body: bytes) -> tree.Node:
    if body.lstrip()[:1] == b"{":
        sent = told.mapping(told.from_json(body))
        root = _node(_ALERT, told.mapping(sent.get(_ALERT)) or sent, 0)
    else:
        root = tree.parsed(body)
    if root.name != _ALERT or root.child("eventType") is None:
        raise Refused(f"The message is not an {_ALERT} with an eventType")
    return root


def _node(name: str, sent: object, depth: int) -> tree.Node:
    """What JSON says as XML would say it, so that one reading serves both."""
    if depth > tree.DEEPEST:
        raise Refused("The JSON is nested deeper than any camera sends")
    node = tree.Node(name, {})
    if isinstance(sent, Mapping):
        for key, value in sent.items():
            each = value if isinstance(value, list) else [value]
            node.children += [_node(key, one, depth + 1) for one in each]
    else:
        node.text = str(sent).lower() if isinstance(sent, bool) else told.text(sent) or ""
    return node


def _alert(root: tree.Node, kept: tuple[Picture, ...], message: Message) -> _Things:
    kind = (root.says("eventType") or "").lower()
    plates = [each for each in root.children if each.name == "ANPR"]
    if kind in _PLATES and plates:
        # A picture of the alert shows a plate for certain only where the alert is of one.
        yield from (_read(root, each, kept if len(plates) == 1 else (), message) for each in plates)
    elif kind in _ALIVE:
        # A lost picture is `videoloss` active; inactive is how these cameras say they are well.
        down = kind == "videoloss" and root.says("eventState") == "active"
        yield Health(_device(root), up=not down)
    elif kind in _TAMPERED:
        yield Health(_device(root), up=root.says("eventState") != "active", tampering=True)
    else:
        yield Dropped("face" if "face" in kind else "unknown_message")


def _read(
    root: tree.Node, plates: tree.Node, kept: tuple[Picture, ...], message: Message
) -> VendorRead | Dropped:
    plate = told.plate(
        plates.says("licensePlate") or plates.says("originalLicensePlate"), nothing=_NO_PLATE
    )
    captured = times.instant(root.says("dateTime"), zone=message.zone)
    if isinstance(plate, Dropped):
        return plate
    if captured is None:
        return Dropped("no_time")
    sent_late = told.truth(root.says("isDataRetransmission"))
    roles = [picture.role for picture in kept]
    return VendorRead(
        source=NAME,
        device_ref=_device(root),
        source_event_id=root.says("UUID"),
        captured_at=captured[0],
        captured_basis=captured[1],
        plate_raw=plate[0],
        plate_norm=plate[1],
        plate_conf=told.confidence(plates.says("confidenceLevel"), of=100),
        char_conf=_each(plates.says("plateCharBelieve")),
        country=_word(root.says("countryAbbreviation") or plates.says("countryAbbreviation")),
        outline=_outline(plates),
        vehicle=_vehicle(plates),
        direction_label=_word(plates.says("direction")),
        lane=told.whole(plates.says("line")),
        gps=_place(root.child("DeviceGPSInfo")),
        pictures=kept,
        photo=_first(roles, "detectionPicture", "vehiclePicture"),
        crop=_first(roles, "licensePlatePicture"),
        speeds=_speeds(plates),
        guarded=tuple(
            ("person", name) for name in _PEOPLE_FIELDS if _word(plates.says(name)) is not None
        ),
        warnings=("late_retransmission",) if sent_late else (),
    )


def _device(root: tree.Node) -> str | None:
    """The MAC address; a recorder's cameras beyond its first by their channel as well."""
    address = root.says("macAddress")
    if address is None:
        return root.says("deviceID")
    channel = told.whole(root.says("channelID") or root.says("dynChannelID"))
    return address.lower() if channel in (None, 0, 1) else f"{address.lower()}/{channel}"


def _each(written: str | None) -> tuple[float, ...]:
    """All of them or none: a list with a gap says nothing of which character it is about."""
    sure = [told.confidence(one, of=100) for one in (written or "").split(",")]
    known = tuple(one for one in sure if one is not None)
    return known if len(known) == len(sure) else ()


def _vehicle(plates: tree.Node) -> Vehicle:
    """Makes and models are numbers of a list that only the vendor has."""
    return Vehicle(
        body=_word(plates.says("vehicleType")), color=_word(plates.says("vehicleInfo/color"))
    )


def _word(said: str | None) -> str | None:
    return None if (said or "").lower() in _SAYS_NOTHING else said


def _outline(plates: tree.Node) -> Outline | None:
    """Of the first picture that has one with a size."""
    for where in plates.every("plateRect"):
        numbers = told.numbers([where.says(side) for side in ("X", "Y", "width", "height")], 4)
        if numbers and numbers[2] > 0 and numbers[3] > 0:
            return Outline("box_xywh", numbers)
    return None


def _speeds(plates: tree.Node) -> tuple[Speed, ...]:
    """Kilometres an hour; 0 is what a camera without a radar sends."""
    kmh = told.number(plates.says("vehicleInfo/speed"))
    return (Speed("vehicleInfo/speed", kmh),) if kmh else ()


def _place(sent: tree.Node | None) -> tuple[float, float] | None:
    if sent is None:
        return None
    north, east = (_degrees(sent.child(name)) for name in ("Latitude", "Longitude"))
    if north is None or east is None:
        return None
    south = (sent.says("latitudeType") or "").upper() == "S"
    west = (sent.says("longitudeType") or "").upper() == "W"
    return told.place(-north if south else north, -east if west else east)


def _degrees(sent: tree.Node | None) -> float | None:
    said = [sent.says(part) if sent else None for part in ("degree", "minute", "sec")]
    known = told.numbers([one if one is not None else 0 for one in said], 3)
    return known[0] + known[1] / 60 + known[2] / 3600 if sent and known else None


def _first(roles: Sequence[str], *wanted: str) -> str | None:
    return next((role for name in wanted for role in roles if role.startswith(name)), None)


VENDOR: Final = Vendor(
    NAME,
    "Hikvision ISAPI",
    "EventNotificationAlert as XML or JSON, alone or as multipart with its pictures",
    take,
)
