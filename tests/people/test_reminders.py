"""Reminders 60, 30 and 7 days before training lapses: on the pages, and once each in the log."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from plateward.audit import log
from plateward.people import reminders, training
from plateward.people.training import Topic
from plateward.policy import in_force
from plateward.policy.profile import Profile
from tests import cast
from tests.web import seats

TODAY = date(2026, 11, 21)


def topic(days: int | None, *, code: str = "law", in_force: bool = True) -> Topic:
    until = None if days is None else TODAY + timedelta(days=days)
    return Topic(code, code, TODAY - timedelta(days=300), until, in_force)


@pytest.mark.parametrize(
    ("days", "step"),
    [(61, None), (60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (1, 7), (0, 7), (None, None)],
)
def test_each_reminder_falls_due_on_its_day(days: int | None, step: int | None) -> None:
    found = reminders.lapse_of([topic(days)], today=TODAY)
    assert (found.step if found else None) == step


@given(st.lists(st.builds(topic, st.none() | st.integers(-9, 90), in_force=st.booleans())))
def test_the_soonest_end_that_still_counts_is_told(topics: list[Topic]) -> None:
    found = reminders.lapse_of(topics, today=TODAY)
    ends = [each.until for each in topics if each.in_force and each.until]
    assert (found is not None) == bool(ends and (min(ends) - TODAY).days <= 60)
    if found is not None:
        assert found.until == min(ends)
        assert found.step in reminders.STEPS


def test_the_words_count_the_days() -> None:
    said = [reminders.lapse_of([topic(days)], today=TODAY) for days in (12, 1, 0)]
    words = [each.words if each else "" for each in said]
    assert words == ["lapses in 12 days", "lapses in 1 day", "lapses after today"]


# --- in Willard, whose training is yearly ---------------------------------------------------------


@pytest.fixture
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminders, "_done", {})


def last_day_of_ana() -> date:
    """The last day of her training in Willard, after the whole course."""
    ana, profile = cast.enrolled("ana"), in_force.profile(cast.WILLARD)
    (until,) = {each.until for each in training.topics_of(ana, profile, today=timezone.localdate())}
    assert until is not None
    return until


def noon_before(until: date, days: int) -> datetime:
    zone = in_force.profile(cast.WILLARD).zone
    day = until - timedelta(days=days)
    return datetime(day.year, day.month, day.day, 12, tzinfo=zone)


def written() -> list[tuple[object, object]]:
    entries = log.find(log.Filter(city=cast.WILLARD, act=reminders.ACT))
    return [(entry.facts["badge"], entry.facts["days_before"]) for entry in reversed(entries)]


@pytest.mark.usefixtures("cities", "_fresh")
def test_each_reminder_is_in_the_log_once(monkeypatch: pytest.MonkeyPatch) -> None:
    until = last_day_of_ana()
    clock = [noon_before(until, 61)]
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock[-1])
    for days in (61, 60, 60, 59, 30, 29, 7, 6, 0, -1):
        clock.append(noon_before(until, days))
        reminders.remind(now=clock[-1])
        reminders._done.clear()  # as after a restart
    assert written() == [("WPD-117", 60), ("WPD-117", 30), ("WPD-117", 7)]
    (newest,) = log.find(log.Filter(city=cast.WILLARD, act=reminders.ACT), limit=1)
    assert newest.facts["until"] == until.isoformat()
    assert "WIL-9.1" in newest.facts["clauses"]  # type: ignore[operator]


@pytest.mark.usefixtures("cities", "_fresh")
def test_after_a_standstill_only_the_nearest_reminder_is_written() -> None:
    until = last_day_of_ana()
    now = noon_before(until, 5)
    assert reminders.remind(now=now) >= 1
    assert written() == [("WPD-117", 7)]
    assert reminders.remind(now=now) == 0


@pytest.mark.usefixtures("cities", "_fresh")
def test_a_policy_that_cannot_be_read_keeps_no_other_city_from_its_reminders(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, readable = noon_before(last_day_of_ana(), 30), in_force.profile

    def profile(city: str) -> Profile:
        if city == cast.CARSON:
            raise in_force.Unreadable(city, 1, "it is torn")
        return readable(city)

    monkeypatch.setattr(in_force, "profile", profile)
    reminders.remind(now=now)
    assert written() == [("WPD-117", 30)]


@pytest.mark.usefixtures("cities", "_fresh")
def test_the_pages_say_in_how_many_days() -> None:
    deputy = cast.enrolled("gus")
    officer, administrator = seats.keyboard_of(deputy), seats.at_the_keyboard("hana")
    profile = in_force.profile(cast.CARSON)
    today = timezone.now().astimezone(profile.zone).date()
    course = training.Course(cast.CARSON, today, "sheet 9", expires_on=today + timedelta(days=12))
    training.record(deputy, course, by="test clerk")
    for page in ("/home/", "/standing/"):
        assert "Lapses in 12 days" in officer.get(page).content.decode(), page
    listed = administrator.get(f"/manage/{cast.CARSON}/people/").content.decode()
    assert "Lapses in 12 days" in listed
    duties = administrator.get("/duties/").content.decode()
    assert "Call in for training" in duties
    assert "lapses in 12 days" in duties
    assert "Call in for training" not in officer.get("/duties/").content.decode()
