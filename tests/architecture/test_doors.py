"""The two doors: no plate data without a permit, no permit but from the gate."""

import ast
import dataclasses
import datetime
import inspect
import types
import typing
from collections.abc import Callable, Iterator

import pytest
from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.db.models import Field, Model
from django.urls import URLPattern, URLResolver, get_resolver

from plateward.gate.permit import Permit
from tests.architecture import house

GUARDED = ["reads", "hotlists", "custody"]
# Files that only their own room may import: they open pictures, hold plates, or the tables.
ROOM_PRIVATE = {
    "plateward.reads.pictures",
    "plateward.reads.models",
    "plateward.reads.known",
    "plateward.reads.opened",
    "plateward.reads.spellings",
    "plateward.reads.newest",
    "plateward.reads.saved_models",
    "plateward.hotlists.models",
    "plateward.custody.media_register_rows",
    "plateward.custody.held",
    "plateward.custody.holds_rows",
    "plateward.custody.holds_models",
}
# Answers that a plate cannot hide in.
HARMLESS = {type(None), bool, int, float, datetime.datetime, datetime.date, datetime.timedelta}
_OF_PARTS = {dict, list, tuple, set, frozenset, typing.Union, types.UnionType}
# These answer with words that are no plate; the reason is beside each.
NAMES_NO_PLATE = {
    "plateward.reads.counts.city_of",  # the city of a read, so that its policy can be asked
    "plateward.reads.counts.camera_of",  # the code of the camera that saw it
    "plateward.reads.counts.camera_title_of",  # its title
    "plateward.reads.saved.city_of",  # the city of a saved query, for the same
    "plateward.hotlists.alerts.city_of",  # the city of an alert, for the same
    "plateward.hotlists.alerts.case_of",  # the case of its entry, to be named at the door
    "plateward.hotlists.counts.reviewed",  # numbers, by the name of a reason or an outcome
    "plateward.reads.compared.under",  # numbers, by the name of a field
    "plateward.hotlists.fresh.grown_old",  # names of lists and how old they are
    "plateward.custody.media_register.act_of",  # the act that keeping drives needs in a city
    "plateward.custody.media_register.act_for",  # the same for one step
    "plateward.custody.media_register_steps.possible",  # what may happen to a drive next
    "plateward.custody.media_register_steps.after",  # where a drive is: its steps hold no plate
    "plateward.custody.media_register_steps.replayed",
    "plateward.custody.media_register_steps.place_in_words",
    "plateward.hotlists.telling.above",  # what the room of notices may ask: the functions beside it
}
# Keys, seals and the shelves that sealed rows lie on: with these alone nobody has a row to open,
# and the rows are the room's own. And what copies, restores or certifies the store unseen.
NAMES_NO_PLATE |= {
    f"plateward.{each}"
    for each in (
        *(f"reads.keyring.{name}" for name in ("key", "keys", "kept", "kept_all", "kept_of")),
        *(f"reads.keyring.{name}" for name in ("kept_named", "named", "names", "derived")),
        *(f"reads.sealing.{name}" for name in ("seal", "unseal", "packed", "unpacked", "head")),
        *(f"reads.prepared.{name}" for name in ("named", "rows")),  # as they are stored: sealed
        *(f"reads.shelves.{name}" for name in ("ensure", "numbered", "over", "tables")),
        "reads.purge.digest_of",
        *(f"custody.archive.{name}" for name in ("opened", "sealed")),
        *(f"custody.drafts.{name}" for name in ("begun", "store")),
        *(f"custody.manifest.{name}" for name in ("lost", "marks", "read")),
        *(f"custody.restoring.{name}" for name in ("check", "restore")),
        "custody.backups.make",
        "custody.chain.told",
        "custody.key_copies.copy",
        "custody.clock_guard.jumped",  # why nothing is deleted now, in words
        *(f"custody.certificates.{name}" for name in ("digest_of", "of", "proof")),
    )
}
# A notice may carry a plate out where the adopted text says so; nobody stands there with a permit.
ASKS_THE_DOOR_ITSELF = {"plateward.hotlists.telling.plate"}
# What these answer goes to the door, to be judged, and nowhere else; a test holds them to it.
FOR_THE_DOOR = {"plateward.reads.detail.breadth_of", "plateward.reads.taken.breadth_of"}
# Open to whoever asks, signed in or not.
PUBLIC = {
    "public",
    "public_city",
    "public_policy",
    "public_cameras",
    "public_deletions",
    "public_deletion",
    "public_checkpoint",
    "account_login",
    "notice",  # what is accepted before signing in
    "openid_connect_login",
    "openid_connect_callback",
    "mfa_authenticate",
    "account_inactive",
    "account_logout",
}
# Of a demo alone; the view itself refuses elsewhere, and has a test that it does.
PUBLIC_IN_A_DEMO = {"demo", "demo_codes"}
# Cameras have no session; each sends a key, which the interface itself checks. Its description,
# which says what to send, is open.
BY_KEY = {
    "sightings",
    "batch",
    "edge_reads",
    "edge_heartbeats",
    "vendors",
    "openapi-json",
    "api-root",
}


def guarded() -> Iterator[tuple[str, Callable[..., object]]]:
    for room in GUARDED:
        for module in house.modules(room):
            if module.__name__ in ROOM_PRIVATE:
                continue
            for name, found in inspect.getmembers(module, inspect.isfunction):
                if found.__module__ == module.__name__ and not name.startswith("_"):
                    yield f"{module.__name__}.{name}", found


def asks_for_a_permit(function: Callable[..., object]) -> bool:
    asked = inspect.signature(function).parameters.get("permit")
    return (
        asked is not None
        and asked.kind is inspect.Parameter.KEYWORD_ONLY
        and asked.default is inspect.Parameter.empty
        and typing.get_type_hints(function)["permit"] is Permit
    )


def is_harmless(kind: object) -> bool:
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return all(is_harmless(hint) for hint in typing.get_type_hints(kind).values())
    if typing.get_origin(kind) in _OF_PARTS:
        return all(is_harmless(part) for part in typing.get_args(kind) if part is not ...)
    return kind in HARMLESS


FUNCTIONS = dict(guarded())


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_can_carry_a_plate_out_takes_a_permit(name: str) -> None:
    function = FUNCTIONS[name]
    answer = typing.get_type_hints(function)["return"]
    excused = name in NAMES_NO_PLATE | FOR_THE_DOOR | ASKS_THE_DOOR_ITSELF
    assert asks_for_a_permit(function) or is_harmless(answer) or excused


@pytest.mark.parametrize("name", sorted(ASKS_THE_DOOR_ITSELF))
def test_what_asks_the_door_itself_answers_under_that_permit(name: str) -> None:
    calls = [n for n in ast.walk(ast.parse(inspect.getsource(FUNCTIONS[name])))
             if isinstance(n, ast.Call)]  # fmt: skip
    said = [ast.unparse(call) for call in calls]
    assert any(each.startswith("door.admit_house(") for each in said)
    assert any(each.endswith("permit=permit)") for each in said)


def test_what_is_asked_about_is_told_to_the_door_alone() -> None:
    names = {name.rpartition(".")[2] for name in FOR_THE_DOOR}
    for path in house.sources():
        tree = house.tree(path)
        used = [n for n in ast.walk(tree) if isinstance(n, ast.Attribute) and n.attr in names]
        told = [
            word.value.func
            for call in ast.walk(tree)
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "door.admit"
            for word in call.keywords
            if word.arg == "breadth" and isinstance(word.value, ast.Call)
        ]
        assert [n for n in used if n not in told] == [], house.name(path)


@pytest.mark.parametrize("name", ["plateward.reads.search.find", "plateward.reads.detail.one"])
def test_searching_and_looking_take_a_permit_and_look_at_it_first(name: str) -> None:
    function = FUNCTIONS[name]
    assert asks_for_a_permit(function)
    body = ast.parse(inspect.getsource(function)).body[0]
    assert isinstance(body, ast.FunctionDef)
    said = [
        line for line in body.body if not isinstance(getattr(line, "value", None), ast.Constant)
    ]
    assert ast.unparse(said[0]).startswith("permit.require(")


def test_only_the_gate_issues_permits() -> None:
    issuing = set()
    for path in house.sources():
        calls = [node.func for node in ast.walk(house.tree(path)) if isinstance(node, ast.Call)]
        called = {getattr(func, "id", None) or getattr(func, "attr", None) for func in calls}
        issuing |= {house.name(path)} if "Permit" in called else set()
    assert issuing == {"gate/door.py"}


def test_what_is_private_to_a_room_is_imported_only_there() -> None:
    found = [
        f"{house.name(path)} imports {name}"
        for path in house.sources()
        for name in house.imports(path) & ROOM_PRIVATE
        if not name.startswith(f"plateward.{path.relative_to(house.SRC).parts[0]}.")
    ]
    assert found == []


def our_models() -> list[type[Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("plateward.")]


def relations() -> Iterator["Field[object, object]"]:
    for model in our_models():
        for field in model._meta.get_fields():
            if isinstance(field, Field) and field.is_relation:
                yield field


RELATIONS = {str(field): field for field in relations()}


def room_of(model: type[Model]) -> str:
    return model._meta.app_label


@pytest.mark.parametrize("name", RELATIONS)
def test_tables_point_only_down_the_corridor(name: str) -> None:
    place, field = house.corridor(), RELATIONS[name]
    here, there = room_of(field.model), room_of(field.related_model)
    if there in place:  # else it is Django's own, below the house
        assert here == there or place[here] < place[there]


@pytest.mark.parametrize("name", RELATIONS)
def test_no_key_leads_back_into_a_guarded_room(name: str) -> None:
    field = RELATIONS[name]
    ends = {room_of(field.model), room_of(field.related_model)}
    assert not ends & set(GUARDED) or field.remote_field.hidden


def test_nothing_points_out_of_the_log() -> None:
    assert [name for name, field in RELATIONS.items() if room_of(field.model) == "audit"] == []


def test_no_table_points_wherever_it_likes() -> None:
    fields = [f for model in our_models() for f in model._meta.private_fields]
    assert [field for field in fields if isinstance(field, GenericForeignKey)] == []


def pages(resolver: URLResolver, *, above: str = "") -> Iterator[tuple[str, URLPattern]]:
    for found in resolver.url_patterns:
        if isinstance(found, URLResolver):
            yield from pages(found, above=above + str(found.pattern))
        else:
            yield above + str(found.pattern), found


PAGES = dict(pages(get_resolver()))


@pytest.mark.parametrize("address", PAGES)
def test_every_page_is_public_by_name_or_needs_a_sign_in(address: str) -> None:
    page = PAGES[address]
    if getattr(page.callback, "login_required", True):
        return
    assert page.name in PUBLIC | PUBLIC_IN_A_DEMO | BY_KEY, f"{page.name} is open to everyone"


def test_the_names_of_public_pages_are_those_of_real_ones() -> None:
    assert PUBLIC - {page.name for page in PAGES.values()} == set()
