"""Teach a backbone the colours and bodies of the labelled vehicles; some scenes are kept apart.

    python -m training.vehicles.tune PLATES/train TUNED efficientnet-lite2-9656183e.pth --part 0

Parts 0 to 4 learn from four fifths of the scenes and write what they answer on the rest
(`TUNED/part-0.npz`); part 5 learns from all, which is what ships (`TUNED/part-5.pt`). A part
takes a core about a quarter of an hour.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from training.run import follow
from training.vehicles import pictures
from training.vehicles.network import Backbone, State, opened, ready
from training.vehicles.parts import ALL, parts_of

COLOURS: Final = ("black", "white", "silver", "gray", "blue", "red", "gold", "green", "yellow")
# Finer than what is told, as the labels are: more to learn from.
BODIES: Final = (
    *("sedan", "coupe", "hatchback", "wagon", "suv", "pickup", "van"),
    *("bus", "truck"),
)
TALL: Final = 3.0  # how much the height counts beside what is seen
_NONE: Final = -1
_EPOCHS: Final = 24
_BATCH: Final = 32
_RATES: Final = (2e-4, 3e-3)  # of the backbone, and of the two last layers
_DECAYS: Final = (0.02, 0.05)
_WARM: Final = 0.15
_FROZEN: Final = 5  # blocks: what they see, of edges and surfaces, is of any picture
_LEFT_OUT: Final = (0.1, 0.3)  # of blocks, and of the last layer's numbers
_SMOOTHED: Final = 0.1
_RARE: Final = 0.4  # power by which a rarer body counts more
_KEPT: Final = 0.995  # of the running mean of the weights, a step
_MOST: Final = 2.0


class Told(nn.Module):
    """Scores of bodies and of colours."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self.backbone = Backbone(state, left_out=_LEFT_OUT[0])
        self.body = nn.Linear(self.backbone.features + 1, len(BODIES))
        self.colour = nn.Linear(self.backbone.features + self.backbone.channels, len(COLOURS))
        for last in (self.body, self.colour):
            nn.init.zeros_(last.weight)

    def forward(self, seen: Tensor, tall: Tensor) -> tuple[Tensor, Tensor]:
        flow, features = self.backbone(seen, frozen=_FROZEN)
        features = nn.functional.dropout(features, _LEFT_OUT[1], self.training)
        body = self.body(torch.cat([features, TALL * tall], 1))
        return body, self.colour(torch.cat([features, flow.mean((2, 3))], 1))


@dataclass(frozen=True, slots=True)
class Pool:
    """The labelled vehicles; a word that is not learned is -1."""

    rows: list[pictures.Labelled]
    cuts: list[pictures.Cut]
    bodies: np.ndarray
    colours: np.ndarray
    parts: np.ndarray
    tall: Tensor

    @classmethod
    def of(cls, plates: Path) -> "Pool":
        rows = pictures.labelled()
        cuts = [pictures.cut_out(row, plates) for row in rows]
        tall = [row.tallness(cut.picture_height) for row, cut in zip(rows, cuts, strict=True)]
        return cls(
            rows,
            cuts,
            np.array([BODIES.index(row.body) if row.body in BODIES else _NONE for row in rows]),
            np.array(
                [COLOURS.index(row.colour) if row.colour in COLOURS else _NONE for row in rows]
            ),
            parts_of([row.scene for row in rows]),
            torch.tensor(tall, dtype=torch.float32)[:, None],
        )

    def shown(self, some: np.ndarray, rng: np.random.Generator) -> Tensor:
        tinted = self.colours == _NONE
        views = [pictures.taught(self.cuts[at], rng, tinted=tinted[at]) for at in some]
        return ready(torch.from_numpy(np.stack(views)))

    def exactly(self, some: np.ndarray) -> Tensor:
        views = [pictures.seen(self.rows[at], self.cuts[at], 0) for at in some]
        return ready(torch.from_numpy(np.stack(views)))


def learn(pool: Pool, part: int, state: State) -> State:
    """The running mean of the weights, of four fifths of the scenes or of all."""
    torch.manual_seed(part)
    rng = np.random.default_rng(part)
    some = np.flatnonzero(((pool.bodies >= 0) | (pool.colours >= 0)) & (pool.parts != part))
    network, steps = Told(state), _EPOCHS * (len(some) // _BATCH)
    mean = {name: value.detach().clone() for name, value in network.state_dict().items()}
    search, rates = _search(network, steps)
    worth, done = _worth(pool.bodies[some]), 0
    network.train()
    for epoch in range(_EPOCHS):
        order = rng.permutation(some)
        for start in range(0, len(order) - _BATCH + 1, _BATCH):
            batch = order[start : start + _BATCH]
            shown = pool.shown(batch, rng)
            loss = _loss(network(shown, pool.tall[batch]), pool, batch, worth)
            search.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), _MOST)
            search.step()
            rates.step()
            done += 1
            follow(mean, network, done, most=_KEPT)
        print(f"part {part}: epoch {epoch + 1} of {_EPOCHS}, loss {float(loss.detach()):.2f}")
    return mean


def _search(
    network: Told, steps: int
) -> tuple[torch.optim.AdamW, torch.optim.lr_scheduler.OneCycleLR]:
    last = [*network.body.parameters(), *network.colour.parameters()]
    learned = [network.backbone.head, *network.backbone.blocks[_FROZEN:]]
    groups = [
        {"params": [each for part in learned for each in part.parameters()]},
        {"params": last},
    ]
    for group, rate, decay in zip(groups, _RATES, _DECAYS, strict=True):
        group.update(lr=rate, weight_decay=decay)
    search = torch.optim.AdamW(groups)
    return search, torch.optim.lr_scheduler.OneCycleLR(
        search, list(_RATES), total_steps=steps, pct_start=_WARM
    )


def _worth(bodies: np.ndarray) -> Tensor:
    counts = np.bincount(bodies[bodies >= 0], minlength=len(BODIES))
    return torch.tensor((counts.max() / np.maximum(counts, 1)) ** _RARE, dtype=torch.float32)


def _loss(told: tuple[Tensor, Tensor], pool: Pool, batch: np.ndarray, worth: Tensor) -> Tensor:
    rule = {"ignore_index": _NONE, "label_smoothing": _SMOOTHED}
    bodies, colours = (torch.tensor(each[batch]) for each in (pool.bodies, pool.colours))
    wrong = nn.functional.cross_entropy(told[0], bodies, weight=worth, **rule)
    return wrong + nn.functional.cross_entropy(told[1], colours, **rule)


def answers(network: Told, pool: Pool, some: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Scores of bodies and of colours, of the pictures as they are."""
    with torch.no_grad():
        body, colour = network.eval()(pool.exactly(some), pool.tall[some])
    return body.numpy(), colour.numpy()


def main(asked: argparse.Namespace) -> None:
    asked.tuned.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    pool, state = Pool.of(asked.plates), opened(asked.backbone)
    mean = learn(pool, asked.part, state)
    torch.save(mean, asked.tuned / f"part-{asked.part}.pt")
    if asked.part != ALL:
        network = Told(state)
        network.load_state_dict(mean)
        apart = np.flatnonzero(pool.parts == asked.part)
        bodies, colours = answers(network, pool, apart)
        np.savez(asked.tuned / f"part-{asked.part}.npz", at=apart, body=bodies, colour=colours)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("plates", type=Path)
    parser.add_argument("tuned", type=Path)
    parser.add_argument("backbone", type=Path)
    parser.add_argument("--part", type=int, choices=range(ALL + 1), required=True)
    main(parser.parse_args())
