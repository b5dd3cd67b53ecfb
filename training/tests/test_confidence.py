"""The confidence that ships is the one its table gives."""

import numpy as np

from plateward.recognition import confidence, detector
from training.confidence import finds, fit


def test_the_shipped_weights_can_be_recomputed() -> None:
    fitted = fit.fit(*fit.table())
    shipped = [*confidence._WEIGHTS, confidence._OFFSET]
    assert np.allclose(fitted, shipped, atol=0.006)


def test_the_weight_of_a_doubted_bar_can_be_recomputed() -> None:
    assert abs(fit.fit_bars() - confidence._OF_BARS) < 0.006


def test_what_is_denied_is_no_surer_than_such_reads_were_right() -> None:
    assert abs(fit.denied() - confidence._DENIED) < 0.006


def test_the_finder_s_weights_can_be_recomputed() -> None:
    *weights, base = fit.fit(*finds.table())
    assert np.allclose([base, *weights], detector._CHANCE, atol=0.006)


def test_more_likely_texts_are_more_often_right() -> None:
    features, right = fit.table()
    sure = features[:, 0] > np.median(features[:, 0])
    assert right[sure].mean() > right[~sure].mean() + 0.1
