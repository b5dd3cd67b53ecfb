"""Vehicles: whose plate it is, what may be said, and that "unknown" is an answer."""

from collections.abc import Sequence

import numpy as np
import pytest

from plateward.recognition import Box, Image
from plateward.recognition.vehicles import Description, Found, Judged, Vehicles, look, people
from plateward.recognition.vehicles.around import wearer_of
from plateward.recognition.vehicles.describe import LookDescriber

SCENE = np.zeros((600, 800, 3), np.uint8)
COLOURED = np.full((600, 800, 3), (200, 40, 40), np.uint8)
PLATE = Box(380, 300, 440, 330)
NEAR = Found("car", Box(250, 150, 550, 380), 0.6)
FAR = Found("car", Box(0, 0, 800, 600), 0.7)


class Finds:
    def __init__(self, *found: Found) -> None:
        self.found = found
        self.searched = 0

    def find(self, image: Image) -> Sequence[Found]:
        self.searched += 1
        return self.found

    def people(self, image: Image) -> Sequence[Box]:
        return ()


class Says:
    def __init__(self, said: Description) -> None:
        self.said = said
        self.asked: list[tuple[Box, str, Box | None]] = []

    def describe(
        self, image: Image, box: Box, kind: str = "car", plate: Box | None = None
    ) -> Description:
        self.asked.append((box, kind, plate))
        return self.said


RED = Description(colour=Judged("red", 0.9), body=Judged(alternatives=(("suv", 0.4),)))


def test_the_tightest_vehicle_around_the_plate_wears_it() -> None:
    assert wearer_of(PLATE, [FAR, NEAR]) == NEAR
    assert wearer_of(Box(10, 10, 60, 35), [FAR, NEAR]) == FAR


def test_a_find_no_wider_than_the_plate_is_no_vehicle_of_it() -> None:
    assert wearer_of(PLATE, [Found("car", Box(370, 290, 450, 340), 0.9)]) is None


def test_every_plate_gets_its_own_and_the_picture_is_searched_once() -> None:
    finder, describer = Finds(FAR, NEAR), Says(RED)
    other = Box(10, 10, 60, 35)
    told = Vehicles(finder, describer, finder).describe_all(SCENE, [PLATE, other])
    assert [each.box for each in told] == [NEAR.box, FAR.box]
    assert finder.searched == 1
    assert describer.asked == [(NEAR.box, "car", PLATE), (FAR.box, "car", other)]


def test_without_plates_nothing_is_searched() -> None:
    finder = Finds(NEAR)
    assert Vehicles(finder, Says(RED), finder).describe_all(SCENE, []) == []
    assert finder.searched == 0


def test_a_plate_without_a_vehicle_is_described_as_unknown() -> None:
    finder = Finds()
    told = Vehicles(finder, Says(RED), finder).describe_around(SCENE, PLATE)
    assert told.box is None
    assert told.description.colour.value is None
    assert told.vehicle.confidences == ()


def test_what_is_stored_carries_its_confidence_and_leaves_out_what_is_unknown() -> None:
    finder = Finds(NEAR)
    vehicle = Vehicles(finder, Says(RED), finder).describe_around(SCENE, PLATE).vehicle
    assert vehicle.color == "red"
    assert vehicle.confidence_of("color") == 0.9
    assert vehicle.body_type is None
    assert vehicle.confidence_of("body_type") is None


class Answers:
    """A network that gives the same arrays for everything."""

    def __init__(self, *arrays: np.ndarray) -> None:
        self.arrays = arrays

    def run(self, *batches: np.ndarray) -> list[np.ndarray]:
        return list(self.arrays)

    def note(self, key: str) -> str:
        return '{"words": ["red", "blue", "gold"], "least": 0.6}'


@pytest.mark.parametrize(
    ("chances", "said"),
    [
        ([0.1, 0.7, 0.2], Judged("blue", 0.7, (("gold", 0.2), ("red", 0.1)))),
        ([0.5, 0.48, 0.02], Judged(None, 0.0, (("red", 0.5), ("blue", 0.48)))),
    ],
)
def test_below_the_measured_chance_the_answer_is_unknown(
    chances: list[float], said: Judged
) -> None:
    row = np.array([chances], np.float32)
    describer = LookDescriber(Answers(row, row))
    told = describer.describe(COLOURED, NEAR.box)
    assert told.colour == said
    assert told.body == said
    assert told.make == Judged()


def test_a_picture_without_colour_tells_a_body_but_no_colour() -> None:
    row = np.array([[0.9, 0.08, 0.02]], np.float32)
    describer = LookDescriber(Answers(row, row))
    grey = np.repeat(COLOURED.mean(axis=2, keepdims=True), 3, axis=2).astype(np.uint8)
    told = describer.describe(grey, NEAR.box)
    assert told.colour == Judged()
    assert told.body.value == "red"


TALL = Box(100, 100, 400, 500)


@pytest.mark.parametrize(
    ("plate", "metres"),
    [
        (Box(200, 400, 260, 430), 400 / 60 * 0.305),  # as wide as two of its heights
        (Box(200, 400, 300, 421), 400 / 100 * 0.52),  # as wide as five
    ],
)
def test_a_plate_measures_how_tall_its_vehicle_is(plate: Box, metres: float) -> None:
    shorter = Box(100, 300, 400, 500)
    measured = look.tallness(TALL, plate, 600)
    assert measured == pytest.approx(np.log(metres / 1.39), abs=1e-6)
    assert measured - look.tallness(shorter, plate, 600) == pytest.approx(np.log(2), abs=1e-6)


@pytest.mark.parametrize(
    ("plate", "box"),
    [
        (None, TALL),
        (Box(200, 400, 220, 410), TALL),  # too small
        (Box(200, 400, 260, 420), TALL),  # of a shape between the two
        (Box(200, 400, 260, 400), TALL),  # no height
        (Box(200, 400, 260, 430), Box(100, 0, 400, 500)),  # cut by the edge
        (Box(200, 400, 260, 430), Box(100, 100, 400, 600)),
    ],
)
def test_what_measures_nothing_counts_as_usual(plate: Box | None, box: Box) -> None:
    assert look.tallness(box, plate, 600) == look.USUAL_TALLNESS


def test_a_speck_is_described_as_unknown() -> None:
    row = np.array([[1.0, 0.0, 0.0]], np.float32)
    describer = LookDescriber(Answers(row, row))
    assert describer.describe(SCENE, Box(10, 10, 30, 30)) == Description()


def test_what_is_blurred_cannot_be_told_and_the_plate_is_as_it_was() -> None:
    noise = np.random.default_rng(5).integers(0, 256, (400, 400, 3), np.uint8)
    person, plate = Box(100, 50, 180, 300), Box(90, 200, 190, 240)
    hidden = people.blurred(noise, [person], keep=[plate])
    assert np.array_equal(hidden[200:240, 90:190], noise[200:240, 90:190])
    assert len(np.unique(hidden[60:190, 105:175].reshape(-1, 3), axis=0)) <= 12
    assert np.array_equal(hidden[:, 250:], noise[:, 250:])
    assert not np.array_equal(hidden, noise)


def test_blurring_leaves_the_picture_it_was_given_alone() -> None:
    image = np.random.default_rng(5).integers(0, 256, (50, 50, 3), np.uint8)
    before = image.copy()
    people.blurred(image, [Box(0, 0, 50, 50)])
    assert np.array_equal(image, before)


@pytest.mark.parametrize("box", [Box(-20, -20, 10, 10), Box(45, 45, 90, 90), Box(60, 60, 80, 80)])
def test_a_person_at_the_edge_or_beyond_does_no_harm(box: Box) -> None:
    image = np.random.default_rng(5).integers(0, 256, (50, 50, 3), np.uint8)
    assert people.blurred(image, [box]).shape == image.shape
