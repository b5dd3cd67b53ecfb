"""Every clause is carried by a mechanism with a test, kept by people, or says what it waits for."""

import ast
import csv
import importlib
import os
from functools import cache
from pathlib import Path

import pytest

from plateward.policy import clauses, mechanisms, overlays
from plateward.policy.clauses import Clause
from plateward.policy.mechanisms import Mechanism
from plateward.upkeep import duties
from tests.architecture import house
from tests.policy.cities import CITIES, by_default

# What nothing carries yet. This list may only become shorter.
_WAITING = """
    CA-1798.29a CA-1798.29d CA-1798.29e CA-1798.29i3 CA-1798.90.55b
    CAL-III.e CAL-III.h CAL-IV.c2 CAL-R.0 CAL-R.a
    CAL-R.a.1 CAL-R.a.2 CAL-R.a.3 CAL-R.a.4 CAL-R.b CAL-R.c CAL-R.d CAL-R.e CAL-V.1
    CAR-1.6 CAR-10.1 CAR-4.3 CAR-4.6 CAR-5.5 CAR-5.6 CAR-8.2
    CJIS-AT-3 CJIS-SC-28 MO-407.1500 MO-407.1500-AG MO-407.1500-RISK
    MO-610.023.1 MO-610.023.3 MO-610.023.4 ODE-1 ODE-23 ODE-24 ODE-28
    WAL-10.1 WAL-10.2 WAL-4.3 WAL-4.6
    WAL-5.3 WIL-10.2
    WIL-11.1 WIL-11.1a WIL-11.1b WIL-11.1c WIL-11.2 WIL-11.2a WIL-11.2b WIL-11.2c WIL-11.2d
    WIL-11.2e WIL-11.2f WIL-11.2g WIL-3.3a WIL-3.5
    WIL-7.2 WIL-7.3 WIL-8.1 WIL-8.1a WIL-8.1b WIL-8.1c WIL-ORD.W2
"""
WAITING = frozenset(_WAITING.split())
CARRIED = {"enforced", "supported"}
OWN = {clause.id: clause for city in CITIES for clause in clauses.of(city)}
LAW = {row.clause.id: row.clause for name in overlays.shipped() for row in overlays.one(name).rows}
ALL = OWN | LAW
FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef
MECHANISMS = {mechanism.id: mechanism for mechanism in mechanisms.every()}


def claimed() -> list[Clause]:
    return [clause for clause in ALL.values() if clause.enforcement in CARRIED]


@cache
def names_in(path: str) -> frozenset[str]:
    tree = ast.parse((house.ROOT / path).read_text())
    functions = (node for node in ast.walk(tree) if isinstance(node, FUNCTIONS))
    return frozenset(each.name for each in functions if each.name.startswith("test_"))


def test_the_five_texts_have_288_clauses_and_264_of_them_are_for_the_machine() -> None:
    assert len(OWN) == 288
    assert sum(clause.enforcement in CARRIED for clause in OWN.values()) == 264


@pytest.mark.parametrize("clause", claimed(), ids=lambda clause: clause.id)
def test_a_clause_for_the_machine_has_a_mechanism_with_a_test_or_waits(clause: Clause) -> None:
    carried = any(mechanism.tests for mechanism in mechanisms.of(clause.id))
    assert carried or mechanisms.waits_for(clause.id), (
        f"{clause.id} is to be {clause.enforcement}, but nothing carries it and it waits for "
        "nothing: name its mechanism and test in policy/mechanisms.yaml"
    )


def test_nothing_new_waits() -> None:
    waiting = {clause for each in mechanisms.waiting() for clause in each.clauses}
    for each in mechanisms.waiting():
        print(f"{each.what}: {', '.join(each.clauses)}")  # noqa: T201 -- seen with pytest -s
    assert waiting - WAITING == set()


def test_what_no_longer_waits_is_off_the_list() -> None:
    waiting = {clause for each in mechanisms.waiting() for clause in each.clauses}
    assert WAITING - waiting == set(), "well done: take these off WAITING above"


def test_a_clause_waits_for_one_thing_and_says_it() -> None:
    listed = [clause for each in mechanisms.waiting() for clause in each.clauses]
    assert len(listed) == len(set(listed))
    assert all(len(each.what) > 10 and each.clauses for each in mechanisms.waiting())


def test_only_clauses_that_claim_something_are_carried_or_wait() -> None:
    named = {clause for mechanism in MECHANISMS.values() for clause in mechanism.clauses}
    named |= {clause for each in mechanisms.waiting() for clause in each.clauses}
    assert named - {clause.id for clause in claimed()} == set()


@pytest.mark.parametrize("mechanism", MECHANISMS.values(), ids=MECHANISMS)
def test_a_mechanism_stands_where_it_says(mechanism: Mechanism) -> None:
    assert mechanism.where
    for place in mechanism.where:
        module, _, name = place.partition(":")
        assert hasattr(importlib.import_module(module), name), place


@pytest.mark.parametrize("mechanism", MECHANISMS.values(), ids=MECHANISMS)
def test_its_tests_exist(mechanism: Mechanism) -> None:
    assert mechanism.tests
    for test in mechanism.tests:
        path, _, name = test.partition("::")
        assert name in names_in(path), test


def test_mechanisms_are_told_apart_and_carry_something() -> None:
    assert len(MECHANISMS) == len(mechanisms.every()) > 50
    for mechanism in MECHANISMS.values():
        assert mechanism.clauses
        assert len(mechanism.clauses) == len(set(mechanism.clauses)), mechanism.id
        assert mechanism.words.endswith("."), mechanism.id


@pytest.mark.parametrize("city", CITIES)
def test_what_only_people_can_keep_has_a_duty_that_reminds_of_it(city: str) -> None:
    text = by_default(city)
    manual = {clause.id for clause in text.clauses if clause.enforcement == "manual"}
    reminded = {clause for duty in duties.of(text) for clause in duty.clauses}
    assert manual <= reminded


def test_the_status_of_a_clause_follows_from_what_carries_it() -> None:
    carried, waiting = OWN["ODE-20"], OWN["WIL-7.2"]
    assert mechanisms.status(carried) == "enforced"
    assert mechanisms.status(carried, {"ODE-20"}) == "suspended"
    assert mechanisms.status(waiting) == "waits"
    assert mechanisms.status(OWN["WIL-3.4"]) == "manual"
    assert mechanisms.status(OWN["WIL-1.2"]) == "context"
    unknown = Clause("X-1", "nowhere", "rule", "enforced", "a clause nobody mapped")
    assert mechanisms.status(unknown) == "waits"


def test_the_table_of_the_research_says_the_same_of_each_clause() -> None:
    table = Path(os.environ.get("PLATEWARD_SHARED", "../shared")) / "policy" / "clauses.csv"
    if not table.exists():
        pytest.skip("the table of clauses is not here: set PLATEWARD_SHARED")
    with table.open(newline="") as rows:
        for row in csv.DictReader(rows):
            if row["enforcement"] in CARRIED:
                assert mechanisms.of(row["id"]) or mechanisms.waits_for(row["id"]), row["id"]
