"""When duties fall due: quarters, anniversaries, periods, once."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plateward.policy.periods import Period
from plateward.upkeep.rhythm import Rhythm, anniversary_after, next_due, quarter_after

DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 12, 31))
PERIODS = st.sampled_from(["P30D", "P1M", "P3M", "P6M", "P1Y", "P2Y"]).map(Period.parse)
BY_CALENDAR = [Rhythm.PERIOD, Rhythm.QUARTER, Rhythm.ANNIVERSARY]


@given(DAYS)
def test_a_quarter_ends_within_92_days_and_the_day_before_is_still_in_it(day: date) -> None:
    after = quarter_after(day)
    assert after.day == 1
    assert after.month in {1, 4, 7, 10}
    assert timedelta(0) < after - day <= timedelta(days=92)
    assert quarter_after(after - timedelta(days=1)) == after


@given(DAYS, DAYS)
def test_an_anniversary_is_the_first_one_later_than_the_day(day: date, anchor: date) -> None:
    found = anniversary_after(day, anchor)
    assert found > day
    assert found.year > anchor.year
    assert found.month == anchor.month
    assert found.day in {anchor.day, 28}
    assert found.year == anchor.year + 1 or found - day <= timedelta(days=366)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(BY_CALENDAR), PERIODS, DAYS, DAYS, DAYS)
def test_doing_it_later_never_makes_it_due_sooner(
    rhythm: Rhythm, every: Period, one: date, other: date, anchor: date
) -> None:
    early, late = sorted([one, other])
    first = next_due(rhythm, every, start=early, last_done=early, anchor=anchor)
    second = next_due(rhythm, every, start=early, last_done=late, anchor=anchor)
    assert first is not None
    assert second is not None
    assert early < first <= second
    assert second > late


@given(PERIODS, DAYS)
def test_a_duty_never_done_counts_from_the_first_day_of_the_policy(
    every: Period, start: date
) -> None:
    never = next_due(Rhythm.PERIOD, every, start=start, last_done=None)
    assert never == next_due(Rhythm.PERIOD, every, start=start, last_done=start)


@pytest.mark.parametrize(
    ("every", "due"),
    [("P30D", date(2026, 3, 3)), ("P1M", date(2026, 2, 28)), ("P1Y", date(2027, 2, 1))],
)
def test_the_last_day_in_time(every: str, due: date) -> None:
    done = date(2026, 2, 1)
    if every == "P1M":
        done = date(2026, 1, 31)
    found = next_due(Rhythm.PERIOD, Period.parse(every), start=done, last_done=done)
    assert found == due


def test_once_is_due_at_the_start_and_then_never_again() -> None:
    start = date(2026, 3, 1)
    assert next_due(Rhythm.ONCE, None, start=start, last_done=None) == start
    assert next_due(Rhythm.ONCE, None, start=start, last_done=date(2026, 3, 9)) is None


@pytest.mark.parametrize("rhythm", [Rhythm.EVENT, Rhythm.PERIOD, Rhythm.ANNIVERSARY])
def test_without_a_period_or_an_anchor_no_day_can_be_told(rhythm: Rhythm) -> None:
    assert next_due(rhythm, None, start=date(2026, 3, 1), last_done=None) is None


def test_at_once_is_due_at_the_start_and_then_by_its_period() -> None:
    start, year = date(2026, 3, 1), Period.parse("P1Y")
    assert next_due(Rhythm.AT_ONCE, year, start=start, last_done=None) == start
    done = date(2026, 3, 9)
    assert next_due(Rhythm.AT_ONCE, year, start=start, last_done=done) == date(2027, 3, 9)


def test_the_fourth_quarter_ends_with_the_year() -> None:
    assert quarter_after(date(2026, 10, 1)) == date(2027, 1, 1)
    assert quarter_after(date(2026, 12, 31)) == date(2027, 1, 1)
    assert quarter_after(date(2027, 1, 1)) == date(2027, 4, 1)
