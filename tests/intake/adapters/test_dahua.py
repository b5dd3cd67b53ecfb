"""Dahua: wall time called UTC, confidences over 100, texts that are no plates, parts of streams."""

import base64
import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from plateward.intake.adapters import times
from plateward.intake.adapters.canonical import Outline, Taken
from plateward.intake.adapters.message import Refused
from tests.intake.adapters import messages

JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")
DATA: dict[str, Any] = {
    "EventID": 516,
    "GroupID": 175706653,
    "Object": {"ObjectType": "Plate", "Text": "TST4O21", "Confidence": 93},
    "TrafficCar": {"MachineName": "DEVICE1", "VehicleColor": "Blue"},
    "RealUTC": 1764597906,
    "UTC": 1764576306,
    "UTCMS": 789,
}


def take(data: dict[str, Any], code: str = "TrafficJunction", **told: Any) -> Taken:
    event = {"Action": "Pulse", "Code": code, "Data": {**DATA, **data}}
    return messages.take("dahua", {"params": {"eventList": [event]}}, **told)


def seen(data: dict[str, Any], zone: str = "America/Chicago") -> tuple[str, str]:
    event = take(data, zone=ZoneInfo(zone)).reads[0]
    return times.written(event.captured_at), event.captured_basis


def test_real_utc_is_believed_before_anything_else() -> None:
    assert seen({}) == ("2025-12-01T14:05:06.789Z", "device_utc")


def test_utc_alone_is_the_wall_clock_of_the_camera() -> None:
    assert seen({"RealUTC": None}) == ("2025-12-01T14:05:06.789Z", "device_local_offset")


def test_the_same_number_is_another_instant_in_another_zone() -> None:
    told = {"RealUTC": 0, "UTC": 1764576306 + 13 * 3600, "LocaleTime": "2025-12-01 21:05:06"}
    assert seen(told, "Asia/Bangkok")[0] == "2025-12-01T14:05:06.789Z"


def test_utc_that_differs_from_the_wall_clock_means_what_it_says() -> None:
    told = {"RealUTC": None, "UTC": 1764597906, "LocaleTime": "2025-12-01 08:05:06"}
    assert seen(told) == ("2025-12-01T14:05:06.789Z", "device_utc")


def test_the_wall_clock_alone_is_enough_where_the_city_is_known() -> None:
    told = {"RealUTC": None, "UTC": None, "LocaleTime": "2025-12-01 08:05:06"}
    assert seen(told)[0] == "2025-12-01T14:05:06.789Z"
    assert take(told, zone=None).dropped == (("no_time", 1),)


@pytest.mark.parametrize(
    ("confidence", "share"), [(93, 0.93), (100, 1.0), (148, None), (0, None), ("x", None)]
)
def test_a_confidence_over_100_is_on_another_scale(confidence: Any, share: float | None) -> None:
    thing = {"ObjectType": "Plate", "Text": "TST4O21", "Confidence": confidence}
    assert take({"Object": thing}).reads[0].plate_conf == share


def test_a_text_of_a_vehicle_is_no_plate() -> None:
    told = {
        "Object": {"ObjectType": "Vehicle", "Text": "Toyota"},
        "TrafficCar": {"PlateNumber": "TST777"},
    }
    assert [each.plate_raw for each in take(told).reads] == ["TST777"]


@pytest.mark.parametrize("text", ["", "Unknown", "unlicensed", None])
def test_a_car_without_a_plate_is_a_vehicle(text: str | None) -> None:
    told = {"Object": {"ObjectType": "Plate", "Text": text}, "TrafficCar": {}}
    assert take(told).dropped == (("vehicle_only", 1),)


def test_a_motorcycle_has_its_plate_elsewhere_and_its_rider_is_not_kept() -> None:
    told = {
        "Object": {"ObjectType": "Plate", "Text": ""},
        "NonMotor": {"Plate": {"Text": "TST9"}, "RiderList": [{"Helmet": 1}]},
    }
    event = take(told).reads[0]
    assert (event.plate_raw, event.guarded) == ("TST9", (("person", "NonMotor.RiderList"),))


def test_one_number_of_two_does_not_name_an_event() -> None:
    assert take({"GroupID": None}).reads[0].source_event_id is None


def test_other_events_are_dropped_unread() -> None:
    assert take({}, "FaceDetection").dropped == (("face", 1),)
    assert take({}, "CrossLineDetection").dropped == (("unknown_message", 1),)


def test_several_events_in_one_message() -> None:
    other = {"Code": "TrafficGate", "Data": {**DATA, "GroupID": 2}}
    body = {"params": {"eventList": [{"Code": "TrafficJunction", "Data": DATA}, other]}}
    assert len(messages.take("dahua", body).reads) == 2


def test_data_alone_is_an_event_and_an_empty_list_is_refused() -> None:
    assert len(messages.take("dahua", DATA).reads) == 1
    with pytest.raises(Refused, match="no event"):
        messages.take("dahua", {"hello": 1})


def test_a_stop_tells_nothing_new() -> None:
    body = {"Action": "Stop", "Code": "TrafficJunction", "Data": DATA}
    assert messages.take("dahua", body).reads == ()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_stream_is_read_whatever_its_lines_end_in(end: str) -> None:
    text = end.join(
        [
            "--myboundary",
            "Content-Type: text/plain",
            "Content-Length: 0",
            "",
            "Code=TrafficJunction;action=Pulse;index=0;data={",
            json.dumps(DATA, indent=2)[1:].replace("\n", end),
            "",
            "--myboundary",
            "Content-Type: image/jpeg",
            "",
            "",
        ]
    )
    # A picture may hold any bytes: also those that look like an event's data.
    picture = JPEG[:-2] + b"data={\n--x\n" + JPEG[-2:]
    taken = messages.take("dahua", text.encode() + picture + f"{end}--myboundary--".encode())
    assert [each.plate_raw for each in taken.reads] == ["TST4O21"]
    assert taken.reads[0].picture("scene") == picture


def test_a_heartbeat_holds_nothing_and_other_text_is_refused() -> None:
    assert messages.take("dahua", "--myboundary\r\n\r\nHeartbeat\r\n").reads == ()
    with pytest.raises(Refused, match="event stream"):
        messages.take("dahua", "hello")


def test_a_plate_in_other_letters_is_kept_apart_from_nothing() -> None:
    told = {"Object": {"ObjectType": "Plate", "Text": "粤"}, "TrafficCar": {}}
    assert take(told).dropped == (("not_a_plate", 1),)


LINES = """--myboundary\r
Content-Type: text/plain\r
Content-Length: 400\r
\r
Events[0].Code=TrafficJunction\r
Events[0].Action=4\r
Events[0].EventID=516\r
Events[0].GroupID=175706653\r
Events[0].Lane=1\r
Events[0].Object.ObjectType=Plate\r
Events[0].Object.Text=TST4O21\r
Events[0].Object.BoundingBox[0]=4096\r
Events[0].Object.BoundingBox[1]=2048\r
Events[0].Object.BoundingBox[2]=8192\r
Events[0].Object.BoundingBox[3]=4096\r
Events[0].TrafficCar.MachineName=DEVICE1\r
Events[0].TrafficCar.VehicleColor=Blue\r
Events[0].RealUTC=1764597906\r
Events[0].UTCMS=789\r
"""


def test_events_come_as_lines_of_names_and_values_too() -> None:
    image = b"\r\n--myboundary\r\nContent-Type: image/jpeg\r\n\r\n" + JPEG + b"\r\n--myboundary--"
    heartbeat = b"--myboundary\r\nContent-Type: text/plain\r\n\r\nHeartbeat\r\n"
    (read,) = messages.take("dahua", heartbeat + LINES.encode() + image).reads
    assert times.written(read.captured_at) == "2025-12-01T14:05:06.789Z"
    assert (read.device_ref, read.vehicle.color, read.lane) == ("DEVICE1", "Blue", 1)
    assert read.picture("scene") == JPEG
    assert read.outline == Outline("box_norm", (0, 0.5, 1, 0))


def test_lines_without_a_picture_and_of_several_events() -> None:
    second = LINES.replace("Events[0]", "Events[1]").replace("TST4O21", "TST777")
    taken = messages.take("dahua", LINES + second[second.index("Events[1]") :])
    assert [each.plate_raw for each in taken.reads] == ["TST4O21", "TST777"]


GATE: dict[str, Any] = {
    "Picture": {
        "Plate": {"IsExist": True, "PlateNumber": "TST4O21", "Confidence": 87},
        "SnapInfo": {
            "AccurateTime": "2025-12-01 08:05:06.789",
            "DeviceID": "DEVICE1",
            "InCarPeopleNum": 2,
        },
        "Vehicle": {"VehicleColor": "White", "VehicleSign": "Ford"},
        "NormalPic": {"Content": base64.b64encode(JPEG).decode()},
        "CutoutPic": {"Content": "!"},
    }
}


def test_what_a_gate_posts_is_in_the_cameras_own_time() -> None:
    taken = messages.take("dahua", GATE)
    (read,) = taken.reads
    assert times.written(read.captured_at) == "2025-12-01T14:05:06.789Z"
    assert (read.plate_conf, read.vehicle.make, read.device_ref) == (0.87, "Ford", "DEVICE1")
    assert (read.photo, read.crop, taken.dropped) == ("scene", None, (("picture_not_jpeg", 1),))
    assert read.guarded == (("person", "InCarPeopleNum"),)


def test_a_gate_without_a_plate_and_its_heartbeat() -> None:
    plate = {"IsExist": False, "PlateNumber": "TST4O21"}
    assert messages.take("dahua", {"Picture": {"Plate": plate}}).dropped == (("vehicle_only", 1),)
    alive = messages.take("dahua", {"Active": "keepAlive", "DeviceID": "DEVICE1"})
    assert [(each.device_ref, each.up) for each in alive.health] == [("DEVICE1", True)]
