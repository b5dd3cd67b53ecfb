"""Say colour and body of one vehicle, each with its chance, or that they are not known."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from plateward.recognition import weights
from plateward.recognition.geometry import Box, Floats, Image
from plateward.recognition.networks import Network
from plateward.recognition.vehicles import look

_LIKELY: Final = 0.05  # alternatives below it are not worth a look
_SMALLEST_SIDE: Final = 24  # pixels: nothing can be said of a smaller vehicle


@dataclass(frozen=True, slots=True)
class Judged:
    """`value` None: unknown. `confidence`: how likely `value` is right, 0 to 1 (0 for unknown).

    `alternatives`: what else, or for unknown what at all, it may be, likeliest first.
    """

    value: str | None = None
    confidence: float = 0.0
    alternatives: tuple[tuple[str, float], ...] = ()


UNKNOWN: Final = Judged()


@dataclass(frozen=True, slots=True)
class Description:
    """What the picture shows of one vehicle."""

    colour: Judged = UNKNOWN
    body: Judged = UNKNOWN
    make: Judged = UNKNOWN


class Describer(Protocol):
    """`kind` is the finder's: it is better than the describer at telling what is no car.

    `plate`, where one is known, is a measure of how tall the vehicle is.
    """

    def describe(
        self, image: Image, box: Box, kind: str = "car", plate: Box | None = None
    ) -> Description: ...


class LookDescriber:
    """One small network for colours and bodies. Safe from several threads.

    It never names a make: see `training/vehicles/MODEL_CARD.md` for what was measured.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._colours = _Scale.of(network.note("colours"))
        self._bodies = _Scale.of(network.note("bodies"))

    @classmethod
    def default(cls, provider: str | None = None) -> "LookDescriber":
        """Loads 8.5 MB of weights. Raises WeightsProblem or ProviderProblem."""
        return cls(Network(weights.VEHICLE_TRAITS, provider))

    def describe(
        self, image: Image, box: Box, kind: str = "car", plate: Box | None = None
    ) -> Description:
        pixels = look.cut(image, box)
        if min(pixels.shape[:2]) < _SMALLEST_SIDE:
            return Description()
        tall = np.array([[look.tallness(box, plate, image.shape[0])]], np.float32)
        colours, bodies = self._network.run(look.shown(pixels)[None], tall)
        colour = UNKNOWN if look.is_grey(pixels) else self._colours.judged(colours[0])
        return Description(colour, _agreed(self._bodies.judged(bodies[0]), kind))


@dataclass(frozen=True, slots=True)
class _Scale:
    """The words of the network's outputs, and the chance below which the answer is unknown."""

    words: tuple[str, ...]
    least: float

    @classmethod
    def of(cls, note: str) -> "_Scale":
        told = json.loads(note)
        return cls(tuple(told["words"]), float(told["least"]))

    def judged(self, chances: Floats) -> Judged:
        order = np.argsort(-chances, kind="stable")
        said = tuple((self.words[at], round(float(chances[at]), 3)) for at in order)
        return _judged(said, self.least)


def _judged(said: Sequence[tuple[str, float]], least: float) -> Judged:
    (word, chance), *others = said
    if chance < least:
        return Judged(alternatives=tuple(each for each in said if each[1] >= _LIKELY))
    return Judged(word, chance, tuple(each for each in others if each[1] >= _LIKELY))


# Bodies of which the training pictures hold too few to learn: the finder's word is taken for them,
# at the share of its finds that were right.
_BY_KIND: Final = {"motorcycle": Judged("motorcycle", 0.9), "bus": Judged("bus", 0.8)}


def _agreed(body: Judged, kind: str) -> Judged:
    return _BY_KIND.get(kind, body)
