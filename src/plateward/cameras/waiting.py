"""How long reads may wait beside a camera before they must be deleted unsent."""

from datetime import datetime, timedelta
from typing import Final

from plateward.policy.profile import Profile

TEMPORARY: Final = timedelta(days=1)
"""Where the text lets a camera keep what it sees only temporarily, and gives no number."""


def keep_for(profile: Profile, now: datetime) -> timedelta:
    """The city's own period for reads; less where its text wants little kept at the camera."""
    period = profile.reads_expire_at(seen_at=now, recorded_at=now) - now
    return min(period, TEMPORARY) if profile.at("collection.camera_buffer") else period
