"""The text of a plate: how it is cut out, and how views and lines make one answer."""

import numpy as np
import pytest

from plateward.recognition import confidence, ctc
from plateward.recognition.geometry import Floats, Image, quad_of
from plateward.recognition.ocr import HEIGHT, WIDTH, PlateOcr, flatten, vote

COLUMNS = 12


def view(first: str, second: str = "", *, sure: float = 0.9) -> Floats:
    """Columns that say one character each, at every second column."""
    rows = np.full((2, COLUMNS, 37), (1 - sure) / 36)
    for line, text in enumerate((first, second)):
        spelt = dict(zip(range(0, COLUMNS, 2), text, strict=False))
        for column in range(COLUMNS):
            sign = ctc.ALPHABET.index(spelt[column]) + 1 if column in spelt else 0
            rows[line, column, sign] = sure
    return rows.astype(np.float32)


def test_two_lines_are_one_text_top_first() -> None:
    written = vote(np.stack([view("AB12", "CDE")]))
    assert (written.text, written.lines) == ("AB12CDE", ("AB12", "CDE"))
    assert len(written.characters) == 7


def test_views_that_differ_are_weighed() -> None:
    written = vote(np.stack([view("ABC123", sure=0.95), view("ABC128", sure=0.8)]))
    assert written.text == "ABC123"
    assert written.agreement == 0.5
    assert [each.text for each in written.spellings[:2]] == ["ABC123", "ABC128"]
    assert written.spellings[1].likelihood < written.likelihood


class Reads:
    """A network that spells the same text on every plate, and counts the plates."""

    def __init__(self, text: str, *, sure: float) -> None:
        self.logits = np.log(view(text, sure=sure))
        self.plates = 0

    def run(self, batch: Image) -> list[Floats]:
        self.plates += len(batch)
        regions = np.zeros((len(batch), 57), np.float32)
        return [np.stack([self.logits] * len(batch)), regions]


@pytest.mark.parametrize(
    ("sure", "second", "asked", "denied"),
    [
        (0.9, "ABC123", True, False),
        (0.9, "ABC128", True, True),
        (0.9999, "ABC128", False, False),  # certain: nobody is asked
        (0.9, "", True, True),
    ],
)
def test_a_second_reader_denies_a_text_and_never_changes_it(
    sure: float, second: str, *, asked: bool, denied: bool
) -> None:
    witness = Reads(second, sure=0.95)
    ocr = PlateOcr(Reads("ABC123", sure=sure), witness=witness)
    (written,) = ocr.read(stripes(200, 100), [quad_of(20, 20, 180, 80)])
    assert (written.text, written.denied) == ("ABC123", denied)
    assert witness.plates == int(asked)
    chance = confidence.of(written, 0.95)
    assert chance == min(confidence.undenied(written, 0.95), 0.67 if denied else 1)
    assert confidence.but_for_bars(written, 0.95) >= chance  # it is told all the same


def test_nothing_written_is_nothing_read() -> None:
    written = vote(np.stack([view("")]))
    assert (written.text, written.likelihood, written.lines) == ("", 0.0, ())


def test_likelihood_is_of_both_lines() -> None:
    both, one = vote(np.stack([view("AB12", "CDE")])), vote(np.stack([view("AB12CD")]))
    assert 0 < both.likelihood < 1
    assert both.likelihood == pytest.approx(one.likelihood, rel=0.2)


def stripes(width: int, height: int) -> Image:
    image = np.zeros((height, width, 3), np.uint8)
    image[:, : width // 2] = (255, 0, 0)
    return image


@pytest.mark.parametrize("width", [40, 160, 900, 3000])
def test_a_plate_of_any_size_comes_at_one_size(width: int) -> None:
    image = stripes(width, width // 2)
    flat = flatten(image, quad_of(0, 0, width, width // 2))
    assert flat.shape == (HEIGHT, WIDTH, 3)
    assert flat[:, : WIDTH // 2 - 4, 0].min() > 200
    assert flat[:, WIDTH // 2 + 4 :, 0].max() < 60


def test_fine_detail_of_a_large_plate_is_averaged() -> None:
    image = np.zeros((480, 1600, 3), np.uint8)
    image[:, ::2] = 255
    flat = flatten(image, quad_of(0, 0, 1600, 480))
    assert abs(float(flat.mean()) - 127) < 8
    assert float(flat.std()) < 25


def test_a_slanted_plate_is_straightened() -> None:
    image = np.zeros((200, 400, 3), np.uint8)
    quad = np.array([[50, 20], [350, 80], [350, 180], [50, 120]], np.float32)
    image[:, :] = 10
    for x in range(50, 350):
        top = 20 + (x - 50) * 60 / 300
        image[round(top) : round(top + 50), x] = 250  # its upper half is white
    flat = flatten(image, quad)
    assert flat[4:18, 8:-8].mean() > 220
    assert flat[30:44, 8:-8].mean() < 40
