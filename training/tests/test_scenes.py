"""What the finder is asked of a view: plates, none, and what nobody can tell."""

import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from plateward.recognition.priors import priors
from training import lookalikes, scenes
from training.backgrounds import ALLOWED
from training.lettering import Letters

LABELS = Path(__file__).parent.parent / "labels"
AT = priors(scenes.SIDE, scenes.SIDE)
NONE = np.zeros((0, 4, 2), np.float32)


def quad(x: float, y: float, wide: float, high: float) -> np.ndarray:
    return np.array([(x, y), (x + wide, y), (x + wide, y + high), (x, y + high)], np.float32)


def asked_at(wanted: np.ndarray, x: float, y: float) -> set[int]:
    """What the priors within 8 pixels of a place are asked."""
    return set(wanted[(np.abs(AT[:, :2] - (x, y)) <= 8).all(axis=1)].tolist())


@pytest.fixture(scope="module")
def letters() -> Letters:
    fonts = os.environ.get("PLATEWARD_FONTS")
    if not fonts:
        pytest.skip("set PLATEWARD_FONTS to what training/fetch_fonts.sh fetched")
    return Letters(Path(fonts), dies=2, seed=1)


def test_a_doubt_is_neither_a_plate_nor_none() -> None:
    plates, doubts = quad(40, 40, 80, 40)[None], quad(200, 200, 60, 30)[None]
    wanted, _ = scenes.asked(plates, doubts, AT)
    assert 1 in asked_at(wanted, 80, 60)
    assert asked_at(wanted, 230, 215) == {-1}
    assert asked_at(wanted, 80, 250) == {0}


def test_without_the_doubt_there_is_no_plate() -> None:
    wanted, _ = scenes.asked(NONE, NONE, AT)
    assert set(wanted.tolist()) == {0}


def test_a_plate_that_is_cut_off_is_not_judged() -> None:
    wanted, _ = scenes.asked(quad(290, 100, 80, 40)[None], NONE, AT)
    assert (wanted == 1).sum() == 0
    assert asked_at(wanted, 305, 120) == {-1}


@pytest.mark.parametrize(
    ("move", "size", "becomes"),
    [
        ((60, -40), (900, 900), (0, -40)),  # a gap on the left is closed
        ((-800, -40), (900, 900), (-580, -40)),  # and on the right
        ((60, 60), (200, 200), (60, 60)),  # a small picture stays
        ((380, 0), (-900, 900), (380, 0)),  # mirrored, the first corner is on the right
        ((200, 0), (-900, 900), (320, 0)),
        ((200, 0), (-210, 900), (210, 0)),  # no gap is made to close another
    ],
)
def test_the_view_lies_in_the_picture_as_far_as_it_can(
    move: tuple[int, int], size: tuple[int, int], becomes: tuple[int, int]
) -> None:
    moved = scenes.filled(np.array(move, float), np.array(size, float))
    assert tuple(moved) == becomes


def test_doubts_move_with_the_plates() -> None:
    picture = np.full((600, 800, 3), 90, np.uint8)
    one = quad(300, 300, 80, 40)[None]
    scene = scenes.Scene(picture, one, "test", doubts=one)
    for seed in range(12):
        _, plates, doubts = scenes.view(scene, np.random.default_rng(seed))
        assert np.allclose(plates.mean(axis=1), doubts.mean(axis=1), atol=1e-3)
        assert np.allclose(np.sort(plates[0], axis=0), np.sort(doubts[0], axis=0), atol=1e-3)


def test_what_somebody_saw_is_of_frames_that_may_be_learned_from() -> None:
    seen = scenes.looked_at(LABELS)
    assert len(seen.corners) == 298
    assert len(seen.doubts) > 50
    assert all(name.startswith(ALLOWED) for name, *_ in seen.corners)
    assert all(name.startswith(ALLOWED) and not scenes.held_out(name) for name in seen.doubts)
    for corners in seen.corners.values():
        assert cv2.contourArea(corners, oriented=True) > 0  # top left first, then clockwise


def test_corners_that_somebody_saw_are_taken(tmp_path: Path) -> None:
    folder = tmp_path / "frames" / "ro-dash"
    folder.mkdir(parents=True)
    name = next(n for n in (f"frames/ro-dash/{i}.png" for i in range(99)) if not scenes.held_out(n))
    cv2.imwrite(str(tmp_path / name), np.zeros((60, 90, 3), np.uint8))
    (tmp_path / "labels.csv").write_text(
        f"file,plate_x,plate_y,plate_w,plate_h\n{name},10.5,20,30,10\n{name},50,20,30,10\n"
    )
    exact = np.array([(11, 21), (40, 20), (40, 29), (11, 30)], np.float32)
    seen = scenes.Seen({(name, "10.5", "20"): exact}, {name: [quad(1, 2, 3, 4)]})
    (scene,) = scenes.load(tmp_path, {}, judging=False, seen=seen)
    assert np.array_equal(scene.quads, [exact, quad(50, 20, 30, 10)])
    assert np.array_equal(scene.doubts, quad(1, 2, 3, 4)[None])
    assert scene.lures.shape == (0, 4, 2)


def test_nothing_is_drawn_upon_plates_and_doubts(letters: Letters) -> None:
    ground = np.random.default_rng(0).integers(0, 255, (300, 400, 3), np.uint8)
    scene = scenes.Scene(
        ground, quad(150, 120, 80, 40)[None], "test", doubts=quad(280, 200, 60, 30)[None]
    )
    drawn = 0
    for seed in range(25):
        told = scenes.distract(scene, letters, np.random.default_rng(seed))
        drawn += len(told.lures)
        assert np.array_equal(told.quads, scene.quads)
        for kept in (np.s_[120:161, 150:231], np.s_[200:231, 280:341]):
            assert np.array_equal(told.image[kept], ground[kept])
        assert len(told.lures) == 0 or not np.array_equal(told.image, ground)
    assert drawn > 20


def test_lookalikes_cover_something(letters: Letters) -> None:
    for kind in lookalikes.KINDS:
        for seed in range(6):
            image, mask = kind(letters, np.random.default_rng(seed))
            assert image.shape == (*mask.shape, 3)
            assert image.dtype == mask.dtype == np.uint8
            assert mask.max() > 200
