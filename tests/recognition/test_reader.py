"""The reader around its networks: what it merges, drops and puts first."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from plateward.plates.sighting import Character
from plateward.recognition import Image, PlateReader, confidence
from plateward.recognition.confidence import is_plate_text
from plateward.recognition.detector import Found, merge
from plateward.recognition.geometry import Quad, quad_of
from plateward.recognition.ocr import Written

SCENE = np.zeros((480, 800, 3), np.uint8)


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

    def read(self, image: Image, outlines: Sequence[Quad]) -> list[Written]:
        return [self._one(self.texts[round(float(quad[0, 0]))]) for quad in outlines]

    def _one(self, text: str) -> Written:
        characters = tuple(Character(letter, self.sure) for letter in text)
        return Written(text, characters, self.sure, 1.0, (text,))


def plate(left: float, top: float = 100, score: float = 0.99) -> Found:
    return Found(quad_of(left, top, left + 100, top + 50), score)


def test_a_plate_is_read_where_it_was_found() -> None:
    reader = PlateReader(Finds(plate(100)), Reads({100: "ABC123"}))
    (only,) = reader.read(SCENE)
    assert (only.plate, only.lines) == ("ABC123", ("ABC123",))
    assert (only.box.left, only.box.top, only.box.right, only.box.bottom) == (100, 100, 200, 150)
    assert only.corners == ((100, 100), (200, 100), (200, 150), (100, 150))


def test_the_surest_comes_first_and_each_plate_once() -> None:
    found = Finds(plate(300, score=0.99), plate(310, score=0.7), plate(100, score=0.5))
    texts = {100: "ABC123", 300: "XYZ789", 310: "XYZ78"}
    readings = PlateReader(found, Reads(texts)).read(SCENE)
    assert [one.plate for one in readings] == ["XYZ789", "ABC123"]


def test_several_pictures_are_answered_in_their_order() -> None:
    reader = PlateReader(Finds(plate(100)), Reads({100: "ABC123"}))
    small = np.zeros((4, 200, 3), np.uint8)
    assert [[one.plate for one in its] for its in reader.read_batch([SCENE, small, SCENE])] == [
        ["ABC123"], [], ["ABC123"],
    ]  # fmt: skip


def test_what_is_hardly_legible_is_not_reported() -> None:
    found = Finds(plate(100, score=0.35))
    assert PlateReader(found, Reads({100: "A1IIII"}, sure=0.01)).read(SCENE) == []


def test_a_picture_of_a_few_pixels_holds_no_plate() -> None:
    reader = PlateReader(Finds(plate(0)), Reads({0: "ABC123"}))
    assert reader.read(np.zeros((4, 200, 3), np.uint8)) == []


def test_overlapping_finds_merge_to_the_surest() -> None:
    weak, strong, apart = plate(104, score=0.5), plate(100, score=0.9), plate(400, score=0.6)
    assert merge([weak, strong, apart], (480, 640)) == [strong, apart]


def test_confidence_rises_with_the_likelihood_with_agreement_and_with_the_find() -> None:
    (written,) = Reads({0: "ABC123"}, sure=0.9).read(SCENE, [quad_of(0, 0, 9, 9)])
    (doubtful,) = Reads({0: "ABC123"}, sure=0.5).read(SCENE, [quad_of(0, 0, 9, 9)])
    sure = confidence.of(written, 0.9)
    assert sure > confidence.of(doubtful, 0.9)
    assert sure > confidence.of(replace(written, agreement=0.5), 0.9)
    assert sure > confidence.of(written, 0.2)
    assert all(
        0 <= confidence.of(replace(written, likelihood=p), q) <= 1
        for p in (0.0, 0.5, 1.0)
        for q in (0.0, 0.5, 1.0)
    )


@pytest.mark.parametrize("text", ["ABC123", "1ABC234", "B123", "AB12CDE", "9999868", "NOSHOL"])
def test_a_plate_says_letters_and_digits(text: str) -> None:
    assert is_plate_text(text)


@pytest.mark.parametrize("text", ["", "A1", "18005551234"])
def test_too_short_and_too_long_are_no_plates(text: str) -> None:
    assert not is_plate_text(text)


@pytest.mark.parametrize(
    ("height", "width", "whole"), [(100, 200, True), (480, 900, False), (400, 800, False)]
)
def test_a_small_picture_in_the_shape_of_a_plate_may_be_one(
    *, height: int, width: int, whole: bool
) -> None:
    read = PlateReader(Finds(), Reads({0: "ABC123"})).read(np.zeros((height, width, 3), np.uint8))
    assert [one.plate for one in read] == (["ABC123"] if whole else [])
