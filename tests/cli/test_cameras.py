"""Move a camera from the command line, and read the register's history."""

import pytest
from click.testing import CliRunner

from plateward.audit import log
from plateward.cli import cameras, house

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cameras")]
HERE = ["--city", "willard-mo", "--at", "37.31", "-93.42", "--approved-on", "2026-11-20"]


def run(*words: str) -> str:
    return CliRunner().invoke(cameras.command, list(words)).output


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house, "open_up", lambda: None)


def test_a_move_is_told_and_stays_in_the_history() -> None:
    where = ["--place", "Main and First", "--place-type", "public_right_of_way"]
    told = run("move", "wil-160-jackson", *HERE, *where, "--approved-by", "Board")
    assert "wil-160-jackson stands at Main and First" in told
    first, *earlier = run("history", "willard-mo").splitlines()
    assert "Main and First (37.31, -93.42), approved by Board on 2026-11-20" in first
    assert any("wil-160-jackson" in line for line in earlier)


def test_a_place_that_the_policy_does_not_allow_is_refused() -> None:
    where = ["--place", "A shop", "--place-type", "public_parking_or_business_open_to_public"]
    told = run("move", "wil-160-jackson", *HERE, *where, "--approved-by", "Board")
    assert "does not allow a camera" in told


def test_who_decided_on_a_place_without_a_rule_is_in_the_log() -> None:
    site = ["--city", "walnut-ca", "--at", "34.02", "-117.86", "--approved-on", "2026-11-20"]
    site += ["--place", "The mall", "--place-type", "car_park", "--approved-by", "Council"]
    half = run("add", "wal-mall", *site, "--decided-by", "City Council")
    assert "names who decided, why, and its paper" in half
    ruling = ["--decided-by", "City Council", "--why", "thefts", "--paper", "Minutes 7"]
    assert "Give the camera this secret" in run("add", "wal-mall", *site, *ruling)
    facts = log.latest(1, city="walnut-ca")[0].facts
    assert (facts["place_rule"], facts["paper"]) == ("the text has none", "Minutes 7")
