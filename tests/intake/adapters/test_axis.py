"""Axis License Plate Verifier: one car in three messages, times, devices, pictures, other forms."""

import base64
import json
from typing import Any

import pytest

from plateward.intake.adapters import times
from plateward.intake.adapters.canonical import VendorRead
from plateward.intake.adapters.message import Refused
from tests.intake.adapters import messages

JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")
CAR: dict[str, Any] = {
    "capture_timestamp": "1764597906789",
    "plateUTF8": "TST4O21",
    "plateConfidence": "0.81",
    "carState": "update",
    "carID": "1144696",
    "camera_info": {"SerialNumber": "ACCC8E000001"},
}


def read(**told: Any) -> VendorRead:
    taken = messages.take("axis", {**CAR, **told})
    assert len(taken.reads) == 1
    return taken.reads[0]


def test_new_update_and_lost_are_one_car() -> None:
    states = [read(carState=state) for state in ("new", "UPDATE", "lost")]
    assert [each.phase for each in states] == ["preview", "update", "final"]
    assert len({each.event() for each in states}) == 1


def test_a_car_without_a_number_is_named_by_what_was_seen() -> None:
    event = read(carID=None)
    assert event.source_event_id is None
    assert event.event().startswith("sha256:")


@pytest.mark.parametrize(
    ("told", "instant"),
    [
        ({"capture_timestamp": 1764597906789}, "2025-12-01T14:05:06.789Z"),
        (
            {"capture_timestamp": "0", "capture_ts": "1764597906789000000"},
            "2025-12-01T14:05:06.789Z",
        ),
        (
            {"capture_timestamp": None, "datetime": "20251201 080506789"},
            "2025-12-01T14:05:06.789Z",
        ),
    ],
)
def test_a_time_is_found_where_the_firmware_writes_it(told: dict[str, Any], instant: str) -> None:
    assert times.written(read(**told).captured_at) == instant


def test_without_a_time_there_is_no_read() -> None:
    taken = messages.take("axis", {**CAR, "capture_timestamp": "soon"})
    assert (taken.reads, taken.dropped) == ((), (("no_time", 1),))


@pytest.mark.parametrize(
    ("camera", "device"),
    [
        ({"SerialNumber": "", "MACAddress": "ac:cc:8e:00:00:02"}, "ACCC8E000002"),
        ({}, messages.CAMERA),
    ],
)
def test_a_device_is_never_a_name_that_every_camera_has(camera: Any, device: str) -> None:
    assert read(camera_info=camera, sensorProviderID="defaultID_176").device_ref == device


def test_directions_and_boxes_that_say_nothing_are_none() -> None:
    event = read(carMoveDirection="unknown", plateCoordinates=[0, 0, 0, 0], geotag={"lat": 0})
    assert (event.direction_label, event.outline, event.gps) == (None, None, None)


def test_boxes_come_as_strings_too() -> None:
    event = read(plateCoordinates=["1", "2", "3", "4"])
    assert event.outline is not None
    assert event.outline.box() == (1, 2, 3, 4)


def test_a_car_that_is_lost_before_it_is_read_is_a_vehicle() -> None:
    assert messages.take("axis", {**CAR, "plateUTF8": ""}).dropped == (("vehicle_only", 1),)


def test_a_message_about_something_else_is_counted() -> None:
    assert messages.take("axis", {"heartbeat": 1}).dropped == (("unknown_message", 1),)


def test_the_bridge_to_mqtt_says_whose_event_it_is() -> None:
    data = {"text": "TST4O21", "carID": "7", "capture_timestamp": "1764597906789"}
    taken = messages.take("axis", {"serial": "ACCC8E000003", "message": {"data": data}})
    assert taken.reads[0].source_event_id == "ACCC8E000003:7"


def test_a_picture_of_the_whole_scene_is_no_crop() -> None:
    body = _multipart(("event", json.dumps({**CAR, "imageType": "roi"}).encode()), ("image", JPEG))
    event = messages.take("axis", body, content_type=_TYPE).reads[0]
    assert (event.photo, event.crop) == ("image", None)


def test_pictures_inside_the_json_are_taken() -> None:
    held = [{"ImageType": "plate", "BinaryImage": base64.b64encode(JPEG).decode()}]
    event = read(ImageArray=held)
    assert (event.crop, event.picture("plate")) == ("plate", JPEG)


def test_a_picture_that_is_none_is_counted_and_the_plate_kept() -> None:
    body = _multipart(("event", json.dumps(CAR).encode()), ("image", b"<svg/>"))
    taken = messages.take("axis", body, content_type=_TYPE)
    assert (len(taken.reads), taken.dropped) == (1, (("picture_not_jpeg", 1),))


def test_pictures_without_their_event_are_refused() -> None:
    with pytest.raises(Refused, match="no part named event"):
        messages.take("axis", _multipart(("image", JPEG)), content_type=_TYPE)


_TYPE = "multipart/form-data; boundary=b"


def _multipart(*parts: tuple[str, bytes]) -> bytes:
    written = b""
    for name, body in parts:
        kind = "application/json" if name == "event" else "image/jpeg"
        head = f'--b\r\nContent-Disposition: form-data; name="{name}"\r\nContent-Type: {kind}\r\n'
        written += head.encode() + b"\r\n" + body + b"\r\n"
    return written + b"--b--\r\n"
