"""Draw one plate, flat and clean, with the serial it shows."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from training import designs, paint, serials
from training.designs import Place, colour
from training.dies import ALPHABET, Mask
from training.lettering import Letters
from training.paint import Colour, Image
from training.serial_layout import Box, lay_out

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


@dataclass(frozen=True, slots=True)
class Hand:
    """What every part of a plate is drawn with; the serial in any alphabet if none is given."""

    letters: Letters
    rng: np.random.Generator
    alphabet: dict[str, Mask] | None = None


@dataclass(frozen=True, slots=True)
class Plate:
    """The picture, the serial's lines (one or two), and the region's name."""

    image: Image
    lines: tuple[str, ...]
    region: str


def _pick(rng: np.random.Generator, kinds: tuple[str, ...]) -> str:
    return kinds[int(rng.integers(len(kinds)))]


def _contrast(one: Colour, other: Colour) -> float:
    weights = np.array((0.299, 0.587, 0.114))
    return float(abs(np.dot(weights, np.array(one) - np.array(other))))


def _two_tones(rng: np.random.Generator) -> tuple[Colour, Colour]:
    """Any field and ink that can be told apart."""
    while True:
        tones = rng.integers(0, 256, (2, 3))
        field = (int(tones[0, 0]), int(tones[0, 1]), int(tones[0, 2]))
        ink = (int(tones[1, 0]), int(tones[1, 1]), int(tones[1, 2]))
        if _contrast(field, ink) > 60:
            return field, ink


def _serial(image: Image, text: str, box: Box, ink: Colour, hand: Hand) -> None:
    """Stamp one line of letters."""
    letters, rng = hand.letters, hand.rng
    mask: Mask = np.zeros(image.shape[:2], np.uint8)
    laid = lay_out(mask, text, hand.alphabet or letters.alphabet(rng), box, rng)
    for x, y in laid.emblems:
        if rng.random() < 0.7:
            paint.emblem(image, x, y, box.bottom - box.top, rng)
    if rng.random() < 0.08:  # worn paint
        wear = cv2.resize(rng.integers(90, 256, (6, 12), dtype=np.uint8), mask.shape[::-1])
        mask = np.asarray(cv2.multiply(mask, wear, scale=1 / 255), np.uint8)
    paint.stamp(image, mask, ink, float(rng.normal(0, 0.14)) if rng.random() < 0.6 else 0.0)


def _stickers(image: Image, hand: Hand) -> None:
    """Month and year marks in the corners, as bare text or as stickers."""
    letters, rng = hand.letters, hand.rng
    height, width = image.shape[:2]
    for x in (0.1, 0.9):
        if rng.random() < 0.45:
            continue
        y = rng.choice((0.12, 0.12, 0.87))
        text = _pick(rng, MONTHS) if rng.random() < 0.4 else str(rng.integers(1, 2027))[-2:]
        centre = (x * width + rng.normal(0, 4), y * height + rng.normal(0, 2))
        half = (width * rng.uniform(0.035, 0.075), height * rng.uniform(0.055, 0.11))
        tone = paint.shift((128, 128, 128), rng, 90)
        ink: Colour = (20, 20, 40)
        if rng.random() < 0.7:
            first = (int(centre[0] - half[0]), int(centre[1] - half[1]))
            last = (int(centre[0] + half[0]), int(centre[1] + half[1]))
            cv2.rectangle(image, first, last, tone, -1)
            ink = (15, 15, 25) if sum(tone) > 330 else (240, 240, 240)
        box = (*centre, 1.7 * half[0], 1.4 * half[1])
        paint.write(image, text, letters.header_font("s", rng), ink, box=box)


def _bolts(image: Image, rng: np.random.Generator) -> None:
    height, width = image.shape[:2]
    if rng.random() < 0.35:
        return
    tone = paint.shift((90, 90, 90), rng, 60)
    radius = max(1, int(height * rng.uniform(0.015, 0.04)))
    for x in (0.17, 0.83):
        for y in (0.075, 0.925):
            if rng.random() < 0.7:
                centre = (int(x * width), int(y * height))
                axes = (int(radius * rng.choice((1, 1, 2))), radius)
                cv2.ellipse(image, centre, axes, 0, 0, 360, tone, -1, cv2.LINE_AA)


def _stacked(image: Image, where: tuple[float, float, float], ink: Colour, hand: Hand) -> None:
    """Two small letters one above the other, which are no part of the serial."""
    letters, rng = hand.letters, hand.rng
    x, top, bottom = where
    alphabet = letters.alphabet(rng)
    mask: Mask = np.zeros(image.shape[:2], np.uint8)
    high = (bottom - top) * 0.42
    for y in (top, bottom - high):
        lay_out(
            mask,
            ALPHABET[int(rng.integers(36))],
            alphabet,
            Box(x - high / 2, y, x + high / 2, y + high),
            rng,
        )
    paint.stamp(image, mask, ink, 0.0)


def _american_field(
    place: Place, size: tuple[int, int], rng: np.random.Generator
) -> tuple[Image, Colour, Colour]:
    """The empty plate, the serial's colour and the words' colour."""
    height, width = size
    top, bottom, ink, header = (colour(c) for c in (*place.field, place.ink, place.header))
    if rng.random() < 0.22:  # a special plate of that state
        top, ink = _two_tones(rng)
        bottom, header = (
            paint.shift(top, rng, 30),
            (ink if rng.random() < 0.6 else paint.shift(ink, rng, 70)),
        )
    image = paint.field(height, width, paint.shift(top, rng), paint.shift(bottom, rng), rng)
    if rng.random() < 0.4:
        paint.scenery(image, rng)
    if rng.random() < 0.25:
        inset = int(rng.integers(1, 6))
        cv2.rectangle(
            image, (inset, inset), (width - inset, height - inset), ink, int(rng.integers(1, 4))
        )
    return image, ink, header


def american(place: Place, hand: Hand) -> Plate:
    """Twice as wide as high, a name above, a slogan below, the serial between."""
    rng = hand.rng
    height, width = 128, 256
    image, ink, header = _american_field(place, (height, width), rng)
    text = serials.choose(place.formats, rng)
    high = rng.uniform(0.40, 0.58) * height
    middle = rng.uniform(0.49, 0.57) * height
    fill = rng.uniform(0.84, 0.96) / 2
    left, right = (0.5 - fill) * width, (0.5 + fill) * width
    stacked = rng.random() < 0.07
    if stacked:
        side = rng.random() < 0.6
        left, right = (left + 0.12 * width, right) if side else (left, right - 0.12 * width)
        x = left - 0.06 * width if side else right + 0.06 * width
        _stacked(image, (x, middle - high / 2, middle + high / 2), paint.shift(ink, rng), hand)
    tone = paint.shift(ink, rng)
    _serial(image, text, Box(left, middle - high / 2, right, middle + high / 2), tone, hand)
    _words(image, place, (middle - high / 2, middle + high / 2), header, hand)
    _stickers(image, hand)
    _bolts(image, rng)
    return Plate(image, serials.bare(text), place.region)


def _words(
    image: Image, place: Place, serial: tuple[float, float], header: Colour, hand: Hand
) -> None:
    """The name above the serial and a slogan below it, sometimes the other way round."""
    letters, rng = hand.letters, hand.rng
    height, width = image.shape[:2]
    name = place.name.upper() if rng.random() < 0.6 and place.lettering != "c" else place.name
    slogan = place.slogan if rng.random() < 0.6 else _pick(rng, designs.SLOGANS)
    above, below = (name, slogan) if rng.random() < 0.88 else (slogan, name)
    tone = paint.shift(header, rng)
    room_above, room_below = serial[0], height - serial[1]
    if rng.random() < 0.95:
        high = min(room_above * 0.72, rng.uniform(0.12, 0.2) * height)
        box = (
            width / 2 + rng.normal(0, 4),
            room_above * 0.5,
            width * rng.uniform(0.35, 0.62),
            high,
        )
        paint.write(image, above, letters.header_font(place.lettering, rng), tone, box=box)
    if rng.random() < 0.75:
        high = min(room_below * 0.7, rng.uniform(0.07, 0.15) * height)
        if rng.random() < 0.12:
            band = paint.shift(header, rng, 50)
            cv2.rectangle(image, (0, int(serial[1] + room_below * 0.15)), (width, height), band, -1)
            tone = (245, 245, 245) if sum(band) < 380 else (15, 15, 40)
        box = (
            width / 2 + rng.normal(0, 4),
            serial[1] + room_below * 0.55,
            width * rng.uniform(0.3, 0.65),
            high,
        )
        paint.write(image, below, letters.header_font("s", rng), tone, box=box)


def european(hand: Hand) -> Plate:
    """Long and low with a blue band, or short with two lines."""
    rng = hand.rng
    code, formats, ground, lettering = designs.EUROPEAN[int(rng.integers(len(designs.EUROPEAN)))]
    two = rng.random() < 0.1
    height, width = (168, 236) if two else (88, int(rng.integers(340, 420)))
    tones = (colour(ground), colour(lettering)) if rng.random() < 0.9 else _two_tones(rng)
    image = paint.field(height, width, paint.shift(tones[0], rng), paint.shift(tones[0], rng), rng)
    ink = paint.shift(tones[1], rng)
    left = 0.03 * width
    if rng.random() < 0.85:
        left = _band(image, code, hand)
    if rng.random() < 0.6:
        cv2.rectangle(image, (1, 1), (width - 2, height - 2), ink, int(rng.integers(1, 4)))
    text = serials.choose(tuple(formats.split()), rng)
    right = width * rng.uniform(0.955, 0.985)
    if two:
        text = _two_lines(image, serials.bare(text)[0], (left, right), ink, hand)
    else:
        half = rng.uniform(0.6, 0.8) / 2
        box = Box(left, (0.5 - half) * height, right, (0.5 + half) * height)
        _serial(image, text, box, ink, hand)
    if rng.random() < 0.15:
        _bolts(image, rng)
    return Plate(image, serials.bare(text), "EUROPE")


def british(hand: Hand) -> Plate:
    """White before or yellow behind, one line or two, in letters whose 1 is a plain bar."""
    rng, hand = hand.rng, replace(hand, alphabet=hand.letters.british(hand.rng))
    two = rng.random() < 0.12
    height, width = (168, 236) if two else (88, int(rng.integers(370, 430)))
    ground = paint.shift((245, 200, 30) if rng.random() < 0.45 else (242, 242, 240), rng)
    image = paint.field(height, width, ground, ground, rng)
    ink = paint.shift((20, 20, 22), rng, 12)
    banded = rng.random() < 0.45
    left = _band(image, _pick(rng, ("GB", "UK")), hand) if banded else 0.03 * width
    if rng.random() < 0.25:
        cv2.rectangle(image, (2, 2), (width - 3, height - 3), ink, int(rng.integers(1, 3)))
    parts = serials.british(rng).split()
    right = width * 0.97
    if two:
        _serial(image, parts[0], Box(left + 5, 0.08 * height, right, 0.47 * height), ink, hand)
        low = Box(0.1 * width, 0.54 * height, 0.9 * width, 0.94 * height)
        _serial(image, parts[1], low, ink, hand)
    else:
        half = rng.uniform(0.31, 0.4)
        box = Box(left, (0.48 - half) * height, right, (0.48 + half) * height)
        _serial(image, " ".join(parts), box, ink, hand)
        _dealer(image, ink, hand)
    if rng.random() < 0.3:
        _bolts(image, rng)
    return Plate(image, tuple(parts) if two else ("".join(parts),), "EUROPE")


def _dealer(image: Image, ink: Colour, hand: Hand) -> None:
    """Half the time the dealer's name in small letters under the serial."""
    rng = hand.rng
    if rng.random() < 0.5:
        height, width = image.shape[:2]
        place = (width / 2, 0.94 * height, width * rng.uniform(0.2, 0.5), 0.07 * height)
        words = _pick(rng, designs.SLOGANS)
        paint.write(image, words, hand.letters.header_font("s", rng), ink, box=place)


def _two_lines(image: Image, text: str, sides: tuple[float, float], ink: Colour, hand: Hand) -> str:
    """Stamp the serial in two lines; returns it with the break marked."""
    height, width = image.shape[:2]
    at = min(int(hand.rng.integers(2, 4)), len(text) - 1)
    left, right = sides
    _serial(image, text[:at], Box(left + 5, 0.08 * height, right, 0.47 * height), ink, hand)
    lower = Box(0.04 * width, 0.54 * height, right, 0.94 * height)
    _serial(image, text[at:], lower, ink, hand)
    return text[:at] + "/" + text[at:]


def _band(image: Image, code: str, hand: Hand) -> float:
    """The blue band with stars and the country's letters; returns where the field begins."""
    letters, rng = hand.letters, hand.rng
    height = image.shape[0]
    wide = int(rng.uniform(0.38, 0.5) * min(height, 100))
    cv2.rectangle(image, (0, 0), (wide, height), paint.shift((10, 60, 170), rng, 15), -1)
    for angle in np.linspace(0, 2 * np.pi, 12, endpoint=False):
        centre = (
            int(wide / 2 + wide * 0.3 * np.cos(angle)),
            int(height * 0.32 + wide * 0.3 * np.sin(angle)),
        )
        cv2.circle(image, centre, 1, (250, 220, 40), -1)
    box = (wide / 2, height * 0.76, wide * 0.72, height * 0.22)
    paint.write(image, code, letters.header_font("s", rng), (240, 240, 240), box=box)
    return float(wide + image.shape[1] * rng.uniform(0.01, 0.04))


def brazilian(hand: Hand) -> Plate:
    """The old grey or red plate with its town, or the white Mercosur plate with its blue band."""
    letters, rng = hand.letters, hand.rng
    height, width = 92, int(rng.integers(256, 300))
    old = rng.random() < 0.6
    text = serials.fill("@@@-####" if old else "@@@#@##", rng, serials.LETTERS)  # I and Q too
    grounds: tuple[tuple[Colour, Colour], ...] = (
        ((175, 178, 180), (25, 25, 25)),
        ((175, 178, 180), (25, 25, 25)),
        ((165, 35, 40), (235, 235, 235)),
        ((240, 240, 240), (150, 30, 30)),
        ((30, 30, 30), (225, 225, 225)),
        ((240, 240, 240), (20, 20, 60)),
    )
    ground, ink = (
        grounds[int(rng.integers(len(grounds)))] if old else ((245, 245, 245), (20, 20, 20))
    )
    image = paint.field(height, width, paint.shift(ground, rng), paint.shift(ground, rng), rng)
    font = letters.header_font("s", rng)
    if old:
        box = (width / 2, 0.16 * height, width * 0.45, 0.14 * height)
        paint.write(image, _pick(rng, designs.CITIES), font, ink, box=box)
        cv2.rectangle(image, (3, 3), (width - 4, height - 4), ink, int(rng.integers(1, 3)))
    else:
        cv2.rectangle(image, (0, 0), (width, int(0.24 * height)), (10, 50, 150), -1)
        paint.write(
            image,
            "BRASIL",
            font,
            (240, 240, 240),
            box=(width / 2, 0.12 * height, width, 0.15 * height),
        )
    box_serial = Box(
        0.05 * width,
        rng.uniform(0.27, 0.33) * height,
        0.95 * width,
        rng.uniform(0.86, 0.93) * height,
    )
    _serial(image, text, box_serial, paint.shift(ink, rng), hand)
    _bolts(image, rng)
    return Plate(image, serials.bare(text), "BRAZIL")


def argentine(hand: Hand) -> Plate:
    """White letters on black, or Mercosur."""
    letters, rng = hand.letters, hand.rng
    height, width = 100, int(rng.integers(230, 310))
    old = rng.random() < 0.7
    tones: tuple[Colour, Colour] = (
        ((20, 20, 22), (235, 235, 235)) if old else ((245, 245, 245), (20, 20, 20))
    )
    image = paint.field(height, width, paint.shift(tones[0], rng), paint.shift(tones[0], rng), rng)
    if rng.random() < 0.5:
        cv2.rectangle(image, (3, 3), (width - 4, height - 4), paint.shift((240, 240, 240), rng), 3)
    text = serials.fill("@@@*###" if old else "@@*###*@@", rng)
    band = (width / 2, 0.11 * height, width * 0.7, 0.12 * height)
    paint.write(image, "ARGENTINA", letters.header_font("s", rng), tones[1], box=band)
    _serial(
        image,
        text,
        Box(0.05 * width, 0.24 * height, 0.95 * width, 0.9 * height),
        tones[1],
        hand,
    )
    return Plate(image, serials.bare(text), "ARGENTINA")


def anywhere(hand: Hand) -> Plate:
    """No known design: any colours, shape and serial, with or without words."""
    rng = hand.rng
    height, width = ((128, 256), (92, 280), (84, 380), (120, 200))[int(rng.integers(4))]
    ground, ink = _two_tones(rng)
    image = paint.field(height, width, ground, paint.shift(ground, rng, 30), rng)
    if rng.random() < 0.5:
        paint.scenery(image, rng)
    text = serials.choose((), rng)
    high = rng.uniform(0.42, 0.75) * height
    middle = rng.uniform(0.47, 0.55) * height
    _serial(
        image,
        text,
        Box(0.05 * width, middle - high / 2, 0.95 * width, middle + high / 2),
        ink,
        hand,
    )
    if high < 0.6 * height:
        place = designs.STATES[int(rng.integers(len(designs.STATES)))]
        _words(image, place, (middle - high / 2, middle + high / 2), ink, hand)
    _bolts(image, rng)
    return Plate(image, serials.bare(text), "OTHER")


def draw(letters: Letters, rng: np.random.Generator) -> Plate:
    """A plate of any kind; United States ones most often."""
    hand = Hand(letters, rng)
    kind = rng.random()
    if kind < 0.56:
        counted = [p for p in designs.STATES if p.region in designs.COUNTED]
        pool = counted if rng.random() < 0.3 else designs.STATES
        return american(pool[int(rng.integers(len(pool)))], hand)
    if kind < 0.60:
        place = designs.NEIGHBOUR_PLACES[int(rng.integers(len(designs.NEIGHBOUR_PLACES)))]
        return american(place, hand)
    if kind < 0.67:
        return british(hand)
    if kind < 0.83:
        return european(hand)
    if kind < 0.93:
        return brazilian(hand)
    return argentine(hand) if kind < 0.95 else anywhere(hand)
