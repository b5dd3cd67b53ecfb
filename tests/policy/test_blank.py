"""The blank profile loads, says what is missing, and cannot be adopted before it is filled in."""

import re
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from plateward.cli.policy import command
from plateward.policy import filling, load
from plateward.policy.adopt import StillSilent, adopt, completed
from plateward.policy.models import Adoption
from plateward.policy.silence import Answer
from tests.policy.cities import CITIES

BLANK = load.shipped_text(load.BLANK)
FILLED = {
    "id: blank ": "id: springfield-il ",
    "city: FILL IN": "city: Springfield",
    "state: ZZ": "state: IL",
    "Etc/UTC": "America/Chicago",
    "file: FILL IN": "file: ordinance-12.txt",
    "responsible_officer: FILL IN": "responsible_officer: City Manager",
    "records_custodian: FILL IN": "records_custodian: City Clerk",
    "authorised: [FILL IN]": "authorised: [stolen_vehicle, missing_person]",
    "{code: fill_in, title: FILL IN,": "{code: officer, title: Officer,",
    "actions: [aggregate_only]}": "actions: [search, view, alerts]}",
    "period: P1D": "period: P14D",
}


def filled(text: str = BLANK, *, leave: str = "") -> str:
    for old, new in FILLED.items():
        if old != leave:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
    return re.sub(r"(?m)^to_fill:\n(  .*\n)+", "", text)


def run(*words: str):
    return CliRunner().invoke(command, list(words))


def test_it_loads_and_is_no_city_that_ships():
    blank = load.load(BLANK)
    assert blank.id == load.BLANK
    assert load.BLANK not in load.shipped()
    assert load.shipped() == tuple(sorted(CITIES))
    missing = {silence.path for silence in blank.unanswered if silence.must_fill}
    assert {"retention.reads.period", "access.roles", "purposes.authorised", "city"} <= missing


@pytest.mark.django_db
def test_nobody_adopts_it_as_it_is_whatever_they_accept():
    answers = completed(BLANK, [], by="Pat Lee")
    with pytest.raises(StillSilent, match=r"retention\.reads\.period: to be written into the file"):
        adopt(BLANK, answers=answers, by="Pat Lee", instrument="None", now=datetime.now(UTC))
    assert not Adoption.objects.exists()


@pytest.mark.django_db
def test_filled_in_it_is_adopted():
    text = filled()
    answers = completed(text, [], by="Pat Lee")
    now = datetime.now(UTC)
    assert adopt(text, answers=answers, by="Pat Lee", instrument="Ordinance 12", now=now) == 1


@pytest.mark.parametrize("left", [old for old in FILLED if "FILL IN" in old])
def test_a_blank_that_is_left_is_found_even_without_its_question(left):
    profile = load.load(filled(leave=left))
    assert any(silence.must_fill for silence in profile.unanswered)
    said = " ".join(filling.said(filled(leave=left), profile))
    assert "write what the city's text says" in said


def test_no_answer_stands_for_what_must_be_written():
    answer = Answer("retention.reads.period", "P30D", "Pat Lee", "why")
    with pytest.raises(load.WrongProfile, match="write it into the file itself"):
        load.load(BLANK, answers=[answer])


def test_a_question_about_no_place_is_an_error():
    with pytest.raises(load.WrongProfile, match='Did you mean "retention"'):
        load.load(BLANK.replace("  access.roles: Who", "  retenton: Who"))


def test_the_command_begins_a_profile_and_check_says_what_is_missing(tmp_path):
    file = tmp_path / "springfield.yaml"
    made = run("new", "springfield-il", "--out", str(file), "--timezone", "America/Chicago")
    assert made.exit_code == 0
    profile = load.load(file.read_text())
    assert (profile.title(), profile.timezone) == ("Springfield, IL", "America/Chicago")
    checked = run("check", str(file))
    assert checked.exit_code == 1
    assert "9 places to fill in before adoption" in checked.stdout
    number = file.read_text().splitlines().index("  roles:") + 1
    assert f"line {number}, access.roles: Who may do what" in checked.stdout
    file.write_text(filled())
    assert run("check", str(file)).exit_code == 0


def test_the_command_overwrites_nothing(tmp_path):
    file = tmp_path / "city.yaml"
    file.write_text("mine")
    refused = run("new", "springfield-il", "--out", str(file))
    assert refused.exit_code == 2
    assert "left as it is" in refused.stderr
    assert file.read_text() == "mine"
    nowhere = run("new", "springfield-il", "--out", str(tmp_path / "no" / "city.yaml"))
    assert (nowhere.exit_code, "cannot be written" in nowhere.stderr) == (2, True)
    assert "springfield-il" in run("new", "Springfield", "--out", str(tmp_path / "x")).stderr
