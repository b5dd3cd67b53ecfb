"""Letters and words as masks, from open fonts and from our own dies."""

import functools
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from training.dies import ALPHABET, HEIGHT, Mask, cut, random_die

WEIGHTS = (
    "500",
    "600",
    "700",
    "800",
    "DIN",
    "routed",
    "Bebas",
    "League",
    "ShareTech",
    "Bold",
    "400",
)
BAR = 0.3 * HEIGHT  # an I no wider than this has no serifs
SCRIPTS = ("lobster", "pacifico")
SERIFS = ("zilla-slab",)
SERIAL_FAMILIES_LEFT_OUT = (*SCRIPTS, *SERIFS)


class Letters:
    """Every alphabet that a plate may be stamped with, drawn once."""

    def __init__(self, folder: Path, *, dies: int, seed: int) -> None:
        files = sorted(f for f in folder.rglob("*.[to]tf") if "talic" not in f.name)
        self.script = [f for f in files if f.parts[len(folder.parts)] in SCRIPTS]
        self.serif = [f for f in files if f.parts[len(folder.parts)] in SERIFS]
        self.plain = [
            f for f in files if f.parts[len(folder.parts)] not in SERIAL_FAMILIES_LEFT_OUT
        ]
        serial = [f for f in self.plain if any(w in f.name for w in WEIGHTS)]
        rng = np.random.default_rng(seed)
        picks = rng.permutation(len(self.plain))[:14]  # few, so that drawn words are found again
        self.words = [self.plain[int(i)] for i in picks]
        self.fonts = [{c: _letter(f, c) for c in ALPHABET} for f in serial]
        cuts = [random_die(rng) for _ in range(dies)]
        self.dies = [{c: cut(c, die) for c in ALPHABET} for die in cuts]
        if not (self.fonts and self.script and self.serif):
            raise FileNotFoundError(
                f"no fonts under {folder}; run training/fetch_fonts.sh {folder}"
            )

    def alphabet(self, rng: np.random.Generator) -> dict[str, Mask]:
        kind = self.dies if rng.random() < 0.68 else self.fonts
        return kind[int(rng.integers(len(kind)))]

    def british(self, rng: np.random.Generator) -> dict[str, Mask]:
        """An alphabet whose 1 is its I and whose 0 is its O, as Britain's mandatory one has it."""
        while (one := self.alphabet(rng))["I"].shape[1] > BAR:
            pass
        return {**one, "1": one["I"], "0": one["O"]}

    def header_font(self, style: str, rng: np.random.Generator) -> Path:
        kind = {"c": self.script, "f": self.serif}.get(style, self.words)
        if rng.random() < 0.15:
            kind = self.words
        return kind[int(rng.integers(len(kind)))]


def _tight(image: npt.NDArray[np.uint8]) -> Mask:
    rows = np.flatnonzero(image.max(axis=1) > 64)
    columns = np.flatnonzero(image.max(axis=0) > 64)
    return image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _letter(font: Path, letter: str) -> Mask:
    tight = word(font, letter, 128)
    width = max(4, round(tight.shape[1] * HEIGHT / tight.shape[0]))
    return np.asarray(cv2.resize(tight, (width, HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)


@functools.lru_cache(maxsize=12000)
def word(font: Path, text: str, size: int = 48) -> Mask:
    """The words as a tight mask."""
    face = ImageFont.truetype(str(font), size)
    left, top, right, bottom = face.getbbox(text)
    image = Image.new("L", (int(right - left) + 8, int(bottom - top) + 8))
    ImageDraw.Draw(image).text((4 - left, 4 - top), text, fill=255, font=face)
    return _tight(np.asarray(image))
