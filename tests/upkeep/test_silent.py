"""A camera that falls silent is noticed by the house, once, and so is its return."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from plateward.audit import log
from plateward.gate import door
from plateward.intake import receive
from plateward.policy.vocabulary import Act
from plateward.upkeep import faults, silent
from tests import cast

pytestmark = pytest.mark.usefixtures("cameras")
CAMERA = "wil-160-jackson"


def seen(*, hours_ago: float) -> None:
    moment = timezone.now() - timedelta(hours=hours_ago)
    sighting = replace(cast.sighting(device=CAMERA), seen_at=moment)
    receive.receive(sighting, received_at=moment + timedelta(seconds=2))


def test_a_camera_that_fell_silent_has_a_fault_opened_once() -> None:
    seen(hours_ago=25)
    now = timezone.now()
    assert silent.watch(now=now) == 1
    (fault,) = faults.still_open(cast.WILLARD)
    assert (fault.what, fault.opened_by, fault.discovered_at) == (CAMERA, "house", now)
    assert fault.not_working_from is not None
    assert (now - fault.not_working_from) > silent.SILENT_FOR
    assert log.latest(1, city=cast.WILLARD)[0].act == faults.OPENED
    assert silent.watch(now=now + timedelta(hours=1)) == 0


def test_it_is_closed_with_the_times_it_was_out_when_it_is_heard_again() -> None:
    seen(hours_ago=30)
    silent.watch(now=timezone.now())
    for hours_ago in (2, 1):
        seen(hours_ago=hours_ago)
    now = timezone.now()
    assert silent.watch(now=now) == 1
    assert faults.still_open(cast.WILLARD) == []
    (fault,) = faults.of(cast.WILLARD)
    assert fault.not_working_from is not None
    assert fault.not_working_to is not None
    hours = (fault.not_working_to - fault.not_working_from) / timedelta(hours=1)
    assert hours == pytest.approx(28, abs=0.01)
    assert silent.watch(now=now) == 0


def test_a_camera_that_was_heard_within_the_day_or_never_is_not_silent() -> None:
    seen(hours_ago=23)
    assert silent.watch(now=timezone.now()) == 0
    assert faults.of(cast.WILLARD) == []


def test_what_a_person_opened_is_neither_doubled_nor_closed_by_the_house() -> None:
    seen(hours_ago=40)
    now = timezone.now()
    permit = door.admit_house(Act.CAMERAS_MONITOR, "test", city=cast.WILLARD)
    trouble = faults.Trouble(
        CAMERA, "fell off its pole", now, not_working_from=now - timedelta(hours=30)
    )
    faults.open_one(trouble, by="WPD-001", permit=permit, now=now)
    assert silent.watch(now=now) == 0
    seen(hours_ago=0.1)
    assert silent.watch(now=timezone.now()) == 0
    assert [fault.trouble for fault in faults.still_open(cast.WILLARD)] == ["fell off its pole"]
