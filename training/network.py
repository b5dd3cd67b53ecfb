"""The reader: a small convolutional network that spells one or two lines of a plate."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from training.designs import REGIONS

SIGNS = 37  # blank, then 0-9 and A-Z


@dataclass(frozen=True, slots=True)
class Size:
    """Channels and blocks of the four stages, width of the spelling part, rows before folding."""

    channels: tuple[int, int, int, int]
    blocks: tuple[int, int, int, int]
    spell: int
    rows: int


SIZES = {  # millions of multiplications for one plate: 34, 69, 251, 887
    "tiny": Size((16, 24, 40, 64), (0, 1, 1, 1), 64, 3),
    "small": Size((16, 32, 56, 96), (0, 1, 1, 1), 96, 3),
    "medium": Size((24, 48, 96, 144), (0, 1, 2, 2), 144, 3),
    "large": Size((32, 64, 128, 192), (1, 2, 2, 3), 192, 6),
}


def _conv(inner: int, outer: int, *, stride: tuple[int, int] = (1, 1)) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inner, outer, 3, stride, 1, bias=False),
        nn.BatchNorm2d(outer),
        nn.ReLU(inplace=True),
    )


class Block(nn.Module):
    """Two convolutions and a way past them."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.one = _conv(channels, channels)
        self.two = nn.Sequential(
            nn.Conv2d(channels, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels)
        )

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x + self.two(self.one(x)))


class Reader(nn.Module):
    """Bytes (batch, 48, 160, 3) to logits (batch, 2 lines, 40 columns, 37) and regions."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        a, b, c, d = size.channels
        layers: list[nn.Module] = [_conv(3, a, stride=(2, 2))]
        last = (6 // size.rows, 1)
        steps = ((a, b, (2, 2)), (b, c, (2, 1)), (c, d, last))
        layers += [Block(a) for _ in range(size.blocks[0])]
        for (inner, outer, stride), count in zip(steps, size.blocks[1:], strict=True):
            layers.append(_conv(inner, outer, stride=stride))
            layers += [Block(outer) for _ in range(count)]
        self.body = nn.Sequential(*layers)  # 3 or 6 rows, 40 columns
        self.fold = nn.Sequential(  # the rows become the two lines' features
            nn.Conv2d(d, 2 * size.spell, (size.rows, 3), 1, (0, 1), bias=False),
            nn.BatchNorm2d(2 * size.spell), nn.ReLU(inplace=True),
        )  # fmt: skip
        self.spell = size.spell
        self.along = nn.Sequential(*(self._along(size.spell, gap) for gap in (1, 2, 4)))
        self.drop = nn.Dropout(0.1)
        self.name = nn.Linear(size.spell, SIGNS)
        self.region = nn.Linear(2 * size.spell + d, len(REGIONS))

    @staticmethod
    def _along(channels: int, gap: int) -> nn.Sequential:
        return nn.Sequential(
            nn.Conv1d(channels, channels, 3, 1, gap, dilation=gap, bias=False),
            nn.BatchNorm1d(channels), nn.ReLU(inplace=True),
        )  # fmt: skip

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        x = images.permute(0, 3, 1, 2).float() * (1 / 127.5) - 1.0
        deep = self.body(x)
        folded = self.fold(deep).squeeze(2)
        lines = folded.reshape(
            -1, self.spell, folded.shape[-1]
        )  # batch x 2 lines, one after another
        for layer in self.along:
            lines = lines + layer(lines)
        spelt = self.name(self.drop(lines.transpose(1, 2)))
        pooled = torch.cat([folded.mean(2), deep.mean((2, 3))], 1)
        return spelt.reshape(-1, 2, spelt.shape[1], SIGNS), self.region(pooled)
