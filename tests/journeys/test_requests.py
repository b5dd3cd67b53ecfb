"""An agency asks, the city answers, and a search goes through: told from the browsers' side."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from plateward.audit import log
from plateward.policy.vocabulary import Act
from tests import cast
from tests.journeys import story
from tests.journeys.story import Seat

PURPOSE = "aid_investigation_and_prosecution"
PLATE = "TST4821"
ASKED = {
    "city": cast.WALNUT,
    "purpose": PURPOSE,
    "case_number": "26-10412",
    "why": "robbery on Lemon Ave",
    "plates": f"{PLATE}, XYZ9876",
}
SEARCH = {
    "purpose": PURPOSE,
    "case_number": "26-10412",
    "note": "robbery on Lemon Ave",
    "plate": PLATE,
}


@pytest.fixture
def seen_in_walnut(cameras: dict[str, str]) -> int:
    return story.taken_in(cast.sighting(PLATE, device="wal-lemon"))


@pytest.fixture
def seen_in_carson(cameras: dict[str, str]) -> int:
    return story.taken_in(cast.sighting(PLATE, device="car-avalon"))


def search(client: Client, city: str, **other: object) -> Any:
    return client.post("/search/", {**SEARCH, "cities": [city], **other})


def reference_on(page: Any) -> str:
    found = re.search(r"R-\d+", page.content.decode())
    assert found
    return found[0]


def answered(client: Client, reference: str, **said: object) -> Any:
    ends_on = timezone.localdate() + timedelta(days=5)
    return client.post(f"/requests/{reference}/", {"ends_on": ends_on.isoformat(), **said})


def test_walnut_opens_to_the_deputy_once_the_director_has_granted_it(
    seat: Seat, seen_in_walnut: int
) -> None:
    gus, jo = seat("gus"), seat("jo")
    refused = search(gus, cast.WALNUT)
    assert refused.status_code == 403
    assert f"/requests/ask/?city={cast.WALNUT}".encode() in refused.content
    assert gus.post("/requests/ask/", ASKED)["Location"] == "/requests/"
    mine = gus.get("/requests/")
    reference = reference_on(mine)
    assert b"2 plates" in mine.content
    assert PLATE.encode() not in mine.content
    assert search(gus, cast.WALNUT, requests=[reference]).status_code == 400  # not open: no choice
    assert reference.encode() in jo.get("/requests/").content
    whole = jo.get(f"/requests/{reference}/")
    assert PLATE.encode() in whole.content
    assert answered(jo, reference, grant="yes")["Location"] == "/requests/"
    assert reference.encode() in gus.get("/search/").content
    found = search(gus, cast.WALNUT, requests=[reference])
    assert b"1 read in Walnut, CA" in found.content


def test_the_reason_and_the_request_travel_to_the_read(seat: Seat, seen_in_carson: int) -> None:
    gus = seat("gus")
    gus.post("/requests/ask/", ASKED | {"city": cast.CARSON})
    reference = reference_on(gus.get("/requests/"))
    page = search(gus, cast.CARSON, requests=[reference], confirmed=["warrant"])
    assert b"1 read in Carson, CA" in page.content
    slip = str(page.context["outcome"].slip)
    read = gus.post(f"/read/{seen_in_carson}/", {"slip": slip})
    assert read.status_code == 200
    entry = next(e for e in log.latest(9) if e.act == Act.READS_VIEW and e.outcome == "admitted")
    assert entry.facts["request"] == reference
    assert entry.facts["confirmed"] == ["warrant"]


def test_a_read_outside_the_request_stays_shut_and_its_plate_is_not_told(seat: Seat) -> None:
    other = story.taken_in(cast.sighting("SECRET7", device="car-avalon"))
    gus = seat("gus")
    gus.post("/requests/ask/", ASKED | {"city": cast.CARSON})
    reference = reference_on(gus.get("/requests/"))
    asked = {**SEARCH, "requests": [reference], "confirmed": ["warrant"]}
    page = gus.post(f"/read/{other}/", asked)
    assert page.status_code == 403
    assert b"SECRET7" not in page.content
    assert "SECRET7" not in str(log.latest(5))


def test_carson_asks_to_confirm_the_warrant_and_willard_does_not(
    seat: Seat, seen_in_carson: int
) -> None:
    gus = seat("gus")
    gus.post("/requests/ask/", ASKED | {"city": cast.CARSON})
    reference = reference_on(gus.get("/requests/"))
    page = search(gus, cast.CARSON, requests=[reference])
    assert page.status_code == 403
    text = page.content.decode()
    assert 'name="confirmed" value="warrant"' in text
    assert "CAR-1.7" in text
    assert 'name="confirmed"' not in seat("ana").get("/search/").content.decode()


def test_the_time_of_a_request_is_taken_where_none_is_typed(
    seat: Seat, seen_in_carson: int
) -> None:
    gus = seat("gus")
    day = timezone.localdate()
    span = {"seen_from": f"{day - timedelta(days=2)}T00:00", "seen_to": f"{day}T23:59"}
    gus.post("/requests/ask/", ASKED | {"city": cast.CARSON, **span})
    reference = reference_on(gus.get("/requests/"))
    asked = {"requests": [reference], "confirmed": ["warrant"]}
    assert search(gus, cast.CARSON, **asked).status_code == 200
    wider = asked | {"since": "2020-01-01T00:00", "until": f"{day}T00:00"}
    assert search(gus, cast.CARSON, **wider).status_code == 403


def test_a_refused_request_says_why_and_a_closed_one_opens_nothing(
    seat: Seat, seen_in_walnut: int
) -> None:
    gus, jo = seat("gus"), seat("jo")
    gus.post("/requests/ask/", ASKED)
    reference = reference_on(gus.get("/requests/"))
    silent = answered(jo, reference, refuse="yes", answer="")
    assert silent.status_code == 400
    assert b"Say why it is refused" in silent.content
    answered(jo, reference, refuse="yes", answer="this case is closed")
    assert b"this case is closed" in gus.get("/requests/").content
    gus.post("/requests/ask/", ASKED | {"city": cast.CARSON})
    carson = reference_on(gus.get("/requests/"))
    assert gus.post(f"/requests/{carson}/close/")["Location"] == "/requests/"
    assert gus.post(f"/requests/{carson}/close/").status_code == 404


def test_the_policy_officer_sees_counts_and_no_plate(seat: Seat, cameras: dict[str, str]) -> None:
    seat("gus").post("/requests/ask/", ASKED | {"city": cast.CARSON})
    page = seat("hana").get("/requests/")
    assert b"Carson, CA, the last 30 days" in page.content
    assert PLATE.encode() not in page.content
    assert b"26-10412" not in page.content


def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(seat: Seat) -> None:
    page = seat("gus").post("/requests/ask/", ASKED | {"plates": ""})
    assert page.status_code == 400
    assert b"Name the plates" in page.content
    assert b"robbery on Lemon Ave" in page.content


def test_without_a_case_carson_refuses_by_its_clause(seat: Seat) -> None:
    page = seat("gus").post("/requests/ask/", ASKED | {"city": cast.CARSON, "case_number": ""})
    assert page.status_code == 403
    assert b"CAR-5.2" in page.content


@pytest.mark.parametrize("name", ["ana", "hana", "eve"])
def test_whoever_does_not_grant_cannot_look(seat: Seat, name: str) -> None:
    seat("gus").post("/requests/ask/", ASKED)
    reference = "R-" + str(story_newest())
    page = seat(name).get(f"/requests/{reference}/")
    assert page.status_code == 403
    assert PLATE.encode() not in page.content


def story_newest() -> int:
    from plateward.gate.models import AccessRequest

    return int(AccessRequest.objects.latest("pk").pk)


def test_the_menu_names_requests_only_where_there_is_something_to_do(seat: Seat) -> None:
    assert b'href="/requests/"' in seat("gus").get("/home/").content
    assert b'href="/requests/"' not in seat("dee").get("/home/").content
    assert seat("cy").get("/requests/ask/").status_code == 403


@pytest.mark.parametrize("reference", ["R-99999999", "nothing", "R-"])
def test_a_request_that_is_not_there_is_no_fault(seat: Seat, reference: str) -> None:
    assert seat("jo").get(f"/requests/{reference}/").status_code == 404
