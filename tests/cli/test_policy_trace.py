"""A city that ships can be traced before anybody adopts it, and with no database at all."""

import json

import click
import pytest
from click.testing import CliRunner

from plateward.cli import house, policy
from plateward.policy import clauses
from tests import cast


def of_willard(output: str) -> None:
    assert output.startswith("Willard, MO, as shipped: ")
    assert "\nWIL-9.1  enforced\n" in output
    assert "    rule training-before-access: " in output
    assert "    test tests/" in output
    assert "    log: " not in output
    ids = [line.split("  ")[0] for line in output.splitlines() if line.startswith("WIL-")]
    assert len(ids) == len({clause.id for clause in clauses.of(cast.WILLARD)})


@pytest.mark.django_db
def test_a_city_that_ships_is_traced_before_it_adopts_anything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(house, "open_up", lambda: None)
    said = CliRunner().invoke(policy.command, ["trace", cast.WILLARD])
    assert said.exit_code == 0, said.output
    assert "There is no evidence: nothing was adopted here.\n" in said.output
    of_willard(said.output)
    told = json.loads(CliRunner().invoke(policy.command, ["trace", cast.WILLARD, "--json"]).output)
    assert (told["adopted_at"], told["version"]) == (None, 0)
    assert {each["evidence"]["ever"]["admitted"] for each in told["clauses"]} == {0}


def test_a_city_that_ships_is_traced_where_no_database_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away() -> None:
        raise click.ClickException("The database cannot be reached: no route.")

    monkeypatch.setattr(house, "open_up", away)
    said = CliRunner().invoke(policy.command, ["trace", cast.WILLARD])
    assert said.exit_code == 0, said.output
    assert "There is no evidence: no database could be asked. The database cannot" in said.output
    of_willard(said.output)
    gone = CliRunner().invoke(policy.command, ["trace", "atlantis"])
    assert (gone.exit_code, "no route" in gone.output) == (1, True)
