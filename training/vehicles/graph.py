"""Write what was learned as one network: a picture and a height in, chances of words out.

Weights of the convolutions are stored as 8-bit numbers with a scale for each channel.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from training.vehicles import bodies, tune
from training.vehicles.network import Backbone, Block, Convolution

CARS: Final = 4  # of tune.BODIES, which are all told as car
_HALF: Final = 1000  # numbers: constants larger than that are stored in 16 bits


@dataclass(frozen=True, slots=True)
class Scale:
    """How scores become chances: they are moved, divided; below `least` nothing is said."""

    words: tuple[str, ...]
    moved: np.ndarray
    temperature: float
    least: float


@dataclass(frozen=True, slots=True)
class Linear:
    """What `bodies.fit` made of what an untaught backbone sees."""

    seen: Backbone
    slopes: np.ndarray
    start: np.ndarray


class _Graph:
    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def of(self, kind: str, *inputs: str | np.ndarray, **attributes: Any) -> str:
        named = [each if isinstance(each, str) else self._constant(each) for each in inputs]
        name = f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, named, [name], **attributes))
        return name

    def _constant(self, values: np.ndarray) -> str:
        halved = values.dtype.kind == "f" and values.size > _HALF
        stored = values.astype(np.float16 if halved else values.dtype)
        if stored.dtype == np.float64:
            stored = stored.astype(np.float32)
        name = self._stored(stored)
        return self.of("Cast", name, to=TensorProto.FLOAT) if halved else name

    def _stored(self, values: np.ndarray) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def _weights(self, weights: np.ndarray) -> str:
        scale = np.abs(weights).max(axis=(1, 2, 3), keepdims=True) / 127
        scale = np.maximum(scale, 1e-12).astype(np.float32)
        # Not `DequantizeLinear`: the runtime would not fold that when it loads the file.
        stored = self._stored(np.round(weights / scale).astype(np.int8))
        return self.of("Mul", self.of("Cast", stored, to=TensorProto.FLOAT), scale)

    def convolution(self, flow: str, layer: Convolution) -> str:
        weights, bias = (each.detach().numpy() for each in (layer.weight, layer.bias))
        flow = self.of(
            "Conv", flow, self._weights(weights), bias,
            strides=[layer.stride, layer.stride], auto_pad="SAME_UPPER", group=layer.groups,
        )  # fmt: skip
        return self.of("Clip", flow, np.float32(0), np.float32(6)) if layer.clipped else flow

    def block(self, flow: str, block: Block) -> str:
        out = flow
        for layer in block.layers:
            out = self.convolution(out, layer)
        return self.of("Add", out, flow) if block.joins else out

    def backbone(self, flow: str, network: Backbone) -> tuple[str, str]:
        """The last map, and the mean of its numbers."""
        flow = self.convolution(flow, network.stem)
        for block in network.blocks:
            flow = self.block(flow, block)
        return flow, self.mean(self.convolution(flow, network.head))

    def mean(self, flow: str) -> str:
        return self.of("Flatten", self.of("GlobalAveragePool", flow))

    def linear(self, flow: str, slopes: np.ndarray, start: np.ndarray) -> str:
        return self.of("Add", self.of("MatMul", flow, slopes), start)

    def answer(self, scores: str, scale: Scale, name: str) -> onnx.ValueInfoProto:
        moved = self.of("Add", scores, scale.moved.astype(np.float32))
        cooled = self.of("Div", moved, np.float32(scale.temperature))
        self.nodes.append(helper.make_node("Softmax", [cooled], [name], axis=1))
        return helper.make_tensor_value_info(
            name, TensorProto.FLOAT, ["vehicles", len(scale.words)]
        )


def _kinds(graph: _Graph, scores: str) -> str:
    """From tune.BODIES to bodies.WORDS: cars are one, and what is told by other means is none."""
    ends = [np.array([each]) for each in (0, CARS, CARS + len(bodies.WORDS) - 1, 1)]
    cars = graph.of("Slice", scores, ends[0], ends[1], ends[3])
    others = graph.of("Slice", scores, ends[1], ends[2], ends[3])
    cars = graph.of("ReduceLogSumExp", cars, axes=[1], keepdims=1)
    return graph.of("LogSoftmax", graph.of("Concat", cars, others, axis=1), axis=1)


def write(out: Path, linear: Linear, told: tune.Told, colour: Scale, body: Scale) -> None:
    """Both answers of `told`, the body's with that of `linear`."""
    graph = _Graph()
    centred = graph.of("Sub", graph.of("Cast", "picture", to=TensorProto.FLOAT), np.float32(127))
    scaled = graph.of("Mul", centred, np.float32(1 / 128))
    picture = graph.of("Transpose", scaled, perm=[0, 3, 1, 2])
    flow, features = graph.backbone(picture, linear.seen)
    ninths = graph.of("AveragePool", flow, kernel_shape=[2, 2], strides=[2, 2])
    columns = graph.of("Concat", features, graph.of("Flatten", ninths), "tall", axis=1)
    plain = graph.linear(columns, linear.slopes, linear.start)
    plain = graph.of("LogSoftmax", plain, axis=1)
    flow, features = graph.backbone(picture, told.backbone)
    tall = graph.of("Mul", "tall", np.float32(tune.TALL))
    last = [
        (layer.weight.detach().numpy().T, layer.bias.detach().numpy())
        for layer in (told.body, told.colour)
    ]
    shapes = graph.linear(graph.of("Concat", features, tall, axis=1), *last[0])
    paint = graph.linear(graph.of("Concat", features, graph.mean(flow), axis=1), *last[1])
    outputs = [
        graph.answer(paint, colour, "colour"),
        graph.answer(graph.of("Mean", plain, _kinds(graph, shapes)), body, "body"),
    ]
    inputs = [
        helper.make_tensor_value_info(
            "picture", TensorProto.UINT8, ["vehicles", "height", "width", 3]
        ),
        helper.make_tensor_value_info("tall", TensorProto.FLOAT, ["vehicles", 1]),
    ]
    made = helper.make_graph(graph.nodes, out.stem, inputs, outputs, graph.constants)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    notes = {
        name: json.dumps({"words": scale.words, "least": scale.least})
        for name, scale in (("colours", colour), ("bodies", body))
    }
    helper.set_model_props(model, notes)
    onnx.checker.check_model(model)
    onnx.save(model, out)
    print(out, out.stat().st_size, notes)
