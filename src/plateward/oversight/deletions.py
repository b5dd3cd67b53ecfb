"""What was deleted, day by day and month by month, with proofs that anyone can check."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Final

from plateward.custody import certificates
from plateward.custody.certificates import Certificate
from plateward.oversight.cities import profile_of

SHOWN: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month (UTC), with the days of it that are certified."""

    first: date
    days: tuple[Certificate, ...]

    @property
    def reads(self) -> int:
        return sum(each.reads for each in self.days)

    @property
    def hits(self) -> int:
        return sum(each.hits for each in self.days)

    @property
    def pictures(self) -> int:
        return sum(each.pictures for each in self.days)

    @property
    def keys(self) -> int:
        return sum(each.keys for each in self.days)

    @property
    def late_by(self) -> int:
        return max(each.late_by for each in self.days)


def of(city: str, *, today: date) -> tuple[Month, ...]:
    """A year back, newest first. Raise NoSuchCity where none of that name is served."""
    profile_of(city)
    found = certificates.of(city, since=today - SHOWN)
    return tuple(
        Month(first, tuple(days))
        for first, days in groupby(found, key=lambda each: each.day.replace(day=1))
    )


def proof(city: str, day: date) -> bytes | None:
    """The certificate as a file: see docs/how-tos/deletion.md. None where there is none."""
    profile_of(city)
    return certificates.proof(city, day)
