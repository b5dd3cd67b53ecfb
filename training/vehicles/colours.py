"""Tell the colour: learn where paint is, count its tints there, and weigh the counts.

What the backbone sees in each of 144 places says how much that place counts (four ways of looking,
learned); the tints of the places that count are shared out among 32 typical ones.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch

from training.vehicles.numbers import ACROSS, CHANNELS, FEATURES, PAINT, PLACES, TINTS

WORDS: Final = ("black", "white", "silver", "gray", "blue", "red", "gold", "green", "yellow")
TYPICAL: Final = 32
LOOKS: Final = 4
SHARPNESS: Final = 2.0  # of sharing a tint among the typical ones
ALMOST_NONE: Final = 1e-4
LOUDNESS: Final = 6.0  # of the counts' roots
_DIRECTIONS: Final = 32  # of what is seen in a place
_WHOLE: Final = 60  # directions of what is seen altogether
_WEIGHTS: Final = (0.1, 0.15)  # of the whole's directions, and of paint
_STEPS: Final = 200
_BATCH: Final = 128
_RATE: Final = 0.02
_LEFT_OUT: Final = 0.3
_SEVERAL: Final = 3


@dataclass(frozen=True, slots=True)
class Fitted:
    """`looks`: channels x LOOKS; `where`: places x LOOKS; the rest sums counts, features, paint."""

    looks: np.ndarray
    where: np.ndarray
    typical: np.ndarray
    counts: np.ndarray
    whole: np.ndarray
    paint: np.ndarray
    start: np.ndarray

    def scores(self, numbers: np.ndarray) -> np.ndarray:
        rows = numbers.astype(np.float32)
        weigh = _places(rows) @ self.looks + self.where
        weigh = np.exp(weigh - weigh.max(axis=1, keepdims=True))
        weigh /= weigh.sum(axis=1, keepdims=True)
        counts = np.einsum("npl,npt->nlt", weigh, _shared(rows, self.typical))
        roots = LOUDNESS * np.sqrt(counts + ALMOST_NONE).reshape(len(rows), -1)
        seen = roots @ self.counts + rows[:, FEATURES] @ self.whole
        return np.asarray(seen + rows[:, PAINT] @ self.paint + self.start)


class _Net(torch.nn.Module):
    def __init__(self, seen: int, whole: int, paint: int) -> None:
        super().__init__()
        self.looks = torch.nn.Linear(seen, LOOKS)
        self.counts = torch.nn.Linear(LOOKS * TYPICAL, len(WORDS))
        self.whole = torch.nn.Linear(whole, len(WORDS), bias=False)
        self.paint = torch.nn.Linear(paint, len(WORDS), bias=False)
        torch.nn.init.normal_(self.looks.weight, std=0.08)
        for part in (self.counts, self.whole, self.paint):
            torch.nn.init.zeros_(part.weight)
        with torch.no_grad():  # one look begins at the middle
            self.looks.weight[0, -2:] = torch.tensor([-3.0, -2.0])

    def forward(
        self, places: torch.Tensor, tints: torch.Tensor, rest: list[torch.Tensor]
    ) -> torch.Tensor:
        weigh = torch.softmax(self.looks(places), 1)
        counts = torch.sqrt(torch.einsum("npl,npt->nlt", weigh, tints) + ALMOST_NONE)
        drop = torch.nn.functional.dropout
        whole, paint = (drop(each, _LEFT_OUT, self.training) for each in rest)
        told: torch.Tensor = self.counts(
            drop(LOUDNESS * counts.flatten(1), _LEFT_OUT, self.training)
        )
        return told + _WEIGHTS[0] * self.whole(whole) + _WEIGHTS[1] * self.paint(paint)


def scores(numbers: np.ndarray, several: list[Fitted]) -> np.ndarray:
    return np.asarray(np.mean([each.scores(numbers) for each in several], axis=0))


def fit(numbers: np.ndarray, truth: np.ndarray, seed: int) -> list[Fitted]:
    """Three that began differently: their mean is steadier than one.

    `numbers`: views x vehicles x numbers; `truth` into WORDS.
    """
    return [_fit(numbers, truth, _SEVERAL * seed + each) for each in range(_SEVERAL)]


def _fit(numbers: np.ndarray, truth: np.ndarray, seed: int) -> Fitted:
    views, vehicles = numbers.shape[:2]
    rows = numbers.reshape(views * vehicles, -1).astype(np.float32)
    exact = rows[:vehicles]
    typical = _typical(exact, np.random.default_rng(0))
    middle, turn = _seen(_places(exact))
    where = _where()
    whole_middle, whole_turn = _main(exact[:, FEATURES])
    paint_middle, paint_scale = exact[:, PAINT].mean(axis=0), exact[:, PAINT].std(axis=0) + 1e-2
    seen = (_places(rows) - middle) @ turn
    at = np.broadcast_to(where, (len(rows), *where.shape))
    parts = [
        np.concatenate([seen, at], axis=2),
        _shared(rows, typical),
        (rows[:, FEATURES] - whole_middle) @ whole_turn,
        (rows[:, PAINT] - paint_middle) / paint_scale,
    ]
    tensors = [torch.tensor(np.asarray(part, np.float32)) for part in parts]
    net = _learned(tensors, torch.tensor(np.tile(truth, views)), seed)
    looks, counts, whole, paint = (
        part.weight.detach().numpy().T for part in (net.looks, net.counts, net.whole, net.paint)
    )
    by_seen, by_where = turn @ looks[:_DIRECTIONS], where @ looks[_DIRECTIONS:]
    of_whole = _WEIGHTS[0] * whole_turn @ whole
    of_paint = _WEIGHTS[1] * paint / paint_scale[:, None]
    start = net.counts.bias.detach().numpy() - whole_middle @ of_whole - paint_middle @ of_paint
    return Fitted(by_seen, by_where - middle @ by_seen, typical, counts, of_whole, of_paint, start)


def _learned(parts: list[torch.Tensor], truth: torch.Tensor, seed: int) -> _Net:
    torch.manual_seed(seed)
    net = _Net(parts[0].shape[2], parts[2].shape[1], parts[3].shape[1])
    others = [*net.counts.parameters(), *net.whole.parameters(), *net.paint.parameters()]
    groups = [
        {"params": list(net.looks.parameters()), "weight_decay": 0.02},
        {"params": others, "weight_decay": 0.15},
    ]
    search = torch.optim.AdamW(groups, lr=_RATE)
    rates = torch.optim.lr_scheduler.CosineAnnealingLR(search, _STEPS)
    for _ in range(_STEPS):
        some = torch.randint(len(truth), (_BATCH,))
        places, tints, *rest = (part[some] for part in parts)
        wrong = torch.nn.functional.cross_entropy(
            net(places, tints, rest), truth[some], label_smoothing=0.05
        )
        search.zero_grad()
        wrong.backward()
        search.step()
        rates.step()
    return net.eval()


def _places(rows: np.ndarray) -> np.ndarray:
    """Vehicles x places x channels."""
    return rows[:, PLACES].reshape(len(rows), CHANNELS, ACROSS * ACROSS).transpose(0, 2, 1)


def _seen(places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Middle of the channels, and their main directions, each brought to size 1."""
    flat = places.reshape(-1, CHANNELS)
    middle, scale = flat.mean(axis=0), flat.std(axis=0) + 0.05
    flat = (flat - middle) / scale
    sizes, turns = np.linalg.eigh((flat.T @ flat / len(flat)).astype(np.float64))
    turns = turns[:, ::-1][:, :_DIRECTIONS] / np.sqrt(sizes[::-1][:_DIRECTIONS])
    return middle, np.asarray(turns / scale[:, None], np.float32)


def _where() -> np.ndarray:
    """Of each place: across and down from the middle, how far down twice, how far across."""
    down, across = (each.ravel() / (ACROSS - 1) - 0.5 for each in np.mgrid[0:ACROSS, 0:ACROSS])
    columns = [across, down, 2 * across**2, 2 * down**2, abs(across)]
    return np.stack(columns, axis=1).astype(np.float32)


def _main(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    middle, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-2
    flat = (rows - middle) / scale
    sizes, turns = np.linalg.eigh((flat @ flat.T).astype(np.float64))
    keep = np.s_[:, -_WHOLE:]
    turn = flat.T @ (turns[keep] / np.sqrt(sizes[-_WHOLE:]))
    return middle, np.asarray(turn / (flat @ turn).std(axis=0) / scale[:, None], np.float32)


def _tints(rows: np.ndarray) -> np.ndarray:
    """Vehicles x 24 x 24 x 3."""
    return rows[:, TINTS].reshape(len(rows), 2 * ACROSS, 2 * ACROSS, 3)


def _typical(rows: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    some = chance.choice(_tints(rows).reshape(-1, 3), 6000, replace=False)
    typical = some[:TYPICAL]
    for _ in range(12):
        nearest = ((some[:, None] - typical) ** 2).sum(axis=2).argmin(axis=1)
        typical = np.stack(
            [
                some[nearest == one].mean(axis=0) if (nearest == one).any() else typical[one]
                for one in range(TYPICAL)
            ]
        )
    return np.asarray(typical, np.float32)


def _shared(rows: np.ndarray, typical: np.ndarray) -> np.ndarray:
    """Vehicles x places x typical tints: each place's four tints, shared among the typical ones."""
    near = SHARPNESS * (2 * _tints(rows) @ typical.T - (typical**2).sum(axis=1))
    near = np.exp(near - near.max(axis=-1, keepdims=True))
    near /= near.sum(axis=-1, keepdims=True)
    by_place = near.reshape(len(rows), ACROSS, 2, ACROSS, 2, TYPICAL).mean(axis=(2, 4))
    return np.asarray(by_place.reshape(len(rows), ACROSS * ACROSS, TYPICAL))
