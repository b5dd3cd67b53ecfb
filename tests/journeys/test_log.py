"""The log in the open: everyone sees their own entries, and only auditors a city's."""

from plateward.audit import log
from plateward.policy.vocabulary import Act
from tests import cast
from tests.journeys.story import Seat
from tests.journeys.test_search import ask


def test_a_search_shows_up_at_once_in_what_is_logged_about_her(seat: Seat, seen: int) -> None:
    ana = seat("ana")
    ask(ana, case_number="26-014233")
    text = ana.get("/log/").content.decode()
    assert "Search plate reads" in text
    assert "TST4821" in text
    assert "26-014233" in text


def test_nobody_sees_what_is_logged_about_another(seat: Seat, seen: int) -> None:
    ask(seat("ana"), case_number="26-014233")
    assert "26-014233" not in seat("ben").get("/log/").content.decode()


def test_the_chief_audits_willard_and_that_is_logged_too(seat: Seat, seen: int) -> None:
    ask(seat("ana"))
    page = seat("cy").get("/log/willard-mo/")
    assert page.status_code == 200
    assert b"WPD-117" in page.content
    looked = [entry for entry in log.latest(5) if entry.act == Act.AUDIT_READ]
    assert [entry.outcome for entry in looked] == ["answered", "admitted"]


def test_an_officer_does_not_audit_and_the_log_says_so(seat: Seat, seen: int) -> None:
    ask(seat("ana"))
    page = seat("ben").get("/log/willard-mo/")
    assert page.status_code == 403
    assert b"TST4821" not in page.content
    entry = log.latest(1)[0]
    assert (entry.act, entry.outcome, entry.city) == (Act.AUDIT_READ, "refused", cast.WILLARD)
    assert f"entry #{entry.index}".encode() in page.content


def test_the_chief_of_willard_does_not_audit_odessa(seat: Seat) -> None:
    assert seat("cy").get("/log/odessa-mo/").status_code == 403
