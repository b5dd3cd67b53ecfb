"""A disk that takes no more: who asks is told, nothing is done unlogged, deletion goes on."""

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from plateward.audit import log
from plateward.cli import keep
from plateward.intake.receive import receive
from plateward.policy import service
from plateward.policy.vocabulary import Act
from plateward.postgres import room
from tests import cast
from tests.web import seats

pytestmark = pytest.mark.django_db
CAMERA = "wil-160-jackson"
SEARCH = {
    "cities": ["willard-mo"],
    "purpose": "crime_person_or_property",
    "case_number": "26-001234",
    "plate": "TST4821",
}
# What PostgreSQL itself raises where a table cannot grow, with its code.
FULL = """
CREATE FUNCTION is_full() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER full_disk BEFORE INSERT ON {} FOR EACH ROW EXECUTE FUNCTION is_full();
"""
Send = Callable[[str], Any]


@pytest.fixture
def hand_in(cameras: dict[str, str]) -> Send:
    client = Client(raise_request_exception=False)

    def send(event: str) -> Any:
        at = timezone.now() - timedelta(minutes=1)
        told = {"source": "test", "event": event, "plate": "TST4821", "seen_at": at.isoformat()}
        return client.post(
            "/api/v1/sightings",
            json.dumps(told),
            content_type="application/json",
            headers={"authorization": f"Bearer {CAMERA}:{cameras[CAMERA]}"},
        )

    return send


def fill(table: str) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute(FULL.format(table))


def free_again(table: str) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute(f"DROP TRIGGER full_disk ON {table}; DROP FUNCTION is_full()")


def expired() -> None:
    at = timezone.now() - timedelta(days=31)
    receive(cast.sighting(seen_at=at), received_at=at + timedelta(minutes=1))


def test_a_camera_is_told_to_keep_it_and_loses_nothing(hand_in: Send) -> None:
    fill("reads_name")
    answer = hand_in("1")
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "The disk is full" in answer.json()["detail"]
    free_again("reads_name")
    assert hand_in("1").status_code == 201


@pytest.mark.usefixtures("cameras")
def test_no_search_is_done_that_cannot_be_logged() -> None:
    ana = seats.at_the_keyboard("ana")
    ana.raise_request_exception = False
    fill("audit_entry")
    before = log.count()
    page = ana.post("/search/", SEARCH)
    assert page.status_code == 503
    assert "The disk is full" in page.content.decode()
    assert log.count() == before


@pytest.mark.usefixtures("cameras")
def test_nothing_is_deleted_unlogged_and_the_keeper_tries_until_it_can(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expired()
    fill("audit_entry")
    stop, rounds = threading.Event(), []

    def one_round() -> int:
        rounds.append(1)
        if len(rounds) == 3:
            free_again("audit_entry")
            stop.set()
        return keep_round()

    keep_round = keep.round_once
    monkeypatch.setattr(keep, "round_once", one_round)
    monkeypatch.setattr(keep, "PAUSE_SECONDS", 0)
    monkeypatch.setattr("plateward.cli.errands.beside", lambda now: None)
    monkeypatch.setattr("plateward.cli.posting.look_at_log", lambda now: None)
    monkeypatch.setattr(connections, "close_all", lambda: None)
    keep.until(stop)
    assert len(rounds) == 3
    assert log.count(act=Act.READS_PURGED, outcome="done") == 1


@pytest.mark.usefixtures("cameras")
def test_before_it_is_full_cameras_wait_and_deletion_goes_on(
    hand_in: Send, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    expired()
    monkeypatch.setattr(service, "_short_of", lambda: (tmp_path, 10 * 1024**2))
    answer = hand_in("1")
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "nearly full" in answer.json()["detail"]
    assert "10 MiB are left" in service.troubles([])[0].happened
    assert keep.round_once() == 1
    monkeypatch.undo()
    assert hand_in("1").status_code == 201


def test_how_much_is_left_is_asked_of_the_disk_itself(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(room, "LEAST_FREE", 0)
    assert room.short_of([tmp_path, tmp_path / "not there"]) is None
    monkeypatch.setattr(room, "LEAST_FREE", 2**62)
    found = room.short_of([tmp_path])
    assert found is not None
    assert found[0] == tmp_path
