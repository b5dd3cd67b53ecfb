"""Read what is written on plates: a network spells each in one or two lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

import cv2
import numpy as np

from plateward.plates.formats_evidence import Spelling
from plateward.plates.sighting import Character
from plateward.plates.text import PlateText
from plateward.recognition import ctc, nbest, weights
from plateward.recognition.geometry import Floats, Image, Quad, inset, size
from plateward.recognition.networks import Network


@dataclass(frozen=True, slots=True)
class Written:
    """What is written, A-Z and 0-9 only, line after line.

    `likelihood` is the probability of the whole text, 0 to 1, mean over the views that were looked
    at; `agreement` the share of these whose own best reading is this text. `denied`: a second
    reader was asked and reads something else. `spellings` are the likeliest readings, this one
    first. `regions` are the network's logits over `regions.REGIONS`.
    """

    text: str
    characters: tuple[Character, ...]
    likelihood: float
    agreement: float
    lines: tuple[str, ...] = ()
    spellings: tuple[Spelling, ...] = ()
    regions: tuple[float, ...] = ()
    denied: bool = False


Lines = tuple[str, str]
"""The upper and the lower line; the lower is empty on most plates."""

NOTHING: Final[Lines] = ("", "")


class Reader(Protocol):
    """Each outline is one plate; the answers come in their order."""

    def read(self, image: Image, outlines: Sequence[Quad]) -> Sequence[Written]: ...


WIDTH: Final = 160
HEIGHT: Final = 48
_MARGINS: Final = (0.02, 0.06)
"""Shares of a plate's size that each of two views of it takes in beyond the outline."""

_CLEAR: Final = 0.9
"""A first view likelier than this is believed: another look would change nothing for the better."""

_CERTAIN: Final = 0.98
"""About what is likelier than this the second reader is not asked."""

_ALTERNATIVES: Final = 3
_BEAM: Final = 6
_SPELLINGS: Final = 5
_TOO_FAINT: Final = 1e-6
_WORTH_NAMING: Final = 0.01
_LARGEST_STEP: Final = 8


class PlateOcr:
    """Reads a plate as it was cut; where that is not clear, again with more around it.

    `witness`: a second reader. It never changes a text, but says where it reads another.
    """

    def __init__(
        self,
        network: Network,
        *,
        witness: Network | None = None,
        margins: tuple[float, float] = _MARGINS,
    ) -> None:
        self._network = network
        self._witness = witness
        self._margins = margins

    @classmethod
    def default(cls, provider: str | None = None) -> "PlateOcr":
        """`provider` as in `providers.chosen`."""
        witness = Network(weights.PLATE_WITNESS, provider)
        return cls(Network(weights.PLATE_TEXT, provider), witness=witness)

    def read(self, image: Image, outlines: Sequence[Quad]) -> list[Written]:
        tight, wide = self._margins
        first = self._look(self._network, image, outlines, tight)
        read = [vote(columns[None], regions) for columns, regions in first]
        again = [at for at, one in enumerate(read) if one.text and one.likelihood < _CLEAR]
        second = self._look(self._network, image, [outlines[at] for at in again], wide)
        for at, (columns, regions) in zip(again, second, strict=True):
            both = np.stack([first[at][0], columns])
            read[at] = vote(both, np.asarray((first[at][1] + regions) / 2, np.float32))
        if self._witness:
            asked = [at for at, one in enumerate(read) if one.text and one.likelihood < _CERTAIN]
            told = self._look(self._witness, image, [outlines[at] for at in asked], wide)
            for at, (columns, _) in zip(asked, told, strict=True):
                denied = vote(columns[None]).text != read[at].text
                read[at] = replace(read[at], denied=denied)
        return read

    def _look(
        self, network: Network, image: Image, outlines: Sequence[Quad], by: float
    ) -> list[tuple[Floats, Floats]]:
        """For each outline the chances (2 lines x columns x 37) and the region logits."""
        if not outlines:
            return []
        cuts = [
            flatten(image, inset(quad, left=-by, top=-by, right=-by, bottom=-by))
            for quad in outlines
        ]
        spelling, regions = network.run(np.stack(cuts))
        return list(zip(_chances(spelling), regions, strict=True))


def flatten(image: Image, quad: Quad) -> Image:
    """Cut the quad out at the network's size; large plates are averaged down, not sampled."""
    across, down = size(quad)
    step = int(np.clip(np.ceil(max(across / WIDTH, down / HEIGHT)), 1, _LARGEST_STEP))
    width, height = WIDTH * step, HEIGHT * step
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(quad.astype(np.float32), target)
    flat = cv2.warpPerspective(
        image, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    if step > 1:
        flat = cv2.resize(flat, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    return np.asarray(flat, np.uint8)


def _chances(logits: Floats) -> Floats:
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True), np.float32)


def vote(views: Floats, regions: Floats | None = None) -> Written:
    """The text that all views together find likeliest.

    `views`: views x 2 lines x columns x 37, rows summing to 1.
    """
    named = () if regions is None else tuple(float(v) for v in regions)
    each = [_spelt(view) for view in views]
    chances: dict[Lines, float] = {}
    for its in each:
        for lines, chance in its.items():
            chances[lines] = chances.get(lines, 0.0) + chance / len(each)
    best = max(chances, key=lambda lines: chances[lines], default=NOTHING)
    if best == NOTHING:
        return Written("", (), 0.0, 0.0, regions=named)
    ranked = sorted((lines for lines in chances if any(lines)), key=lambda lines: -chances[lines])
    trust = [its.get(best, 0.0) for its in each]
    agreed = sum(max(its, key=lambda lines: its[lines], default=NOTHING) == best for its in each)
    return Written(
        "".join(best),
        tuple(
            character
            for line, text in enumerate(best)
            for character in _characters(text, views[:, line], trust)
        ),
        chances[best],
        agreed / len(each),
        tuple(line for line in best if line),
        _spellings({lines: chances[lines] for lines in ranked}),
        named,
    )


def _spelt(view: Floats) -> dict[Lines, float]:
    """The likeliest pairs of lines of one view, each with its probability."""
    upper, lower = (nbest.texts(line, beam=_BEAM) for line in view)
    return {
        (str(one.text), str(other.text)): one.likelihood * other.likelihood
        for one in upper
        for other in lower
        if one.likelihood * other.likelihood >= _TOO_FAINT
    }


def _spellings(chances: Mapping[Lines, float]) -> tuple[Spelling, ...]:
    """As whole texts, likeliest first; two that differ only in where lines part are one."""
    whole: dict[str, float] = {}
    for lines, chance in chances.items():
        whole["".join(lines)] = whole.get("".join(lines), 0.0) + chance
    ranked = [Spelling(PlateText(text), chance) for text, chance in whole.items()]
    return tuple(ranked[:_SPELLINGS])


def _characters(text: str, views: Floats, chances: Sequence[float]) -> tuple[Character, ...]:
    """Each view counts by how likely it finds the text."""
    if not text:
        return ()
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
