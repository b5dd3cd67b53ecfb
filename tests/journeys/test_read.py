"""A read's page: the reason comes along, is asked again, or is refused."""

from typing import Any

from django.test import Client

from plateward.audit import log
from plateward.plates.sighting import Character, Vehicle
from plateward.policy.vocabulary import Act
from plateward.web import reasons
from tests import cast
from tests.journeys.story import Seat, taken_in
from tests.journeys.test_search import ASKED, ask


def slip_from(page: Any) -> str:
    return str(page.context["outcome"].slip)


def views() -> list[log.Entry]:
    return [entry for entry in log.latest(20) if entry.act == Act.READS_VIEW]


def opened(client: Client, read: int, **sent: str) -> Any:
    return client.post(f"/read/{read}/", sent)


def test_the_reason_of_the_search_opens_the_read_and_the_log_ties_them(
    seat: Seat, seen: int
) -> None:
    ana = seat("ana")
    found = ask(ana)
    page = opened(ana, seen, slip=slip_from(found))
    assert page.status_code == 200
    assert b"TST4821" in page.content
    assert b"Keep a copy for a case" in page.content
    answered, question = views()
    assert (question.outcome, answered.outcome) == ("admitted", "answered")
    assert question.private is not None
    asked = next(e for e in log.latest(20) if e.act == Act.READS_SEARCH and e.outcome == "admitted")
    assert question.private["query"] == {"read": str(seen), "search": str(asked.index)}
    assert question.private["note"] == ASKED["note"]


def test_a_link_alone_asks_why_and_opens_nothing(seat: Seat, seen: int) -> None:
    page = seat("ana").get(f"/read/{seen}/")
    assert page.status_code == 200
    assert b"Why do you need this read?" in page.content
    assert b"TST4821" not in page.content
    assert views() == []


def test_without_a_purpose_the_read_stays_shut_and_the_log_says_so(seat: Seat, seen: int) -> None:
    page = opened(seat("ana"), seen, purpose="", case_number="26-1")
    assert page.status_code == 403
    assert b"TST4821" not in page.content
    assert b'value="26-1"' in page.content
    assert [entry.outcome for entry in views()] == ["refused"]


def test_a_reason_typed_here_opens_it(seat: Seat, seen: int) -> None:
    page = opened(seat("ana"), seen, purpose=str(ASKED["purpose"]), note="alert at US 160")
    assert page.status_code == 200
    assert b"TST4821" in page.content


def test_anothers_slip_opens_nothing(seat: Seat, seen: int) -> None:
    slip = slip_from(ask(seat("ana")))
    page = opened(seat("ben"), seen, slip=slip)
    assert b"TST4821" not in page.content
    assert b"Why do you need this read?" in page.content
    assert views() == []


def test_a_slip_is_good_for_half_an_hour(seat: Seat, seen: int, monkeypatch: Any) -> None:
    ana = seat("ana")
    slip = slip_from(ask(ana))
    monkeypatch.setattr(reasons, "GOOD_FOR_SECONDS", -1)
    page = opened(ana, seen, slip=slip)
    assert b"more than half an hour old" in page.content
    assert views() == []


def test_a_read_that_is_not_there_is_no_fault(seat: Seat, seen: int) -> None:
    page = seat("ana").get("/read/987654321/")
    assert page.status_code == 404
    assert b"deleted on schedule" in page.content


def test_what_the_city_keeps_is_shown_and_doubtful_characters_are_marked(seat: Seat) -> None:
    read = taken_in(
        cast.sighting(
            "TST4821",
            vehicle=Vehicle(
                make="Ford", model="Focus", color="blue", confidences=(("color", 0.9),)
            ),
            characters=(Character("T", 0.99), Character("5", 0.61, (("S", 0.3),))),
        )
    )
    page = opened(seat("ana"), read, purpose=str(ASKED["purpose"]), note="why")
    text = page.content.decode()
    assert "<dd>Ford</dd>" in text
    assert "<dd>blue (90% sure)</dd>" in text
    assert "Focus" not in text, "Willard's policy does not keep the model"
    assert text.count('class="doubtful"') == 1
    assert "or S" in text
