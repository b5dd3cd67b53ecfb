"""When a picture was taken: evenly apart, whatever the network did with it."""

from datetime import datetime, timedelta

from plateward.capture.instants import Instants
from tests.capture.seen import NOON


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def said(instants: Instants, *came: tuple[float | None, float]) -> list[float]:
    """Seconds after noon, of pictures given as their place in the stream and when they arrived."""
    return [
        round((instants.of(place, at(arrived)) - NOON).total_seconds(), 2)
        for place, arrived in came
    ]


def test_pictures_that_were_held_up_are_as_far_apart_as_they_were_taken() -> None:
    came = [(0.0, 5.0), (0.1, 5.4), (0.2, 5.41), (0.3, 5.42), (0.4, 5.43)]
    assert said(Instants(), *came) == [5.0, 5.1, 5.2, 5.3, 5.4]


def test_the_picture_that_hurried_most_sets_the_clock() -> None:
    assert said(Instants(), (0.0, 6.0), (1.0, 6.2), (2.0, 7.2)) == [6.0, 6.2, 7.2]


def test_a_camera_that_does_not_say_is_taken_at_its_arrival() -> None:
    assert said(Instants(), (None, 1.0), (None, 1.5), (None, 1.4)) == [1.0, 1.5, 1.5]


def test_a_stream_that_counts_anew_goes_on_from_now() -> None:
    assert said(Instants(), (900.0, 1.0), (900.1, 1.1), (0.0, 1.2)) == [1.0, 1.1, 1.2]


def test_a_slow_clock_is_followed() -> None:
    drifting = [(n * 1.0, n * 1.0005) for n in range(2000)]
    assert abs(said(Instants(), *drifting)[-1] - 1999 * 1.0005) < 0.02


def test_our_clock_set_back_does_not_hold_time_still() -> None:
    assert said(Instants(), (0.0, 3600.0), (0.1, 0.0), (0.2, 0.1)) == [3600.0, 0.0, 0.1]
