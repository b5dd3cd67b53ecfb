"""Plates too small, smeared, out of focus or seen too seldom are told, with what to change."""

import cv2
import numpy as np
import pytest

from plateward.capture import siting
from plateward.capture.siting import Finding, Grade, Pace, Plate
from plateward.capture.smear import Smear, smear_of
from plateward.recognition import Box, Image, Reading
from tests.capture.seen import frame, reading

WELL = Pace(10, 10, 10)
BOX = Box(40, 20, 240, 120)


def drawn() -> Image:
    """A plate as a camera shows it, sharp."""
    image = np.full((560, 1120, 3), 90, np.uint8)
    image[80:480, 160:960] = 230
    cv2.putText(image, "TST4821", (180, 340), cv2.FONT_HERSHEY_SIMPLEX, 6, (20, 20, 20), 26)
    return np.asarray(
        cv2.resize(image, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA), np.uint8
    )


def smeared(pixels: int, *, down: int = 1) -> Smear:
    told = smear_of(np.asarray(cv2.blur(drawn(), (pixels, down)), np.uint8), BOX)
    assert told is not None
    return told


def test_smear_is_measured_along_the_way_in_which_things_moved() -> None:
    sharp = smeared(1)
    assert max(sharp.across, sharp.down) < 2.6
    for pixels in (4, 5, 6):
        moved = smeared(pixels)
        assert moved.across == pytest.approx(pixels, abs=1)
        assert moved.down < 2.6
    soft = smeared(7, down=7)
    assert min(soft.across, soft.down) > 5


def test_where_there_is_nothing_to_measure_nothing_is_said() -> None:
    assert smear_of(np.full((200, 300, 3), 90, np.uint8), BOX) is None
    assert smear_of(drawn(), Box(250, 130, 251, 131)) is None
    assert smear_of(drawn(), Box(900, 900, 950, 950)) is None


def plate(**said: object) -> Plate:
    sharp = {"width": 120.0, "height": 60.0, "smear": Smear(2.1, 2.0), "speed": 400.0}
    return Plate(**{**sharp, "looks": 8, "confidence": 0.95, **said})  # type: ignore[arg-type]


def finding(about: str, *seen: Plate, pace: Pace | None = WELL) -> Finding:
    (one,) = [each for each in siting.judged(seen, pace) if each.about == about]
    return one


def test_a_camera_that_is_set_up_well_is_told_so() -> None:
    found = siting.judged([plate(), plate(width=130.0)], WELL)
    assert {each.grade for each in found} == {Grade.GOOD, Grade.ADVICE}


@pytest.mark.parametrize(
    ("seen", "grade", "words"),
    [
        ({"width": 60.0, "height": 30.0}, Grade.MARGINAL, "60 pixels wide"),
        ({"width": 40.0, "height": 20.0}, Grade.BAD, "1.9 times as large"),
        ({"width": 80.0, "height": 16.0}, Grade.MARGINAL, "about 12 high"),
    ],
)
def test_plates_too_small_are_told_with_how_much_larger(
    seen: dict[str, object], grade: Grade, words: str
) -> None:
    told = finding("size", plate(**seen))
    assert told.grade is grade
    assert words in told.words


@pytest.mark.parametrize(
    ("smear", "grade", "words"),
    [
        (Smear(3.6, 2.0), Grade.MARGINAL, "a shorter exposure"),
        (Smear(6.0, 2.0), Grade.BAD, "a shorter exposure"),
        (Smear(6.0, 5.5), Grade.BAD, "focus the lens"),
        (None, Grade.UNKNOWN, "too little contrast"),
    ],
)
def test_blur_is_told_as_motion_or_focus(smear: Smear | None, grade: Grade, words: str) -> None:
    told = finding("sharpness", plate(smear=smear))
    assert told.grade is grade
    assert words in told.words


def test_the_exposure_follows_from_how_fast_plates_move() -> None:
    assert "1/250 second" in finding("exposure", plate(speed=600.0)).words
    assert "1/1500 second" in finding("exposure", plate(speed=4000.0)).words
    assert finding("exposure", plate(speed=3.0), plate(speed=None)).grade is Grade.UNKNOWN


def test_a_slow_camera_and_a_slow_machine_are_told_apart() -> None:
    assert finding("pictures", plate(), pace=Pace(2, 10, 2)).grade is Grade.BAD
    assert finding("machine", plate(), pace=Pace(2, 10, 2)).grade is Grade.GOOD
    behind = Pace(10, 10, 3)
    assert "--provider" in finding("machine", plate(), pace=behind).words
    assert finding("pictures of each vehicle", plate(looks=1), pace=behind).grade is Grade.UNKNOWN
    assert finding("pictures of each vehicle", plate(looks=1)).grade is Grade.BAD


def test_where_no_plate_was_seen_it_says_so_and_judges_nothing_else() -> None:
    assert [each.grade for each in siting.judged([])] == [Grade.UNKNOWN]
    assert "No plate was seen" in finding("vehicles").words


class Sees:
    def __init__(self, looks: list[Reading]) -> None:
        self._looks = iter(looks)

    def read(self, image: Image) -> list[Reading]:
        return [next(self._looks)]


def test_each_vehicle_is_measured_once_and_how_fast_it_went() -> None:
    looks = [reading("TST4821", x=100 + 30 * n, y=100, width=80, sure=0.1) for n in range(6)]
    (one,) = siting.plates([frame(n / 10) for n in range(6)], Sees(looks))
    assert (one.width, one.height, one.looks) == (80.0, 20.0, 6)
    assert one.speed == pytest.approx(300)
