"""Plates in ONVIF's events: notifications in XML, and what brokers carry of them as JSON."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any, Final

from plateward.intake.adapters import onvif_info, times, told
from plateward.intake.adapters.canonical import Dropped, Health, Picture, Speed, VendorRead
from plateward.intake.adapters.message import Message
from plateward.intake.adapters.tree import Node

_PLATES: Final = ("licenseplate", "license_plate", "/lpr", "/anpr", "alpv", "platerecognition")
# What a camera says of its own picture, and the items in which it says whether that is so.
_LOST: Final = ("signalloss", "videoloss")
_TAMPERED: Final = ("tamper", "globalscenechange", "imagetoo")
_STATES: Final = ("State", "IsTamper", "Tampering", "tampering", "Failed", "active")
_NUMBERS: Final = ("PlateNumber", "LicensePlate", "LicensePlateNumber", "Plate", "PlateText")
_ROLES: Final = {"Image": "plate_image", "VehicleImage": "vehicle_image"}
_HELD: Final = ("#text", "$", "$t", "_", "value", "Value", "text")
_ALONE: Final = frozenset({"PlateNumber", "Type"})  # parts that may be the only one of their whole
_DEEPEST: Final = 12


@dataclass(slots=True)
class Notice:
    """One event: where it comes from, when, and what it tells, simple items as text."""

    topic: str
    time: object
    operation: str = ""
    device: str | None = None
    source: dict[str, str] = field(default_factory=dict)
    items: dict[str, str] = field(default_factory=dict)
    elements: dict[str, Node] = field(default_factory=dict)


def of_xml(root: Node, message: Message) -> list[Notice]:
    """Of a metadata stream, a Notify or a PullMessagesResponse: all hold NotificationMessages."""
    found = []
    for each in [root, *root.every("NotificationMessage")]:
        told_of = next((n for n in each.every("Message") if "UtcTime" in n.attributes), None)
        if each.name == "NotificationMessage" and told_of is not None:
            found.append(_of_message(told_of, each.says("Topic") or message.topic))
    if not found and root.name == "Message":
        found.append(_of_message(root, message.topic))
    return found


def _of_message(node: Node, topic: str) -> Notice:
    notice = Notice(
        topic, node.attributes.get("UtcTime"), node.attributes.get("PropertyOperation", "")
    )
    for part, into in (("Source", notice.source), ("Key", notice.source), ("Data", notice.items)):
        held = node.child(part)
        for item in held.every("SimpleItem") if held else ():
            into[item.attributes.get("Name", "")] = item.attributes.get("Value", "")
    data = node.child("Data")
    for item in data.every("ElementItem") if data else ():
        name = item.attributes.get("Name", "")
        wrapped = len(item.children) == 1 and item.children[0].name not in _ALONE
        notice.elements[name] = item.children[0] if wrapped else item
    return notice


def of_json(root: object, message: Message) -> list[Notice]:
    """ONVIF's own form over MQTT, and the form in which Axis cameras wrap it."""
    return [_of_object(told.mapping(each), message) for each in told.items(root) or [root]]


def _of_object(root: Mapping[str, Any], message: Message) -> Notice:
    inner = told.mapping(root.get("message"))
    wrapped = bool(inner)
    lower = {name.lower(): held for name, held in (inner if wrapped else root).items()}
    time = root.get("timestamp") if wrapped else lower.get("utctime")
    notice = Notice(
        topic=told.text(root.get("topic")) or message.topic,
        time=time,
        operation=told.text(lower.get("propertyoperation")) or "",
        device=told.text(root.get("serial")),
    )
    for part, into in (("source", notice.source), ("key", notice.source)):
        into.update(_simple(told.mapping(lower.get(part))))
    data = told.mapping(lower.get("data"))
    notice.items.update(_simple(data))
    notice.elements.update(_elements(data))
    return notice


def _simple(part: Mapping[str, Any]) -> dict[str, str]:
    """`{"Name": "value"}`, or a SimpleItem list of names and values."""
    listed = {
        told.text(each.get("Name")) or "": told.text(each.get("Value"), 10_000_000)
        for each in map(told.mapping, told.items(part.get("SimpleItem")))
    }
    plain = {
        _local(name): str(held) if isinstance(held, str) else told.text(held)
        for name, held in part.items()
        if isinstance(held, str | int | float)
    }
    return {name: held for name, held in {**plain, **listed}.items() if held is not None}


def _elements(part: Mapping[str, Any]) -> dict[str, Node]:
    listed = {
        told.text(each.get("Name")) or "": _unwrapped(each)
        for each in map(told.mapping, told.items(part.get("ElementItem")))
    }
    named = {_local(name): held for name, held in part.items() if isinstance(held, dict)}
    return {name: _node(name, held, 0) for name, held in {**named, **listed}.items()}


def _unwrapped(item: Mapping[str, Any]) -> object:
    """What stands in an ElementItem: its one member, or its members, which may be bare."""
    inside = {name: held for name, held in item.items() if _local(name) != "Name"}
    if len(inside) == 1 and _local(next(iter(inside))) not in _ALONE:
        return next(iter(inside.values()))
    return inside


def _node(name: str, held: object, depth: int) -> Node:
    """A JSON value as the element that it would be: members are attributes and children both."""
    if not isinstance(held, dict) or depth > _DEEPEST:
        return Node(name, {}, told.text(held, 10_000_000) or "")
    node = Node(name, {})
    plain = {}
    for key, value in held.items():
        local = _local(key)
        if isinstance(value, dict | list):
            for each in value if isinstance(value, list) else [value]:
                node.children.append(_node(local, each, depth + 1))
        else:
            plain[local] = told.text(value, 10_000_000) or ""
            node.children.append(Node(local, {}, plain[local]))
    node.attributes = plain
    others = [held for key, held in plain.items() if key != "Likelihood"]
    node.text = next((plain[key] for key in _HELD if key in plain), next(iter(others), ""))
    return node


def _local(name: str) -> str:
    return name.lstrip("@").rpartition(":")[2]


def read(notice: Notice, message: Message) -> Iterator[VendorRead | Health | Dropped]:
    topic = notice.topic.lower()
    if any(word in topic for word in (*_LOST, *_TAMPERED)):
        yield _health(notice, topic, message)
        return
    info = _info(notice)
    if info is None or not (_is_of_plates(topic) or "LicensePlateInfo" in notice.elements):
        yield Dropped("face" if "face" in topic else "unknown_message")
        return
    # What is deleted is a state that ends: its plate was told when it began.
    if notice.operation.lower() == "deleted":
        yield Dropped("unknown_message")
        return
    said = notice.items.get("Likelihood")
    plate = onvif_info.plate(info, default=1.0 if said is None else told.confidence(said))
    if isinstance(plate, Dropped):
        yield plate
        return
    seen = _seen(notice)
    if seen is None:
        yield Dropped("no_time")
        return
    made = [_picture(notice, theirs, ours) for theirs, ours in _ROLES.items()]
    shown = tuple(each for each in made if isinstance(each, Picture))
    yield from (each for each in made if isinstance(each, Dropped))
    roles = {each.role for each in shown}
    vehicle = notice.elements.get("VehicleInfo")
    yield VendorRead(
        source=onvif_info.NAME,
        device_ref=_device(notice, message),
        source_event_id=told.text(notice.items.get("ObjectId")),
        ids_begin_again=True,
        captured_at=seen.at,
        captured_basis=seen.basis,
        plate_raw=plate.written[0],
        plate_norm=plate.written[1],
        plate_conf=plate.sure,
        region=plate.region,
        region_conf=plate.region_sure,
        country=plate.country,
        outline=onvif_info.outline(notice.elements.get("BoundingBox")),
        vehicle=onvif_info.vehicle([vehicle] if vehicle else []),
        direction_label=told.text(notice.items.get("Direction")),
        parent_object=told.text(notice.items.get("ParentObjectId")),
        pictures=shown,
        photo="vehicle_image" if "vehicle_image" in roles else None,
        crop="plate_image" if "plate_image" in roles else None,
        speeds=_speeds(notice),
    )


def _health(notice: Notice, topic: str, message: Message) -> Health:
    """True is trouble. Some say only that it happened, by a level or by the event alone."""
    said = (told.truth(notice.items[name]) for name in _STATES if name in notice.items)
    trouble = next((each for each in said if each is not None), notice.operation != "Deleted")
    seen = _seen(notice)
    return Health(
        _device(notice, message),
        up=not trouble,
        last_seen=seen.at if seen else None,
        tampering=not any(word in topic for word in _LOST),
    )


def _is_of_plates(topic: str) -> bool:
    return any(word in topic for word in _PLATES)


def _info(notice: Notice) -> Node | None:
    """LicensePlateInfo; of cameras that came before it, the simple item that holds the plate."""
    info = notice.elements.get("LicensePlateInfo")
    if info is not None:
        return info
    written = next((notice.items[name] for name in _NUMBERS if notice.items.get(name)), None)
    if written is None:
        return None
    parts = [
        Node(ours, {}, notice.items[theirs])
        for ours, theirs in (
            ("CountryCode", "CountryCode"),
            ("CountryCode", "Country"),
            ("IssuingEntity", "IssuingEntity"),
            ("IssuingEntity", "State"),
        )
        if theirs in notice.items
    ]
    return Node("LicensePlateInfo", {}, "", [Node("PlateNumber", {}, written), *parts])


def _seen(notice: Notice) -> onvif_info.Moment | None:
    """In ISO 8601, UTC with or without a Z; where a broker's form has a number, milliseconds."""
    number = notice.time if isinstance(notice.time, int | float) else None
    if number is not None:
        at = times.from_milliseconds(number)
        return onvif_info.Moment(at, "device_utc") if at else None
    found = times.from_iso(notice.time, zone=UTC)
    return onvif_info.Moment(*found) if found else None


def _device(notice: Notice, message: Message) -> str | None:
    """The wrapper's serial number, the prefix of the MQTT topic, else whose credential it is.

    Not the source's video token: it is called the same in every camera of a maker.
    """
    prefix, found, _ = message.topic.partition("/onvif-ej/")
    return notice.device or (prefix if found else None) or message.device


def _picture(notice: Notice, theirs: str, ours: str) -> Picture | Dropped | None:
    inner = notice.elements.get(theirs)
    written = notice.items.get(theirs) or (inner.text if inner else None)
    return onvif_info.picture(ours, Node(theirs, {}, written or ""))


def _speeds(notice: Notice) -> tuple[Speed, ...]:
    return (Speed("Speed", None),) if told.number(notice.items.get("Speed")) else ()
