"""A row says in a log line or a shell which row it is."""

from datetime import UTC, datetime

from plateward.audit.models import Checkpoint, Entry, Frontier, Private

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


def test_rows_name_themselves_and_say_nothing_private() -> None:
    entry = Entry(index=7, at=NOON, actor="ana", act="reads:plate:search", outcome="admitted")
    assert str(entry) == "7 ana reads:plate:search admitted"
    assert str(Private(index=7, value={"plate": "AB12CDE"})) == "private part of 7"
    assert str(Checkpoint(size=100)) == "checkpoint at 100"
    assert str(Frontier(size=120, signed=100)) == "120 entries, 100 signed"
