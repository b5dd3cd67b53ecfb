"""Move a camera, and say what it shows and whose pictures may be fetched, from the command line."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from plateward.audit import log
from plateward.cli import cameras, house
from tests import papers

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


def test_a_certificate_is_registered_beside_the_one_that_ends_and_taken_back(
    tmp_path: Path,
) -> None:
    file, key = papers.of_a_host("wil-160-jackson", tmp_path)
    assert "has 1 certificate now" in run("certificate", "wil-160-jackson", str(file))
    assert "registered already" in run("certificate", "wil-160-jackson", str(file))
    assert "not its key" in run("certificate", "wil-160-jackson", str(key))
    assert "No camera 'nowhere'" in run("certificate", "nowhere", str(file))
    assert "0 certificates" in run("certificate", "wil-160-jackson", str(file), "--remove")


def test_hosts_of_pictures_are_allowed_listed_and_forbidden() -> None:
    camera = ("pictures", "wil-160-jackson")
    assert "No link in a message of wil-160-jackson is followed" in run(*camera)
    assert "https://a.example:443 (public)" in run(*camera, "A.example")
    assert "over https only" in run(*camera, "b.example", "--no-https")
    assert "http://nvr.lan:80 (private)" in run(*camera, "nvr.lan", "--no-https", "--private")
    assert "a.example" not in run(*camera, "a.example", "--remove")
    assert "Nothing was changed" in run(*camera, "a.example", "--remove")
