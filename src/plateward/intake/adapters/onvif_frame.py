"""Plates in the frames of ONVIF's metadata stream: objects, their parents, their boxes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from typing import Final

from plateward.intake.adapters import onvif_info, times, told
from plateward.intake.adapters.canonical import Dropped, Outline, Picture, Speed, VendorRead
from plateward.intake.adapters.message import Message
from plateward.intake.adapters.tree import Node

_CROP: Final = "plate_image"
_SCENE: Final = "scene_image"
_PEOPLE: Final = {"humanface": "face", "face": "face", "humanbody": "person", "human": "person"}
_VEHICLES: Final = frozenset({"vehicle", "vehical", "car", "truck", "bus", "bicycle", "motorcycle"})


@dataclass(frozen=True, slots=True)
class _Thing:
    """An object of a frame, with the frame."""

    frame: Node
    node: Node

    @property
    def id(self) -> str | None:
        return told.text(self.node.attributes.get("ObjectId"))

    @property
    def parent(self) -> str | None:
        return told.text(self.node.attributes.get("Parent"))

    @property
    def look(self) -> Node:
        """What it looks like; an object that only moves on says nothing of it."""
        return self.node.child("Appearance") or Node("Appearance", {})

    @property
    def plate(self) -> Node | None:
        return self.look.child("LicensePlateInfo")

    def kinds(self) -> set[str]:
        """Names of its classes, in small letters."""
        types = [
            each for held in self.look.children if held.name == "Class" for each in _types(held)
        ]
        return {(told.text(each.text) or "").lower() for each in types}


def reads(frames: list[Node], message: Message) -> Iterator[VendorRead | Dropped]:
    """One read of each object and plate, from the frame where its likelihood is highest."""
    things = [_Thing(frame, node) for frame in frames for node in frame.every("Object")]
    by_id = {thing.id: thing for thing in things}
    best: dict[tuple[str | None, str], VendorRead] = {}
    for thing in things:
        if thing.plate is None:
            continue
        for read in _read(thing, things, by_id, message):
            if isinstance(read, Dropped):
                yield read
                continue
            key = (read.source_event_id, read.plate_norm)
            kept = best.get(key)
            if kept is None or (read.plate_conf or 0) > (kept.plate_conf or 0):
                best[key] = read
    yield from best.values()
    yield from _others(things)


def _others(things: list[_Thing]) -> Iterator[Dropped]:
    """Each object without a plate once, however many frames show it."""
    plated = {each for thing in things if thing.plate for each in (thing.id, thing.parent)}
    seen: set[str | None] = set()
    for thing in things:
        if thing.id in plated or (thing.id in seen and thing.id is not None):
            continue
        rule = _rule(thing)
        if rule:
            seen.add(thing.id)
            yield Dropped(rule)


def _rule(thing: _Thing) -> str | None:
    kinds = thing.kinds() | {child.name.lower() for child in thing.look.children}
    for kind, rule in _PEOPLE.items():
        if kind in kinds:
            return rule
    return "vehicle_only" if kinds & (_VEHICLES | {"vehicleinfo"}) else None


def _read(
    thing: _Thing, things: list[_Thing], by_id: dict[str | None, _Thing], message: Message
) -> Iterator[VendorRead | Dropped]:
    plate = onvif_info.plate(thing.plate) if thing.plate else Dropped("vehicle_only")
    if isinstance(plate, Dropped):
        yield plate
        return
    # The standard's own examples leave the Z out: it is UTC all the same.
    seen = times.from_iso(thing.frame.attributes.get("UtcTime"), zone=UTC)
    if seen is None:
        yield Dropped("no_time")
        return
    parent = by_id.get(thing.parent) if thing.parent else None
    car = parent or thing
    made = [
        onvif_info.picture(_CROP, thing.look.child("Image") if parent else None),
        onvif_info.picture(_SCENE, thing.frame.child("SceneImage")),
    ]
    shown = tuple(each for each in made if isinstance(each, Picture))
    yield from (each for each in made if isinstance(each, Dropped))
    yield VendorRead(
        source=onvif_info.NAME,
        device_ref=message.device,
        source_event_id=thing.id,
        ids_begin_again=True,
        captured_at=seen[0],
        captured_basis=seen[1],
        plate_raw=plate.written[0],
        plate_norm=plate.written[1],
        plate_conf=plate.sure,
        region=plate.region,
        region_conf=plate.region_sure,
        country=plate.country,
        outline=_outline(thing, things),
        vehicle=onvif_info.vehicle(_infos(thing) or _infos(car)),
        gps=_place(car) or _place(thing),
        parent_object=thing.parent,
        pictures=shown,
        photo=_SCENE if any(each.role == _SCENE for each in shown) else None,
        crop=_CROP if any(each.role == _CROP for each in shown) else None,
        speeds=_speeds(car),
    )


def _outline(thing: _Thing, things: list[_Thing]) -> Outline | None:
    """The plate's own box: of the object where it is a plate, else of its part that is one."""
    boxed = thing
    if "licenseplate" not in thing.kinds() and not thing.parent:
        parts = [
            each
            for each in things
            if each.parent == thing.id
            and each.frame is thing.frame
            and "licenseplate" in each.kinds()
        ]
        if not parts:
            return None
        boxed = parts[0]
    return onvif_info.outline(
        boxed.look.at("Shape/BoundingBox"),
        onvif_info.transformation(boxed.look.child("Transformation")),
        onvif_info.transformation(boxed.frame.child("Transformation")),
    )


def _infos(thing: _Thing) -> list[Node]:
    return [child for child in thing.look.children if child.name == "VehicleInfo"]


def _types(described: Node) -> Iterator[Node]:
    """The classes of an object, as the standard writes them now and as it did before."""
    yield from described.every("Type")


def _place(thing: _Thing) -> tuple[float, float] | None:
    where = thing.look.child("GeoLocation")
    return told.place(where.attributes.get("lat"), where.attributes.get("lon")) if where else None


def _speeds(car: _Thing) -> tuple[Speed, ...]:
    """In the scene's own units, which the message does not tell: only that there is a speed."""
    said = car.node.at("Behaviour/Speed")
    return (Speed("Behaviour.Speed", None),) if said and told.number(said.text) else ()
