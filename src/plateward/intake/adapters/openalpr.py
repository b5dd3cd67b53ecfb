"""OpenALPR and Rekor Scout agents: groups (v2, v3), alerts, heartbeats, vehicles, as JSON.

Confidences are 0 to 100, times milliseconds since 1970. A preview and its final group have one
`best_uuid`. `alpr_results` are single frames, dozens of a car, whose group follows: left out.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from plateward.intake.adapters import pictures, regions, told
from plateward.intake.adapters.canonical import (
    Dropped,
    ForeignAlert,
    Health,
    Outline,
    Phase,
    Taken,
    Vehicle,
    VendorRead,
)
from plateward.intake.adapters.message import Message, Refused, Vendor
from plateward.intake.adapters.times import from_milliseconds

NAME: Final = "openalpr"
_TIME_IN_ID = re.compile(r"-(\d{12,14})$", re.ASCII)
_Things = Iterator[VendorRead | Health | Dropped]


def take(message: Message) -> Taken:
    """One message, or a list of them."""
    sent = told.from_json(message.body, told.charset(message.content_type))
    each = [told.mapping(one) for one in (sent if isinstance(sent, list) else [sent])]
    if not all("data_type" in one for one in each):
        raise Refused("The message has no data_type, which every message of this agent has")
    taken = Taken.of(thing for one in each for thing in _things(one))
    oldest = [from_milliseconds(one.get("disk_quota_earliest_result")) for one in each]
    return replace(taken, oldest_kept=min((at for at in oldest if at), default=None))


def _things(sent: Mapping[str, Any]) -> _Things:
    match sent["data_type"]:
        case "alpr_group":
            yield from _group(sent, ())
        case "alpr_alert":
            yield from _alert(sent)
        case "heartbeat":
            yield from _heartbeat(sent)
        case "vehicle":
            yield Dropped("vehicle_only")
        case "alpr_results":
            yield Dropped("single_frame")
        case _:
            yield Dropped("unknown_message")


def _group(group: Mapping[str, Any], alerts: tuple[ForeignAlert, ...]) -> _Things:
    best = told.mapping(group.get("best_plate"))
    plate = told.plate(group.get("best_plate_number") or best.get("plate"))
    captured_at = _captured_at(group)
    if isinstance(plate, Dropped):
        yield plate
        return
    if captured_at is None:
        yield Dropped("no_time")
        return
    kept, left_out = pictures.sorted_out(
        [
            pictures.of_base64("plate_crop", best.get("plate_crop_jpeg")),
            pictures.of_base64("vehicle_crop", group.get("vehicle_crop_jpeg")),
        ]
    )
    yield from left_out
    if group.get("overview_jpeg"):
        yield Dropped("overview_picture")
    region, country = regions.coded(group.get("best_region") or best.get("region"))
    yield VendorRead(
        source=NAME,
        device_ref=told.text(group.get("camera_id")),
        source_event_id=told.text(group.get("best_uuid")),
        captured_at=captured_at,
        captured_basis="device_utc",
        plate_raw=plate[0],
        plate_norm=plate[1],
        plate_conf=_percent(group.get("best_confidence"), best.get("confidence")),
        candidates=_candidates(group.get("candidates") or best.get("candidates")),
        region=region,
        region_conf=_percent(group.get("best_region_confidence"), best.get("region_confidence")),
        country=country or regions.country_code(group.get("country")),
        outline=_outline(best.get("coordinates")),
        vehicle=_vehicle(told.mapping(group.get("vehicle"))),
        direction_deg=told.degrees(group.get("travel_direction")),
        gps=told.place(group.get("gps_latitude"), group.get("gps_longitude")),
        pictures=kept,
        photo="vehicle_crop",
        photo_is_frame=False,
        crop="plate_crop",
        phase=_phase(group.get("is_preview")),
        foreign_alerts=alerts,
        warnings=("foreign_alert",) if alerts else (),
    )


def _alert(sent: Mapping[str, Any]) -> _Things:
    """A list of the vendor's matched: the read is kept as one, the match is only told."""
    alert = ForeignAlert(
        told.text(sent.get("alert_list")) or "unnamed list", told.text(sent.get("description"))
    )
    group = told.mapping(sent.get("group")) or {
        "best_plate_number": sent.get("plate_number"),
        "camera_id": sent.get("camera_number"),
        "epoch_start": sent.get("epoch_time"),
    }
    yield from _group(group, (alert,))


def _heartbeat(sent: Mapping[str, Any]) -> _Things:
    for stream in map(told.mapping, told.items(sent.get("video_streams"))):
        up = told.truth(stream.get("is_streaming"))
        camera = told.text(stream.get("camera_id"))
        if camera is None or up is None:
            continue
        last = None if up else from_milliseconds(stream.get("last_update"))
        yield Health(camera, up, last)


def _captured_at(group: Mapping[str, Any]) -> datetime | None:
    """Of the best frame: v3 says when; in v2 its id ends with the time; else of the first frame."""
    in_id = _TIME_IN_ID.search(told.text(group.get("best_uuid")) or "")
    said = (
        group.get("best_uuid_epoch_ms"),
        in_id[1] if in_id else None,
        group.get("epoch_start"),
        group.get("epoch_end"),
    )
    return next((at for at in map(from_milliseconds, said) if at), None)


def _percent(*said: object) -> float | None:
    """The first that is a confidence."""
    known = (told.confidence(each, of=100) for each in said)
    return next((sure for sure in known if sure is not None), None)


def _phase(preview: object) -> Phase | None:
    is_preview = told.truth(preview)
    return None if is_preview is None else "preview" if is_preview else "final"


def _candidates(sent: object) -> tuple[tuple[str, float | None], ...]:
    each = [told.mapping(one) for one in told.items(sent)]
    return tuple(
        (plate, _percent(one.get("confidence")))
        for one in each
        if (plate := told.text(one.get("plate")))
    )


def _outline(corners: object) -> Outline | None:
    each = [told.mapping(corner) for corner in told.items(corners)]
    numbers = told.numbers([corner.get(axis) for corner in each for axis in "xy"], 8)
    return Outline("polygon", numbers) if numbers else None


def _vehicle(sent: Mapping[str, Any]) -> Vehicle:
    """Of each list of guesses the likeliest. A model is written with its make before it."""
    names = ("body_type", "make", "make_model", "color", "year", "orientation")
    body, make, both, color, year, facing = (_likeliest(sent.get(name)) for name in names)
    model = both[0].removeprefix(f"{make[0]}_") if make and both else both and both[0]
    told_of = {"body": body, "make": make, "model": both, "color": color, "year": year}
    return Vehicle(
        body=body and body[0],
        make=make and make[0],
        model=model,
        color=color and color[0],
        year=year and year[0],
        orientation=_facing(facing[0]) if facing else None,
        confidences=tuple(
            (name, one[1]) for name, one in told_of.items() if one and one[1] is not None
        ),
    )


def _likeliest(sent: object) -> tuple[str, float | None] | None:
    each = [told.mapping(one) for one in told.items(sent)]
    named = [
        (name, _percent(one.get("confidence")))
        for one in each
        if (name := told.text(one.get("name"), 40))
    ]
    best = max(named, key=lambda one: one[1] or 0, default=None)
    return best if best and best[0].lower() not in ("unknown", "other") else None


def _facing(said: str) -> str | None:
    """The agent gives degrees in steps of 45: at 0 the vehicle comes, at 180 it goes."""
    degrees = told.degrees(said)
    if degrees is None:
        return said.lower()
    if degrees <= 45 or degrees >= 315:
        return "front"
    return "rear" if 135 <= degrees <= 225 else "side"


VENDOR: Final = Vendor(
    NAME, "OpenALPR, Rekor Scout", "JSON: alpr_group, alpr_alert, heartbeat, vehicle", take
)
