"""Plate Recognizer Stream and Snapshot: webhook (JSON, multipart, form), JSON lines, CSV.

Scores are 0 to 1 and plates in lower case. In vehicle mode a plate is an object with `props`, and a
vehicle without one is null. Nothing in a message names the event. Cells of the CSV that nest are
written as Python literals, or as JSON; a CSV has no column for the camera, only the screenshot's
folder, `CAMERA_screenshots/`.
"""

import ast
import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any, Final
from urllib.parse import parse_qs

from plateward.intake.adapters import parts, pictures, regions, times, told
from plateward.intake.adapters.canonical import (
    Dropped,
    Outline,
    Picture,
    Speed,
    Taken,
    Vehicle,
    VendorRead,
)
from plateward.intake.adapters.message import Message, Refused, Vendor

NAME: Final = "platerecognizer"
_PICTURES: Final = ("upload", "plate_img", "vehicle_img")
_LONGEST_CELL: Final = 20_000
_CAMERA = re.compile(r"(?:^|/)([^/]+)_screenshots/")
_PLATE_COLUMNS: Final = (
    *("timestamp", "plate", "score", "dscore", "file", "box", "model_make", "color", "vehicle"),
    *("region", "orientation", "candidates", "source_url", "position_sec", "direction"),
)
_VEHICLE_COLUMNS: Final = (
    *("timestamp", "file", "source_url", "position_sec", "direction", "plate", "vehicle"),
)
_NESTED: Final = frozenset(
    {"box", "model_make", "color", "vehicle", "region", "orientation", "candidates"}
)
_Object = Mapping[str, Any]
_Things = Iterator[VendorRead | Dropped]


def take(message: Message) -> Taken:
    if parts.is_multipart(message):
        return Taken.of(_from_parts(message))
    if _is_csv(message):
        return Taken.of(_from_csv(message))
    return Taken.of(thing for sent in _documents(message) for thing in _document(sent, ()))


def _from_parts(message: Message) -> _Things:
    sent = parts.of(message)
    document = parts.named(sent, "json", "data")
    if document is None:
        raise Refused("The multipart message has no part named json")
    kept, left_out = pictures.sorted_out(
        pictures.of_bytes(part.name, part.body) for part in sent if part.name in _PICTURES
    )
    yield from left_out
    yield from _document(told.from_json(document.body), kept)


def _documents(message: Message) -> list[Any]:
    """One, a list, one a line, or one in the field `json` of a form."""
    if "x-www-form-urlencoded" in message.content_type.lower():
        return [told.from_json(_field(message.body))]
    lines = [line.strip() for line in message.body.splitlines() if line.strip()]
    codec = told.charset(message.content_type)
    if len(lines) > 1 and all(line[:1] == b"{" and line[-1:] == b"}" for line in lines):
        return [told.from_json(line, codec) for line in lines]
    sent = told.from_json(message.body, codec)
    return sent if isinstance(sent, list) else [sent]


def _field(form: bytes) -> bytes:
    try:
        fields = parse_qs(told.decoded(form), max_num_fields=20)
    except ValueError:
        raise Refused("The form has more fields than this system sends") from None
    return next(iter(fields.get("json", [])), "").encode("utf-8", "replace")


def _document(sent: object, kept: tuple[Picture, ...]) -> _Things:
    whole = told.mapping(sent)
    data = told.mapping(whole.get("data")) if "data" in whole else whole
    if not isinstance(data.get("results"), list):
        if "hook" not in whole:
            raise Refused("The message has no list of results, which this system sends")
        yield Dropped("unknown_message")
        return
    results = [told.mapping(one) for one in data["results"]]
    # A close-up belongs to one plate; the scene shows them all.
    shown = kept if len(results) == 1 else tuple(one for one in kept if one.role == "upload")
    for result in results:
        yield from _result(data, result, shown)


def _result(data: _Object, result: _Object, kept: tuple[Picture, ...]) -> _Things:
    found = _plate_object(result)
    plate = told.plate(found.get("plate"))
    captured = times.instant(data.get("timestamp"), zone=UTC) or times.from_iso(
        data.get("timestamp_local")
    )
    if isinstance(plate, Dropped):
        yield plate
        return
    if captured is None:
        yield Dropped("no_time")
        return
    region = told.mapping(found.get("region"))
    state, country = regions.coded(region.get("code"))
    yield VendorRead(
        source=NAME,
        device_ref=told.text(data.get("camera_id")),
        source_event_id=None,
        captured_at=captured[0],
        captured_basis=captured[1],
        plate_raw=plate[0],
        plate_norm=plate[1],
        plate_conf=told.confidence(found.get("score")),
        candidates=_candidates(found.get("candidates")),
        region=state,
        region_conf=told.confidence(region.get("score")) if state or country else None,
        country=country,
        outline=_outline(told.mapping(found.get("box"))),
        vehicle=_vehicle(result),
        direction_deg=told.degrees(result.get("direction")),
        pictures=kept,
        photo="upload",
        crop="plate_img",
        speeds=(Speed("speed", None),) if told.number(result.get("speed")) is not None else (),
    )


def _plate_object(result: _Object) -> _Object:
    """Plate mode and vehicle mode as one: plate, score, box, region and candidates."""
    sent = result.get("plate")
    if not isinstance(sent, Mapping):
        return result
    props = told.mapping(sent.get("props"))
    texts = [told.mapping(one) for one in told.items(props.get("plate"))]
    best = texts[0] if texts else {}
    region = _best(props.get("region"))
    return {
        "plate": best.get("value"),
        "score": best.get("score"),
        "box": sent.get("box"),
        "region": {"code": region.get("value"), "score": region.get("score")},
        "candidates": [{"plate": one.get("value"), "score": one.get("score")} for one in texts],
    }


def _vehicle(result: _Object) -> Vehicle:
    sent = told.mapping(result.get("vehicle"))
    props = told.mapping(sent.get("props"))
    color = _best(props.get("color") or result.get("color"))
    facing = _best(props.get("orientation") or result.get("orientation"))
    kind = _best(props.get("make_model") or result.get("model_make"))
    made = told.confidence(kind.get("score"))
    sure = {
        "body": told.confidence(sent.get("score")),
        "make": made,
        "model": made,
        "color": told.confidence(color.get("score")),
    }
    vehicle = {
        "body": _word(sent.get("type")),
        "make": _word(kind.get("make")),
        "model": _word(kind.get("model")),
        "color": _word(color.get("value") or color.get("color")),
    }
    known = ((name, sure[name]) for name, word in vehicle.items() if word)
    way = _word(facing.get("value") or facing.get("orientation"))
    return Vehicle(
        **vehicle,
        orientation=way and way.lower(),
        confidences=tuple((name, share) for name, share in known if share is not None),
    )


def _best(sent: object) -> _Object:
    """The guess with the highest score; the first of those without one."""
    each = [told.mapping(one) for one in told.items(sent)]
    return max(each, key=lambda one: told.confidence(one.get("score")) or 0, default={})


def _word(sent: object) -> str | None:
    said = told.text(sent, 40) if isinstance(sent, str) else None
    return said if said and said.lower() != "unknown" else None


def _candidates(sent: object) -> tuple[tuple[str, float | None], ...]:
    each = [told.mapping(one) for one in told.items(sent)]
    return tuple(
        (plate, told.confidence(one.get("score")))
        for one in each
        if (plate := told.text(one.get("plate")))
    )


def _outline(box: _Object) -> Outline | None:
    numbers = told.numbers([box.get(side) for side in ("xmin", "ymin", "xmax", "ymax")], 4)
    return Outline("box", numbers) if numbers else None


def _is_csv(message: Message) -> bool:
    if "csv" in message.content_type.lower() or message.filename.lower().endswith(".csv"):
        return True
    return told.decoded(message.body[:40]).lstrip().lower().startswith("timestamp,")


def _from_csv(message: Message) -> _Things:
    text = told.decoded(message.body, told.charset(message.content_type))
    columns: tuple[str, ...] | None = None
    try:
        for row in csv.reader(io.StringIO(text, newline="")):
            if row and row[0].strip().lower() == "timestamp":
                columns = tuple(name.strip().lower() for name in row)
            elif any(row):
                yield from _row(dict(zip(columns or _columns(row), row, strict=False)))
    except csv.Error:
        raise Refused("The file is not a CSV that this system writes") from None


def _columns(row: list[str]) -> tuple[str, ...]:
    """Of a file without a header."""
    for columns in (_PLATE_COLUMNS, _VEHICLE_COLUMNS):
        if len(row) == len(columns):
            return columns
    raise Refused("The CSV has neither a header nor the 15 or 7 columns that this system writes")


def _row(cells: dict[str, str]) -> _Things:
    result: dict[str, Any] = {
        name: _cell(cell) if name in _NESTED else cell for name, cell in cells.items()
    }
    if cells.get("plate", "").lstrip().startswith("{") or cells.get("plate", "") in ("", "None"):
        result["plate"] = _cell(cells.get("plate", ""))
    camera = _CAMERA.search(cells.get("file", ""))
    data = {"timestamp": cells.get("timestamp"), "camera_id": camera[1] if camera else None}
    yield from _result(data, result, ())


def _cell(written: str) -> Any:
    """A nested cell; None where it is empty or neither JSON nor a Python literal."""
    if not written.strip() or len(written) > _LONGEST_CELL:
        return None
    try:
        return ast.literal_eval(written.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        pass
    try:
        return json.loads(written)
    except (ValueError, RecursionError):
        return None


VENDOR: Final = Vendor(
    NAME,
    "Plate Recognizer Stream and Snapshot",
    "the webhook as JSON, multipart or form; JSON lines; CSV in plate or vehicle mode",
    take,
)
