"""`plateward duties`: what is due, for a person and for a program; and recording at the console."""

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from plateward.cli import duties, house
from plateward.upkeep import register
from tests.cast import ODESSA

Run = Callable[..., Result]


@pytest.fixture
def run(cities: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(house, "open_up", lambda: None)
    return lambda *words: CliRunner().invoke(duties.command, words)


def test_a_citys_duties_are_listed_by_day(run: Run) -> None:
    said = run(ODESSA)
    assert said.exit_code == 0
    assert "audit" in said.output
    assert "Odessa, MO" in said.output


def test_a_program_gets_the_clauses_and_the_days(run: Run) -> None:
    found = {each["duty"]: each for each in json.loads(run(ODESSA, "--json").output)}
    assert found["audit"]["clauses"] == ["ODE-22"]
    assert found["audit"]["next_due"] > "2026"
    assert found["audit"]["overdue"] is False


def test_what_no_role_may_record_is_recorded_at_the_console(run: Run) -> None:
    said = run("done", ODESSA, "audit", "--found", "ten entries, all with a case number")
    assert said.exit_code == 0, said.output
    (kept,) = register.history(ODESSA, "audit")
    assert kept.by.startswith("console:")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("atlantis",), "no policy in force"),
        (("done", ODESSA, "certificate", "--found", "x"), "no duty certificate"),
        (("done", ODESSA, "audit", "--on", "2999-01-01", "--found", "x"), "still to come"),
    ],
)
def test_a_wrong_word_stops_with_the_reason(run: Run, words: tuple[str, ...], why: str) -> None:
    said = run(*words)
    assert said.exit_code == 2
    assert why in said.output
    assert register.history(ODESSA, "audit") == []


def test_the_coming_destruction_is_listed_in_numbers(run: Run) -> None:
    said = run("ending", ODESSA)
    assert (said.exit_code, "in all" in said.output) == (0, True)
    days = json.loads(run("ending", ODESSA, "--json").output)
    assert (len(days), sum(days.values())) == (31, 0)
