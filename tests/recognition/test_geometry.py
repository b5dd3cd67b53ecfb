"""Shapes: what is cut out straight is what stood slanted."""

import cv2
import numpy as np
import pytest

from plateward.recognition.geometry import (
    Box,
    box_around,
    corners_of,
    inset,
    likeness,
    quad_of,
    share_of_smaller,
    size,
    straighten,
    upright,
)


def test_likeness_and_share() -> None:
    one, half, far = Box(0, 0, 10, 10), Box(5, 0, 10, 10), Box(20, 20, 30, 30)
    assert likeness(one, one) == 1
    assert likeness(one, half) == 0.5
    assert share_of_smaller(one, half) == 1
    assert likeness(one, far) == share_of_smaller(one, far) == 0
    assert likeness(Box(3, 3, 3, 3), Box(3, 3, 3, 3)) == 0


def test_a_box_stays_inside_the_image() -> None:
    assert box_around(quad_of(-5, -5.5, 30.2, 12), (10, 20)) == Box(0, 0, 20, 10)


def test_inset_follows_the_slant() -> None:
    slanted = np.array([[0, 0], [10, 5], [10, 15], [0, 10]], np.float32)
    assert corners_of(inset(slanted, top=0.5)) == ((0, 5), (10, 10), (10, 15), (0, 10))
    assert corners_of(inset(slanted, left=-0.2)) == ((-2, -1), (10, 5), (10, 15), (-2, 9))


@pytest.mark.parametrize("angle", [-50, -20, 0, 20, 50])
def test_corners_in_any_order_come_out_in_reading_order(angle: float) -> None:
    points = cv2.boxPoints(((100.0, 100.0), (80.0, 20.0), angle))
    for turn in range(4):
        quad = upright(np.roll(points, turn, axis=0).astype(np.float32))
        assert size(quad) == pytest.approx((80, 20), abs=0.1)
        assert quad[1, 0] > quad[0, 0]  # reads left to right
        assert quad[3, 1] > quad[0, 1]  # and is not upside down


def test_a_slanted_line_comes_out_flat() -> None:
    flat = np.zeros((48, 192, 3), np.uint8)
    flat[:, :96] = (255, 0, 0)
    flat[:24, 96:] = (0, 255, 0)
    slanted = np.array([[60, 40], [240, 90], [235, 140], [55, 90]], np.float32)
    corners = np.array([[0, 0], [192, 0], [192, 48], [0, 48]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, slanted)
    scene = np.asarray(cv2.warpPerspective(flat, matrix, (300, 200)), np.uint8)
    back = straighten(scene, slanted, height=48, widest=640)
    assert back.shape[0] == 48
    middle = back.shape[1] // 2
    assert back[10:40, 10 : middle - 10].mean(axis=(0, 1)) == pytest.approx((255, 0, 0), abs=6)
    assert back[4:18, middle + 10 : -10].mean(axis=(0, 1)) == pytest.approx((0, 255, 0), abs=6)
    assert back[30:44, middle + 10 : -10].max() <= 6
