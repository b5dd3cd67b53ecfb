"""The log in the open: everyone sees their own entries, and only auditors a city's."""

from pathlib import Path

from django.utils import timezone

from plateward.audit import checkpoints, log, verify
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


def test_an_entry_is_shown_whole_with_its_clauses_and_its_proof(seat: Seat, seen: int) -> None:
    ana = seat("ana")
    ask(ana, case_number="26-014233")
    entry = next(one for one in log.latest(5) if one.outcome == "admitted")
    text = ana.get(f"/log/own/{entry.index}/").content.decode()
    for said in ("26-014233", "TST4821", "WPD-117", "UTC", "Clauses it stood on", "Not signed yet"):
        assert said in text
    clause = str(entry.facts["clauses"][0])  # type: ignore[index]
    assert clause in text
    checkpoints.sign_news(timezone.now())
    signed = ana.get(f"/log/own/{entry.index}/").content.decode()
    assert "in the checkpoint of" in signed
    assert "No witness has cosigned" in signed


def test_what_she_looks_up_about_herself_is_an_entry_too(seat: Seat, seen: int) -> None:
    ana = seat("ana")
    ana.get("/log/")
    look = log.latest(1)[0]
    assert (look.actor, look.act, look.facts["own"]) == ("WPD-117", Act.AUDIT_READ, True)


def test_an_entry_of_another_is_not_found_among_one_s_own(seat: Seat, seen: int) -> None:
    ask(seat("ana"))
    index = next(one.index for one in log.latest(5) if one.outcome == "admitted")
    ben = seat("ben")
    assert ben.get(f"/log/own/{index}/").status_code == 404
    assert ben.get("/log/own/999999/").status_code == 404


def test_the_chief_narrows_the_log_and_opens_an_entry(seat: Seat, seen: int) -> None:
    ask(seat("ana"), case_number="26-014233")
    chief = seat("cy")
    page = chief.post("/log/willard-mo/", {"person": "WPD-117", "outcome": "admitted"})
    assert page.status_code == 200
    assert {line.entry.actor for line in page.context["lines"]} == {"WPD-117"}
    assert {line.entry.outcome for line in page.context["lines"]} == {"admitted"}
    looked = next(
        one for one in log.latest(5) if one.actor != "WPD-117" and "query" in (one.private or {})
    )
    assert looked.private is not None
    assert looked.private["query"] == {"person": "WPD-117", "outcome": "admitted"}
    index = page.context["lines"][0].entry.index
    whole = chief.get(f"/log/willard-mo/{index}/")
    assert b"26-014233" in whole.content
    assert chief.get(f"/log/odessa-mo/{index}/").status_code == 404
    nothing = chief.post("/log/willard-mo/", {"since": "2031-01-01"})
    assert b"No entry is like that" in nothing.content
    wrong = chief.post("/log/willard-mo/", {"since": "yesterday"})
    assert wrong.status_code == 400


def test_the_chief_downloads_what_an_auditor_may_see(seat: Seat, seen: int, tmp_path: Path) -> None:
    ask(seat("ana"), case_number="26-014233")
    page = seat("cy").post("/log/willard-mo/export/", {"audience": "auditor", "withhold": "note"})
    written = b"".join(page.streaming_content)  # type: ignore[attr-defined]
    assert b"26-014233" in written
    assert b"TST4821" not in written
    (tmp_path / "log.jsonl").write_bytes(written)
    report = verify.check(tmp_path / "log.jsonl")
    assert report.ok
    assert report.withheld_fields["query.plate"] >= 1
    said = next(one for one in log.latest(5) if one.outcome == "exported")
    assert said.facts == {"for": "auditor", "shown": ["everything"], "withheld": ["plate", "note"]}


def test_an_officer_downloads_nothing(seat: Seat, seen: int) -> None:
    page = seat("ben").post("/log/willard-mo/export/", {"audience": "court"})
    assert page.status_code == 403
    assert log.latest(1)[0].outcome == "refused"
