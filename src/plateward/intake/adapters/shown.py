"""What a message became, as JSON for people who set up cameras. Pictures by their role alone."""

from typing import Any
from urllib.parse import urlsplit

from plateward.intake.adapters.canonical import Outline, Taken, Vehicle, VendorRead
from plateward.intake.adapters.times import written


def as_json(taken: Taken) -> dict[str, Any]:
    """`reads`, and beside them only what there is: `vehicle_only`, `health`, `dropped` by rule."""
    shown: dict[str, Any] = {"reads": [_read(read) for read in taken.reads]}
    dropped = dict(taken.dropped)
    if "vehicle_only" in dropped:
        shown["vehicle_only"] = dropped.pop("vehicle_only")
    if dropped:
        shown["dropped"] = dropped
    if taken.health:
        shown["health"] = [
            {"device_ref": each.device_ref, "up": each.up}
            | ({"last_seen": written(each.last_seen)} if each.last_seen else {})
            for each in taken.health
        ]
    if taken.oldest_kept:
        shown["oldest_kept"] = written(taken.oldest_kept)
    lists = dict.fromkeys(alert.list for read in taken.reads for alert in read.foreign_alerts)
    if lists:
        shown["foreign_hit"] = list(lists)
    return shown


def _read(read: VendorRead) -> dict[str, Any]:
    always = {
        "source": read.source,
        "source_event_id": read.source_event_id,
        "device_ref": read.device_ref,
        "captured_at": written(read.captured_at),
        "captured_basis": read.captured_basis,
        "plate_raw": read.plate_raw,
        "plate_norm": read.plate_norm,
        "plate_conf": read.plate_conf,
        "region": read.region,
        "images": [picture.role for picture in read.pictures],
    }
    told = {
        "event": None if read.source_event_id else read.event(),
        "char_conf": list(read.char_conf),
        "candidates": [list(each) for each in read.candidates],
        "region_conf": read.region_conf,
        "country": read.country,
        **_outline(read.outline),
        "vehicle": _vehicle(read.vehicle),
        "direction_deg": read.direction_deg,
        "direction_label": read.direction_label,
        "lane": read.lane,
        "gps": list(read.gps) if read.gps else None,
        "parent_object": read.parent_object,
        "linked_images": [urlsplit(each.address).hostname for each in read.links],
        "phase": read.phase,
        "speed_kmh": next((speed.kmh for speed in read.speeds if speed.kmh is not None), None),
        "foreign_alert": [
            {"list": alert.list, "description": alert.description} for alert in read.foreign_alerts
        ],
        "dropped_fields": list(read.dropped_fields),
        "warnings": [*read.warnings, *read.doubts()],
    }
    return always | {name: value for name, value in told.items() if value not in (None, [], {})}


def _outline(outline: Outline | None) -> dict[str, Any]:
    if outline is None:
        return {}
    numbers = [_plain(number) for number in outline.numbers]
    if outline.shape == "polygon":
        return {
            "plate_polygon": [list(pair) for pair in zip(numbers[::2], numbers[1::2], strict=True)]
        }
    return {f"plate_{outline.shape}": numbers}


def _plain(number: float) -> float:
    return int(number) if number == int(number) else round(number, 5)


def _vehicle(vehicle: Vehicle) -> dict[str, Any]:
    names = ("body", "make", "model", "color", "year", "orientation", "size")
    return {name: said for name in names if (said := getattr(vehicle, name)) is not None}
