"""Read the text of one plate: several strips cut from it vote."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from plateward.plates.sighting import Character
from plateward.recognition import ctc, weights
from plateward.recognition.geometry import Floats, Image, Quad, inset, size, straighten
from plateward.recognition.networks import Network


@dataclass(frozen=True, slots=True)
class Written:
    """What is written, A-Z and 0-9 only.

    `likelihood` is the mean over the strips of the probability of the whole text; `agreement` the
    share of strips whose own best reading is this text. Both 0 to 1.
    """

    text: str
    characters: tuple[Character, ...]
    likelihood: float
    agreement: float


class Ocr(Protocol):
    """`outlines` are different outlines of one and the same plate, or of its line of text."""

    def read(self, image: Image, outlines: Sequence[Quad]) -> Written: ...

    def glance(self, image: Image, outline: Quad) -> Written:
        """As `read`, from one strip: quick, to tell whether a closer look is worth it."""
        ...


_ROWS: Final = 48
_WIDEST: Final = 640
# A plate twice as wide as high carries more than its number: a state above, a slogan below.
_TALL: Final = 2.9
_TALL_STRIPS: Final = ((0.12, 0.10), (0.20, 0.16), (0.26, 0.20))
_LONG_STRIPS: Final = ((0.0, 0.0), (0.06, 0.06))
_ALTERNATIVES: Final = 3
_WORTH_NAMING: Final = 0.01


class LineOcr:
    def __init__(self, network: Network) -> None:
        self._network = network
        self._capitals, self._smalls = _classes(network.note("character"))

    @classmethod
    def default(cls, provider: str | None = None) -> "LineOcr":
        return cls(Network(weights.CHARACTERS, provider))

    def read(self, image: Image, outlines: Sequence[Quad]) -> Written:
        return vote([self._columns(image, strip) for quad in outlines for strip in strips(quad)])

    def glance(self, image: Image, outline: Quad) -> Written:
        return vote([self._columns(image, strips(outline)[0])])

    def _columns(self, image: Image, strip: Quad) -> Floats:
        line = straighten(image, strip, height=_ROWS, widest=_WIDEST)
        batch = ((line.astype(np.float32) / 127.5) - 1)[:, :, ::-1].transpose(2, 0, 1)[None]
        guesses = self._network.run(batch)[0][0]
        wanted = guesses[:, self._capitals]
        wanted[:, 10:] += guesses[:, self._smalls]
        # Whatever is no letter or digit (a hyphen, a crest) counts as nothing there.
        nothing = np.clip(1 - wanted.sum(axis=1, keepdims=True), 0, 1)
        columns = np.concatenate([nothing, wanted], axis=1) + 1e-7
        return np.asarray(columns / columns.sum(axis=1, keepdims=True), np.float32)


def strips(quad: Quad) -> list[Quad]:
    """The bands of an outline in which its number may stand."""
    width, height = size(quad)
    bands = _TALL_STRIPS if width < _TALL * height else _LONG_STRIPS
    return [inset(quad, top=top, bottom=bottom) for top, bottom in bands]


def vote(views: Sequence[Floats]) -> Written:
    """The text that all views together find likeliest."""
    guesses = [ctc.best_path(view) for view in views]
    chances = {
        text: [ctc.likelihood(view, text) for view in views]
        for text in sorted(set(guesses))
        if text
    }
    if not chances:
        return Written("", (), 0.0, 0.0)
    text = max(chances, key=lambda text: sum(chances[text]))
    return Written(
        text,
        _characters(text, views, chances[text]),
        float(np.mean(chances[text])),
        guesses.count(text) / len(guesses),
    )


def _characters(
    text: str, views: Sequence[Floats], chances: Sequence[float]
) -> tuple[Character, ...]:
    """Each view counts by how likely it finds the text."""
    trust = np.array(chances) + 1e-9
    spread = np.zeros((len(text), len(ctc.ALPHABET)))
    for view, weight in zip(views, trust / trust.sum(), strict=True):
        spread += weight * view[ctc.places(view, text), 1:]
    return tuple(_character(letter, row) for letter, row in zip(text, spread, strict=True))


def _character(letter: str, chances: np.ndarray) -> Character:
    ranked = [(ctc.ALPHABET[at], round(float(chances[at]), 4)) for at in np.argsort(-chances)]
    others = tuple(
        (other, chance) for other, chance in ranked if other != letter and chance >= _WORTH_NAMING
    )
    return Character(letter, dict(ranked)[letter], others[:_ALTERNATIVES])


def _classes(listed: str) -> tuple[np.ndarray, np.ndarray]:
    """Where 0-9 A-Z, and a-z, stand among the network's outputs; output 0 is "nothing"."""
    index = {character: at for at, character in enumerate(listed.split("\n"), start=1)}
    return (
        np.array([index[character] for character in ctc.ALPHABET]),
        np.array([index[character.lower()] for character in ctc.ALPHABET[10:]]),
    )
