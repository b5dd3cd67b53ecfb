"""OpenALPR's groups with fields missing, lists of messages, previews, alerts without a group."""

from datetime import UTC, datetime
from typing import Any

import pytest

from plateward.intake.adapters.canonical import ForeignAlert, Health, Taken
from plateward.intake.adapters.refused import Refused
from tests.intake.adapters import messages

AT = datetime(2025, 12, 1, 14, 5, 6, 789000, tzinfo=UTC)
MS = 1764597906789
STUB = "/9j/4AAQSkZJRgABAQAAAQABAAD/2Q=="


def take(**told: Any) -> Taken:
    plain = {"data_type": "alpr_group", "best_plate_number": "TST1", "epoch_start": MS}
    return messages.take("openalpr", plain | told)


def test_the_least_a_group_can_say_is_a_read() -> None:
    (read,) = take().reads
    assert (read.plate_norm, read.captured_at, read.plate_conf) == ("TST1", AT, None)
    assert (read.device_ref, read.source_event_id, read.phase) == (None, None, None)
    assert read.doubts() == ("no_confidence",)


@pytest.mark.parametrize(
    "told",
    [
        {"best_uuid_epoch_ms": MS, "best_uuid": f"A-1-{MS - 5}", "epoch_start": 1},
        {"best_uuid": f"AGENT-1001-{MS}", "epoch_start": 1},
        {"epoch_start": None, "epoch_end": MS},
        {"epoch_start": str(MS)},
    ],
)
def test_the_best_frame_says_when(told: dict[str, Any]) -> None:
    assert take(**told).reads[0].captured_at == AT


def test_a_group_without_time_or_plate_is_no_read() -> None:
    assert take(epoch_start=None).dropped == (("no_time", 1),)
    assert take(best_plate_number="").dropped == (("vehicle_only", 1),)
    assert take(best_plate_number=None, best_plate={"plate": "TST2"}).reads[0].plate_raw == "TST2"


def test_the_likeliest_guess_is_taken_wherever_it_stands() -> None:
    colors = [{"name": "white", "confidence": 11}, {"name": "red", "confidence": 81}]
    told = {"color": colors, "make_model": [{"name": "land_rover_defender", "confidence": 5}]}
    vehicle = take(vehicle=told | {"orientation": [{"name": "45"}]}).reads[0].vehicle
    assert (vehicle.color, vehicle.model) == ("red", "land_rover_defender")
    assert (vehicle.orientation, vehicle.make, vehicle.body) == ("front", None, None)
    assert ("color", 0.81) in vehicle.confidences


@pytest.mark.parametrize(
    ("degrees", "facing"), [("0", "front"), ("180", "rear"), ("90", "side"), ("rear", "rear")]
)
def test_orientation_is_degrees(degrees: str, facing: str) -> None:
    told = {"orientation": [{"name": degrees, "confidence": 99}]}
    assert take(vehicle=told).reads[0].vehicle.orientation == facing


def test_a_receiver_without_a_fix_says_no_place() -> None:
    assert take(gps_latitude=0, gps_longitude=0).reads[0].gps is None
    assert take(gps_latitude=91, gps_longitude=0).reads[0].gps is None


def test_a_picture_that_is_none_is_counted_and_the_read_stays() -> None:
    taken = take(vehicle_crop_jpeg="R0lGODlh", best_plate={"plate_crop_jpeg": STUB})
    assert [picture.role for picture in taken.reads[0].pictures] == ["plate_crop"]
    assert taken.dropped == (("picture_not_jpeg", 1),)


def test_an_alert_of_the_vendors_list_is_a_read_and_no_hit() -> None:
    sent = {
        "data_type": "alpr_alert",
        "alert_list": "BOLO",
        "plate_number": "TST1",
        "camera_number": 7,
        "epoch_time": MS,
    }
    (read,) = messages.take("openalpr", sent).reads
    assert read.foreign_alerts == (ForeignAlert("BOLO"),)
    assert (read.device_ref, read.captured_at, read.warnings) == ("7", AT, ("foreign_alert",))


def test_single_frames_and_kinds_nobody_knows_are_counted() -> None:
    sent = [{"data_type": kind} for kind in ("alpr_results", "vehicle", "clip", 7)]
    assert messages.take("openalpr", sent).dropped == (
        ("single_frame", 1),
        ("unknown_message", 2),
        ("vehicle_only", 1),
    )


def test_a_heartbeat_says_how_long_the_agent_keeps_reads_itself() -> None:
    sent = {
        "data_type": "heartbeat",
        "disk_quota_earliest_result": MS,
        "video_streams": [{"camera_id": 1, "is_streaming": True}, {"camera_id": 2}, "odd"],
    }
    taken = messages.take("openalpr", sent)
    assert (taken.health, taken.oldest_kept) == ((Health("1", up=True),), AT)
    assert messages.take("openalpr", []) == Taken.of([])


@pytest.mark.parametrize("sent", [{}, {"plate": "TST1"}, [{"data_type": "vehicle"}, {}], [7], 7])
def test_what_has_no_data_type_is_refused(sent: Any) -> None:
    with pytest.raises(Refused, match="data_type"):
        messages.take("openalpr", str(sent) if sent == 7 else sent)
