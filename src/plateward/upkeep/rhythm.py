"""When a duty comes round again: after a period, with a quarter, on an anniversary, or once."""

from datetime import date
from enum import StrEnum

from plateward.policy.periods import Period, last_day_of

_MONTHS_IN_A_QUARTER = 3


class Rhythm(StrEnum):
    """How the days of a duty are counted. `EVENT`: something has to happen first.

    `AT_ONCE`: on the first day, then by its period.
    """

    PERIOD = "period"
    AT_ONCE = "at once"
    QUARTER = "quarter"
    ANNIVERSARY = "anniversary"
    ONCE = "once"
    EVENT = "event"


def next_due(
    rhythm: Rhythm,
    every: Period | None,
    *,
    start: date,
    last_done: date | None,
    anchor: date | None = None,
) -> date | None:
    """The last day on which the duty is still in time; None where no day can be told.

    `start`: the first day the policy is in force here. `anchor`: what anniversaries are counted
    from. All days are days of the city's own calendar.
    """
    since = start if last_done is None else last_done
    match rhythm:
        case Rhythm.ONCE:
            return start if last_done is None else None
        case Rhythm.AT_ONCE if last_done is None:
            return start
        case Rhythm.QUARTER:
            return quarter_after(since)
        case Rhythm.ANNIVERSARY if anchor is not None:
            return anniversary_after(since, anchor)
        case Rhythm.PERIOD | Rhythm.AT_ONCE if every is not None and not every.is_empty:
            return last_day_of(since, every)
        case _:
            return None


def quarter_after(day: date) -> date:
    """The first day of the calendar quarter after the one `day` lies in."""
    month = (day.month - 1) // _MONTHS_IN_A_QUARTER * _MONTHS_IN_A_QUARTER + 1
    if month + _MONTHS_IN_A_QUARTER > 12:
        return date(day.year + 1, 1, 1)
    return date(day.year, month + _MONTHS_IN_A_QUARTER, 1)


def anniversary_after(day: date, anchor: date) -> date:
    """The first anniversary of `anchor` later than `day`, and never `anchor` itself.

    Of 29 February it is 28 February in a year that has no 29th.
    """
    year = max(day.year, anchor.year + 1)
    this = _in_year(anchor, year)
    return this if this > day else _in_year(anchor, year + 1)


def _in_year(anchor: date, year: int) -> date:
    day = 28 if (anchor.month, anchor.day) == (2, 29) and not _leaps(year) else anchor.day
    return date(year, anchor.month, day)


def _leaps(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
