"""Whether anything is gone before its time, or there that nobody handed in: numbers only.

A period is a floor as well as a ceiling: a text that says how long reads are stored is broken by
losing them early too. What was stored and what was deleted is counted apart from the reads, in the
same transactions, so the three numbers of each day must agree for ever.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from django.db import connections

from plateward.reads import keyring

_DAYS: Final = """
WITH stored AS (
    SELECT day, sum(reads) AS n FROM reads_daycount WHERE city = %(city)s GROUP BY 1
), live AS (
    SELECT (seen_at AT TIME ZONE 'UTC')::date AS day, count(*) AS n FROM reads_read
    WHERE city = %(city)s GROUP BY 1
), gone AS (
    SELECT seen_on AS day, sum(reads) AS n FROM reads_gonecount WHERE city = %(city)s GROUP BY 1
)
SELECT day, coalesce(stored.n, 0) - coalesce(live.n, 0) - coalesce(gone.n, 0)
FROM stored FULL JOIN live USING (day) FULL JOIN gone USING (day)
WHERE coalesce(stored.n, 0) <> coalesce(live.n, 0) + coalesce(gone.n, 0)
ORDER BY day
"""
_ENDS: Final = """
SELECT DISTINCT date_bin('30 seconds', expires_at + interval '29.999999 seconds', 'epoch')
FROM reads_read WHERE city = %s AND expires_at > %s
"""


@dataclass(frozen=True, slots=True)
class Losses:
    """By UTC day on which they were seen: reads that are `missing`, and `strange` ones that were
    never counted in. `unopened`: half minutes whose reads are there, and their key is not."""

    missing: dict[date, int]
    strange: dict[date, int]
    unopened: int

    @property
    def any(self) -> bool:
        return bool(self.missing or self.strange or self.unopened)


def of(city: str, *, now: datetime) -> Losses:
    """Look at every read of a city: seconds for millions, so once a day is often."""
    with connections["default"].cursor() as cursor:
        cursor.execute(_DAYS, {"city": city})
        differ = {day: int(count) for day, count in cursor.fetchall()}
        cursor.execute(_ENDS, [city, now])
        ends = [end.astimezone(UTC) for (end,) in cursor.fetchall()]
    return Losses(
        missing={day: count for day, count in differ.items() if count > 0},
        strange={day: -count for day, count in differ.items() if count < 0},
        unopened=sum(not keyring.holds(city, end) for end in ends),
    )
