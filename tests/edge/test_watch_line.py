"""The status line says what goes well, then what does not, and changes only when something does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from plateward.cli.watch_line import line, situation
from plateward.edge.outbox import Kept
from plateward.edge.post import Figures, State
from plateward.edge.server import Word

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
GOOD = Word(timedelta(days=30), 0.2, 0.1)


def test_when_all_is_well() -> None:
    figures, state = Figures(9.8, 0.1, "", 12, {"too small": 2}), State(12, word=GOOD)
    told = line("elm-st", figures, state, Kept(0, 0, None), provider="cpu", now=NOON)
    assert told == (
        "elm-st: 9.8 pictures a second on cpu, 12 read, 12 handed in, 0 waiting, "
        "not told: 2 too small. All is well."
    )


def test_when_it_is_not() -> None:
    figures = Figures(0.0, 40.0, "The camera hangs.")
    state = State(away="Nobody answers.", disk="It is full.", word=Word(None, -73.0, 0.1))
    kept = Kept(3, 1_500_000, NOON - timedelta(minutes=9))
    told = line("elm-st", figures, state, kept, provider="cpu", now=NOON)
    assert "3 waiting (1.5 MB, the oldest for 9 min)" in told
    assert told.endswith(
        "The camera hangs. NOT HANDED IN NOW: Nobody answers. NOT KEPT: It is full. "
        "THE CLOCK IS 73 SECONDS BEHIND THE SERVER'S: set it."
    )
    assert situation(figures, state) == situation(Figures(0.0, 41.0, "The camera hangs."), state)


def test_a_clock_that_was_measured_badly_is_not_blamed() -> None:
    assert situation(Figures(), State(word=Word(None, 8.0, 4.0))) == "All is well."


def test_speed_lines_where_the_city_keeps_no_speed_are_told_to_be_in_vain() -> None:
    measuring = Figures(measures_speed=True)
    assert "SPEED IS NOT TOLD" in situation(measuring, State(word=GOOD))
    kept = State(word=replace(GOOD, keeps_speed=True))
    assert situation(measuring, kept) == situation(measuring, State()) == "All is well."
