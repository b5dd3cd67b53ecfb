"""Frigate: what else comes on the topics, messages that repeat, speeds, plates in lists."""

from typing import Any

import pytest

from plateward.intake import vendor_fields
from plateward.intake.adapters import times
from plateward.intake.adapters.canonical import Taken
from tests.intake.adapters import messages

UPDATE: dict[str, Any] = {
    "type": "lpr",
    "id": "1764597906.789000-abcdef",
    "plate": "TST4O21",
    "score": 0.95,
    "camera": "driveway",
    "timestamp": 1764597906.789,
}
AFTER: dict[str, Any] = {
    "id": "1764597906.789000-abcdef",
    "camera": "driveway",
    "frame_time": 1764597906.789,
    "label": "car",
    "recognized_license_plate": "TST4O21",
    "recognized_license_plate_score": 0.93,
}


def update(**told: Any) -> Taken:
    return messages.take("frigate", {**UPDATE, **told})


def event(kind: str = "update", /, **told: Any) -> Taken:
    body = {"type": kind, "before": {**AFTER, "recognized_license_plate": "TST000"}}
    return messages.take("frigate", {**body, "after": {**AFTER, **told}})


@pytest.mark.parametrize(
    ("kind", "rule"),
    [("face", "face"), ("description", "unknown_message"), ("classification", "unknown_message")],
)
def test_whatever_else_is_on_the_topic_is_dropped_unread(kind: str, rule: str) -> None:
    # Even with a plate beside it: the message is about something that may not be kept.
    assert update(type=kind).dropped == ((rule, 1),)


def test_a_message_that_repeats_with_another_plate_is_the_same_event() -> None:
    first, again = update().reads[0], update(plate="TST4021", timestamp=1764597907.5).reads[0]
    assert (first.event(), first.phase) == (again.event(), "update")


def test_the_name_that_someone_gave_the_car_is_not_kept() -> None:
    assert "Grandma" not in repr(update(name="Grandma"))
    assert "Grandma" not in repr(event(sub_label=["Grandma", 0.9]))


def test_both_topics_name_one_car_alike() -> None:
    assert event().reads[0].event() == update().reads[0].event()


def test_only_what_is_after_counts() -> None:
    assert [each.plate_raw for each in event().reads] == ["TST4O21"]
    assert event(recognized_license_plate=None).dropped == (("vehicle_only", 1),)


@pytest.mark.parametrize(
    ("kind", "phase"), [("new", "preview"), ("update", "update"), ("end", "final")]
)
def test_an_event_begins_and_ends(kind: str, phase: str) -> None:
    assert event(kind).reads[0].phase == phase


def test_plate_and_score_may_come_as_a_list() -> None:
    told = {"recognized_license_plate": ["TST1", 0.5], "recognized_license_plate_score": None}
    read = event(**told).reads[0]
    assert (read.plate_raw, read.plate_conf) == ("TST1", 0.5)
    assert event(recognized_license_plate=[]).dropped == (("vehicle_only", 1),)


def test_people_and_reviews_are_no_vehicles() -> None:
    assert event(label="person").dropped == (("person", 1),)
    review = {"type": "new", "before": {}, "after": {"severity": "alert"}}
    assert messages.take("frigate", review).dropped == (("unknown_message", 1),)


def test_the_box_of_the_car_is_not_the_plates() -> None:
    assert event(box=[1, 2, 3, 4]).reads[0].outline is None
    attributes = [{"label": "face", "box": [0, 0, 1, 1]}]
    attributes.append({"label": "license_plate", "box": [5, 6, 15, 26]})
    outline = event(current_attributes=attributes).reads[0].outline
    assert outline is not None
    assert outline.box() == (5, 6, 10, 20)


def test_a_speed_has_no_unit_until_someone_says_it() -> None:
    told = {"current_estimated_speed": 10, "average_estimated_speed": None}
    assert vendor_fields.kmh(event(**told).reads[0].speeds) is None
    body = {"type": "update", "after": {**AFTER, **told}}
    said = messages.take("frigate", body, fields={"speed_unit": "mph"})
    assert vendor_fields.kmh(said.reads[0].speeds) == 16.1


def test_seconds_keep_their_milliseconds() -> None:
    assert times.written(update().reads[0].captured_at) == "2025-12-01T14:05:06.789Z"


def test_the_topic_names_the_camera_where_the_message_does_not() -> None:
    body = {**UPDATE, "camera": None}
    topic = "frigate/gate/tracked_object_update"
    assert messages.take("frigate", body, topic=topic).reads[0].device_ref == "gate"
    assert messages.take("frigate", body).reads[0].device_ref == messages.CAMERA


@pytest.mark.parametrize("score", [95, -1, "x", None])
def test_a_score_off_its_scale_is_none(score: object) -> None:
    assert update(score=score).reads[0].plate_conf is None
