"""Learn to call what is seen by its colour and body; measure it on scenes kept apart; write ONNX.

    python -m training.vehicles.fit PLATES/train vehicle-traits.onnx [--views 3] [--keep FOLDER]

Needs `scikit-learn` and `onnx` beside what the reader itself needs. Minutes on one core, nearly all
of it for looking at the pictures; `--keep` keeps what was seen for the next time.

Every figure printed comes from scenes that were not learned from (five parts, by scene). From the
same answers come the temperature and the chance below which the answer is "unknown".
"""

import argparse
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from plateward.recognition import weights
from plateward.recognition.networks import Network
from plateward.recognition.vehicles import look
from training.vehicles import pictures

_PARTS: Final = 5
_DIRECTIONS: Final = 150  # of the numbers; the labelled vehicles are few
_SEEN: Final = 1280  # how many of the numbers come from the network
# Too few pictures to learn: these are left to the finder's word, or out.
_LEFT_OUT: Final = {"colour": ("orange",), "body": ("motorcycle", "bus", "truck"), "make": ()}
# How much the three kinds of number count (see `Learner`), and how free the fit is.
_FIT: Final = {
    "colour": (0.5, 0.0, 1.0, 3.0),
    "body": (1.0, 1.0, 0.0, 3.0),
    "make": (1.0, 0.0, 0.0, 3.0),
}
# Vehicles on roads of the United States, in round shares set beforehand and fitted to nothing; the
# pictures hold far more of Europe's hatchbacks and estates.
_SHARES: Final = {
    "sedan": 0.37,
    "suv": 0.32,
    "pickup": 0.14,
    "van": 0.07,
    "coupe": 0.05,
    "hatchback": 0.03,
    "wagon": 0.02,
}
# What the backbone's own last layer gave to 30 kinds of vehicle and their parts.
_KINDS: Final = Path(__file__).parent / "kinds.npy"
_WANTED: Final = 0.85  # share of answers given that should be right


@dataclass(frozen=True, slots=True)
class Seen:
    """`numbers`: views x vehicles x numbers; view 0 is the picture as it is."""

    rows: list[pictures.Labelled]
    numbers: np.ndarray

    def words(self, what: str) -> np.ndarray:
        return np.array([getattr(row, what) for row in self.rows])


def look_at_all(pool: Path, views: int, keep: Path | None) -> Seen:
    rows, network = pictures.labelled(), Network(weights.VEHICLE_LOOK)
    numbers = []
    for view in range(views):
        kept = keep / f"view{view}.npy" if keep else None
        if kept and kept.exists():
            numbers.append(np.load(kept))
            continue
        numbers.append(np.stack([_numbers(pictures.seen(r, pool, view), network) for r in rows]))
        if kept:
            np.save(kept, numbers[-1])
    return Seen(rows, np.stack(numbers))


def _numbers(pixels: np.ndarray, network: Network) -> np.ndarray:
    (seen,) = network.run(look.shown(pixels)[None])
    return np.concatenate([seen[0], look.paint(pixels)])


@dataclass(frozen=True, slots=True)
class Learner:
    """Standardise, weigh the kinds of number, keep the main directions, then regress.

    `kinds` counts what the backbone's own last layer made of its numbers, by `_KINDS`.
    """

    seen: float
    kinds: float
    paint: float
    freedom: float

    def fit(self, numbers: np.ndarray, words: np.ndarray) -> "Fitted":
        """`numbers`: views x vehicles x numbers."""
        middle = numbers[0].mean(axis=0)
        kinds = _kinds(numbers.shape[2])
        parts = [(numbers - middle)[:, :, :_SEEN], (numbers - middle) @ kinds]
        parts.append((numbers - middle)[:, :, _SEEN:])
        scales = [
            weight / np.sqrt(part.shape[2]) / (part[0].std(axis=0) + 1e-3)
            for part, weight in zip(parts, (self.seen, self.kinds, self.paint), strict=True)
        ]
        weighed = np.concatenate([p * s for p, s in zip(parts, scales, strict=True)], axis=2)
        turn = _main_directions(weighed[0])
        short = weighed.reshape(-1, weighed.shape[2]) @ turn
        model = LogisticRegression(C=self.freedom, max_iter=120)
        model.fit(short, np.tile(words, len(numbers)))
        by_part = np.split(turn @ model.coef_.T, np.cumsum([part.shape[2] for part in parts])[:2])
        seen, of_kinds, paint = (
            scale[:, None] * slopes for scale, slopes in zip(scales, by_part, strict=True)
        )
        slopes = np.concatenate([seen, paint]) + kinds @ of_kinds
        return Fitted(tuple(model.classes_), slopes, model.intercept_ - middle @ slopes)


def _kinds(side: int) -> np.ndarray:
    """Numbers x kinds."""
    kinds = np.zeros((side, 30), np.float32)
    kinds[:_SEEN] = np.load(_KINDS).T
    return kinds


def _main_directions(rows: np.ndarray) -> np.ndarray:
    """By way of the rows' products, of which there are far fewer than columns."""
    sizes, turns = np.linalg.eigh((rows @ rows.T).astype(np.float64))
    keep = sizes.argsort()[::-1][: min(_DIRECTIONS, len(rows) - 1)]
    keep = keep[sizes[keep] > 1e-6 * sizes.max()]
    return (rows.T @ turns[:, keep] / np.sqrt(sizes[keep])).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Fitted:
    words: tuple[str, ...]
    slopes: np.ndarray
    start: np.ndarray

    def scores(self, numbers: np.ndarray) -> np.ndarray:
        return numbers @ self.slopes + self.start

    def moved(self, words: np.ndarray) -> "Fitted":
        """From the shares of `words` in the pictures to those of the road, where these are told."""
        if not set(self.words) <= set(_SHARES):
            return self
        shift = [np.log(_SHARES[word] / (words == word).mean()) for word in self.words]
        return Fitted(self.words, self.slopes, self.start + np.array(shift))


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
        return powers / powers.sum(axis=1, keepdims=True)

    def mean(self, values: np.ndarray, where: np.ndarray | None = None) -> float:
        counts = self.counts if where is None else self.counts * where
        return float((values * counts).sum() / max(counts.sum(), 1e-9))

    def temperature(self) -> float:
        def surprise(logarithm: float) -> float:
            chances = self.chances(float(np.exp(logarithm)))
            true = chances[np.arange(len(self.truth)), self.truth]
            return self.mean(-np.log(true + 1e-9))

        return float(np.exp(minimize_scalar(surprise, bounds=(-2, 2), method="bounded").x))

    def least(self, temperature: float) -> float:
        """The lowest chance from which on at least `_WANTED` of the answers are right."""
        chances = self.chances(temperature)
        sure, right = chances.max(axis=1), chances.argmax(axis=1) == self.truth
        for least in np.arange(0.2, 0.9, 0.01):
            if self.mean(right, sure >= least) >= _WANTED:
                return round(float(least), 2)
        return 0.9

    def report(self, what: str, temperature: float, least: float) -> None:
        chances = self.chances(temperature)
        sure, right = chances.max(axis=1), chances.argmax(axis=1) == self.truth
        said = sure >= least
        most = np.bincount(self.truth, self.counts).max() / self.counts.sum()
        print(
            f"{what}: {len(right)} vehicles, {len(self.words)} words; right {self.mean(right):.3f} "
            f"(always the commonest: {most:.3f}; unweighted {right.mean():.3f}); "
            f"temperature {temperature:.2f}, calibration error {self._error(sure, right):.3f}; "
            f"at {least} and above: answers {self.mean(said):.3f}, "
            f"of them right {self.mean(right, said):.3f}"
        )
        wrong = Counter(
            (self.words[truth], self.words[told])
            for truth, told in zip(self.truth, chances.argmax(axis=1), strict=True)
            if truth != told
        )
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


def measure(seen: Seen, what: str, chosen: np.ndarray, learner: Learner) -> Measured:
    words, scenes = seen.words(what)[chosen], np.array([row.scene for row in seen.rows])[chosen]
    numbers = seen.numbers[:, chosen]
    known = tuple(sorted(set(words.tolist())))
    scores = np.full((len(words), len(known)), -30.0)
    for learned, apart in GroupKFold(_PARTS).split(words, groups=scenes):
        fitted = learner.fit(numbers[:, learned], words[learned]).moved(words[learned])
        columns = [known.index(word) for word in fitted.words]
        scores[np.ix_(apart, columns)] = fitted.scores(numbers[0, apart])
    truth = np.array([known.index(word) for word in words])
    counts = np.ones(len(truth))
    if set(known) <= set(_SHARES):
        shares = np.array([_SHARES[word] for word in known])
        counts = (shares / np.bincount(truth))[truth] * len(truth)
    return Measured(known, truth, scores, counts)


def chosen_of(seen: Seen, what: str, fewest: int = 1) -> np.ndarray:
    words = seen.words(what)
    counts = Counter(words.tolist())
    return np.array(
        [
            at
            for at, word in enumerate(words)
            if word and word not in _LEFT_OUT[what] and counts[word] >= fewest
        ]
    )


def write(parts: dict[str, tuple[Fitted, float, float]], out: Path) -> None:
    nodes, constants, outputs = [], [], []
    for what, (fitted, temperature, _) in parts.items():
        for name, values in (("slopes", fitted.slopes), ("start", fitted.start)):
            scaled = (values / temperature).astype(np.float32)
            constants.append(numpy_helper.from_array(scaled, f"{what}-{name}"))
        named = [f"{what}-slopes", f"{what}-start"]
        nodes.append(helper.make_node("Gemm", ["numbers", *named], [f"{what}-scores"]))
        nodes.append(helper.make_node("Softmax", [f"{what}-scores"], [what], axis=1))
        sides = [None, len(fitted.words)]
        outputs.append(helper.make_tensor_value_info(what, TensorProto.FLOAT, sides))
    side = len(next(iter(parts.values()))[0].slopes)
    numbers = helper.make_tensor_value_info("numbers", TensorProto.FLOAT, [None, side])
    graph = helper.make_graph(nodes, out.stem, [numbers], outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    notes = {
        {"colour": "colours", "body": "bodies"}[what]: json.dumps(
            {"words": list(fitted.words), "least": least}
        )
        for what, (fitted, _, least) in parts.items()
    }
    helper.set_model_props(model, notes)
    onnx.checker.check_model(model)
    onnx.save(model, out)
    print(out, out.stat().st_size, notes)


def main(told: Any) -> None:
    seen = look_at_all(told.pool, told.views, told.keep)
    parts = {}
    for what in told.of:
        learner = Learner(*_FIT[what])
        chosen = chosen_of(seen, what, fewest=8 if what == "make" else 1)
        measured = measure(seen, what, chosen, learner)
        temperature = measured.temperature()
        least = measured.least(temperature)
        measured.report(what, temperature, least)
        if what != "make":  # measured only: see the model card
            words = seen.words(what)[chosen]
            fitted = learner.fit(seen.numbers[:, chosen], words).moved(words)
            parts[what] = (fitted, temperature, least)
    if {"colour", "body"} <= set(parts):
        write(parts, told.out)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("pool", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--views", type=int, default=3)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--of", nargs="+", default=["colour", "body", "make"])
    main(parser.parse_args())
