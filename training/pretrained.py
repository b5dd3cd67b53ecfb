"""The reader that starts from PP-OCRv6 small (Apache-2.0): its eyes, and our two lines of 37 signs.

What changes: the rows of its picture become two lines instead of one, each keeps every column (it
kept every second), and of 18,710 signs 37 stay. Before training, line one is what PP-OCRv6 reads.
"""

from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn
from torch.nn import functional

from training.designs import REGIONS
from training.dies import ALPHABET
from training.network import SIGNS
from training.onnx_graph import Graph

DEEP, WIDE, HEADS, ROWS = 384, 120, 8, 3
PICTURE, BODY = "x", "p2o.pd_op.add.64.0"


class Attention(nn.Module):
    """Every column of both lines looks at every other."""

    def __init__(self) -> None:
        super().__init__()
        self.ask = nn.Linear(WIDE, 3 * WIDE)
        self.tell = nn.Linear(WIDE, WIDE)

    def forward(self, x: Tensor) -> Tensor:
        batch, length, _ = x.shape
        asked = self.ask(x).reshape(batch, length, 3, HEADS, WIDE // HEADS).permute(2, 0, 3, 1, 4)
        weights = (asked[0] @ asked[1].transpose(-2, -1)) * (WIDE // HEADS) ** -0.5
        seen = weights.softmax(-1) @ asked[2]
        told: Tensor = self.tell(seen.transpose(1, 2).reshape(batch, length, WIDE))
        return told


class Mixing(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.before, self.look = nn.LayerNorm(WIDE), Attention()
        self.between = nn.LayerNorm(WIDE)
        self.grow, self.shrink = nn.Linear(WIDE, 2 * WIDE), nn.Linear(2 * WIDE, WIDE)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.look(self.before(x))
        grown: Tensor = x + self.shrink(functional.silu(self.grow(self.between(x))))
        return grown


class PretrainedReader(nn.Module):
    """Bytes (batch, 48, 160, 3) to logits (batch, 2 lines, 40 columns, 37) and regions."""

    def __init__(self, weights: Path) -> None:
        super().__init__()
        self.body = Graph(weights, [PICTURE], [BODY])
        self.rows = nn.Parameter(torch.tensor([[0.5, 0.34, 0.16], [0.16, 0.34, 0.5]]))
        self.side = nn.Parameter(torch.zeros(2, WIDE))
        self.past = nn.Conv2d(DEEP, WIDE, 1)
        self.into = nn.Conv2d(DEEP, WIDE, 1)
        self.along = nn.Conv2d(WIDE, WIDE, (1, 7), padding=(0, 6), dilation=(1, 2), groups=WIDE)
        self.mixing = nn.ModuleList([Mixing(), Mixing()])
        self.last = nn.LayerNorm(WIDE, eps=1e-6)
        self.drop = nn.Dropout(0.1)
        self.name = nn.Linear(WIDE, SIGNS)
        self.region = nn.Linear(DEEP + WIDE, len(REGIONS))
        self._take(weights)

    def _take(self, path: Path) -> None:
        model = onnx.load(str(path))
        held = {w.name: numpy_helper.to_array(w).copy() for w in model.graph.initializer}
        said = next(p.value for p in model.metadata_props if p.key == "character")
        places = [0] + [said.split("\n").index(sign) + 1 for sign in ALPHABET]
        with torch.no_grad():
            stem = next(w for w in self.body.weights.values() if w.ndim == 4 and w.shape[1] == 3)
            stem.copy_(stem.flip(1))  # it saw blue, green, red; ours are red, green, blue
            for conv, weight, norm in (
                (self.past, "conv2d_67", "batch_norm2d_57"),
                (self.into, "conv2d_65", "batch_norm2d_55"),
                (self.along, "conv2d_66", "batch_norm2d_56"),
            ):
                parts = [
                    torch.from_numpy(held[f"{norm}.{p}"]) for p in ("w_0", "b_0", "w_1", "w_2")
                ]
                by = parts[0] / torch.sqrt(parts[3] + 1e-5)
                conv.weight.copy_(torch.from_numpy(held[f"{weight}.w_0"]) * by[:, None, None, None])
                conv.bias.copy_(parts[1] - parts[2] * by)
            for at, mixing in enumerate(self.mixing):
                four = (mixing.look.ask, mixing.look.tell, mixing.grow, mixing.shrink)
                for number, linear in enumerate(four, start=4 * at):
                    linear.weight.copy_(torch.from_numpy(held[f"linear_{number}.w_0"]).T)
                    linear.bias.copy_(torch.from_numpy(held[f"linear_{number}.b_0"]))
            norms = [n for m in self.mixing for n in (m.before, m.between)] + [self.last]
            for at, layer in enumerate(norms):
                layer.weight.copy_(torch.from_numpy(held[f"helper.reshape.{2 * at}"]).ravel())
                layer.bias.copy_(torch.from_numpy(held[f"helper.reshape.{2 * at + 1}"]).ravel())
            self.name.weight.copy_(torch.from_numpy(held["linear_8.w_0"]).T[places])
            self.name.bias.copy_(torch.from_numpy(held["linear_8.b_0"])[places])

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        x = images.permute(0, 3, 1, 2).float() * (1 / 127.5) - 1.0
        deep = self.body(x)[0]
        paired = 0.5 * (deep + torch.cat([deep[..., 1:], deep[..., -1:]], -1))
        lines = torch.einsum("bchw,lh->bclw", paired, self.rows)
        past = functional.silu(self.past(lines))
        into = functional.silu(self.into(lines))
        into = into + functional.silu(self.along(into))
        batch, _, _, columns = into.shape
        seen = into.permute(0, 2, 3, 1) + self.side[:, None]
        seen = seen.reshape(batch, 2 * columns, WIDE)
        for mixing in self.mixing:
            seen = mixing(seen)
        told = self.last(seen).reshape(batch, 2, columns, WIDE) + past.permute(0, 2, 3, 1)
        pooled = torch.cat([deep.mean((2, 3)), told.mean((1, 2))], 1)
        spelt: Tensor = self.name(self.drop(told))
        return spelt, self.region(pooled)
