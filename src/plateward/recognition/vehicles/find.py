"""Find vehicles; and find people, only so that they can be blurred."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import cv2
import numpy as np

from plateward.recognition import weights
from plateward.recognition.geometry import Box, Floats, Image, likeness
from plateward.recognition.networks import Network
from plateward.recognition.vehicles import anchors

# In the order of the network's scores.
_KINDS: Final = ("person", "bicycle", "car", "motorcycle", "bus", "truck")
_VEHICLES: Final = ("car", "motorcycle", "bus", "truck")
_PEOPLE: Final = ("person",)
# Width and height that pictures are brought to, the nearest in shape: multiples of 128.
_SIZES: Final = ((256, 384), (256, 256), (384, 256), (512, 256))
_SAME: Final = 0.5
_MOST: Final = 200  # candidates: a picture full of noise costs no more than another
_SMALLEST_SIDE: Final = 16
# People are small in a scene: it is looked at whole, and again in parts of about this many pixels.
_PART: Final = 480
_SHARED: Final = 0.25  # of a part, with its neighbour


@dataclass(frozen=True, slots=True)
class Found:
    """`kind`: car, motorcycle, bus or truck (or person). `score` is 0 to 1, not calibrated."""

    kind: str
    box: Box
    score: float


class VehicleFinder(Protocol):
    """Surest first; each vehicle once."""

    def find(self, image: Image) -> Sequence[Found]: ...


class PeopleFinder(Protocol):
    """Where people may be, so that they can be blurred."""

    def people(self, image: Image) -> Sequence[Box]: ...


class BoxFinder:
    """Both, by one small network that knows six kinds of thing. Safe from several threads."""

    def __init__(
        self, network: Network, *, least_vehicle: float = 0.3, least_person: float = 0.25
    ) -> None:
        self._network = network
        self._least_vehicle = least_vehicle
        self._least_person = least_person

    @classmethod
    def default(cls, provider: str | None = None) -> "BoxFinder":
        """Loads 3.5 MB of weights. Raises WeightsProblem or ProviderProblem."""
        return cls(Network(weights.VEHICLE_BOXES, provider))

    def find(self, image: Image) -> list[Found]:
        return _each_once(self._at_least(image, _VEHICLES, self._least_vehicle))

    def people(self, image: Image) -> list[Box]:
        """Riders and people behind glass as well, if they are seen. Some finds are nobody."""
        found = []
        for left, top, part in _parts(image):
            for one in self._at_least(part, _PEOPLE, self._least_person):
                box = one.box
                moved = Box(box.left + left, box.top + top, box.right + left, box.bottom + top)
                found.append(Found(one.kind, moved, one.score))
        return [one.box for one in _each_once(found)]

    def _at_least(self, image: Image, kinds: Sequence[str], least: float) -> list[Found]:
        height, width = image.shape[:2]
        if min(height, width) < _SMALLEST_SIDE:
            return []
        size = min(_SIZES, key=lambda size: abs(np.log(size[0] * height / (size[1] * width))))
        small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        scores, offsets = self._network.run(np.asarray(small, np.uint8)[None])
        asked = scores[0][:, [_KINDS.index(kind) for kind in kinds]]
        best = asked.max(axis=1)
        at = np.flatnonzero(best > least)
        at = at[np.argsort(-best[at], kind="stable")[:_MOST]]
        boxes = anchors.boxes(offsets[0][at], at, size) * _scale(size, width, height)
        named = [kinds[int(column)] for column in asked[at].argmax(axis=1)]
        return [
            Found(kind, _inside(box, width, height), float(best[index]))
            for kind, index, box in zip(named, at, boxes, strict=True)
        ]


def _scale(size: tuple[int, int], width: int, height: int) -> Floats:
    across, down = width / size[0], height / size[1]
    return np.array([across, down, across, down], np.float32)


def _inside(box: Floats, width: int, height: int) -> Box:
    left, top, right, bottom = np.clip(box, 0, [width, height, width, height]).round()
    return Box(int(left), int(top), int(right), int(bottom))


def _parts(image: Image) -> Iterator[tuple[int, int, Image]]:
    """The whole picture, then overlapping parts of it: left, top and pixels of each."""
    height, width = image.shape[:2]
    yield 0, 0, image
    down, across = (max(1, round(side / _PART)) for side in (height, width))
    if down * across == 1:
        return
    tall, wide = (
        min(side, round(side / count * (1 + _SHARED)))
        for side, count in ((height, down), (width, across))
    )
    for top in np.linspace(0, height - tall, down).round().astype(int).tolist():
        for left in np.linspace(0, width - wide, across).round().astype(int).tolist():
            yield left, top, image[top : top + tall, left : left + wide]


def _each_once(found: Sequence[Found]) -> list[Found]:
    kept: list[Found] = []
    for one in sorted(found, key=lambda one: -one.score):
        if one.box.area and all(likeness(one.box, other.box) < _SAME for other in kept):
            kept.append(one)
    return kept
