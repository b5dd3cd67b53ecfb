"""A plate that fills much of the picture is read whole, not in the pieces that one look sees."""

from dataclasses import replace

import numpy as np
import pytest

from plateward.recognition import PlateReader, photos
from plateward.recognition.detector import Found, whole
from plateward.recognition.geometry import Image, quad_of
from plateward.recognition.samples import samples


@pytest.fixture(scope="module")
def reader() -> PlateReader:
    return PlateReader.default()


def close_up(reader: PlateReader, plate: str, share: float) -> Image:
    """The sample that shows the plate, cut so that it is this share as wide as the picture."""
    (sample,) = (each for each in samples() if plate in each.plates)
    image = photos.load(sample.photo)
    (box,) = (each.box for each in reader.read(image) if each.plate == plate)
    wide, high = box.width / share, box.width / share * 0.66
    left = max(0, int((box.left + box.right - wide) / 2))
    top = max(0, int((box.top + box.bottom - high) / 2))
    return np.ascontiguousarray(image[top : int(top + high), left : int(left + wide)])


@pytest.mark.parametrize(
    ("plate", "share"),
    [("LCA850", 0.3), ("RL04XVM", 0.45), ("BR07AAC", 0.45), ("B01XEN", 0.6), ("41RSTZ", 0.6)],
)
def test_a_large_plate_is_read_whole(reader: PlateReader, plate: str, share: float) -> None:
    assert plate in {each.plate for each in reader.read(close_up(reader, plate, share))}


WITHIN = (400, 600)
PLATE = Found(quad_of(100, 100, 300, 200), 0.9)


def test_pieces_give_way_to_the_whole() -> None:
    left, right = Found(quad_of(100, 100, 200, 200), 0.99), Found(quad_of(180, 105, 300, 200), 0.9)
    aside = Found(quad_of(450, 300, 500, 330), 0.8)
    assert whole([left, right, aside], [PLATE], WITHIN) == [PLATE, aside]


def test_one_piece_gives_way_where_it_is_much_smaller() -> None:
    piece = Found(quad_of(110, 110, 200, 190), 0.99)
    assert whole([piece], [PLATE], WITHIN) == [PLATE]


def test_what_was_seen_alike_stays_as_it_was_seen_larger() -> None:
    seen = Found(quad_of(105, 104, 298, 198), 0.7)
    assert whole([seen], [PLATE], WITHIN) == [seen]
    doubtful = replace(seen, score=0.15)
    assert whole([doubtful], [PLATE], WITHIN) == [PLATE]


def test_what_only_the_smaller_picture_shows_is_added() -> None:
    assert whole([], [PLATE], WITHIN) == [PLATE]
