"""Photograph a plate: frame, place, light, lens, sensor, and a detector's loose crop."""

import functools

import cv2
import numpy as np
import numpy.typing as npt

from training import designs, paint
from training.lettering import Letters
from training.paint import Image
from training.plate import Plate

WIDTH, HEIGHT = 160, 48
Points = npt.NDArray[np.float32]


def dealer_frame(image: Image, letters: Letters, rng: np.random.Generator) -> Image:
    """A frame round the plate that may cover its edges, with a dealer's words."""
    height, width = image.shape[:2]
    top, bottom = rng.uniform(0.02, 0.16, 2) * height
    side = rng.uniform(0.01, 0.035) * width
    over = rng.uniform(0.2, 0.9)  # how much of the frame lies on the plate
    long_plate = width > 2.6 * height
    if long_plate:
        over = min(over, 0.35)
    pad_y, pad_x = int(max(top, bottom) * (1 - over)) + 1, int(side * (1 - over)) + 1
    tone = paint.shift((30, 30, 32) if rng.random() < 0.6 else (160, 160, 165), rng, 30)
    sides = (pad_y, pad_y, pad_x, pad_x)
    out: Image = np.asarray(
        cv2.copyMakeBorder(image, *sides, cv2.BORDER_CONSTANT, value=tone), np.uint8
    )
    whole_h, whole_w = out.shape[:2]
    cv2.rectangle(out, (0, 0), (whole_w, int(top)), tone, -1)
    cv2.rectangle(out, (0, whole_h - int(bottom)), (whole_w, whole_h), tone, -1)
    cv2.rectangle(out, (0, 0), (int(side), whole_h), tone, -1)
    cv2.rectangle(out, (whole_w - int(side), 0), (whole_w, whole_h), tone, -1)
    ink = (235, 235, 235) if sum(tone) < 300 else (20, 20, 20)
    for y, high in ((top / 2, top), (whole_h - bottom / 2, bottom)):
        if high > 0.05 * height and rng.random() < 0.75:
            text = designs.PHRASES[int(rng.integers(len(designs.PHRASES)))]
            box = (whole_w / 2, y, whole_w * 0.9, high * 0.75)
            paint.write(out, text, letters.header_font("s", rng), ink, box=box)
    return out


def dirt(image: Image, rng: np.random.Generator) -> None:
    """Blots of mud or snow, a screw, a tow ball from below."""
    height, width = image.shape[:2]
    kind = rng.random()
    tone = paint.shift((90, 75, 60) if rng.random() < 0.7 else (230, 230, 235), rng, 25)
    if kind < 0.55:
        noise = cv2.resize(
            rng.random((5, 10), np.float32), (width, height), interpolation=cv2.INTER_CUBIC
        )
        mask = np.clip((noise - rng.uniform(0.5, 0.85)) * 700, 0, 190).astype(np.uint8)
        paint.lay(image, mask, tone, 0, 0)
    elif kind < 0.8:
        centre = (int(rng.uniform(0.3, 0.7) * width), int(height * rng.uniform(0.98, 1.2)))
        cv2.circle(
            image,
            centre,
            int(height * rng.uniform(0.12, 0.26)),
            paint.shift((60, 60, 60), rng, 40),
            -1,
        )
    else:
        for _ in range(int(rng.integers(1, 12))):
            at = (int(rng.uniform(0, width)), int(rng.uniform(0, height)))
            cv2.circle(image, at, int(rng.integers(1, 4)), tone, -1, cv2.LINE_AA)


def _corners(width: float, height: float, rng: np.random.Generator) -> Points:
    """Where the plate's corners fall in the crop, before the crop is shifted."""
    points = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    centre = points.mean(axis=0)
    tilted = rng.random() < 0.45
    angle = rng.normal(0, 0.085 if tilted else 0.02)
    lean = rng.normal(0, 0.16 if tilted else 0.03)
    cos, sin = np.cos(angle), np.sin(angle)
    matrix = np.array([[cos, -sin + lean], [sin, cos]], np.float32)
    points = (points - centre) @ matrix.T
    points += rng.normal(0, 0.022, points.shape) * (width, height)
    return np.asarray(points, np.float32)


def place(plate: Image, wide: float, ground: Image, rng: np.random.Generator) -> Image:
    """The plate `wide` pixels wide in a crop of a detector's making."""
    height, width = plate.shape[:2]
    high = wide * height / width * rng.uniform(0.85, 1.18)
    small = cv2.resize(
        plate, (max(8, round(wide)), max(6, round(high))), interpolation=cv2.INTER_AREA
    )
    corners = _corners(wide, high, rng)
    loose = rng.random() < 0.25
    margin = rng.uniform(-0.035, 0.22 if loose else 0.07, 4)
    low_is_safe = width < 2.6 * height
    margin[1::2] = rng.uniform(-0.12 if low_is_safe else -0.05, 0.35 if loose else 0.12, 2)
    reach = np.array((wide, high), np.float32)
    left, top = corners.min(axis=0) - margin[:2] * reach
    right, bottom = corners.max(axis=0) + margin[2:] * reach
    out_w, out_h = max(16, round(float(right - left))), max(8, round(float(bottom - top)))
    tall, broad = small.shape[:2]
    source = np.array([(0, 0), (broad, 0), (broad, tall), (0, tall)], np.float32)
    matrix = cv2.getPerspectiveTransform(source, corners - np.array((left, top), np.float32))
    back = cv2.resize(ground, (out_w, out_h), interpolation=cv2.INTER_AREA)
    warped = cv2.warpPerspective(small, matrix, (out_w, out_h), flags=cv2.INTER_LINEAR)
    alpha = cv2.warpPerspective(np.full(small.shape[:2], 255, np.uint8), matrix, (out_w, out_h))
    share = alpha[..., None].astype(np.float32) / 255
    return np.asarray(back + (warped.astype(np.float32) - back) * share, np.uint8)


@functools.lru_cache(maxsize=512)
def _streak(length: int, angle: int) -> npt.NDArray[np.float32]:
    kernel = np.zeros((length, length), np.float32)
    kernel[length // 2] = 1
    turn = cv2.getRotationMatrix2D((length / 2 - 0.5, length / 2 - 0.5), float(angle), 1)
    kernel = np.asarray(cv2.warpAffine(kernel, turn, (length, length)), np.float32)
    return kernel / max(1e-6, float(kernel.sum()))


def light(image: Image, rng: np.random.Generator) -> Image:
    """Shadow, cast, night, glare, infrared."""
    height, width = image.shape[:2]
    out = image.astype(np.float32)
    if rng.random() < 0.35:
        grid = cv2.resize(rng.uniform(0.35, 1.25, (2, 3)).astype(np.float32), (width, height))
        out *= grid[..., None]
    if rng.random() < 0.15:  # a hard shadow's edge
        slope, level = rng.normal(0, 1.2), rng.uniform(0, height)
        below = np.arange(height)[:, None] > level + slope * (np.arange(width)[None] - width / 2)
        out[below] *= rng.uniform(0.3, 0.75)
    kind = rng.random()
    if kind < 0.33:  # grey or infrared
        weights = rng.dirichlet((3, 6, 2)) if kind < 0.2 else np.array((0.6, 0.25, 0.15))
        out = np.repeat((out @ weights)[..., None], 3, axis=2).astype(np.float32)
    elif kind < 0.7:
        out *= rng.normal(1, 0.12, 3).astype(np.float32)
    middle = float(out.mean())
    out = (out - middle) * rng.uniform(0.35, 1.35) + middle * rng.uniform(0.45, 1.25)
    if rng.random() < 0.08:
        out = out * rng.uniform(1.4, 2.1)
    if rng.random() < 0.10:  # low light
        out = out * rng.uniform(0.2, 0.5)
    out += rng.normal(0, 14)
    return np.clip(out, 0, 255).astype(np.uint8)


def lens(image: Image, rng: np.random.Generator) -> Image:
    """Defocus, motion, rain, sharpening halos."""
    scale = image.shape[1] / 130
    if blurred := rng.random() < 0.33:
        image = np.asarray(
            cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 1.5) * min(2.0, max(0.7, scale))),
            np.uint8,
        )
    if rng.random() < (0.08 if blurred else 0.22):
        length = int(np.clip(rng.uniform(2, 7) * scale, 2, 17))
        image = np.asarray(
            cv2.filter2D(image, -1, _streak(length, int(rng.integers(18)) * 10)), np.uint8
        )
    if rng.random() < 0.06:
        for _ in range(int(rng.integers(5, 40))):
            x, y = int(rng.uniform(0, image.shape[1])), int(rng.uniform(0, image.shape[0]))
            end = (x + int(rng.normal(0, 2)), y + int(rng.uniform(2, 9)))
            cv2.line(image, (x, y), end, paint.shift((190, 190, 200), rng, 25), 1)
    if rng.random() < 0.2:
        soft = cv2.GaussianBlur(image, (0, 0), 1.2)
        image = np.asarray(
            cv2.addWeighted(image, 1 + (a := rng.uniform(0.4, 1.8)), soft, -a, 0), np.uint8
        )
    return image


def sensor(image: Image, rng: np.random.Generator) -> Image:
    """Noise and JPEG."""
    if rng.random() < 0.4:
        spread = rng.uniform(1, 16)
        noise = rng.normal(0, spread, image.shape if rng.random() < 0.6 else (*image.shape[:2], 1))
        image = np.clip(image + noise, 0, 255).astype(np.uint8)
    if rng.random() < 0.03:
        pepper = rng.random(image.shape[:2])
        share = rng.uniform(0.005, 0.05)
        image[pepper < share] = 0
        image[pepper > 1 - share] = 255
    if rng.random() < 0.55:
        quality = int(np.clip(rng.normal(60, 25), 12, 96))
        _, data = cv2.imencode(".jpg", image, (cv2.IMWRITE_JPEG_QUALITY, quality))
        image = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    return image


def shrink(image: Image) -> Image:
    """To the reader's size; the same rule is used when reading."""
    rule = cv2.INTER_AREA if image.shape[1] >= WIDTH else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (WIDTH, HEIGHT), interpolation=rule), np.uint8)


def photograph(
    plate: Plate, letters: Letters, grounds: npt.NDArray[np.uint8], rng: np.random.Generator
) -> Image:
    """What the reader would be given for this plate."""
    image = plate.image
    if rng.random() < 0.09:
        dirt(image, rng)
    if rng.random() < 0.33:
        image = dealer_frame(image, letters, rng)
    wide = float(np.exp(rng.uniform(np.log(48), np.log(260))))
    ground = grounds[int(rng.integers(len(grounds)))]
    return shrink(sensor(lens(light(place(image, wide, ground, rng), rng), rng), rng))
