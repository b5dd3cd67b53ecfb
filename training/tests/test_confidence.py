"""The confidence that ships is the one its table gives."""

import numpy as np

from plateward.recognition import confidence
from training.confidence import fit


def test_the_shipped_weights_can_be_recomputed() -> None:
    fitted = fit.fit(*fit.table())
    shipped = [*confidence._WEIGHTS, confidence._OFFSET]
    assert np.allclose(fitted, shipped, atol=0.006)


def test_every_photo_is_under_a_licence_that_may_ship() -> None:
    rows = fit.CANDIDATES.read_text().splitlines()[1:]
    sources = {row.split("/")[1] for row in rows}
    assert sources == {"openimages", "ro-dash", "lhqow-us"}
