"""Write EfficientNet-Lite0, as Google trained it on ImageNet, as ONNX without its last layer.

    python -m training.vehicles.convert_backbone efficientnet-lite0-57934424.pth vehicle-look.onnx

Needs `torch` (only to open the file, weights alone) and `onnx`. Batch normalisation is folded into
the convolutions; weights are written as 8-bit numbers with a scale for each channel, or with
`--floats` as they are.

In: bytes, N x height x width x 3 (RGB). Out, for 192 x 192 pixels: N x 1280, the mean of the last
map; N x 320 x 3 x 3, what is seen in each ninth; N x 112 x 12 x 12, what is seen in each place.
"""

import sys
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

_EPSILON: Final = 1e-3
_PLACES: Final = 10  # the block whose map tells places apart
# Of the first block of each stage: stride and kernel. (Blocks, stride, kernel.)
_STAGES: Final = ((1, 1, 3), (2, 2, 3), (2, 2, 5), (3, 2, 3), (3, 1, 5), (4, 2, 5), (1, 1, 3))


class Writer:
    def __init__(self, state: dict[str, torch.Tensor], *, floats: bool) -> None:
        self._state = {name: tensor.numpy() for name, tensor in state.items()}
        self._floats = floats
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def node(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def constant(self, name: str, values: np.ndarray) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _folded(self, convolution: str, norm: str) -> tuple[np.ndarray, np.ndarray]:
        scale = self._state[f"{norm}.weight"] / np.sqrt(
            self._state[f"{norm}.running_var"] + _EPSILON
        )
        weights = self._state[f"{convolution}.weight"] * scale[:, None, None, None]
        bias = self._state[f"{norm}.bias"] - self._state[f"{norm}.running_mean"] * scale
        return weights.astype(np.float32), bias.astype(np.float32)

    def _weights(self, name: str, weights: np.ndarray) -> str:
        if self._floats:
            return self.constant(name, weights)
        scale = np.abs(weights).max(axis=(1, 2, 3), keepdims=True) / 127
        scale = np.maximum(scale, 1e-12).astype(np.float32)
        numbers = np.round(weights / scale).astype(np.int8)
        # Not `DequantizeLinear`: the runtime would not fold that when it loads the file.
        self.node("Cast", [self.constant(f"{name}q", numbers)], f"{name}c", to=TensorProto.FLOAT)
        return self.node("Mul", [f"{name}c", self.constant(f"{name}s", scale)], name)

    def convolution(
        self, source: str, convolution: str, norm: str, *, stride: int = 1, clipped: bool = True
    ) -> str:
        weights, bias = self._folded(convolution, norm)
        name = convolution.strip("_").replace(".", "")
        out = self.node(
            "Conv",
            [source, self._weights(f"{name}w", weights), self.constant(f"{name}b", bias)],
            f"{name}y",
            strides=[stride, stride],
            auto_pad="SAME_UPPER",
            group=len(weights) if weights.shape[1] == 1 else 1,
        )
        return self.node("Clip", [out, "zero", "six"], f"{name}r") if clipped else out

    def block(self, source: str, at: int, *, stride: int, joins: bool) -> str:
        name, flow = f"_blocks.{at}", source
        if f"{name}._expand_conv.weight" in self._state:
            flow = self.convolution(flow, f"{name}._expand_conv", f"{name}._bn0")
        flow = self.convolution(flow, f"{name}._depthwise_conv", f"{name}._bn1", stride=stride)
        flow = self.convolution(flow, f"{name}._project_conv", f"{name}._bn2", clipped=False)
        return self.node("Add", [flow, source], f"block{at}") if joins else flow


def main(path: Path, out: Path, *, floats: bool) -> None:
    writer = Writer(torch.load(path, weights_only=True, map_location="cpu"), floats=floats)
    for name, value in (("zero", 0.0), ("six", 6.0)):
        writer.constant(name, np.array(value, np.float32))
    writer.node("Cast", ["picture"], "floats", to=TensorProto.FLOAT)
    writer.node("Sub", ["floats", writer.constant("middle", np.float32(127))], "centred")
    writer.node("Mul", ["centred", writer.constant("step", np.float32(1 / 128))], "scaled")
    writer.node("Transpose", ["scaled"], "channels", perm=[0, 3, 1, 2])
    flow = writer.convolution("channels", "_conv_stem", "_bn0", stride=2)
    at = 0
    for blocks, stride, _ in _STAGES:
        for repeat in range(blocks):
            flow = writer.block(flow, at, stride=1 if repeat else stride, joins=repeat > 0)
            at += 1
    writer.node("AveragePool", [flow], "shapes", kernel_shape=[2, 2], strides=[2, 2])
    writer.node("Identity", [f"block{_PLACES}"], "places")
    flow = writer.convolution(flow, "_conv_head", "_bn1")
    writer.node("GlobalAveragePool", [flow], "pooled")
    writer.node("Flatten", ["pooled"], "features")
    graph = helper.make_graph(
        writer.nodes,
        out.stem,
        [helper.make_tensor_value_info("picture", TensorProto.UINT8, [None, None, None, 3])],
        [
            helper.make_tensor_value_info("features", TensorProto.FLOAT, [None, 1280]),
            helper.make_tensor_value_info("shapes", TensorProto.FLOAT, [None, 320, None, None]),
            helper.make_tensor_value_info("places", TensorProto.FLOAT, [None, 112, None, None]),
        ],
        writer.constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, out)
    print(out, out.stat().st_size)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), floats="--floats" in sys.argv)
