"""No act without an entry: each is asked for at the door, or written by the room that does it."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from plateward.policy.vocabulary import Act
from plateward.web import words
from tests.architecture import house

SOURCE = house.ROOT / "src" / "plateward"
CODE = re.compile(r"[a-z]+:[a-z-]+:[a-z-]+")
DOORS = {"admit", "admit_house", "append", "_admit", "_append"}
# Acts that the vocabulary has and no part of the program does yet. Whoever builds one strikes it.
NOT_YET = {
    Act.SHARING_RECEIVE,
    Act.RECORDS_REVIEW,
    Act.REPORTS_MAKE,
}
# A role's leave to configure is used in acts that say what was configured.
SAID_AS = {Act.POLICY_CONFIGURE: {"policy:profile:adopt", "policy:clause:suspend"}}
# A read that comes in is a row of the store with its time, source and camera: an entry for each
# would be a second store of the same, and would outlive the read.
NO_ENTRY = {Act.READ_RECEIVED}
# What the log must hold, whatever else it holds: for each kind, acts that some file writes.
KINDS = {
    "a look at plate data, or its refusal": {"reads:plate:search", "reads:image:view"},
    "an alert": {"hotlists:alert:raise", "hotlists:alert:see"},
    "a sign-in, a failed one, a lock": {"people:account:sign-in"},
    "a sign-out": {"people:account:sign-out"},
    "a change of who may do what": {
        "people:role:appoint",
        "people:role:revoke",
        "people:account:enrol",
        "people:account:close",
        "people:training:record",
    },
    "a change of the rules": {"policy:profile:adopt"},
    "a change of the equipment": {"cameras:camera:register"},
    "a deletion": {"custody:reads:purge"},
    "a look at the log, or an export of it": {"audit:log:read"},
    "an erasure in the log": {"audit:log:erase"},
    "an attempt on the log": {"audit:log:change"},
    "a witness against the log": {"audit:log:contradicted"},
}


@cache
def written() -> frozenset[str]:
    """Every act that a file outside the policy names and that also asks a door or appends."""
    found: set[str] = set()
    for file in SOURCE.rglob("*.py"):
        if "policy/vocabulary" in file.as_posix() or "/migrations/" in file.as_posix():
            continue
        tree = ast.parse(file.read_text())
        if _goes_through_a_door(tree):
            found |= _named(tree)
    return frozenset(found)


def _goes_through_a_door(tree: ast.Module) -> bool:
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    names = {
        call.attr if isinstance(call, ast.Attribute) else call.id
        for call in calls
        if isinstance(call, ast.Attribute | ast.Name)
    }
    return bool(names & DOORS)


def _named(tree: ast.Module) -> set[str]:
    nodes = list(ast.walk(tree))
    acts = {node.attr for node in nodes if isinstance(node, ast.Attribute)} & set(Act.__members__)
    texts = {node.value for node in nodes if isinstance(node, ast.Constant)}
    codes = {text for text in texts if isinstance(text, str) and CODE.fullmatch(text)}
    return codes | {str(Act[name]) for name in acts}


@pytest.mark.parametrize("act", sorted(set(Act) - NOT_YET - NO_ENTRY))
def test_every_act_of_the_vocabulary_is_written_somewhere(act: Act) -> None:
    assert SAID_AS.get(act, {str(act)}) <= written()


@pytest.mark.parametrize("act", sorted(NOT_YET))
def test_what_is_not_built_yet_is_not_written_either(act: Act) -> None:
    assert str(act) not in written(), f"{act} is built: strike it from NOT_YET"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_thing_the_log_must_hold_has_its_acts(kind: str) -> None:
    assert KINDS[kind] <= written()


def test_every_act_that_is_written_has_words_for_the_pages() -> None:
    assert written() - set(words.acts()) == set()


def test_the_log_is_written_by_its_own_room_alone() -> None:
    """The rest go through `log.append`: no other file touches the log's tables."""
    rooms = [file for file in SOURCE.rglob("*.py") if "/audit/" not in file.as_posix()]
    tables = re.compile(r"audit_(entry|sealed|private|checkpoint|frontier|cosignature)")
    assert [_short(file) for file in rooms if tables.search(file.read_text())] == []


def _short(file: Path) -> str:
    return file.relative_to(SOURCE).as_posix()
