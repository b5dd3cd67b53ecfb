"""UniFi Protect: several triggers in a post, names that are no plates, faces, one event of two."""

from typing import Any

import pytest

from plateward.intake.adapters.canonical import Taken
from plateward.intake.adapters.message import Refused
from tests.intake.adapters import messages

TRIGGER: dict[str, Any] = {
    "device": "000000000001",
    "key": "license_plate_unknown",
    "value": "TST4O21",
    "eventId": "1",
    "timestamp": 1764597906789,
}


def take(*triggers: dict[str, Any], **alarm: Any) -> Taken:
    told = {"triggers": [{**TRIGGER, **each} for each in triggers], **alarm}
    return messages.take("unifi", {"alarm": told, "timestamp": 1764597907808})


def test_no_read_carries_a_confidence_and_each_says_so() -> None:
    event = take({}).reads[0]
    assert event.plate_conf is None
    assert "no_confidence" in event.doubts()


def test_one_car_that_fires_two_triggers_is_one_read() -> None:
    assert len(take({}, {"key": "license_plate_of_interest"}).reads) == 1


def test_two_plates_of_one_event_are_two_reads_with_two_names() -> None:
    reads = take({}, {"value": "TST777"}).reads
    assert len({each.event() for each in reads}) == 2


def test_a_name_that_someone_gave_a_vehicle_is_never_a_plate() -> None:
    named = {"key": "license_plate_known", "value": "Grandma"}
    assert take({**named, "group": {"name": "Family"}}).dropped == (("not_a_plate", 1),)
    assert take({**named, "group": {"name": "TST777"}}).reads[0].plate_raw == "TST777"


def test_a_known_plate_that_is_written_as_one_stays() -> None:
    known = take({"key": "license_plate_known", "group": {"name": "Grandma"}})
    assert known.reads[0].plate_raw == "TST4O21"


@pytest.mark.parametrize(
    ("key", "rule"),
    [
        ("face_known", "face"),
        ("person", "person"),
        ("vehicle", "vehicle_only"),
        ("audio_alarm_bark", "unknown_message"),
    ],
)
def test_other_triggers_are_dropped_by_their_kind(key: str, rule: str) -> None:
    assert take({"key": key}).dropped == ((rule, 1),)


def test_what_a_trigger_leaves_out_the_alarm_tells() -> None:
    sources = [{"device": "000000000002", "type": "include"}]
    event = take({"device": None, "timestamp": None, "eventId": None}, sources=sources).reads[0]
    assert event.device_ref == "000000000002"
    assert event.captured_at.microsecond == 808_000


def test_an_alarm_of_several_cameras_does_not_name_one() -> None:
    sources = [{"device": "2", "type": "include"}, {"device": "3", "type": "include"}]
    assert take({"device": None}, sources=sources).reads[0].device_ref == messages.CAMERA


def test_a_test_of_the_alarm_has_no_triggers() -> None:
    assert take() == Taken()


def test_what_is_no_alarm_is_refused() -> None:
    with pytest.raises(Refused, match="no alarm"):
        messages.take("unifi", {"triggers": []})
