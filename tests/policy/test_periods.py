"""Periods: days exact, years by the calendar of the city."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from plateward.policy.periods import NotAPeriod, Period, last_day_of, moment_after
from tests.policy.cities import CARSON, ODESSA, WILLARD, by_default

CHICAGO = ZoneInfo("America/Chicago")
PACIFIC = ZoneInfo("America/Los_Angeles")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("P30D", "30 days"),
        ("P1D", "1 day"),
        ("P5Y", "5 years"),
        ("P1Y6M", "1 year and 6 months"),
        ("P2W", "14 days"),
        ("PT1M", "1 minute"),
        ("PT90S", "1 minute and 30 seconds"),
        ("P0D", "no time at all"),
    ],
)
def test_in_words(text, words):
    assert Period.parse(text).words() == words
    assert Period.parse(text).is_empty is (text == "P0D")


@pytest.mark.parametrize(
    "text",
    ["", "P", "PT", "30D", "P30", "P-1D", "P1.5D", "p30d", "P1D2Y", "P999Y", "P99999999999D"],
)
def test_not_a_period(text):
    with pytest.raises(NotAPeriod):
        Period.parse(text)


def test_thirty_days_are_exact_across_a_change_of_clocks():
    seen = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)  # clocks change on 8 March
    expires = moment_after(seen.astimezone(CHICAGO), Period.parse("P30D"))
    assert expires - seen == timedelta(hours=30 * 24)


def test_five_years_keep_the_hour_of_the_city_across_a_change_of_clocks():
    seen = datetime(2024, 3, 9, 23, 30, tzinfo=PACIFIC)  # winter time; 9 March 2029 is winter time
    expires = moment_after(seen, Period.parse("P5Y")).astimezone(PACIFIC)
    assert expires == datetime(2029, 3, 9, 23, 30, tzinfo=PACIFIC)
    summer = datetime(2023, 3, 12, 12, 0, tzinfo=PACIFIC)  # summer time; 2028-03-12 is too
    assert moment_after(summer, Period.parse("P5Y")).astimezone(PACIFIC).hour == 12


def test_an_hour_that_comes_twice_ends_the_first_time():
    seen = datetime(2021, 11, 1, 1, 30, tzinfo=PACIFIC)
    expires = moment_after(seen, Period.parse("P5Y"))  # 1 November 2026, 1:30, comes twice
    assert expires == datetime(2026, 11, 1, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "period", "end"),
    [
        (date(2024, 2, 29), "P1Y", date(2025, 2, 28)),
        (date(2024, 2, 29), "P5Y", date(2029, 2, 28)),
        (date(2024, 2, 29), "P4Y", date(2028, 2, 29)),
        (date(2023, 2, 28), "P1Y", date(2024, 2, 28)),
        (date(2026, 1, 31), "P1M", date(2026, 2, 28)),
        (date(2026, 11, 30), "P3M", date(2027, 2, 28)),
    ],
)
def test_leap_days_and_short_months_end_sooner_never_later(start, period, end):
    moment = datetime(start.year, start.month, start.day, 12, tzinfo=CHICAGO)
    assert moment_after(moment, Period.parse(period)).astimezone(CHICAGO).date() == end


@pytest.mark.parametrize(
    ("start", "last"),
    [
        (date(2025, 6, 1), date(2026, 6, 1)),
        (date(2023, 6, 1), date(2024, 5, 31)),  # the leap day makes the anniversary day 366
        (date(2024, 2, 29), date(2025, 2, 28)),
    ],
)
def test_a_yearly_duty_lapses_on_day_366(start, last):
    year = Period.parse("P1Y")
    assert last_day_of(start, year) == last
    assert (last - start).days <= 365


@pytest.mark.parametrize("text", ["P1Y", "P2Y", "P6M", "P18M", "P30D", "P1M"])
def test_the_fewest_days_are_never_more_than_the_calendar_gives(text):
    period = Period.parse(text)
    for ordinal in range(date(2023, 1, 1).toordinal(), date(2025, 1, 1).toordinal()):
        start = date.fromordinal(ordinal)
        assert start + timedelta(days=period.fewest_days) <= last_day_of(start, period)


def test_reads_expire_from_when_they_were_seen():
    seen = datetime(2026, 1, 10, 15, tzinfo=UTC)
    stored = seen + timedelta(days=3)
    for city in (WILLARD, ODESSA):
        expires = by_default(city).reads_expire_at(seen_at=seen, recorded_at=stored)
        assert expires == seen + timedelta(days=30)
    carson = by_default(CARSON).reads_expire_at(seen_at=seen, recorded_at=stored)
    assert carson == datetime(2031, 1, 10, 15, tzinfo=UTC)
    assert carson.utcoffset() == timedelta(0)


def test_a_camera_whose_clock_runs_ahead_keeps_nothing_longer():
    stored = datetime(2026, 1, 10, 15, tzinfo=UTC)
    ahead = stored + timedelta(days=400)
    expires = by_default(WILLARD).reads_expire_at(seen_at=ahead, recorded_at=stored)
    assert expires == stored + timedelta(days=30)


def test_a_text_that_counts_from_arrival_at_the_server():
    willard = by_default(WILLARD)
    other = replace(
        willard,
        retention=replace(
            willard.retention, period=Period.parse("P2Y"), anchor="downloaded_to_server_at"
        ),
    )
    seen = datetime(2024, 2, 20, 12, tzinfo=UTC)
    stored = datetime(2024, 2, 29, 12, tzinfo=UTC)
    expires = other.reads_expire_at(seen_at=seen, recorded_at=stored)
    assert expires == datetime(2026, 2, 28, 12, tzinfo=UTC)
