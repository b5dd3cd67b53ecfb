"""Learn bodies from what an untaught backbone sees, join that to what was taught, write ONNX.

    python -m training.vehicles.fit PLATES/train TUNED LITE0.pth LITE2.pth vehicle-traits.onnx

Needs `torch` and `onnx` beside what the reader itself needs, and all six parts that `tune` writes
to TUNED. Two minutes of one core.

Every figure printed comes from scenes that were not learned from (five parts, by scene). From the
same answers come what the scores are moved and divided by, after which a confidence of 0.5 is right
half the time; the chance below which the answer is "unknown" is 0.5, or, where that is not enough,
the lowest from which on three of four answers were right.
"""

import argparse
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch

from bench.vehicles import kind
from training.vehicles import bodies, graph, tune
from training.vehicles.network import Backbone, opened
from training.vehicles.numbers import look_at_all
from training.vehicles.parts import ALL, PARTS

_LEAST: Final = 0.5
_WANTED: Final = 0.75  # share of answers given that should be right
_TEMPERATURES: Final = np.exp(np.linspace(-1, 1.5, 101))
_MOVES: Final = 200


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
        return np.asarray(np.exp(normal(self.scores / temperature)))

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


def moved(scores: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """What moves the answers to the shares of the road: a number for each body."""
    by = np.zeros(scores.shape[1])
    for _ in range(_MOVES):
        chances = np.exp(normal(scores + by))
        by += 0.3 * (np.log(bodies.SHARES) - np.log(np.average(chances, axis=0, weights=counts)))
    return by


def normal(scores: np.ndarray) -> np.ndarray:
    """Logarithms of chances."""
    scores = scores - scores.max(axis=1, keepdims=True)
    return np.asarray(scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)))


def as_bodies(scores: np.ndarray) -> np.ndarray:
    """From tune.BODIES to bodies.WORDS."""
    cars, others = scores[:, : graph.CARS], scores[:, graph.CARS :]
    most = cars.max(axis=1, keepdims=True)
    one = most + np.log(np.exp(cars - most).sum(axis=1, keepdims=True))
    return normal(np.concatenate([one, others[:, : len(bodies.WORDS) - 1]], axis=1))


def _judged(what: str, measured: Measured, by: np.ndarray) -> graph.Scale:
    temperature = measured.temperature()
    least = measured.least(temperature)
    measured.report(what, temperature, least)
    return graph.Scale(measured.words, by, temperature, least)


def main(asked: argparse.Namespace) -> None:
    torch.set_num_threads(1)
    pool, state = tune.Pool.of(asked.plates), opened(asked.plain)
    plain, kinds = Backbone(state), state["_fc.weight"].numpy()[list(bodies.KINDS)]
    numbers = look_at_all(pool.rows, pool.cuts, plain)
    shape, paint = _apart(asked.tuned, len(pool.rows))

    coloured = np.flatnonzero(pool.colours >= 0)
    measured = Measured(
        tune.COLOURS, pool.colours[coloured], paint[coloured], np.ones(len(coloured))
    )
    colour = _judged("colour", measured, np.zeros(len(tune.COLOURS)))

    named = np.array([kind(row.body) for row in pool.rows])
    bodied = np.flatnonzero(np.isin(named, bodies.WORDS))
    truth = np.array([bodies.WORDS.index(word) for word in named[bodied]])
    rows, parts = numbers[:, bodied], pool.parts[bodied]
    linear = np.zeros((len(truth), len(bodies.WORDS)))
    for apart in range(PARTS):
        fitted = bodies.fit(rows[:, parts != apart], truth[parts != apart], kinds)
        linear[parts == apart] = bodies.scores(rows[0, parts == apart], fitted)
    counts = (bodies.SHARES / np.bincount(truth))[truth] * len(truth)
    both = (normal(linear) + as_bodies(shape[bodied])) / 2
    by = moved(both, counts)
    measured = Measured(bodies.WORDS, truth, both + by, counts)
    body = _judged("body", measured, by)

    told = tune.Told(opened(asked.taught))
    told.load_state_dict(torch.load(asked.tuned / f"part-{ALL}.pt", weights_only=True))
    whole = graph.Linear(plain, *bodies.fit(rows, truth, kinds))
    graph.write(asked.out, whole, told, colour, body)


def _apart(tuned: Path, vehicles: int) -> tuple[np.ndarray, np.ndarray]:
    """Scores of bodies and colours, of each vehicle by the part that did not learn from it."""
    shape = np.zeros((vehicles, len(tune.BODIES)))
    paint = np.zeros((vehicles, len(tune.COLOURS)))
    for part in range(PARTS):
        with np.load(tuned / f"part-{part}.npz") as answers:
            shape[answers["at"]], paint[answers["at"]] = answers["body"], answers["colour"]
    return shape, paint


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("plates", type=Path)
    parser.add_argument("tuned", type=Path, help="folder of the six parts")
    parser.add_argument("plain", type=Path, help="efficientnet-lite0-57934424.pth")
    parser.add_argument("taught", type=Path, help="efficientnet-lite2-9656183e.pth")
    parser.add_argument("out", type=Path)
    main(parser.parse_args())
