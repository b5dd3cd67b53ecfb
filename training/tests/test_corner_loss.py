"""What a wrong answer costs the finder."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch; see training/README.md")


def naming(sure: list[float], wanted: list[int]) -> float:
    """Of one view whose priors are as sure of a plate as `sure` says."""
    from training.train_corners import loss_of

    chances = torch.tensor([sure])
    scores = torch.stack([(1 - chances).log(), chances.log()], -1)
    corners = torch.zeros((1, len(sure), 8))
    said, placing = loss_of(scores, corners, torch.tensor([wanted]), corners)
    assert float(placing) == 0
    return float(said)


def test_a_wrong_find_costs_the_more_the_surer_it_is() -> None:
    costs = [naming([0.8, sure], [1, 0]) for sure in (0.01, 0.3, 0.6, 0.9)]
    assert costs == sorted(costs)
    assert costs[3] - costs[0] == pytest.approx(2 * 0.9 * -np.log(0.1) - 2 * 0.01 * -np.log(0.99))


def test_a_view_without_plates_teaches_too() -> None:
    assert naming([0.9, 0.1], [0, 0]) > 4
    assert naming([0.01, 0.01], [0, 0]) < 0.01


def test_what_nobody_can_tell_costs_nothing() -> None:
    assert naming([0.8, 0.99], [1, -1]) == naming([0.8, 0.01], [1, -1])
