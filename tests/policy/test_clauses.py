"""The clauses agree with the profiles, number by number."""

import csv
import json
import os
import re
from pathlib import Path

import pytest

from plateward.policy import clauses, load
from plateward.policy.profile import frozen
from tests.policy.cities import CALABASAS, CARSON, CITIES, ODESSA, WALNUT, WILLARD, by_default

ROWS = {WILLARD: 83, WALNUT: 48, ODESSA: 33, CALABASAS: 60, CARSON: 64}


@pytest.mark.parametrize("city", CITIES)
def test_every_parameter_a_clause_quotes_stands_in_the_profile(city):
    text_alone = load.load(load.shipped_text(city))
    compared = 0
    for clause in clauses.of(city):
        for path, quoted in clause.parameters:
            held = text_alone.at(path)
            if path == "access.roles":
                held = tuple(role["code"] for role in held)
            elif path == "reports":
                continue
            assert frozen(quoted) == held, (clause.id, path)
            compared += 1
    assert compared > ROWS[city] / 2


@pytest.mark.parametrize("city", CITIES)
def test_what_a_clause_is_about_is_an_item_of_its_list(city):
    profile = by_default(city)
    for clause in clauses.of(city):
        lists = [profile.at(path) for path, _value in clause.parameters]
        lists.append(profile.at("purposes.prohibited"))
        items = {
            item
            for held in lists
            if isinstance(held, tuple)
            for item in held
            if isinstance(item, str)
        }
        assert set(clause.about) <= items | set(profile.roles), clause.id


@pytest.mark.parametrize("city", CITIES)
def test_every_prohibited_use_names_the_clause_that_prohibits_it(city):
    profile = by_default(city)
    for use in profile.at("purposes.prohibited"):
        assert profile.clauses_for("purposes.prohibited", use), use


def test_a_use_that_another_clause_speaks_of_is_found_there():
    odessa = by_default(ODESSA)
    assert odessa.clauses_for("purposes.prohibited", "face_recognition") == ("ODE-6", "ODE-16")


def test_ids_are_unique_and_found_again():
    ids = [clause.id for city in CITIES for clause in clauses.of(city)]
    assert len(ids) == len(set(ids))
    assert clauses.one("ODE-20").city == ODESSA
    assert clauses.one("ODE-999") is None
    assert clauses.of("atlantis") == ()


def test_every_clause_of_the_five_cities_is_there():
    assert sum(ROWS.values()) == 288
    assert {city: len(clauses.of(city)) for city in CITIES} == ROWS
    kinds = {clause.enforcement for city in CITIES for clause in clauses.of(city)}
    assert kinds == {"enforced", "supported", "manual", "context"}


def research() -> list[dict[str, str]]:
    table = Path(os.environ.get("PLATEWARD_SHARED", "../shared")) / "policy" / "clauses.csv"
    if not table.exists():
        pytest.skip("the table of clauses is not here: set PLATEWARD_SHARED")
    with table.open(newline="") as rows:
        return list(csv.DictReader(rows))


def test_they_are_the_clauses_of_the_research():
    wanted = {row["id"]: (row["kind"], row["enforcement"], row["paraphrase"]) for row in research()}
    held = {
        clause.id: (clause.kind, clause.enforcement, clause.paraphrase)
        for city in CITIES
        for clause in clauses.of(city)
    }
    assert len(held) == 288
    assert held == wanted


def test_they_quote_the_values_of_the_research():
    wanted = {row["id"]: quoted(row["profile_parameters"]) for row in research()}
    assert sum(len(parameters) for parameters in wanted.values()) > 288
    for clause_id, parameters in wanted.items():
        held = dict(clauses.one(clause_id).parameters)
        assert set(held) == set(parameters), clause_id
        for path, said in parameters.items():  # the table writes a year without quotes
            assert held[path] in (said, str(said)), (clause_id, path)


def quoted(cell: str) -> dict[str, object]:
    """`path = value; path = value`, each value as JSON, or a word as it stands."""
    parts = re.split(r"; (?=[a-z_]+(?:\.[a-z_]+)* = )", cell) if cell else []
    pairs = (part.split(" = ", 1) for part in parts)
    return {path: value_of(text) for path, text in pairs}


def value_of(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        listed = text.startswith("[")
        return [word.strip() for word in text[1:-1].split(",")] if listed else text


def test_a_parameter_finds_its_own_clauses_then_those_around_it():
    willard, odessa = by_default(WILLARD), by_default(ODESSA)
    assert odessa.clauses_for("collection.fields.speed") == ("ODE-8",)
    assert "ODE-1" in odessa.clauses_for("collection.fields.make")
    assert willard.clauses_for("retention.reads.period") == ("WIL-6.1",)
    assert willard.clauses_for("vendor") == ("WIL-2.6", "WIL-5.2")
    assert odessa.clauses_for("vendor.access") == ()
    assert willard.clauses_for("purposes.authorised", "hotlist_check") == ("WIL-3.2f",)
    assert by_default(CARSON).clauses_for("access.roles", "contractor") == ("CAR-2.1",)
    walnut, calabasas = by_default(WALNUT), by_default(CALABASAS)
    assert walnut.clauses_for("access.roles", "lasd_sworn") == ("WAL-2.6", "WAL-5.5")
    assert walnut.clauses_for("access.roles", "contractor") == ("WAL-2.3",)
    assert calabasas.clauses_for("purposes.authorised", "routine_patrol") == ("CAL-IV.b1",)
    assert calabasas.clauses_for("access.roles", "city_prosecutor") == ("CAL-III.a.1",)
