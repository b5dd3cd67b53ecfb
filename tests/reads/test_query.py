"""What may be asked: places on the map, pages that hold, and what is refused beforehand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plateward.reads.area import BadArea, Circle, Polygon, distance, polygon
from plateward.reads.query import BadQuery, Looks, Mark, Query

NOON = datetime(2026, 5, 30, 12, 0, 0, 123_456, tzinfo=UTC)
SQUARE = polygon([(37.30, -93.43), (37.30, -93.42), (37.31, -93.42), (37.31, -93.43)])
near_willard = st.tuples(st.floats(37.2, 37.4), st.floats(-93.5, -93.3))


@given(near_willard, st.integers(1, 8000), near_willard)
def test_a_circle_holds_what_is_near_and_its_box_holds_the_circle(middle, metres, point):
    circle = Circle(*middle, metres)
    assert circle.holds(*point) is (distance(middle, point) <= metres)
    box = circle.box
    within = box.south <= point[0] <= box.north and box.west <= point[1] <= box.east
    assert within or not circle.holds(*point)


@given(st.lists(near_willard, min_size=3, max_size=8, unique=True))
def test_a_shape_reaches_no_farther_than_is_told_the_policy(corners):
    shape = Polygon(tuple(corners))
    widest = max(distance(one, other) for one in corners for other in corners)
    assert widest / 2 - 1 <= shape.reach_m <= widest / 3**0.5 * 1.02 + 1


def test_a_shape_holds_its_inside_whichever_way_it_bends():
    assert SQUARE.holds(37.305, -93.425)
    assert not SQUARE.holds(37.305, -93.4301)
    notch = polygon([(0, 0), (0, 0.1), (0.1, 0.1), (0.05, 0.05), (0.1, 0)])
    assert notch.holds(0.02, 0.05)
    assert not notch.holds(0.09, 0.05)
    assert distance((37.3, -93.4), (38.3, -93.4)) == pytest.approx(111_195, rel=1e-4)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Circle(91, 0, 10),
        lambda: Circle(0, 181, 10),
        lambda: Circle(float("nan"), 0, 10),
        lambda: Circle(0, 0, 0),
        lambda: Circle(0, 0, 50_001),
        lambda: polygon([(0, 0), (0, 1)]),
        lambda: polygon([(0, 0), (0, 0), (0, 0.1)]),
        lambda: polygon([(0, 0), (0, 1), (1, 1)]),
        lambda: polygon([(0, 0), (0, "east"), (1, 1)]),
        lambda: polygon([(0, 0), (0,), (1, 1)]),
    ],
)
def test_what_is_no_place_says_so(wrong):
    with pytest.raises(BadArea, match=r"degrees|metres|corners"):
        wrong()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"plate": "AB*", "close": True}, "plate"),
        ({"plate": "AB", "close": True}, "plate"),
        ({"looks": Looks(make="x" * 41)}, "make"),
        ({"cameras": [f"camera-{n}" for n in range(51)]}, "cameras"),
        ({"plate": "ABC123", "page": "1~2"}, "page"),
    ],
)
def test_what_makes_no_sense_names_its_field(typed, field):
    with pytest.raises(BadQuery, match="Nothing was searched") as told:
        Query.parse(**typed)
    assert told.value.field == field


def test_a_page_is_of_one_question_and_cannot_be_made_up():
    query = Query.parse(plate="ABC123", looks=Looks(color=" dark  blue "))
    mark = Mark(NOON, 88_123_456_789)
    page = query.page_after(mark)
    again = Query.parse(plate="abc 123", looks=Looks(color="dark blue"), page=page)
    assert again == replace(query, after=mark)
    assert again.page_after(mark) == page  # the third page is of the question, not of the second
    for wrong in (page[:-1], page.replace("88", "89"), "x" + page, "0.0"):
        with pytest.raises(BadQuery):
            Query.parse(plate="ABC123", looks=Looks(color="dark blue"), page=wrong)
    with pytest.raises(BadQuery):
        Query.parse(plate="ABC123", close=True, looks=Looks(color="dark blue"), page=page)


def test_the_log_keeps_all_that_was_asked_and_the_policy_judges_it():
    query = Query.parse(
        plate="abc-123",
        close=True,
        since=NOON,
        until=NOON + timedelta(hours=2),
        cameras=["one", " two", "one"],
        area=Circle(37.3, -93.42, 500),
        looks=Looks(color="blue", body_type="van", direction="left"),
    )
    assert {name: word for name, word in query.facts().items() if word} == {
        "plate": "ABC123",
        "close": "yes",
        "since": "2026-05-30T12:00:00.123456+00:00",
        "until": "2026-05-30T14:00:00.123456+00:00",
        "camera": "one, two",
        "place": "500 m around 37.300000, -93.420000",
        "vehicle_color": "blue",
        "vehicle_body_type": "van",
        "vehicle_direction": "left",
    }
    breadth = query.breadth(now=NOON + timedelta(days=1))
    assert (breadth.known_characters, breadth.camera, breadth.radius_m) == (6, True, 500)
    assert (breadth.near, breadth.fields) == (True, {"color", "body_type"})
