"""Fit the weights of `plateward.recognition.confidence` and print them.

`candidates.csv`: one candidate of the reader a row, with its features and whether it is right, as
`collect.py` gathers them; it is of the finder before it looked twice (LOG.md 27 says why).
`bars.csv`: reads whose 1 or I is in doubt; `denials.csv`: reads that the second reader denies.
Run: python -m training.confidence.fit
"""

import csv
from pathlib import Path

import numpy as np
import numpy.typing as npt

CANDIDATES = Path(__file__).parent / "candidates.csv"
BARS = Path(__file__).parent / "bars.csv"
DENIALS = Path(__file__).parent / "denials.csv"
SURE = 0.8
RIDGE = 0.3
Numbers = npt.NDArray[np.float64]


def table() -> tuple[Numbers, Numbers]:
    """The features, a row a candidate, and 1 where the read was right."""
    whole = numbers_in(CANDIDATES)
    return whole[:, :-1], whole[:, -1]


def numbers_in(kept: Path) -> Numbers:
    """All that stands in a table but its first line and its first column."""
    with kept.open() as file:
        return np.array([[float(value) for value in row[1:]] for row in list(csv.reader(file))[1:]])


def fit(features: Numbers, right: Numbers, *, ridge: float = RIDGE) -> Numbers:
    """Logistic regression by Newton's method: a weight a feature, then the offset, not shrunk."""
    extended = np.c_[features, np.ones(len(features))]
    weights = np.zeros(extended.shape[1])
    shrink = np.full(len(weights), ridge)
    shrink[-1] = 1e-3
    for _ in range(100):
        sure = 1 / (1 + np.exp(-extended @ weights))
        slope = extended.T @ (sure - right) + shrink * weights
        curve = (extended.T * (sure * (1 - sure))) @ extended + np.diag(shrink)
        weights -= np.linalg.solve(curve, slope)
    return weights


def fit_bars(*, ridge: float = RIDGE) -> float:
    """What a nat of doubt adds to the log-odds that were there before, by Newton's method."""
    worth, before, doubt, right = numbers_in(BARS).T
    slope_of_doubt = 0.0
    for _ in range(100):
        sure = 1 / (1 + np.exp(-(before + slope_of_doubt * doubt)))
        slope = (worth * doubt * (sure - right)).sum() + ridge * slope_of_doubt
        slope_of_doubt -= slope / ((worth * doubt**2 * sure * (1 - sure)).sum() + ridge)
    return float(slope_of_doubt)


def denied() -> float:
    """Share that was right of the reads that the second reader denies and the rest finds sure."""
    undenied, right = numbers_in(DENIALS).T
    return float(right[undenied >= SURE].mean())


if __name__ == "__main__":
    print(np.round(fit(*table()), 2).tolist(), round(fit_bars(), 2), round(denied(), 2))
