"""Tell the body: a ridge of what is seen whole, by ninths, as kinds of thing, and of the height."""

from typing import Final

import numpy as np
import torch

from training.vehicles.numbers import FEATURES

WORDS: Final = ("car", "suv", "pickup", "van")
# Vehicles on roads of the United States, in round shares set beforehand and fitted to nothing; the
# pictures hold far more of Europe's cars.
SHARES: Final = np.array([0.47, 0.32, 0.14, 0.07])
_DIRECTIONS: Final = 300  # of the numbers; the labelled vehicles are few
_TALL: Final = 1.0  # how much more the height counts than one direction
_RIDGE: Final = 6e-4
_STEPS: Final = 60
# Vehicles and their parts among ImageNet's thousand kinds.
KINDS: Final = (
    *(407, 436, 468, 479, 511, 555, 569, 573, 575, 581, 609, 627, 654, 656, 660),
    *(661, 665, 670, 675, 705, 717, 734, 751, 757, 779, 817, 829, 864, 867, 874),
)


def fit(rows: np.ndarray, truth: np.ndarray, kinds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`rows`: views x vehicles x numbers, `truth` into WORDS. Gives slopes and start.

    The slopes are of features, shapes and height, one after the other; the start moves the answers
    from the shares of the pictures to those of the road. `kinds`: what the backbone's own last
    layer gave to KINDS, a row each.
    """
    middle = rows[0].mean(axis=0)
    turn = _directions(rows[0] - middle, kinds)
    short = torch.tensor(((rows - middle) @ turn).reshape(-1, turn.shape[1]))
    slopes, start = _ridge(short, torch.tensor(np.tile(truth, len(rows))))
    shares = np.bincount(truth, minlength=len(WORDS)) / len(truth)
    whole = turn @ slopes
    return whole, start - middle @ whole + np.log(SHARES / np.maximum(shares, 1e-3))


def scores(numbers: np.ndarray, fitted: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    return np.asarray(numbers @ fitted[0] + fitted[1])


def _directions(rows: np.ndarray, named: np.ndarray) -> np.ndarray:
    """Columns x directions: the main ones of features and shapes; the kinds; the height."""
    weighed = 1 / (rows[:, :-1].std(axis=0) + 0.05)
    weighed[: FEATURES.stop] /= np.sqrt(FEATURES.stop)
    weighed[FEATURES.stop :] /= np.sqrt(len(weighed) - FEATURES.stop)
    flat = rows[:, :-1] * weighed
    sizes, turns = np.linalg.eigh((flat @ flat.T).astype(np.float64))
    sizes, turns = sizes[::-1][:_DIRECTIONS], turns[:, ::-1][:, :_DIRECTIONS]
    main = weighed[:, None] * (flat.T @ (turns / np.sqrt(sizes)))
    kinds = np.zeros((len(weighed), len(named)), np.float32)
    kinds[: FEATURES.stop] = named.T
    kinds /= (rows[:, :-1] @ kinds).std(axis=0) * np.sqrt(kinds.shape[1])
    seen = np.concatenate([main, kinds], axis=1)
    turn = np.zeros((len(seen) + 1, seen.shape[1] + 1), np.float32)
    turn[:-1, :-1], turn[-1, -1] = seen, _TALL
    return turn


def _ridge(rows: torch.Tensor, truth: torch.Tensor) -> tuple[np.ndarray, np.ndarray]:
    slopes = torch.zeros(rows.shape[1], len(WORDS), requires_grad=True)
    start = torch.zeros(len(WORDS), requires_grad=True)
    search = torch.optim.LBFGS(
        [slopes, start], max_iter=_STEPS, history_size=10, line_search_fn="strong_wolfe"
    )

    def loss() -> torch.Tensor:
        search.zero_grad()
        wrong = torch.nn.functional.cross_entropy(rows @ slopes + start, truth)
        total = wrong + _RIDGE * (slopes**2).sum()
        total.backward()
        return total

    search.step(loss)
    return slopes.detach().numpy(), start.detach().numpy()
