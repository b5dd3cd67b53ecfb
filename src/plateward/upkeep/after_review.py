"""Searches made in an emergency without a case number: each waits until somebody reviewed it."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from plateward.audit import log
from plateward.policy.profile import Profile
from plateward.policy.rules.case import EMERGENCY_WITHOUT_CASE
from plateward.policy.vocabulary import Act
from plateward.upkeep.models import Done

DUTY: Final = "review-emergency-searches"


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many were not reviewed yet, and when the first of them was made."""

    searches: int
    since: datetime | None

    def words(self) -> str:
        if not self.searches:
            return ""
        return "1 search to review" if self.searches == 1 else f"{self.searches} searches to review"


def waiting(profile: Profile, *, start: datetime) -> Waiting:
    """A review covers what was made up to the end of its day, and before it was recorded."""
    reviews = Done.objects.filter(city=profile.id, duty=DUTY).order_by("-entry")
    reached = [_reached(review, profile) for review in reviews]
    found = log.flagged(
        EMERGENCY_WITHOUT_CASE,
        act=Act.READS_SEARCH,
        outcome="admitted",
        city=profile.id,
        after=max([start, *reached]),
    )
    return Waiting(*found)


def _reached(review: Done, profile: Profile) -> datetime:
    next_day = datetime.combine(review.done_on + timedelta(days=1), time(), profile.zone)
    return min(next_day - timedelta(microseconds=1), log.entry(review.entry).at)
