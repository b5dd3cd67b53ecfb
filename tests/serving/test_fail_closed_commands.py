"""What the console says of the clock, and what one round of keeping house looks at."""

import pytest
from click.testing import CliRunner
from django.utils import timezone

from plateward.audit import clock, log
from plateward.cli import errands, house, keep
from plateward.cli.clock import command
from plateward.policy import service, watched

pytestmark = pytest.mark.django_db
DOUBT = clock.Doubt("The machine's clock is 3 days behind the log's last entry.", "Check it.")


@pytest.fixture(autouse=True)
def _the_house_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house, "open_up", lambda: None)
    monkeypatch.setattr(clock, "_anchors", [])


def test_a_clock_in_order_is_said_to_be() -> None:
    done = CliRunner().invoke(command)
    assert (done.exit_code, "The clock is believed." in done.output) == (0, True)


def test_a_doubt_is_said_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_doubt", lambda: DOUBT)
    done = CliRunner().invoke(command)
    assert (done.exit_code, f"{DOUBT.why} {DOUBT.do_next}" in done.output) == (1, True)


def test_accepting_is_an_entry_in_the_name_of_the_console() -> None:
    done = CliRunner().invoke(command, ["--accept"])
    assert done.exit_code == 0
    (entry,) = [entry for entry in log.latest() if entry.act == clock.ACCEPTED]
    assert (entry.actor, f"entry {entry.index} " in done.output) == (house.console(), True)


@pytest.mark.usefixtures("cities")
def test_one_round_looks_at_every_posted_policy() -> None:
    done = CliRunner().invoke(keep.command, ["--once"])
    assert done.exit_code == 0, done.output
    found = watched.last(watched.POLICY, "carson-ca")
    assert found is not None
    assert (found.good, found.why) == (True, "")
    assert service.troubles(["carson-ca"]) == ()
    assert not errands.is_due(timezone.now())
