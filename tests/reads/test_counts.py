"""Numbers of reads, which nobody needs a permit for."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from plateward.cameras import register
from plateward.reads import counts
from plateward.reads.record import Keeping, record
from tests import cast
from tests.cast import CALABASAS, CARSON

pytestmark = pytest.mark.django_db
CALIFORNIA = ZoneInfo("America/Los_Angeles")
NOW = datetime(2026, 5, 30, 23, 30, tzinfo=CALIFORNIA)  # in UTC it is the next day
TODAY = date(2026, 5, 30)


def ends(at: datetime, *, camera: str = "cal-parkway", city: str = CALABASAS) -> None:
    seen = at - timedelta(days=730)
    sighting = cast.sighting(device=camera, seen_at=seen)
    record(sighting, Keeping(city, register.named(camera).key, seen, at))


def test_the_schedule_counts_what_ends_on_each_of_the_citys_next_31_days(
    cameras: dict[str, str],
) -> None:
    last_moment = datetime(2026, 6, 29, 23, 59, 59, tzinfo=CALIFORNIA)
    ends(NOW + timedelta(minutes=10))
    ends(NOW + timedelta(minutes=40))
    ends(NOW + timedelta(hours=2))
    ends(last_moment)
    ends(last_moment + timedelta(seconds=1))  # a 32nd day
    ends(NOW - timedelta(minutes=1))  # ended already
    ends(NOW + timedelta(minutes=10), camera="car-avalon", city=CARSON)
    found = counts.ending_by_day(CALABASAS, CALIFORNIA, now=NOW)
    assert len(found) == 31
    assert {day: reads for day, reads in found.items() if reads} == {
        TODAY: 1,
        TODAY + timedelta(days=1): 2,
        TODAY + timedelta(days=30): 1,
    }
    assert list(found) == sorted(found)
