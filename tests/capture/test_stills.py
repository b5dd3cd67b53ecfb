"""A photo becomes sightings: the plate cut out, the scene kept, the same photo the same event."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from PIL import Image as Pillow

from plateward.capture import stills
from plateward.plates.sighting import Vehicle
from plateward.plates.text import normalise
from plateward.recognition import Box, Image, Reading
from plateward.recognition.vehicles import Described, Description, Judged

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


class Tells:
    """Describes every vehicle as red, and sees one person at 1100, 500, sized 200 by 300."""

    def describe_all(self, image: Image, plates: Sequence[Box]) -> list[Described]:
        return [Described(None, Description(colour=Judged("red", 0.8))) for _ in plates]

    def people(self, image: Image) -> list[Box]:
        return [Box(1100, 500, 1300, 800)]


def test_what_is_said_of_the_vehicle_goes_with_its_confidence() -> None:
    (sighting,) = stills.sightings(frame(), [reading()], vehicles=Tells())
    assert sighting.vehicle == Vehicle(color="red", confidences=(("color", 0.8),))


def test_a_person_is_blurred_in_the_scene_and_beside_the_plate_but_the_plate_stays() -> None:
    before = frame()
    image = before.image.copy()
    for top in range(500, 800, 16):
        image[top : top + 8, 1200:1300] = 255  # stripes that a blur must level
    seen = stills.Frame(before.device, before.seen_at, image)
    (hidden,) = stills.sightings(seen, [reading()], hide=Tells())
    (shown,) = stills.sightings(seen, [reading()])
    assert _steepest(hidden.photo) < 60 < _steepest(shown.photo)
    plate = [np.asarray(opened(each.crop), np.float32)[24:100, 40:200] for each in (hidden, shown)]
    assert np.abs(plate[0] - plate[1]).mean() < 3


def _steepest(jpeg: bytes | None) -> int:
    """The largest step from row to row where the person stands beside the plate."""
    rows = np.asarray(opened(jpeg), np.int16)[255:395, 610:640]
    return int(np.abs(np.diff(rows, axis=0)).max())


def test_nobody_is_looked_for_where_nothing_was_read() -> None:
    assert stills.sightings(frame(), [], vehicles=Tells(), hide=Tells()) == []
