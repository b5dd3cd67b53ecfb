"""Verkada: other hooks, retries, missing fields."""

from typing import Any

import pytest

from plateward.intake.adapters import times
from plateward.intake.adapters.canonical import Taken
from tests.intake.adapters import messages

DATA: dict[str, Any] = {
    "camera_id": "c",
    "created": 1764597906,
    "license_plate_number": "tst-4o21",
    "confidence": 0.91,
}


def take(kind: str = "lpr", **told: Any) -> Taken:
    return messages.take("verkada", {"webhook_type": kind, "data": {**DATA, **told}})


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        ("notification", "unknown_message"),
        ("person_of_interest", "person"),
        ("face_search", "face"),
        ("", "unknown_message"),
    ],
)
def test_other_hooks_are_dropped_unread(kind: str, rule: str) -> None:
    assert take(kind).dropped == ((rule, 1),)


def test_a_retry_is_the_same_event() -> None:
    assert take().reads[0].event() == take().reads[0].event()


def test_the_hook_is_no_event_so_that_its_name_never_joins_two_cars() -> None:
    hooks = [
        {"webhook_type": "lpr", "webhook_id": "w", "data": {**DATA, "license_plate_number": each}}
        for each in ("TST1", "TST2")
    ]
    reads = messages.take("verkada", hooks).reads
    assert len({each.event() for each in reads}) == 2


def test_a_plate_is_stored_in_capitals_and_shown_as_sent() -> None:
    event = take().reads[0]
    assert (event.plate_raw, event.plate_norm) == ("tst-4o21", "TST4O21")


def test_a_newer_time_serves_where_the_documented_one_is_missing() -> None:
    event = take(created=None, detected=1764597906789).reads[0]
    assert times.written(event.captured_at) == "2025-12-01T14:05:06.789Z"


@pytest.mark.parametrize(
    ("told", "rule"),
    [({"created": None}, "no_time"), ({"license_plate_number": ""}, "vehicle_only")],
)
def test_what_is_missing_is_counted(told: dict[str, Any], rule: str) -> None:
    assert take(**told).dropped == ((rule, 1),)


def test_a_confidence_off_its_scale_is_none() -> None:
    assert take(confidence=91).reads[0].plate_conf is None
