"""What a backbone that learned nothing more makes of every labelled vehicle."""

from typing import Final

import numpy as np
import torch

from training.vehicles import pictures
from training.vehicles.network import Backbone, ready

FEATURES: Final = slice(0, 1280)  # of the whole
SHAPES: Final = slice(1280, 4160)  # of each ninth
TALLNESS: Final = slice(4160, 4161)
VIEWS: Final = 8
_BATCH: Final = 32


def look_at_all(
    rows: list[pictures.Labelled], cuts: list[pictures.Cut], backbone: Backbone
) -> np.ndarray:
    """Views x vehicles x numbers; view 0 is the picture as it is."""
    measured = [[row.tallness(cut.picture_height)] for row, cut in zip(rows, cuts, strict=True)]
    tall = np.array(measured, np.float32)
    views = []
    for view in range(VIEWS):
        shown = [pictures.seen(row, cut, view) for row, cut in zip(rows, cuts, strict=True)]
        views.append(np.concatenate([looked(np.stack(shown), backbone.eval()), tall], axis=1))
    return np.stack(views)


def looked(shown: np.ndarray, backbone: Backbone) -> np.ndarray:
    numbers = []
    with torch.no_grad():
        for start in range(0, len(shown), _BATCH):
            flow, features = backbone(ready(torch.from_numpy(shown[start : start + _BATCH])))
            ninths = torch.nn.functional.avg_pool2d(flow, 2)
            numbers.append(torch.cat([features, ninths.flatten(1)], 1).numpy())
    return np.concatenate(numbers).astype(np.float32)
