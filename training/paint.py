"""Brushes for plates: gradients, pictures, words, letters with relief."""

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from training.dies import Mask
from training.lettering import word

Image = npt.NDArray[np.uint8]
Colour = tuple[int, int, int]


def shift(colour: Colour, rng: np.random.Generator, amount: float = 12.0) -> Colour:
    red, green, blue = np.clip(np.array(colour) + rng.normal(0, amount, 3), 0, 255)
    return int(red), int(green), int(blue)


def field(height: int, width: int, top: Colour, bottom: Colour, rng: np.random.Generator) -> Image:
    """A vertical run from one colour to the other, bent at random."""
    t = np.linspace(0, 1, height)[:, None] ** rng.uniform(0.5, 2.2)
    column = np.array(top) * (1 - t) + np.array(bottom) * t
    return np.repeat(column[:, None, :], width, axis=1).astype(np.uint8)


def lay(image: Image, mask: Mask, colour: Colour, x: int, y: int) -> None:
    """Blend a colour through a mask with its corner at x, y; what falls outside is cut."""
    height, width = image.shape[:2]
    x0, y0 = max(0, x), max(0, y)
    x1, y1 = min(width, x + mask.shape[1]), min(height, y + mask.shape[0])
    if x1 <= x0 or y1 <= y0:
        return
    part = image[y0:y1, x0:x1].astype(np.float32)
    alpha = mask[y0 - y : y1 - y, x0 - x : x1 - x, None].astype(np.float32) / 255
    image[y0:y1, x0:x1] = (part + (np.array(colour, np.float32) - part) * alpha).astype(np.uint8)


def write(image: Image, text: str, font: Path, colour: Colour, *, box: tuple[float, ...]) -> None:
    """Words fitted into a box of centre x, centre y, greatest width, height, in pixels."""
    centre_x, centre_y, most_wide, high = box
    if not text:
        return
    mask = word(font, text)
    scale = min(high / mask.shape[0], most_wide / mask.shape[1])
    size = (max(2, round(mask.shape[1] * scale)), max(2, round(mask.shape[0] * scale)))
    small = np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), np.uint8)
    lay(image, small, colour, round(centre_x - size[0] / 2), round(centre_y - size[1] / 2))


def stamp(image: Image, mask: Mask, colour: Colour, relief: float) -> None:
    """Paint the serial's mask over the whole plate and light its embossed edges."""
    rows, columns = np.flatnonzero(mask.max(axis=1)), np.flatnonzero(mask.max(axis=0))
    if not len(rows):
        return
    area = np.s_[max(0, rows[0] - 4) : rows[-1] + 5, max(0, columns[0] - 4) : columns[-1] + 5]
    ink = np.ascontiguousarray(mask[area])
    part = image[area]
    out = part + (np.array(colour, np.float32) - part) * (ink[..., None] * np.float32(1 / 255))
    if relief:
        soft = cv2.GaussianBlur(ink, (0, 0), 1.2).astype(np.float32)
        edge = (soft[2:, 2:] - soft[:-2, :-2]) * np.float32(relief)
        out[1:-1, 1:-1] = out[1:-1, 1:-1] + edge[..., None]
    image[area] = np.clip(out, 0, 255).astype(np.uint8)


def scenery(image: Image, rng: np.random.Generator) -> None:
    """Hills, suns, blots and stripes, as plates have behind or beside the serial."""
    height, width = image.shape[:2]
    layer = image.copy()
    for _ in range(int(rng.integers(1, 5))):
        tone = shift((128, 128, 128), rng, 70)
        kind = rng.random()
        if kind < 0.4:
            xs = np.linspace(0, width, int(rng.integers(4, 12)))
            base = rng.uniform(0.45, 0.95) * height
            ys = base + rng.normal(0, 0.09 * height, len(xs))
            points = [*zip(xs, ys, strict=True), (width, height), (0, height)]
            cv2.fillPoly(layer, [np.array(points, np.int32)], tone, cv2.LINE_AA)
        elif kind < 0.8:
            centre = (int(rng.uniform(0, width)), int(rng.uniform(0, height)))
            axes = (int(rng.uniform(4, 0.25 * width)), int(rng.uniform(4, 0.35 * height)))
            cv2.ellipse(layer, centre, axes, rng.uniform(0, 180), 0, 360, tone, -1, cv2.LINE_AA)
        else:
            y = int(rng.uniform(0, height))
            cv2.line(
                layer, (0, y), (width, int(y + rng.normal(0, 20))), tone, int(rng.integers(1, 9))
            )
    share = rng.uniform(0.1, 0.65)
    cv2.addWeighted(layer, share, image, 1 - share, 0, dst=image)


def emblem(image: Image, x: float, y: float, size: float, rng: np.random.Generator) -> None:
    """A small picture in the gap of a serial: dot, blot, seal, bars, or as high as a letter."""
    if rng.random() < 0.45:
        _figure(image, x, y, size * rng.uniform(0.7, 1.05), rng)
        return
    tone = shift((110, 110, 110), rng, 80)
    at = (int(x), int(y))
    kind = rng.random()
    if kind < 0.3:
        cv2.circle(image, at, max(1, int(size * rng.uniform(0.08, 0.2))), tone, -1, cv2.LINE_AA)
    elif kind < 0.6:
        axes = (
            max(1, int(size * rng.uniform(0.15, 0.32))),
            max(1, int(size * rng.uniform(0.15, 0.42))),
        )
        cv2.ellipse(image, at, axes, rng.uniform(0, 90), 0, 360, tone, -1, cv2.LINE_AA)
        cv2.circle(image, at, max(1, int(size * 0.1)), shift(tone, rng, 60), -1, cv2.LINE_AA)
    elif kind < 0.85:
        points = np.array([x, y]) + rng.normal(0, size * 0.16, (int(rng.integers(5, 10)), 2))
        hull = cv2.convexHull(points.astype(np.int32))
        cv2.fillPoly(image, [hull], tone, cv2.LINE_AA)
    else:
        for i in (-1, 1):
            start = (int(x - size * 0.25), int(y + i * size * 0.12))
            end = (int(x + size * 0.25), int(y + i * size * 0.12))
            cv2.line(image, start, end, tone, max(1, int(size * 0.09)))


def _figure(image: Image, x: float, y: float, size: float, rng: np.random.Generator) -> None:
    """Fruit, sun, beast, badge: a few shapes on one another, as high as the letters beside it."""
    tones = [shift((120, 110, 100), rng, 110) for _ in range(3)]
    kind = rng.random()
    half = size / 2
    if kind < 0.25:  # rays round a disc
        turn = rng.uniform(0, np.pi)
        for ray in range(int(rng.choice((4, 8, 12, 16)))):
            angle = turn + ray * np.pi / 8
            end = (int(x + half * np.cos(angle)), int(y + half * np.sin(angle)))
            cv2.line(image, (int(x), int(y)), end, tones[0], max(1, int(size * 0.05)), cv2.LINE_AA)
        cv2.circle(image, (int(x), int(y)), max(1, int(size * 0.24)), tones[0], -1, cv2.LINE_AA)
        return
    if kind < 0.5:  # a badge: ring, field, mark
        for share, tone in zip((1.0, 0.82, 0.4), tones, strict=True):
            cv2.circle(image, (int(x), int(y)), max(1, int(half * share)), tone, -1, cv2.LINE_AA)
        return
    for part in range(int(rng.integers(2, 7))):  # limbs of something
        at = (int(x + rng.normal(0, size * 0.16)), int(y + rng.normal(0, size * 0.2)))
        axes = (
            max(1, int(size * rng.uniform(0.04, 0.26))),
            max(1, int(size * rng.uniform(0.08, 0.3))),
        )
        tone = tones[0] if kind < 0.8 else tones[part % 3]
        cv2.ellipse(image, at, axes, rng.uniform(0, 180), 0, 360, tone, -1, cv2.LINE_AA)
