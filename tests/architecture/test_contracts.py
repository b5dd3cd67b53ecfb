"""The corridor's contracts, the migrations and the documents, checked on every run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from tools import check

from tests.architecture import house

FEWEST_CONTRACTS = 9


def test_no_room_looks_up_or_beside() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    done = subprocess.run(command, cwd=house.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert " 0 broken." in done.stdout


def test_no_contract_was_dropped() -> None:
    contracts = house.project()["tool"]["importlinter"]["contracts"]
    assert len(contracts) >= FEWEST_CONTRACTS
    assert contracts[0]["type"] == "layers"
    assert contracts[0]["exhaustive"] is True
    assert not [contract for contract in contracts if contract.get("ignore_imports")]


def test_the_migrations_make_the_tables_that_the_code_expects() -> None:
    loader = MigrationLoader(None)
    wanted = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
    ours = {label for label in wanted.changes(loader.graph) if label in house.corridor()}
    assert ours == set()


@pytest.mark.django_db
def test_the_settings_pass_their_own_checks() -> None:
    call_command("check", databases=["default"], fail_level="WARNING")


def test_documents_link_to_what_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    targets = set(check.TARGET.findall((house.ROOT / "Makefile").read_text()))
    assert [wrong for page in check.documents() for wrong in check.wrong_in(page, targets)] == []


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        ("See [here](there.md).", "there.md, which does not exist"),
        ("See [here](#nowhere).", "no such heading"),
        ("See ![a picture](shot.png).", "shot.png, which does not exist"),
        ("Run `make nonsense`.", "`make nonsense`, which the Makefile lacks"),
        ("# A heading, with words\n[here](#a-heading-with-words), `make test`", ""),
        ("Not a link: `[here](there.md)`", ""),
    ],
)
def test_a_wrong_link_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, wrong: str
) -> None:
    monkeypatch.setattr(check, "HOUSE", tmp_path)
    page = tmp_path / "page.md"
    page.write_text(written)
    found = check.wrong_in(page, {"test"})
    assert [what for what in found if wrong in what] == found
    assert bool(found) == bool(wrong)


@pytest.mark.parametrize("target", ["help", "setup", "demo", "test", "check", "lock", "clean"])
def test_make_help_lists_what_newcomers_need(target: str) -> None:
    done = subprocess.run(
        ["make", "help"],
        cwd=house.ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"make {target} " in done.stdout
