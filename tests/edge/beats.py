"""An agent that is well, as it says so."""

from datetime import UTC, datetime

from plateward.cameras.health import Beat

WELL = Beat(
    said_at=datetime(2026, 11, 1, 12, tzinfo=UTC),
    software="0.1.0",
    provider="cpu",
    fps=9.8,
    frame_age_seconds=0.1,
    trouble="",
    reads=3,
    waiting=0,
    waiting_bytes=0,
    oldest_waiting=None,
    clock_offset_seconds=0.2,
    clock_within_seconds=0.1,
)
