"""`plateward policy`: what a clerk sees."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from plateward.cli.policy import command
from plateward.policy import load, page
from tests.policy.cities import CARSON, CITIES, ODESSA, WILLARD, by_default, by_text_alone


def run(*words: str):
    return CliRunner().invoke(command, list(words))


@pytest.fixture
def file(tmp_path):
    def write(text: str):
        path = tmp_path / "city.yaml"
        path.write_text(text)
        return str(path)

    return write


def test_a_good_profile_is_ok_and_says_what_the_text_is_silent_on(file):
    got = run("check", file(load.shipped_text(WILLARD)))
    assert got.exit_code == 0
    assert "is a profile of Willard, MO" in got.stdout
    assert "Reads are kept 30 days" in got.stdout
    assert "access.auth.mfa: required, because CJIS" in got.stdout
    assert "Look at instrument.adopted_on: 2025-11-10 is before the second reading" in got.stdout


def test_a_word_that_is_no_number_is_pointed_out(file):
    got = run("check", file(load.shipped_text(ODESSA)))
    assert got.exit_code == 0
    assert 'Look at audits.every: "regular" is not a number' in got.stdout


def test_a_wrong_profile_is_refused_with_every_error_and_its_line(file):
    text = load.shipped_text(WILLARD).replace("state: MO", "state: mo").replace("24x7", "always")
    got = run("check", file(text))
    assert got.exit_code == 2
    assert "2 errors. Nothing was adopted." in got.stderr
    assert "line 5, state: must be the two capital letters" in got.stderr
    assert "collection.schedule: must be 24x7 or null" in got.stderr
    assert "Traceback" not in got.output


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None])
def test_a_file_that_cannot_be_read(tmp_path, content):
    path = tmp_path / "city.yaml"
    if content is not None:
        path.write_bytes(content)
    got = run("check", str(path))
    assert got.exit_code == 2
    assert str(path) in got.stderr


@pytest.mark.parametrize("city", CITIES)
def test_a_city_is_shown_with_its_clauses(city):
    got = run("show", city)
    assert got.exit_code == 0
    assert "as shipped, not adopted" in got.stdout
    ids = {clause.id for clause in load.load(load.shipped_text(city)).clauses}
    assert any(f"[{clause}" in got.stdout for clause in ids)


def test_the_vendor_stands_on_what_the_text_says_of_the_vendor():
    shown = run("show", WILLARD).stdout
    assert "Vendor or subcontractor (Flock): aggregate only  [WIL-2.6, WIL-5.2]" in shown


def test_a_city_for_programs():
    got = json.loads(run("show", WILLARD, "--json").stdout)
    assert got["profile"]["retention"]["reads"]["period"] == "P30D"
    assert len(got["clauses"]) == 83
    assert {law["id"] for law in got["laws"]} >= {"MO-610.023.3"}
    assert got["unanswered"]["access.auth.mfa"]["default"] == "required"


def test_an_unknown_city_is_told_which_there_are():
    got = run("show", "atlantis")
    assert got.exit_code == 2
    assert "willard-mo" in got.stderr


def test_answers_stand_on_the_page_with_who_gave_them():
    shown = "\n".join(page.lines(by_text_alone(WILLARD)))
    assert "access.auth.mfa: nothing is required (Pat Lee: for the test)" in shown
    assert "Every silence of the text is answered." in shown
    assert "a second factor at sign-in" not in shown
    by_answer = "\n".join(page.lines(by_default(WILLARD)))
    assert "a second factor at sign-in" in by_answer
    assert "an open request of an agency  [CAR-5.2]" in "\n".join(page.lines(by_default(CARSON)))


def test_sections_and_lists_are_said_in_words():
    text = load.shipped_text(WILLARD).replace("good_standing: null", "good_standing: required")
    text = text.replace(
        "silent:\n",
        "silent:\n"
        "  security.encryption: {default: {scope: [data], level: end_to_end}, why: safety}\n"
        "  sharing.request.fields: {default: [], why: none named}\n",
    )
    shown = "\n".join(page.lines(load.load(text)))
    assert "security.encryption: scope: data; level: end to end, because safety" in shown
    assert "sharing.request.fields: nothing, because none named" in shown
    assert "good standing" in shown


def test_what_is_in_force_is_said_to_be_nothing_before_a_city_adopts(data_folder: Path) -> None:
    """On a fresh installation, where there is not even a table yet."""
    ours = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    plateward = Path(sys.executable).with_name("plateward")
    told = subprocess.run(
        [plateward, "policy", "show", "willard-mo", "--in-force"],
        env=ours | {"PLATEWARD_HOME": str(data_folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 2
    assert "no policy in force" in told.stderr
    assert "Traceback" not in told.stderr
