"""The pages of duties: overdue first, recorded by whoever the policy lets, refused to others."""

import re
from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from plateward.audit import log
from plateward.cameras import register as cameras_register
from plateward.policy import in_force
from plateward.reads.record import Keeping, record
from plateward.upkeep import faults, register
from tests import cast
from tests.cast import CALABASAS, CARSON, WILLARD
from tests.web import seats

DEED = {"done_on": "2026-01-05", "found": "all cameras answer", "evidence": "sheet 4"}


def test_a_person_sees_the_duties_of_the_cities_where_they_hold_a_role(
    cameras: dict[str, str],
) -> None:
    page = seats.at_the_keyboard("eve").get("/duties/").content.decode()
    assert "Carson, CA" in page
    assert "Check that the cameras and the storage work" in page
    assert "Willard" not in page
    assert "no role" in seats.at_the_keyboard("finn").get("/duties/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_contractor_records_the_check_and_the_log_has_it(cameras: dict[str, str]) -> None:
    eve = seats.at_the_keyboard("eve")
    answer = eve.post(f"/duties/{CARSON}/health-check/", DEED, follow=True)
    assert "Recorded: Check that the cameras" in answer.content.decode()
    (kept,) = register.history(CARSON, "health-check")
    assert kept.by == "CON-008"
    admitted = log.entry(kept.entry)
    assert (admitted.outcome, admitted.act) == ("admitted", "cameras:camera:monitor")
    again = eve.get(f"/duties/{CARSON}/health-check/").content.decode()
    assert "all cameras answer" in again


@pytest.mark.django_db(transaction=True)
def test_an_officer_is_refused_keeps_what_was_typed_and_the_log_says_so(
    cameras: dict[str, str],
) -> None:
    answer = seats.at_the_keyboard("ana").post(f"/duties/{WILLARD}/attestation/", DEED)
    assert answer.status_code == 403
    assert "did not allow this" in answer.content.decode()
    assert "all cameras answer" in answer.content.decode()
    assert register.history(WILLARD, "attestation") == []
    refused = log.latest(1, city=WILLARD)[0]
    assert (refused.outcome, refused.act) == ("refused", "upkeep:attestation:make")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"done_on": "2999-01-01"}, "still to come"),
        ({"done_on": "yesterday"}, "Write the day like"),
        ({"found": " "}, "Say what was done"),
    ],
)
def test_a_wrong_form_says_what_to_correct_and_asks_nobody(
    cameras: dict[str, str], wrong: dict[str, str], said: str
) -> None:
    before = log.count(city=CARSON)
    answer = seats.at_the_keyboard("eve").post(f"/duties/{CARSON}/health-check/", DEED | wrong)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert register.history(CARSON, "health-check") == []
    assert log.count(city=CARSON, act="cameras:camera:monitor") == 0
    assert log.count(city=CARSON) >= before


@pytest.mark.parametrize("address", [f"{CARSON}/no-such-duty/", "atlantis/audit/"])
def test_what_is_no_duty_is_not_found(cameras: dict[str, str], address: str) -> None:
    assert seats.at_the_keyboard("eve").get(f"/duties/{address}").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_fault_is_opened_and_closed_on_the_page(cameras: dict[str, str]) -> None:
    eve = seats.at_the_keyboard("eve")
    trouble = {
        "what": "car-avalon",
        "trouble": "no pictures",
        "discovered_at": "2026-03-01T08:00",
        "not_working_from": "2026-03-01T06:00",
        "not_working_to": "2026-03-01T08:00",
    }
    page = eve.post(f"/duties/{CARSON}/faults/", trouble, follow=True).content.decode()
    assert "no pictures" in page
    (fault,) = faults.of(CARSON)
    zone = in_force.profile(CARSON).zone
    assert fault.not_working_from is not None
    assert fault.not_working_from.astimezone(zone).hour == 6
    close = f"/duties/{CARSON}/faults/{fault.id}/close/"
    page = eve.post(close, {"correction": "new fuse"}, follow=True).content.decode()
    assert "new fuse" in page
    assert faults.of(CARSON)[0].closed_at is not None
    page = eve.post(close, {"correction": "again"}, follow=True).content.decode()
    assert "no open fault" in page


@pytest.mark.django_db(transaction=True)
def test_a_deputy_may_neither_open_nor_close_a_fault(cameras: dict[str, str]) -> None:
    gus = seats.at_the_keyboard("gus")
    now = timezone.now().strftime("%Y-%m-%dT%H:%M")
    trouble = {"what": "x", "trouble": "y", "discovered_at": now}
    assert gus.post(f"/duties/{CARSON}/faults/", trouble).status_code == 403
    assert gus.post(f"/duties/{CARSON}/faults/1/close/", {"correction": "z"}).status_code == 403
    assert faults.of(CARSON) == []


def test_faults_are_shown_only_to_those_with_a_role_there(cameras: dict[str, str]) -> None:
    assert seats.at_the_keyboard("finn").get(f"/duties/{CARSON}/faults/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_contractor_keeps_the_maintenance_log(cameras: dict[str, str]) -> None:
    eve = seats.at_the_keyboard("eve")
    said = DEED | {"found": "new lens on Avalon"}
    eve.post(f"/duties/{CARSON}/maintenance/", said, follow=True)
    (kept,) = register.history(CARSON, "maintenance")
    assert (kept.by, kept.found) == ("CON-008", "new lens on Avalon")
    assert log.entry(kept.entry).act == "cameras:camera:maintain"


def test_the_custodians_duty_shows_what_ends_in_the_next_31_days(cameras: dict[str, str]) -> None:
    zone = in_force.profile(CALABASAS).zone
    day = timezone.now().astimezone(zone).date() + timedelta(days=3)
    seen, ends = timezone.now() - timedelta(days=700), datetime.combine(day, time(12), zone)
    camera = cameras_register.named("cal-parkway").key
    record(cast.sighting(seen_at=seen), Keeping(CALABASAS, camera, seen, ends))
    lou = seats.at_the_keyboard("lou")
    page = lou.get(f"/duties/{CALABASAS}/destruction-sign-off/").content.decode()
    assert "1 read, as things stand today" in page
    assert len(re.findall(r"<tr><th scope=\"row\">[^<]*</th><td>1</td></tr>", page)) == 1
    assert "TST4821" not in page
    other = lou.get(f"/duties/{CALABASAS}/audit/").content.decode()
    assert "What ends in the next" not in other
