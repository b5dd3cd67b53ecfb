"""`plateward cases`: set, shown, tried out; what cannot be used changes nothing."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from plateward.cli.cases import command
from plateward.gate import cases
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def willard(db: None) -> None:
    cast.adopt_with_proposals(cast.WILLARD)


def run(*words: str) -> Result:
    return CliRunner().invoke(command, list(words))


def test_a_format_and_a_list_are_set_shown_and_tried(tmp_path: Path) -> None:
    listed = tmp_path / "cases.csv"
    listed.write_text("case,status\n26-014233,open\n")
    told = run("set", cast.WILLARD, "--format", "YY-NNNNNN", "--csv", str(listed))
    assert told.exit_code == 0, told.output
    shown = run("show", cast.WILLARD).output
    assert "two digits of the year" in shown
    assert "26-014233" in shown
    assert str(listed) in shown
    assert "an open case" in run("test", cast.WILLARD, "26-014233").output
    assert "not in the list" in run("test", cast.WILLARD, "26-999999").output
    assert "such as 26-014233" in run("test", cast.WILLARD, "14233").output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--format", "(a+)+"), "cannot be part"),
        (("--csv", "/no/such/file"), "cannot be read"),
        (("--http", "http://cad.example/"), "https only"),
        (("--csv", "/a", "--http", "https://b"), "not both"),
    ],
)
def test_what_cannot_be_used_changes_nothing(words: tuple[str, ...], said: str) -> None:
    told = run("set", cast.WILLARD, *words)
    assert told.exit_code == 1
    assert said in told.output
    assert "Nothing was changed." in told.output
    assert cases.in_city(cast.WILLARD) == []


def test_a_city_that_is_not_served_is_named() -> None:
    assert "no policy in force" in run("show", "atlantis-xx").output


def test_nothing_set_is_said() -> None:
    assert "taken as they are given" in run("show", cast.WILLARD).output
