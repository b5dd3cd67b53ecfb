"""Learn to call what is seen by its colour and body; measure it on scenes kept apart; write ONNX.

    python -m training.vehicles.fit PLATES/train vehicle-traits.onnx [--keep FOLDER]

Needs `torch` and `onnx` beside what the reader itself needs. A minute of one core, most of it for
looking at the pictures; `--keep` keeps what was seen for the next time.

Every figure printed comes from scenes that were not learned from (five parts, by scene). From the
same answers comes the temperature, after which a confidence of 0.5 is right half the time; the
chance below which the answer is "unknown" is 0.5, or, where that is not enough, the lowest from
which on three of four answers were right.
"""

import argparse
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from bench.vehicles import kind
from training.vehicles import bodies, colours, graph
from training.vehicles.numbers import Seen, look_at_all

_PARTS: Final = 5
_LEAST: Final = 0.5
_WANTED: Final = 0.75  # share of answers given that should be right
_TEMPERATURES: Final = np.exp(np.linspace(-1, 1.5, 101))


@dataclass(frozen=True, slots=True)
class Measured:
    """Answers on scenes kept apart. `truth` holds numbers into `words`.

    `counts`: for how many vehicles of the road each stands; figures are of the road, not the pool.
    """

    words: tuple[str, ...]
    truth: np.ndarray
    scores: np.ndarray
    counts: np.ndarray

    def chances(self, temperature: float) -> np.ndarray:
        scores = self.scores / temperature
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))

    def mean(self, values: np.ndarray, where: np.ndarray | None = None) -> float:
        counts = self.counts if where is None else self.counts * where
        return float((values * counts).sum() / max(counts.sum(), 1e-9))

    def temperature(self) -> float:
        def surprise(temperature: float) -> float:
            chances = self.chances(temperature)
            return self.mean(-np.log(chances[np.arange(len(self.truth)), self.truth] + 1e-9))

        return float(min(_TEMPERATURES, key=surprise))

    def least(self, temperature: float) -> float:
        chances = self.chances(temperature)
        sure, right = chances.max(axis=1), chances.argmax(axis=1) == self.truth
        for least in np.arange(_LEAST, 0.9, 0.01):
            if self.mean(right, sure >= least) >= _WANTED:
                return round(float(least), 2)
        return 0.9

    def report(self, what: str, temperature: float, least: float) -> None:
        chances = self.chances(temperature)
        sure, told = chances.max(axis=1), chances.argmax(axis=1)
        right, said = told == self.truth, sure >= least
        most = np.bincount(self.truth, self.counts).max() / self.counts.sum()
        print(
            f"{what}: {len(right)} vehicles, {len(self.words)} words; right {self.mean(right):.3f} "
            f"(always the commonest: {most:.3f}; unweighted {right.mean():.3f}); "
            f"temperature {temperature:.2f}, calibration error {self._error(sure, right):.3f}; "
            f"at {least}: answers {self.mean(said):.3f}, of them right {self.mean(right, said):.3f}"
        )
        pairs = zip(self.truth[told != self.truth], told[told != self.truth], strict=True)
        wrong = Counter((self.words[truth], self.words[word]) for truth, word in pairs)
        print("   most mistaken (truth, said):", wrong.most_common(8))

    def _error(self, sure: np.ndarray, right: np.ndarray) -> float:
        """Expected calibration error over ten equal bins."""
        bins = np.minimum((sure * 10).astype(int), 9)
        gaps = [
            abs(self.mean(sure, bins == one) - self.mean(right, bins == one))
            * self.mean(bins == one)
            for one in set(bins.tolist())
        ]
        return sum(gaps)


def parts_of(scenes: list[str]) -> np.ndarray:
    """For every scene one of five parts, the largest scenes first, into the emptiest part."""
    sizes, parts = Counter(scenes), {}
    filled = np.zeros(_PARTS)
    for scene in sorted(sizes, key=lambda scene: (-sizes[scene], scene)):
        parts[scene] = int(filled.argmin())
        filled[parts[scene]] += sizes[scene]
    return np.array([parts[scene] for scene in scenes])


def _of_bodies(numbers: np.ndarray, truth: np.ndarray, _seed: int) -> Any:
    return bodies.fit(numbers, truth)


_VIEWS: Final = {"colour": 3, "body": 8}  # more teach bodies more, and colours nothing
_FITS: Final[dict[str, tuple[tuple[str, ...], Callable[..., Any], Callable[..., np.ndarray]]]] = {
    "colour": (colours.WORDS, colours.fit, colours.scores),
    "body": (bodies.WORDS, _of_bodies, bodies.scores),
}


def learn(seen: Seen, what: str) -> tuple[Any, float, float]:
    """The fit of all vehicles; temperature and least chance of the fits of four parts of five."""
    words, fit, scores_of = _FITS[what]
    named = seen.words(what)
    if what == "body":
        named = np.array([kind(word) for word in named])
    chosen = np.flatnonzero(np.isin(named, words))
    numbers = seen.numbers[: _VIEWS[what], chosen]
    truth = np.array([words.index(word) for word in named[chosen]])
    parts = parts_of([row.scene for row in seen.rows])[chosen]
    scores = np.zeros((len(truth), len(words)))
    for apart in range(_PARTS):
        fitted = fit(numbers[:, parts != apart], truth[parts != apart], apart)
        scores[parts == apart] = scores_of(numbers[0, parts == apart], fitted)
    counts = np.ones(len(truth))
    if what == "body":
        counts = (bodies.SHARES / np.bincount(truth))[truth] * len(truth)
    measured = Measured(words, truth, scores, counts)
    temperature = measured.temperature()
    least = measured.least(temperature)
    measured.report(what, temperature, least)
    return fit(numbers, truth, _PARTS), temperature, least


def main(told: Any) -> None:
    seen = look_at_all(told.pool, max(_VIEWS.values()), told.keep)
    graph.write(told.out, learn(seen, "colour"), learn(seen, "body"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("pool", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--keep", type=Path)
    main(parser.parse_args())
