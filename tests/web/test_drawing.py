"""Charts and plans as numbers."""

from datetime import date, timedelta

import pytest

from plateward.oversight.month import Day
from plateward.oversight.places import Place
from plateward.web.public import drawing

FIRST = date(2026, 11, 1)


def days(*reads: int) -> list[Day]:
    return [Day(FIRST + timedelta(days=n), count) for n, count in enumerate(reads)]


def place(latitude: float, longitude: float) -> Place:
    return Place("c", "C", "P", "street", latitude, longitude, "clerk", FIRST)


@pytest.mark.parametrize(
    ("most", "axis"), [(0, 4), (3, 4), (5, 8), (20, 20), (21, 40), (790, 800), (801, 2000)]
)
def test_the_axis_ends_on_a_round_number_that_holds_the_most(most: int, axis: int) -> None:
    assert drawing.chart(days(most)).lines[-1].value == axis


def test_bars_stand_on_the_axis_and_grow_with_the_count() -> None:
    none, some, twice = drawing.chart(days(0, 10, 20)).bars
    assert none.height == 0
    assert twice.height == pytest.approx(2 * some.height, abs=0.2)
    assert {round(bar.y + bar.height) for bar in (none, some, twice)} == {drawing.HEIGHT - 26}


def test_an_empty_chart_can_be_drawn() -> None:
    assert drawing.chart([]).bars == ()


def test_north_is_up_and_east_is_right() -> None:
    plan = drawing.plan([place(37.30, -93.43), place(37.32, -93.42)])
    assert plan is not None
    south_west, north_east = plan.dots
    assert south_west.x < north_east.x
    assert south_west.y > north_east.y


def test_the_plan_stays_inside_its_frame_whatever_the_distances() -> None:
    far = [place(37.3, -93.4), place(37.3, -92.4), place(37.3001, -93.4001)]
    plan = drawing.plan(far)
    assert plan is not None
    assert all(0 < dot.x < plan.width and 0 < dot.y < plan.height for dot in plan.dots)
    assert plan.scale_words.endswith(" km")


def test_cameras_on_one_spot_can_be_drawn() -> None:
    assert drawing.plan([place(37.3, -93.4), place(37.3, -93.4)]) is not None


def test_one_camera_alone_needs_no_plan() -> None:
    assert drawing.plan([place(37.3, -93.4)]) is None
