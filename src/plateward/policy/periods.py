"""ISO 8601 periods of a policy: days are exact, months and years follow the calendar."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Self

_PATTERN = re.compile(
    r"P(?=\d|T\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?"
    r"(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?"
)
LONGEST_YEARS = 100


class NotAPeriod(ValueError):
    """The text is not a period this product can count."""


@dataclass(frozen=True, slots=True)
class Period:
    """`months` follow the calendar; `exact` is elapsed time, whatever the clocks do.

    `fewest_days` is what the period lasts at the very least, wherever in the calendar it falls.
    """

    text: str
    months: int
    exact: timedelta
    fewest_days: int

    @classmethod
    def parse(cls, text: str) -> Self:
        found = _PATTERN.fullmatch(text)
        if found is None:
            raise NotAPeriod(f"{text!r} is not a period such as P30D, P2Y or PT1M")
        years, months, weeks, days, hours, minutes, seconds = (
            min(int(part or 0), 10**9) for part in found.groups()
        )
        if years + months / 12 + (weeks * 7 + days) / 365 > LONGEST_YEARS or hours > 10**6:
            raise NotAPeriod(f"{text} is longer than {LONGEST_YEARS} years")
        clock = timedelta(hours=hours, minutes=minutes, seconds=seconds)
        exact = timedelta(days=weeks * 7 + days) + clock
        return cls(text, years * 12 + months, exact, years * 365 + months * 28 + exact.days)

    @property
    def is_empty(self) -> bool:
        return self.months == 0 and not self.exact

    def words(self) -> str:
        """For a person: "30 days", "5 years", "1 minute"."""
        years, months = divmod(self.months, 12)
        minutes, seconds = divmod(self.exact.seconds, 60)
        hours, minutes = divmod(minutes, 60)
        counted = (
            (years, "year"),
            (months, "month"),
            (self.exact.days, "day"),
            (hours, "hour"),
            (minutes, "minute"),
            (seconds, "second"),
        )
        said = [f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in counted if count]
        return " and ".join(said) or "no time at all"


def moment_after(start: datetime, period: Period) -> datetime:
    """The instant `period` after `start`; `start` is aware and in the city's own time zone.

    29 February and a year ends on 28 February: the shorter reading, so nothing is kept too long.
    """
    if period.months == 0:
        # Through UTC, because adding to local time would stretch or shrink a day of clock change.
        return start.astimezone(UTC) + period.exact
    moved = _plus_months(start.date(), period.months)
    local = start.replace(year=moved.year, month=moved.month, day=moved.day, fold=0)
    return local.astimezone(UTC) + period.exact


def last_day_of(start: date, period: Period) -> date:
    """The last day on which something done on `start` is still good.

    A year is never more than 365 days here: on day 366 a yearly duty has lapsed.
    """
    by_calendar = _plus_months(start, period.months)
    by_count = start + timedelta(days=period.months // 12 * 365 + period.months % 12 * 31)
    return min(by_calendar, by_count) + timedelta(days=period.exact.days)


def _plus_months(start: date, months: int) -> date:
    years, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))
