"""A hit on the pages: opened for a reason, compared, decided by the first, never by the refused."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from plateward.audit import log
from plateward.hotlists.models import Alert, Step, Suppression, Wanted
from plateward.intake import receive
from plateward.people import training
from plateward.people.models import Person
from plateward.policy import in_force
from plateward.policy.vocabulary import Act
from tests import cast
from tests.hotlists.test_alerts import look_for as listed
from tests.journeys.story import Seat
from tests.journeys.test_alerts import look_for

STOLEN = {"purpose": "stolen_wanted_or_interest_vehicle"}
CHECKED = {"plate": "confirmed", "state": "not_listed", "vehicle": "not_listed"}


@pytest.fixture
def ana(seat: Seat) -> Client:
    """At the board, with TST4821 just passed in Willard."""
    client = seat("ana")
    look_for("TST4821", by=Person.objects.get(username="ana"))
    receive.receive(cast.sighting("TST4821"))
    return client


def address(step: str = "") -> str:
    return f"/alerts/{Alert.objects.latest('pk').pk}/{step}"


def opened(client: Client) -> dict[str, str]:
    """What the opened page sends back with each step."""
    return hidden(client.post(address(), STOLEN))


def hidden(page: Any) -> dict[str, str]:
    assert page.status_code == 200, page.content.decode()
    told = dict(re.findall(r'name="(slip|seen)" value="([^"]*)"', page.content.decode()))
    assert set(told) == {"slip", "seen"}
    return told


def acts() -> list[tuple[str, str]]:
    return [(entry.act, entry.outcome) for entry in reversed(log.latest(6))]


def test_an_alert_asks_why_before_its_scene_is_shown_and_once_a_sitting(ana: Client) -> None:
    asked = ana.get(address())
    assert b"Why do you open this alert?" in asked.content
    assert b"TST4821" not in asked.content
    opened(ana)
    assert b"TST4821" in ana.get(address()).content
    seen = [entry for entry in log.latest(9) if entry.act == Act.ALERTS_OPEN]
    assert [entry.outcome for entry in seen] == ["answered", "admitted"] * 2
    assert seen[1].private is not None
    assert seen[1].private["case"] == "26-7"  # the entry's own
    assert "TST4821" not in str([entry.facts for entry in seen])


def test_without_a_listed_purpose_it_is_not_opened(ana: Client) -> None:
    page = ana.post(address(), {"purpose": "", "note": "curious about it"})
    assert page.status_code == 403
    assert b"TST4821" not in page.content


def test_it_is_verified_passed_on_and_closed_on_the_pages(ana: Client) -> None:
    page = ana.post(address("verify/"), opened(ana) | CHECKED)
    assert b"It may be passed on now." in page.content
    page = ana.post(address("pass-on/"), hidden(page) | {"to": "unit 12"})
    page = ana.post(address("close/"), hidden(page) | {"outcome": "recovery"})
    assert b"What came of it is on record." in page.content
    assert [step.kind for step in Step.objects.order_by("number")] == [
        "verified",
        "passed_on",
        "closed",
    ]
    assert acts() == [
        (Act.ALERTS_PASS_ON, "admitted"),
        (Act.ALERTS_PASS_ON, "done"),
        (Act.ALERTS_PASS_ON, "answered"),
        (Act.ALERTS_CLOSE, "admitted"),
        (Act.ALERTS_CLOSE, "done"),
        (Act.ALERTS_CLOSE, "answered"),
    ]
    assert b"Closed" in ana.get("/alerts/").content


@pytest.mark.parametrize("missing", ["plate", "state", "vehicle", "seen"])
def test_each_confirmation_is_asked_for_by_itself(ana: Client, missing: str) -> None:
    sent = opened(ana) | CHECKED
    del sent[missing]
    page = ana.post(address("verify/"), sent)
    assert page.status_code == 409
    assert b"Nothing was changed." in page.content
    assert not Step.objects.exists()


@pytest.fixture
def ben(seat: Seat, ana: Client) -> Client:
    """Ana's colleague, trained again."""
    client = seat("ben")
    today = timezone.localdate(timezone=in_force.profile(cast.WILLARD).zone)
    course = training.Course(cast.WILLARD, today, "test certificate")
    training.record(Person.objects.get(username="ben"), course, by="test clerk")
    return client


def test_the_second_person_is_told_and_sees_what_the_first_did(ana: Client, ben: Client) -> None:
    his, hers = opened(ben), opened(ana)
    ana.post(address("verify/"), hers | CHECKED)
    page = ben.post(address("reject/"), his | {"reason": "misread"})
    assert page.status_code == 409
    assert b"WPD-117 was first: this alert is verified" in page.content
    assert Step.objects.count() == 1


def test_a_reason_that_is_too_old_or_another_persons_changes_nothing(
    ana: Client, ben: Client
) -> None:
    hers = opened(ana)
    page = ben.post(address("verify/"), hers | CHECKED)
    assert b"please give it again" in page.content
    assert not Step.objects.exists()


@pytest.mark.parametrize("name", ["eve", "finn", "ivo"])
def test_whoever_has_no_business_with_alerts_opens_and_decides_nothing(
    ana: Client, seat: Seat, name: str
) -> None:
    client = seat(name)
    assert client.post(address(), STOLEN).status_code == 403
    assert b"TST4821" not in client.post(address(), STOLEN).content
    client.post(address("verify/"), CHECKED | {"slip": "x", "seen": "0"})
    assert client.get("/alerts/counts/").status_code in {200, 403}
    assert client.get("/alerts/suppressed/").status_code == 403
    assert not Step.objects.exists()


@pytest.mark.parametrize("step", ["", "verify/", "reject/", "pass-on/", "close/", "suppress/"])
def test_an_alert_that_is_not_there_is_said_to_be_gone(ana: Client, step: str) -> None:
    for number in ("0", "999999999999999999999"):
        answer = ana.post(f"/alerts/{number}/{step}", STOLEN)
        assert answer.status_code == 404


def test_odessa_asks_for_a_case_of_whoever_opens_an_alert(seat: Seat) -> None:
    dee = seat("dee")
    listed("TST4821", city=cast.ODESSA)
    Wanted.objects.update(case_number="")
    receive.receive(cast.sighting("TST4821", device="ode-131-i70"))
    page = dee.post(address(), {"purpose": "stolen_vehicle", "note": "hit on the state list"})
    assert page.status_code == 403
    assert b"asks for the case or CAD number" in page.content


def test_a_resident_is_heard_the_plate_is_suppressed_and_released_again(ana: Client) -> None:
    form = {
        "scope": "read",
        "why": "resident",
        "words": "stopped twice, not her car",
        "until": "2999-01-01",
        **STOLEN,
    }
    assert b"Choose an end between now" in ana.post(address("suppress/"), form).content
    page = ana.get(address("suppress/")).content.decode()
    until = re.search(r'name="until" value="([^"]+)"', page)
    assert until
    done = ana.post(address("suppress/"), form | {"until": until[1]}, follow=True)
    assert b"stopped twice, not her car" in done.content
    assert receive.receive(cast.sighting("TST4821")).alerts == 0
    one = Suppression.objects.get()
    end = f"/alerts/suppressed/willard-mo/{one.pk}/end/"
    assert b"Say why it ends" in ana.post(end, STOLEN, follow=True).content
    done = ana.post(end, STOLEN | {"words": "the list was corrected"}, follow=True)
    assert b"suppressed no more" in done.content
    assert receive.receive(cast.sighting("TST4821")).alerts == 1


def test_counts_are_shown_to_whoever_may_see_counts(ana: Client, seat: Seat) -> None:
    ana.post(address("verify/"), opened(ana) | CHECKED)
    page = seat("cy").get("/alerts/counts/")
    assert page.status_code == 200
    assert b"Of these, right" in page.content
    assert b"100%" in page.content
