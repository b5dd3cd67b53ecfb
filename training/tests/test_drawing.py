"""What is drawn is what the label says, and the same seed draws the same."""

import os
from pathlib import Path

import numpy as np
import pytest

from training import designs, paint, serials
from training.dies import ALPHABET, HEIGHT, cut, random_die
from training.samples import LONGEST, encode

FONTS = Path(os.environ.get("PLATEWARD_FONTS", "fonts"))
fonts_needed = pytest.mark.skipif(
    not FONTS.is_dir(), reason="open fonts are not fetched; see training/README.md"
)


@pytest.mark.parametrize("letter", ALPHABET)
def test_every_die_letter_has_ink_from_top_to_bottom(letter: str) -> None:
    mask = cut(letter, random_die(np.random.default_rng(3)))
    inked = np.flatnonzero(mask.max(axis=1) > 64)
    assert mask.shape[0] == HEIGHT
    assert inked[0] < 0.1 * HEIGHT
    assert inked[-1] > 0.9 * HEIGHT


def test_no_two_letters_of_a_die_look_the_same_but_o_and_zero() -> None:
    rng = np.random.default_rng(8)
    die = random_die(rng)
    while die.slashed_zero:
        die = random_die(rng)
    masks = {c: cut(c, die) for c in ALPHABET}
    same = [
        a + b
        for i, a in enumerate(ALPHABET)
        for b in ALPHABET[i + 1 :]
        if masks[a].shape == masks[b].shape and np.abs(masks[a].astype(int) - masks[b]).mean() < 3
    ]
    assert same in ([], ["0O"])


def test_stamped_ink_has_the_ink_colour_in_every_channel() -> None:
    image = np.full((20, 30, 3), (250, 240, 230), np.uint8)
    mask = np.zeros((20, 30), np.uint8)
    mask[5:15, 10:20] = 255
    paint.stamp(image, mask, (10, 60, 170), 0.0)
    assert image[10, 15].tolist() == [10, 60, 170]
    assert image[1, 1].tolist() == [250, 240, 230]


def test_stamp_with_relief_lights_one_edge_and_shades_the_other() -> None:
    image = np.full((30, 40, 3), 128, np.uint8)
    mask = np.zeros((30, 40), np.uint8)
    mask[8:22, 12:28] = 255
    paint.stamp(image, mask, (128, 128, 128), 0.3)
    upper, lower = int(image[7, 20, 1]), int(image[22, 20, 1])
    assert upper > 128 > lower


def test_lay_cuts_what_falls_outside() -> None:
    image = np.zeros((10, 10, 3), np.uint8)
    paint.lay(image, np.full((6, 6), 255, np.uint8), (200, 100, 50), -3, 8)
    assert image[9, 0].tolist() == [200, 100, 50]
    assert image[:8].max() == 0


@pytest.mark.parametrize("place", [*designs.STATES, *designs.NEIGHBOUR_PLACES])
def test_formats_fill_to_letters_and_digits(place: designs.Place) -> None:
    rng = np.random.default_rng(5)
    for form in place.formats:
        (line,) = serials.bare(serials.fill(form, rng))
        assert 3 <= len(line) <= LONGEST
        assert line.isalnum()
        assert line.isupper() or line.isdigit()


def test_two_lines_are_kept_apart() -> None:
    assert serials.bare("AB/12-3") == ("AB", "123")
    assert (encode(("AB", "1"))[:, :3] == [[11, 12, 0], [2, 0, 0]]).all()


def test_there_are_all_fifty_states_and_the_district() -> None:
    assert len({place.region for place in designs.STATES}) == 51


@fonts_needed
def test_the_same_number_makes_the_same_batch() -> None:
    from training.lettering import Letters
    from training.samples import NO_REGION, Tools, make

    grounds = np.random.default_rng(0).integers(0, 256, (4, 64, 128, 3), np.uint8)
    tools = Tools(Letters(FONTS, dies=6, seed=1), grounds)
    first, second, other = make(7, 6, 1, tools), make(7, 6, 1, tools), make(8, 6, 1, tools)
    assert np.array_equal(first.images, second.images)
    assert np.array_equal(first.signs, second.signs)
    assert not np.array_equal(first.images, other.images)
    drawn = first.regions != NO_REGION
    assert drawn.any()
    assert ((first.signs[:, 0] > 0).any(axis=1) == drawn).all()


def test_a_british_serial_holds_no_i_and_no_q() -> None:
    rng = np.random.default_rng(4)
    drawn = "".join(serials.british(rng) for _ in range(400))
    assert not set("IQ") & set(drawn)
    assert set("10O") <= set(drawn)
