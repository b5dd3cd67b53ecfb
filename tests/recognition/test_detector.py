"""The finder around its network: what it passes on, and where it says it is."""

import numpy as np
import pytest

from plateward.recognition.detector import CornerDetector, agreed
from plateward.recognition.geometry import Floats

STEP, SIDE = 8, 24  # of the network's first priors
WIDTH = 960


class Says:
    """Stands for the network: at given places of the small picture it is as sure as told.

    Every plate is 40 wide and 20 high there.
    """

    def __init__(self, *told: tuple[int, int, float]) -> None:
        self.told = told
        self.asked: list[tuple[int, ...]] = []

    def run(self, batch: np.ndarray) -> list[Floats]:
        self.asked.append(batch.shape)
        _, high, wide, _ = batch.shape
        count = sum(2 * -(-high // step) * -(-wide // step) for step in (8, 16, 32))
        scores, corners = np.zeros((1, count), np.float32), np.zeros((1, count, 8), np.float32)
        for column, row, sure in self.told:
            at = 2 * (row * -(-wide // STEP) + column)  # two sizes at each place
            scores[0, at] = sure
            # From the prior's middle: bottom right, bottom left, top left, top right.
            offsets = np.array([(20, 10), (-20, 10), (-20, -10), (20, -10)]) / (0.1 * SIDE)
            corners[0, at] = offsets.ravel()
        return [scores, corners]


def finder(network: Says) -> CornerDetector:
    return CornerDetector(network)  # type: ignore[arg-type]


def seen_by_five(column: int, row: int, sure: float) -> list[tuple[int, int, float]]:
    """The surest and its neighbours, whose plates lie 8 pixels beside its own."""
    beside = [(-1, 0), (1, 0), (0, -1), (0, 1)]
    return [(column, row, sure), *((column + x, row + y, sure - 0.1) for x, y in beside)]


@pytest.mark.parametrize("larger", [1, 2])
def test_corners_are_said_in_the_pictures_own_pixels(larger: int) -> None:
    network = Says(*seen_by_five(20, 30, 0.95))
    (one,) = finder(network).find(np.zeros((540 * larger, WIDTH * larger, 3), np.uint8))
    assert network.asked == [(1, 540, WIDTH, 3)]
    x, y = 20.5 * STEP, 30.5 * STEP
    wanted = [(x - 20, y - 10), (x + 20, y - 10), (x + 20, y + 10), (x - 20, y + 10)]
    assert np.allclose(one.quad, np.array(wanted) * larger, atol=0.01)


def test_what_is_hardly_a_plate_is_not_passed_on() -> None:
    found = finder(Says(*seen_by_five(20, 30, 0.95), (60, 30, 0.25), (20, 60, 0.04)))
    assert len(found.find(np.zeros((540, WIDTH, 3), np.uint8))) == 1


def test_neighbours_that_say_the_same_plate_are_one_find_and_make_it_likelier() -> None:
    network = Says(*seen_by_five(20, 30, 0.8), (60, 30, 0.8))
    found = finder(network).find(np.zeros((540, WIDTH, 3), np.uint8))
    assert [round(float(one.quad[:, 0].mean())) for one in found] == [164, 484]
    assert found[0].score > found[1].score + 0.1


def test_neighbours_that_doubt_make_it_less_likely() -> None:
    quads = np.repeat(np.array([[(0, 0), (40, 0), (40, 20), (0, 20)]], np.float32), 4, axis=0)
    ((leader, doubted),) = agreed(quads, np.array([0.6, 0.12, 0.12, 0.12], np.float32))
    ((_, alone),) = agreed(quads[:1], np.array([0.6], np.float32))
    assert leader == 0
    assert doubted < alone < 0.6


def test_a_sure_answer_is_a_number() -> None:
    quads = np.array([[(0, 0), (40, 0), (40, 20), (0, 20)]], np.float32)
    ((_, chance),) = agreed(quads, np.ones(1, np.float32))
    assert 0.5 < chance <= 1


def test_a_picture_full_of_finds_ends() -> None:
    places = [(x, y, 0.9) for x in range(0, 120, 3) for y in range(0, 66, 3)]
    found = finder(Says(*places)).find(np.zeros((540, WIDTH, 3), np.uint8))
    assert 100 < len(found) <= 400
