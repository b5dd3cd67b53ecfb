"""Dahua: wall time called UTC, confidences over 100, texts that are no plates, parts of streams."""

import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from plateward.intake.adapters import times
from plateward.intake.adapters.canonical import Taken
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
    picture = JPEG[:-2] + b"data={" + JPEG[-2:]
    taken = messages.take("dahua", text.encode() + picture + f"{end}--myboundary--".encode())
    assert [each.plate_raw for each in taken.reads] == ["TST4O21"]
    assert taken.reads[0].picture("scene") is not None


def test_a_heartbeat_holds_nothing_and_other_text_is_refused() -> None:
    assert messages.take("dahua", "--myboundary\r\n\r\nHeartbeat\r\n").reads == ()
    with pytest.raises(Refused, match="event stream"):
        messages.take("dahua", "hello")


def test_a_plate_in_other_letters_is_kept_apart_from_nothing() -> None:
    told = {"Object": {"ObjectType": "Plate", "Text": "粤"}, "TrafficCar": {}}
    assert take(told).dropped == (("not_a_plate", 1),)
