"""Whatever is typed or sent, nobody sees a stack trace and nothing is stored."""

import pytest
from django.test import Client

from plateward.intake.receive import receive
from plateward.reads.models import Read
from tests import cast
from tests.web import seats

pytestmark = pytest.mark.django_db
HOSTILE = (
    "",
    "\x00",
    "A\x00BC123",
    "%00",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "{{7*7}}",
    "9" * 5000,
    "\uff21\uff22\uff23\uff11\uff12\uff13",
    "🚗" * 40,
    "????????????????????????????????",
    "*" * 3000,
    "A" * 200_000,
    "0001-01-01T00:00",
    "9999-12-31T23:59",
    "-1",
    "NaN",
)
SEARCH = ("cities", "purpose", "case_number", "note", "plate", "since", "until", "camera")
GOOD = {
    "cities": "willard-mo",
    "purpose": "crime_person_or_property",
    "note": "burglary on 4th Street",
    "plate": "TST4821",
}


@pytest.fixture
def ana(cameras: dict[str, str]) -> Client:
    client = seats.at_the_keyboard("ana")
    client.raise_request_exception = True
    return client


@pytest.mark.parametrize("field", SEARCH)
def test_a_search_field_takes_anything(ana: Client, field: str) -> None:
    receive(cast.sighting("TST4821"))
    for value in HOSTILE:
        answer = ana.post("/search/", GOOD | {field: value})
        assert answer.status_code in {200, 400, 403}, (field, value[:40])
        assert "<script>alert(1)</script>" not in answer.content.decode()


@pytest.mark.parametrize("field", ["slip", "purpose", "case_number", "note"])
def test_a_read_page_takes_anything(ana: Client, field: str) -> None:
    read = receive(cast.sighting("TST4821")).read
    for value in HOSTILE:
        sent = {"purpose": GOOD["purpose"], "note": GOOD["note"], field: value}
        assert ana.post(f"/read/{read}/", sent).status_code in {200, 400, 403}, value[:40]


@pytest.mark.parametrize(
    "address",
    [
        "/read/99999999999999999999/",
        "/read/0/",
        "/city/atlantis/",
        "/city/atlantis/policy/",
        "/city/willard-mo%00/",
        "/log/atlantis/",
        "/alerts/stream/?after=99999999999999999999",
        "/api/v1/sightings/../../",
        "/static/../settings.py",
        "/%00",
        "/search/?plate=%ff%fe",
    ],
)
def test_an_address_may_be_anything(ana: Client, address: str) -> None:
    assert ana.get(address).status_code in {200, 204, 302, 400, 403, 404, 405}


@pytest.mark.parametrize("field", ["login", "password"])
def test_the_sign_in_form_takes_anything(
    client: Client, cameras: dict[str, str], field: str
) -> None:
    for value in HOSTILE:
        sent = {"login": "ana", "password": "wrong", field: value}
        assert client.post("/sign-in/", sent).status_code in {200, 302, 429}, value[:40]


def test_none_of_it_is_stored_as_a_read(ana: Client) -> None:
    for value in HOSTILE:
        ana.post("/search/", GOOD | {"plate": value})
    assert not Read.objects.exists()
