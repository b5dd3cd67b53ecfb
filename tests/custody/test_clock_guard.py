"""Nothing is deleted by a clock that jumped, in this process or before it began."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from plateward.audit import clock, log
from plateward.cli import keep
from plateward.custody import clock_guard
from plateward.custody.clock_guard import Moment
from plateward.intake.receive import receive
from plateward.policy import service
from tests import cast

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
Look = Callable[..., str | None]


@pytest.fixture
def look(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Look:
    """A round of a keeper that was started anew, when the clock says `wall`."""
    settings.HOME = tmp_path

    def at(
        wall: datetime, *, running: float, boot: str = "a", by_server: bool = False
    ) -> str | None:
        monkeypatch.setattr(clock, "doubt", lambda: None)
        moment = replace(clock_guard._now(), wall=wall, running=running, boot=boot)
        monkeypatch.setattr(clock_guard, "_is_synchronised", lambda: by_server)
        with monkeypatch.context() as patch:
            patch.setattr(clock_guard, "_now", lambda: moment)
            return clock_guard.jumped()

    return at


def test_a_clock_that_goes_as_the_machine_does_is_believed(look: Look) -> None:
    assert look(NOON, running=100) is None
    assert look(NOON + 30 * HOUR, running=100 + 30 * 3600 + 200) is None
    assert log.count(act=clock_guard.STOPPED) == 0


@pytest.mark.parametrize("moved", [timedelta(days=40), timedelta(minutes=7), -HOUR])
def test_one_that_was_moved_while_nothing_ran_stops_deletion_until_it_is_back(
    look: Look, moved: timedelta
) -> None:
    look(NOON, running=100)
    assert "was moved" in (look(NOON + moved, running=160) or "")
    assert "was moved" in (look(NOON + moved, running=170) or "")
    assert [trouble.title for trouble in service.troubles([])] == ["Nothing is deleted"]
    assert look(NOON + timedelta(minutes=2), running=220) is None
    assert service.troubles([]) == ()
    assert [entry.outcome for entry in log.latest(5)] == ["resumed", "stopped"]


def test_after_a_long_time_off_somebody_must_vouch_for_the_clock(look: Look) -> None:
    look(NOON, running=100)
    assert look(NOON + 0.9 * HOUR, running=5, boot="b") is None
    days = NOON + timedelta(days=3)
    assert "no time server" in (look(days, running=5, boot="c") or "")
    assert look(days, running=5, boot="c", by_server=True) is None


def test_a_person_may_vouch_for_it_if_it_was_just_now(look: Look) -> None:
    look(datetime.now(UTC) - 72 * HOUR, running=100)
    now = datetime.now(UTC)
    assert look(now, running=160)
    clock.accept("console:pat")
    assert look(now + 48 * HOUR, running=170)
    assert look(now, running=170) is None


@pytest.mark.usefixtures("cameras")
def test_the_keeper_deletes_nothing_meanwhile(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path
) -> None:
    settings.HOME = tmp_path
    at = timezone.now() - timedelta(days=31)
    receive(cast.sighting(seen_at=at), received_at=at + timedelta(minutes=1))
    with monkeypatch.context() as patch:
        patch.setattr(clock_guard, "jumped", lambda: "moved")
        assert keep.round_once() == 0
    assert keep.round_once() == 1


def test_a_broken_note_of_the_last_round_is_no_obstacle(look: Look, tmp_path: Path) -> None:
    (tmp_path / "last-round.json").write_text("{")
    assert look(NOON, running=1) is None
    assert clock_guard._noted() == Moment(NOON, 1.0, "a", -1)
