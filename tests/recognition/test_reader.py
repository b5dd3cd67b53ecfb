"""The reader around its networks: what it merges, drops and puts first."""

import numpy as np
import pytest

from plateward.plates.sighting import Character
from plateward.recognition import Box, Image, PlateReader
from plateward.recognition.candidates import gather
from plateward.recognition.confidence import is_plate_text
from plateward.recognition.detector import Found, merge
from plateward.recognition.geometry import Quad, box_around, quad_of
from plateward.recognition.ocr import Written

SCENE = np.zeros((480, 640, 3), np.uint8)


class Finds:
    def __init__(self, *found: Found) -> None:
        self.found = found

    def find(self, image: Image) -> tuple[Found, ...]:
        return self.found


class Reads:
    """Says the text that stands at the left edge of the outline."""

    def __init__(self, texts: dict[int, str], *, sure: float = 0.99) -> None:
        self.texts = texts
        self.sure = sure

    def read(self, image: Image, outlines: tuple[Quad, ...]) -> Written:
        text = self.texts[round(float(outlines[0][0, 0]))]
        return Written(text, tuple(Character(t, self.sure) for t in text), self.sure, 1.0)

    def glance(self, image: Image, outline: Quad) -> Written:
        return self.read(image, (outline,))


def plate(left: float, top: float = 100, score: float = 0.99) -> Found:
    return Found(quad_of(left, top, left + 100, top + 50), score)


def line(left: float, top: float = 115, width: float = 90, height: float = 22) -> Found:
    return Found(quad_of(left, top, left + width, top + height), 0.9)


def test_a_plate_and_the_line_in_it_are_one_reading() -> None:
    reader = PlateReader(Finds(plate(100)), Finds(line(105)), Reads({100: "ABC123"}))
    (only,) = reader.read(SCENE)
    assert only.plate == "ABC123"
    assert only.box.holds(100, 100)
    assert only.box.holds(199, 149)
    assert only.corners is not None


def test_a_line_alone_is_read_if_it_looks_like_a_plate() -> None:
    lines = Finds(line(100), line(300), line(450))
    texts = {100: "AB12CDE", 300: "POLICE", 450: "18005551234"}
    readings = PlateReader(Finds(), lines, Reads(texts)).read(SCENE)
    assert [one.plate for one in readings] == ["AB12CDE"]
    assert readings[0].corners is None


def test_the_surest_comes_first_and_each_plate_once() -> None:
    found = Finds(plate(100, score=0.5), plate(300, score=0.99), plate(310, score=0.7))
    texts = {100: "ABC123", 300: "XYZ789", 310: "XYZ78"}
    readings = PlateReader(found, Finds(), Reads(texts)).read(SCENE)
    assert [one.plate for one in readings] == ["XYZ789", "ABC123"]


def test_what_is_hardly_legible_is_not_reported() -> None:
    found = Finds(plate(100, score=0.35))
    assert PlateReader(found, Finds(), Reads({100: "A1IIII"}, sure=0.01)).read(SCENE) == []


def test_a_picture_of_a_few_pixels_holds_no_plate() -> None:
    reader = PlateReader(Finds(plate(0)), Finds(), Reads({0: "ABC123"}))
    assert reader.read(np.zeros((4, 200, 3), np.uint8)) == []


def test_overlapping_finds_merge_to_the_surest() -> None:
    weak, strong, apart = plate(104, score=0.5), plate(100, score=0.9), plate(400, score=0.6)
    assert merge([weak, strong, apart], (480, 640)) == [strong, apart]


def test_the_number_is_the_highest_line_of_a_plate() -> None:
    state, number = line(110, top=102, height=8), line(105, top=115, height=25)
    (candidate,) = gather([plate(100)], [state, number], (480, 640))
    assert candidate.outlines[1] is number.quad


def test_outlines_grow_to_the_whole_plate() -> None:
    (candidate,) = gather([plate(100)], [], (480, 640))
    box = box_around(candidate.plate, (480, 640))
    assert box.overlap(Box(100, 100, 200, 150)) == 100 * 50
    assert box.area > 100 * 50


@pytest.mark.parametrize("text", ["ABC123", "1ABC234", "B123", "AB12CDE", "9999868"])
def test_letters_with_digits_may_be_a_plate_anywhere(text: str) -> None:
    assert is_plate_text(text, on_plate=False)


def test_words_are_a_plate_only_on_a_plate() -> None:
    assert is_plate_text("NOSHOL", on_plate=True)
    assert not is_plate_text("POLICE", on_plate=False)


@pytest.mark.parametrize("text", ["", "A1", "18005551234"])
def test_too_short_and_too_long_are_no_plates(text: str) -> None:
    assert not is_plate_text(text, on_plate=True)


@pytest.mark.parametrize(
    ("height", "width", "whole"), [(100, 200, True), (480, 640, False), (400, 800, False)]
)
def test_a_small_picture_in_the_shape_of_a_plate_may_be_one(
    *, height: int, width: int, whole: bool
) -> None:
    candidates = gather([], [], (height, width))
    boxes = [box_around(candidate.plate, (height, width)) for candidate in candidates]
    assert boxes == ([Box(0, 0, width, height)] if whole else [])
