"""A photo becomes sightings: the plate cut out, the scene kept, the same photo the same event."""

import io
from datetime import UTC, datetime, timedelta

import numpy as np
from PIL import Image as Pillow

from plateward.capture import stills
from plateward.plates.text import normalise
from plateward.recognition import Box, Reading

SEEN_AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
PLATE_RED = (200, 30, 30)


def frame(*, width: int = 2560, seen_at: datetime = SEEN_AT) -> stills.Frame:
    """A grey scene with a red plate at 1000, 600, sized 200 by 100."""
    image = np.full((width * 9 // 16, width, 3), 90, np.uint8)
    image[600:700, 1000:1200] = PLATE_RED
    return stills.Frame("elm-st", seen_at, image)


def reading() -> Reading:
    return Reading(normalise("TST4821"), 0.9, (), Box(1000, 600, 1200, 700), None)


def opened(jpeg: bytes | None) -> Pillow.Image:
    assert jpeg
    return Pillow.open(io.BytesIO(jpeg))


def test_the_crop_shows_the_plate_with_a_margin() -> None:
    (sighting,) = stills.sightings(frame(), [reading()])
    crop = opened(sighting.crop)
    assert crop.size == (260, 130)
    assert np.allclose(crop.getpixel((130, 65)), PLATE_RED, atol=12)


def test_a_large_scene_is_made_smaller_and_the_box_with_it() -> None:
    (sighting,) = stills.sightings(frame(), [reading()])
    photo = opened(sighting.photo)
    assert max(photo.size) == stills.LONG_SIDE
    assert sighting.box == (500, 300, 100, 50)
    assert np.allclose(photo.getpixel((550, 325)), PLATE_RED, atol=12)


def test_a_small_scene_is_kept_as_it_is() -> None:
    (sighting,) = stills.sightings(frame(width=1280), [reading()])
    assert opened(sighting.photo).size == (1280, 720)
    assert sighting.box == (1000, 600, 200, 100)


def test_a_plate_at_the_edge_is_cut_inside_the_picture() -> None:
    edge = Reading(normalise("TST4821"), 0.9, (), Box(0, 0, 200, 100), None)
    (sighting,) = stills.sightings(frame(), [edge])
    assert opened(sighting.crop).size == (230, 115)


def test_the_same_photo_at_the_same_instant_is_the_same_event() -> None:
    (one,), (again,) = (stills.sightings(frame(), [reading()]) for _ in range(2))
    (later,) = stills.sightings(frame(seen_at=SEEN_AT + timedelta(seconds=1)), [reading()])
    assert one.event == again.event != later.event


def test_no_reading_no_sighting() -> None:
    assert stills.sightings(frame(), []) == []
