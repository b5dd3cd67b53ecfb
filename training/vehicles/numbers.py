"""The describer's numbers by place in their row, and the rows of all labelled vehicles."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from plateward.recognition import weights
from plateward.recognition.networks import Network
from plateward.recognition.vehicles import look
from training.vehicles import pictures

FEATURES: Final = slice(0, 1280)
SHAPES: Final = slice(1280, 4160)
PLACES: Final = slice(4160, 20288)
TALLNESS: Final = slice(20288, 20289)
PAINT: Final = slice(20289, 20459)
TINTS: Final = slice(20459, 22187)
SIDE: Final = 22187
CHANNELS: Final = 112  # of each place
ACROSS: Final = 12  # places, and as many down


@dataclass(frozen=True, slots=True)
class Seen:
    """`numbers`: views x vehicles x numbers; view 0 is the picture as it is."""

    rows: list[pictures.Labelled]
    numbers: np.ndarray

    def words(self, what: str) -> np.ndarray:
        return np.array([getattr(row, what) for row in self.rows])


def look_at_all(pool: Path, views: int, keep: Path | None) -> Seen:
    rows, network = pictures.labelled(), Network(weights.VEHICLE_LOOK)
    cuts: list[pictures.Cut] = []
    numbers = []
    for view in range(views):
        kept = keep / f"view{view}.npy" if keep else None
        if kept and kept.exists():
            numbers.append(np.load(kept))
            continue
        cuts = cuts or [pictures.cut_out(row, pool) for row in rows]
        looked = zip(rows, cuts, strict=True)
        numbers.append(np.stack([_numbers(row, cut, view, network) for row, cut in looked]))
        if kept:
            np.save(kept, numbers[-1])
    return Seen(rows, np.stack(numbers))


def _numbers(row: pictures.Labelled, cut: pictures.Cut, view: int, network: Network) -> np.ndarray:
    pixels = pictures.seen(row, cut, view)
    seen = network.run(look.shown(pixels)[None])
    return look.numbers(look.small(pixels), seen, row.tallness(cut.picture_height)).astype(
        np.float16
    )
