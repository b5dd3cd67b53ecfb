"""Every other way out: the gate's own registers, live notices, the interface for cameras."""

import ast
import inspect
import typing
from collections.abc import Callable, Iterator

import pytest

from plateward.api.sightings import ReceiptOut
from plateward.api.vendors import OutcomeOut
from plateward.gate import cases, requests, reviews
from tests.architecture import house
from tests.architecture.test_doors import asks_for_a_permit, is_harmless

REGISTERS = (requests, reviews, cases)
# These answer without a permit; what each tells is no plate that the asker did not give.
TELLS_NO_PLATE = {
    "requests.line": "how many plates, not which",
    "requests.of_agency": "how many plates, not which",
    "requests.to_answer": "how many plates, not which",
    "requests.open_for": "look-alikes of the plates, for the door to compare; no page shows them",
    "reviews.waiting": "who asked, when",
    "reviews.city_of": "the city, so that its policy can be asked",
    "reviews.of_person": "the person's own words, to that person",
    "reviews.approved_for": "the person's own words, to that person",
    "cases.check": "whether a number is of an open case",
    "cases.of": "where cases are asked for",
    "cases.in_city": "where cases are asked for",
    "cases.format_of": "how a case number is written",
}


def registers() -> Iterator[tuple[str, Callable[..., object]]]:
    for module in REGISTERS:
        short = module.__name__.rpartition(".")[2]
        for name, found in inspect.getmembers(module, inspect.isfunction):
            if found.__module__ == module.__name__ and not name.startswith("_"):
                yield f"{short}.{name}", found


FUNCTIONS = dict(registers())


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_a_register_tells_takes_a_permit_or_is_no_plate(name: str) -> None:
    function = FUNCTIONS[name]
    answer = typing.get_type_hints(function)["return"]
    assert asks_for_a_permit(function) or is_harmless(answer) or name in TELLS_NO_PLATE


def test_the_excuses_are_of_functions_that_exist_and_need_one() -> None:
    assert TELLS_NO_PLATE.keys() - FUNCTIONS.keys() == set()
    assert [name for name in TELLS_NO_PLATE if asks_for_a_permit(FUNCTIONS[name])] == []


def test_a_list_of_requests_counts_the_plates() -> None:
    assert inspect.get_annotations(requests.Line, eval_str=True)["plates"] is int


def test_the_registers_tables_stay_in_the_gate() -> None:
    outside = [
        house.name(path)
        for path in house.sources()
        if "plateward.gate.models" in house.imports(path)
        and not house.name(path).startswith("gate/")
    ]
    assert outside == []


def test_no_page_shows_the_plates_an_open_request_is_compared_by() -> None:
    """`OpenRequest.plates` may be counted outside the gate and the policy, and nothing more."""
    for path in house.sources("web"):
        for node in ast.walk(house.tree(path)):
            if isinstance(node, ast.Attribute) and ast.unparse(node) == "request.plates":
                assert "len(request.plates)" in path.read_text(), house.name(path)
                assert path.read_text().count("request.plates") == 1, house.name(path)


def published() -> Iterator[tuple[str, ast.expr]]:
    for path in house.sources():
        for node in ast.walk(house.tree(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "live.publish":
                yield house.name(path), node.args[1]


def test_a_live_notice_names_the_city_and_the_alert_and_nothing_more() -> None:
    told = list(published())
    assert told, "the notices are published elsewhere now"
    for where, payload in told:
        assert isinstance(payload, ast.Dict), where
        keys = {key.value for key in payload.keys if isinstance(key, ast.Constant)}
        assert len(keys) == len(payload.keys), where
        assert keys <= {"city", "alert"}, where


def test_what_a_camera_is_answered_has_no_place_for_a_plate() -> None:
    assert set(ReceiptOut.model_fields) == {
        "stored",
        "duplicate",
        "alerts",
        "dropped",
        "received_at",
    }
    assert set(OutcomeOut.model_fields) - set(ReceiptOut.model_fields) == {
        "duplicates",
        "revised",
        "late",
        "quarantined",
        "refused",
        "heartbeats",
    }
