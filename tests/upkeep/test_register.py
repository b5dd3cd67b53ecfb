"""The register: due in the city's own days, written once, logged, only through the door."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from plateward.audit import log
from plateward.gate import door
from plateward.gate.permit import Permit, WrongPermit
from plateward.policy import in_force
from plateward.policy.vocabulary import Act
from plateward.upkeep import faults, register
from plateward.upkeep.models import Done, Fault
from tests.cast import CALABASAS, CARSON, ODESSA, WALNUT, WILLARD

pytestmark = pytest.mark.django_db(transaction=False)


@pytest.fixture
def today(cities: tuple[str, ...]) -> date:
    return register.started(in_force.profile(CARSON))


def permit(act: Act = Act.CAMERAS_MONITOR, city: str = CARSON) -> Permit:
    return door.admit_house(act, "test", city=city)


def due(code: str, today: date, city: str = CARSON) -> register.Due:
    return next(each for each in register.due(city, today=today) if each.duty.code == code)


def checked(today: date, *, found: str = "all four cameras answer") -> None:
    deed = register.Deed("health-check", today, found, "sheet 4")
    register.done(deed, by="CON-008", permit=permit(), today=today)


def test_day_thirty_is_in_time_and_day_31_is_overdue(today: date) -> None:
    checked(today)
    assert not due("health-check", today + timedelta(days=30)).overdue
    late = due("health-check", today + timedelta(days=31))
    assert late.overdue
    assert late.next_due == today + timedelta(days=30)
    checked(today + timedelta(days=31))
    assert not due("health-check", today + timedelta(days=31)).overdue


def test_what_is_overdue_comes_first_and_what_has_no_day_last(today: date) -> None:
    found = register.due(CARSON, today=today + timedelta(days=60))
    days = [each.next_due or date.max for each in found]
    assert days == sorted(days)
    assert found[0].overdue
    assert found[-1].next_due is None


def test_what_was_done_is_kept_and_logged_with_its_clauses(today: date) -> None:
    checked(today)
    (kept,) = register.history(CARSON, "health-check")
    assert (kept.by, kept.found, kept.evidence) == ("CON-008", "all four cameras answer", "sheet 4")
    entry = log.latest(1, city=CARSON)[0]
    assert (entry.act, entry.actor) == (register.LOG_ACT, "CON-008")
    assert entry.facts["clauses"] == ["CAR-7.1"]
    assert entry.facts["asked"] == kept.entry
    assert entry.private == {"found": "all four cameras answer", "evidence": "sheet 4"}


def test_another_citys_duties_are_not_touched(today: date) -> None:
    checked(today)
    assert due("health-check", today, WILLARD).last_done is None


def test_a_permit_for_another_act_records_nothing(today: date) -> None:
    deed = register.Deed("health-check", today, "found")
    with pytest.raises(WrongPermit):
        register.done(deed, by="x", permit=permit(Act.AUDIT_READ), today=today)
    assert not Done.objects.exists()


@pytest.mark.parametrize(
    ("code", "ahead", "found", "said"),
    [
        ("health-check", 1, "found", "still to come"),
        ("health-check", 0, "  ", "what was done"),
        ("health-check", 0, "x" * 2001, "longer than"),
        ("certificates", 0, "found", "no duty"),
    ],
)
def test_what_cannot_be_recorded_says_so_and_leaves_nothing(
    today: date, code: str, ahead: int, found: str, said: str
) -> None:
    deed = register.Deed(code, today + timedelta(days=ahead), found)
    with pytest.raises(register.NotRecorded, match=said) as wrong:
        register.done(deed, by="x", permit=permit(), today=today)
    assert "Nothing was recorded" in str(wrong.value)
    assert not Done.objects.exists()


@pytest.mark.parametrize(
    "change", ["UPDATE upkeep_done SET found = 'x'", "DELETE FROM upkeep_done"]
)
def test_the_database_keeps_what_was_recorded(today: date, change: str) -> None:
    from django.db import connection

    checked(today)
    with pytest.raises(DatabaseError, match="stays on record"), transaction.atomic():
        connection.cursor().execute(change)
    assert Done.objects.get().found == "all four cameras answer"


def test_a_row_that_nobody_wrote_or_that_says_nothing_is_refused(today: date) -> None:
    for empty in ({"by": ""}, {"found": ""}):
        row = {"city": CARSON, "duty": "d", "done_on": today, "by": "x", "found": "y", "entry": 1}
        with pytest.raises(IntegrityError), transaction.atomic():
            Done.objects.create(**(row | empty))


def test_the_quarter_ends_at_midnight_in_the_city(cities: tuple[str, ...]) -> None:
    willard = in_force.profile(WILLARD)
    start = register.started(willard)
    report = due("report-quarterly", start, WILLARD)
    assert report.next_due is not None
    assert report.next_due.day == 1
    assert not due("report-quarterly", report.next_due, WILLARD).overdue
    assert due("report-quarterly", report.next_due + timedelta(days=1), WILLARD).overdue
    late_evening = datetime(2027, 1, 1, 5, 30, tzinfo=UTC)  # still the old year in Missouri
    assert late_evening.astimezone(willard.zone).date() == date(2026, 12, 31)


def stopped(now: datetime) -> int:
    trouble = faults.Trouble(
        "car-avalon",
        "no pictures",
        discovered_at=now - timedelta(hours=1),
        not_working_from=now - timedelta(hours=3),
    )
    return faults.open_one(trouble, by="CON-008", permit=permit(), now=now)


def test_an_outage_has_its_three_times_on_the_row_and_in_the_log(cities: tuple[str, ...]) -> None:
    now = timezone.now()
    number = stopped(now)
    faults.close(
        number,
        "new power supply",
        working_since=now - timedelta(minutes=30),
        by="CON-008",
        permit=permit(),
        now=now,
    )
    (fault,) = faults.of(CARSON)
    assert fault.not_working_to == now - timedelta(minutes=30)
    assert (fault.closed_by, fault.correction) == ("CON-008", "new power supply")
    facts = log.latest(1, city=CARSON)[0].facts
    assert facts["not_working_from"] == (now - timedelta(hours=3)).isoformat()
    assert facts["not_working_to"] == (now - timedelta(minutes=30)).isoformat()
    assert facts["discovered_at"] == (now - timedelta(hours=1)).isoformat()


def test_a_fault_open_for_more_than_a_week_is_overdue(today: date) -> None:
    assert due("correct-faults", today).next_due is None
    number = stopped(timezone.now())
    noticed = faults.of(CARSON)[0].discovered_at.astimezone(in_force.profile(CARSON).zone).date()
    assert not due("correct-faults", noticed + timedelta(days=7)).overdue
    assert due("correct-faults", noticed + timedelta(days=8)).overdue
    faults.close(number, "fixed", working_since=None, by="x", permit=permit(), now=timezone.now())
    assert due("correct-faults", noticed + timedelta(days=8)).next_due is None


def flagged(city: str = WILLARD, *, outcome: str = "admitted", flags: tuple[str, ...]) -> None:
    facts = {"flags": list(flags)}
    log.append(actor="WPD-1", act=Act.READS_SEARCH, outcome=outcome, city=city, facts=facts)


def test_an_emergency_search_without_a_case_waits_for_a_review(today: date) -> None:
    code, flag = "review-emergency-searches", "emergency_without_case"
    flagged(flags=("case_unknown",))
    flagged(flags=(flag,), outcome="refused")
    flagged(ODESSA, flags=(flag,))
    assert (due(code, today, WILLARD).next_due, due(code, today, WILLARD).now) == (None, "")
    flagged(flags=(flag,))
    flagged(flags=("case_unknown", flag))
    made = log.latest(1)[0].at.astimezone(in_force.profile(WILLARD).zone).date()
    assert due(code, made, WILLARD).now == "2 searches to review"
    assert not due(code, made + timedelta(days=7), WILLARD).overdue
    assert due(code, made + timedelta(days=8), WILLARD).overdue
    reviewed = due(code, made, WILLARD).duty
    assert reviewed.clauses == ("WIL-3.2e",)
    too_early = register.Deed(code, made - timedelta(days=1), "looked the day before")
    for deed, left in ((too_early, "2 searches to review"), (replace(too_early, done_on=made), "")):
        register.done(deed, by="WPD-9", permit=permit(reviewed.act, WILLARD), today=made)
        assert due(code, made, WILLARD).now == left
    flagged(flags=(flag,))
    assert due(code, made, WILLARD).now == "1 search to review"


def test_a_closed_fault_stays_closed(cities: tuple[str, ...]) -> None:
    number = stopped(timezone.now())
    again = {"working_since": None, "by": "x", "now": timezone.now()}
    faults.close(number, "fixed", permit=permit(), **again)
    with pytest.raises(faults.NotRecorded, match="no open fault"):
        faults.close(number, "again", permit=permit(), **again)
    with pytest.raises(DatabaseError, match="stays on record"), transaction.atomic():
        Fault.objects.update(correction="nothing happened")


def test_a_fault_of_another_city_cannot_be_closed(cities: tuple[str, ...]) -> None:
    number = stopped(timezone.now())
    with pytest.raises(faults.NotRecorded, match="no open fault"):
        faults.close(
            number,
            "fixed",
            working_since=None,
            by="x",
            permit=permit(city=WILLARD),
            now=timezone.now(),
        )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"what": " "}, "what does not work"),
        ({"not_working_to": -4}, "ends after"),
        ({"discovered_at": 1}, "still to come"),
        ({"trouble": "x" * 501}, "under 500"),
    ],
)
def test_a_fault_that_cannot_be_is_not_recorded(
    cities: tuple[str, ...], changed: dict[str, object], said: str
) -> None:
    now = timezone.now()
    hours = {"discovered_at": -1, "not_working_from": -3, "not_working_to": -2}
    plain = {"what": "storage", "trouble": "full"} | hours | changed
    told = {
        name: now + timedelta(hours=value) if isinstance(value, int) else value
        for name, value in plain.items()
    }
    with pytest.raises(faults.NotRecorded, match=said):
        faults.open_one(faults.Trouble(**told), by="x", permit=permit(), now=now)
    assert not Fault.objects.exists()


def test_drives_not_retrieved_are_overdue_in_walnut(today: date) -> None:
    assert not due("retrieve-media", today + timedelta(days=30), WALNUT).overdue
    assert due("retrieve-media", today + timedelta(days=31), WALNUT).overdue


def test_the_attestation_falls_due_a_year_after_the_last(today: date) -> None:
    deed = register.Deed("attestation", today, "all four are in place", "file 12")
    register.done(deed, by="WPD-001", permit=permit(Act.ATTEST, WILLARD), today=today)
    asked = due("attestation", today, WILLARD)
    assert asked.duty.clauses == ("WIL-4.2",)
    assert all(
        topic in asked.duty.what
        for topic in ("encryption", "firewalls", "authentication", "audit logs")
    )
    assert asked.next_due == today + timedelta(days=365)
    assert due("attestation", today + timedelta(days=366), WILLARD).overdue


def test_the_review_of_the_policy_falls_due_within_the_year(today: date) -> None:
    review = due("policy-review", today, WILLARD)
    assert {"WIL-12.1", "WIL-12.2"} == set(review.duty.clauses)
    assert review.next_due is not None
    assert review.next_due <= today + timedelta(days=366)
    assert due("policy-review", review.next_due + timedelta(days=1), WILLARD).overdue


@pytest.mark.parametrize("city", [CALABASAS, ODESSA, CARSON])
def test_an_audit_that_was_not_done_is_overdue(today: date, city: str) -> None:
    audit = due("audit", today, city)
    assert audit.next_due is not None
    assert audit.next_due <= today + timedelta(days=32)
    assert due("audit", audit.next_due + timedelta(days=1), city).overdue


def test_a_document_that_the_policy_stands_on_is_asked_for_from_the_first_day(today: date) -> None:
    missing = due("incorporated-documents", today, ODESSA)
    assert missing.next_due == register.started(in_force.profile(ODESSA))
    assert missing.last_done is None
    assert "odessa pd lpr policy" in missing.duty.what
    assert due("incorporated-documents", today + timedelta(days=1), ODESSA).overdue
    deed = register.Deed("incorporated-documents", today, "asked the department for it")
    register.done(deed, by="x", permit=permit(missing.duty.act, ODESSA), today=today)
    assert not due("incorporated-documents", today + timedelta(days=1), ODESSA).overdue
