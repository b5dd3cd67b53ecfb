"""What Flock exports of its use is held against the city's own policy, and no plate comes back."""

import csv
import io
import json
from typing import Any

import pytest
from click.testing import CliRunner

from plateward.audit import log
from plateward.cli import intake as command
from plateward.intake.adapters import flock_audits
from plateward.oversight import flock_use
from plateward.policy import load
from tests.intake.adapters import messages

FILE = messages.OURS / "flock" / "network_audit_14col_old.csv"
COLUMNS = ("Name", "Org Name", "Total Networks Searched", "Time Frame", "License Plate")
REST = ("Reason", "Offense Type", "Case #", "Search Time", "Moderation")
PLAIN = {
    "Name": "A. Example",
    "Org Name": "Willard Police Department",
    "Total Networks Searched": "3",
    "License Plate": "TST4O21",
    "Reason": "burglary on 4th Street",
    "Case #": "26-000123",
    "Search Time": "12/01/2025, 02:05:06 PM UTC",
}


def used(
    *rows: dict[str, str], city: str = "willard-mo", ours: frozenset[str] = frozenset()
) -> Any:
    written = io.StringIO()
    table = csv.DictWriter(written, (*COLUMNS, *REST))
    table.writeheader()
    table.writerows(PLAIN | row for row in rows)
    raw = written.getvalue().encode()
    profile = load.draft(load.shipped_text(city))
    return flock_use.of(raw, flock_audits.read(raw), profile, ours=ours)


def found(*rows: dict[str, str], **told: Any) -> dict[str, tuple[int, ...]]:
    return {each.rule: each.lines for each in used(*rows, **told).findings}


def test_a_search_as_it_should_be_raises_no_question() -> None:
    assert found({}) == {}


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ({"Reason": ""}, "no_reason"),
        ({"Reason": "inv"}, "vague_reason"),
        ({"Reason": "parking complaint"}, "outside_purposes"),
        ({"Reason": "ICE warrant"}, "outside_purposes"),
        ({"Reason": "", "Offense Type": "Immigration"}, "outside_purposes"),
        ({"Org Name": "Out Of State SO"}, "other_agency"),
        ({"Total Networks Searched": "6,674"}, "broad"),
        ({"License Plate": "***"}, "masked"),
        ({"Moderation": "warned"}, "warned"),
        (
            {"Time Frame": "From: 10/01/2025, 12:00:00 AM UTC\nTo: 12/01/2025, 12:00:00 AM UTC"},
            "too_old",
        ),
    ],
)
def test_each_rule_fires_for_what_it_is_about_and_names_the_line(
    row: dict[str, str], rule: str
) -> None:
    assert found({}, row) == {rule: (3,)}


@pytest.mark.parametrize("case", ["", "none", "0000"])
def test_a_case_is_asked_for_where_the_policy_asks_for_one(case: str) -> None:
    row = {"Case #": case, "Org Name": ""}
    assert found({"Org Name": ""}, row, city="odessa-mo") == {"no_case": (3,)}
    assert "no_case" not in found(row, city="willard-mo")


@pytest.mark.parametrize(
    "row",
    [
        {"Reason": "", "Offense Type": "Burglary"},
        {"Reason": "***"},
        {"Reason": "26-000123", "Case #": "", "Org Name": ""},
        {"Reason": "theft of a parking meter"},
        {"Reason": "service of a warrant, homicide"},
        {"Org Name": "WILLARD POLICE DEPARTMENT"},
        {"Org Name": ""},
    ],
)
def test_what_only_looks_wrong_is_no_finding_of_these(row: dict[str, str]) -> None:
    wrong = {"no_reason", "vague_reason", "no_case", "outside_purposes", "other_agency"}
    assert wrong & found(row).keys() == set()


def test_one_citys_purpose_is_outside_in_another() -> None:
    row = {"Reason": "code enforcement, illegal dumping", "Org Name": ""}
    assert "outside_purposes" in found(row, city="willard-mo")
    assert "outside_purposes" not in found(row, city="calabasas-ca")


def test_one_person_who_comes_back_to_one_plate_is_shown_without_it() -> None:
    days = [{"Search Time": f"12/{day:02}/2025, 01:00:00 AM UTC"} for day in (1, 8, 20)]
    assert found(*days[:2]) == {}
    assert found(*days) == {"repeated_plate": (2,)}
    elsewhere = days[2] | {"Name": "B. Example"}
    assert found(*days[:2], elsewhere) == {}
    assert "TST4O21" not in str(used(*days))


def test_a_case_number_that_stands_for_everything_is_shown() -> None:
    plates = [{"License Plate": f"TST{each}"} for each in range(10)]
    assert found(*plates) == {"one_case_many_plates": (2,)}


def test_the_agencys_own_name_in_flock_can_be_said() -> None:
    row = {"Org Name": "Willard MO PD"}
    assert used(row).others == (("Willard MO PD", 1),)
    assert used(row, ours=frozenset({"willard mo pd"})).others == ()


@pytest.mark.django_db
def test_the_report_is_for_an_auditor_and_its_numbers_go_to_the_log(
    cities: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plateward.cli.house.open_up", lambda: None)
    asked = ["flock-audit", str(FILE), "--city", "willard-mo", "--in-force"]
    said = CliRunner().invoke(command.command, [*asked, "--agency", "Example MO PD"])
    assert said.exit_code == 0, said.output
    assert "2 by Out Of State SO" in said.output
    assert "WIL-" in said.output
    assert "TST" not in said.output
    entry = log.latest(1, city="willard-mo")[0]
    assert (entry.act, entry.facts["searches"]) == ("oversight:flock:audit", 3)
    assert "TST" not in str(entry)
    told = json.loads(CliRunner().invoke(command.command, [*asked[:-1], "--json"]).output)
    assert (told["searches"], told["entry"]) == (3, None)


def test_another_file_is_refused_in_words() -> None:
    other = str(messages.OURS / "platerecognizer" / "stream_plate_mode.csv")
    said = CliRunner().invoke(command.command, ["flock-audit", other, "--city", "willard-mo"])
    assert said.exit_code == 1
    assert "names no columns of Flock" in said.output
