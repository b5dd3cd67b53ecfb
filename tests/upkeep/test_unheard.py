"""An agent that falls silent, or whose clock is off, is a fault for as long as that lasts."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from plateward.audit import log
from plateward.cameras import agents, health
from plateward.edge import keys
from plateward.upkeep import faults, silent, unheard
from tests import cast
from tests.edge.beats import WELL

pytestmark = pytest.mark.usefixtures("cameras")
CAMERA = "wil-160-jackson"
NOW = timezone.now()


@pytest.fixture(autouse=True)
def _agent(cameras: dict[str, str], tmp_path: Path) -> None:
    public = keys.make(tmp_path).public
    agents.register_key(CAMERA, public, by="test clerk", keep_secret=True)


def heard(number: int, *, minutes: float, clock: float = 0.2) -> None:
    at = NOW + timedelta(minutes=minutes)
    health.note(CAMERA, number, replace(WELL, said_at=at, clock_offset_seconds=clock), now=at)


def watched(*, minutes: float) -> int:
    return unheard.watch(now=NOW + timedelta(minutes=minutes))


def test_a_silent_agent_is_a_fault_once_and_its_return_ends_it() -> None:
    heard(1, minutes=-60)
    assert watched(minutes=-51) == 0
    assert watched(minutes=-30) == 1
    assert watched(minutes=-29) == 0
    (fault,) = faults.still_open(cast.WILLARD)
    assert (fault.what, fault.opened_by, fault.trouble) == (CAMERA, "house", unheard.SILENT)
    assert fault.not_working_from == NOW - timedelta(minutes=60)
    heard(2, minutes=-5)
    heard(3, minutes=-4.5)
    assert watched(minutes=-4) == 1
    assert faults.still_open(cast.WILLARD) == []
    (fault,) = faults.of(cast.WILLARD)
    assert fault.not_working_to == NOW - timedelta(minutes=5)
    assert log.latest(1, city=cast.WILLARD)[0].act == faults.CLOSED


def test_one_that_was_never_heard_is_no_fault() -> None:
    assert watched(minutes=0) == 0


def test_a_clock_that_is_off_is_told_until_it_is_right() -> None:
    heard(1, minutes=-2, clock=-12.0)
    assert watched(minutes=-2) == 1
    (fault,) = faults.still_open(cast.WILLARD)
    assert (fault.trouble, fault.not_working_from) == (unheard.CLOCK_OFF, None)
    (agent,) = health.of(cast.WILLARD, now=NOW)
    assert "Its clock is 12.0 seconds behind." in agent.troubles
    heard(2, minutes=-1)
    assert watched(minutes=-1) == 1
    assert faults.still_open(cast.WILLARD) == []


def test_an_offset_that_was_measured_badly_is_not_believed() -> None:
    slow = replace(WELL, clock_offset_seconds=8.0, clock_within_seconds=4.0)
    health.note(CAMERA, 1, slow, now=NOW)
    assert watched(minutes=0) == 0


def test_each_watch_leaves_the_faults_of_the_other_alone() -> None:
    heard(1, minutes=-60)
    watched(minutes=-30)
    assert silent.watch(now=NOW) == 0
    assert len(faults.still_open(cast.WILLARD)) == 1


@pytest.mark.parametrize(
    ("minutes", "state"),
    [
        (0, health.State.HEALTHY),
        (1.4, health.State.HEALTHY),
        (2, health.State.LATE),
        (11, health.State.SILENT),
    ],
)
def test_how_it_is_follows_from_when_it_was_heard(minutes: float, state: health.State) -> None:
    heard(1, minutes=-minutes)
    (agent,) = health.of(cast.WILLARD, now=NOW)
    assert agent.state is state
