"""Take up the weights of an ONNX network as a trainable torch module, node by node."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn
from torch.nn import functional

_GELU = ("Div", "Erf", "Add", "Mul", "Mul")


class Graph(nn.Module):
    """The part of a network between `inputs` and `outputs`; every float weight learns.

    Knows the operators of the two networks that we start from (see `pretrained.py` and
    `corners.py`). Biases that stand as additions of their own join their convolutions. A `Resize`
    grows its input to the other operand of the addition that uses it.
    """

    def __init__(self, path: Path, inputs: Sequence[str], outputs: Sequence[str]) -> None:
        super().__init__()
        graph = onnx.load(str(path)).graph
        self._held = {w.name: numpy_helper.to_array(w) for w in graph.initializer}
        for node in graph.node:
            if node.op_type == "Constant":
                self._held[node.output[0]] = numpy_helper.to_array(node.attribute[0].t)
        self.inputs, self.outputs = tuple(inputs), tuple(outputs)
        self._nodes = self._needed(list(graph.node))
        self._users = {name: node for node in self._nodes for name in node.input}
        self.weights = nn.ParameterDict()
        self._plan: list[tuple[str, onnx.NodeProto, str, str]] = []
        self._same: dict[str, str] = {}
        self._prepare()

    def _needed(self, nodes: list[onnx.NodeProto]) -> list[onnx.NodeProto]:
        wanted, kept = set(self.outputs), []
        for node in reversed(nodes):
            if wanted.intersection(node.output) and node.output[0] not in self.inputs:
                kept.append(node)
                resize = node.op_type == "Resize"
                wanted.update(node.input[:1] if resize else node.input)
        return kept[::-1]

    def _weight(self, name: str, value: np.ndarray) -> str:
        key = name.replace(".", "_")
        self.weights[key] = nn.Parameter(torch.from_numpy(value.astype(np.float32)))
        return key

    def _prepare(self) -> None:
        joined: set[str] = set()
        for node in self._nodes:
            out = node.output[0]
            if out in joined:
                continue
            if node.op_type == "Identity":
                self._same[out] = node.input[0]
            elif node.op_type == "Conv":
                self._plan.append(("Conv", node, *self._convolution(node, joined)))
            elif node.op_type == "Div" and self._users[out].op_type == "Erf":
                self._plan.append(("Gelu", self._gelu(node, joined), "", ""))
            else:
                self._plan.append((node.op_type, node, "", ""))

    def _convolution(self, node: onnx.NodeProto, joined: set[str]) -> tuple[str, str]:
        """Its weight and its bias, which may stand as an addition of its own."""
        weight = self._weight(node.input[1], self._held[node.input[1]])
        if len(node.input) == len(("picture", "weight", "bias")):
            return weight, self._weight(node.input[2], self._held[node.input[2]])
        user = self._users[node.output[0]]
        held = [i for i in user.input if i in self._held]
        if user.op_type != "Add" or not held:
            return weight, ""
        self._same[user.output[0]] = node.output[0]
        joined.add(user.output[0])
        return weight, self._weight(f"{node.input[1]}_bias", self._held[held[0]].ravel())

    def _gelu(self, node: onnx.NodeProto, joined: set[str]) -> onnx.NodeProto:
        last = node
        for _ in _GELU[1:]:
            last = self._users[last.output[0]]
            joined.add(last.output[0])
        return onnx.NodeProto(input=node.input[:1], output=last.output, op_type="Gelu")

    def _name(self, name: str) -> str:
        while name in self._same:
            name = self._same[name]
        return name

    def forward(self, *given: Tensor) -> list[Tensor]:
        values = dict(zip(self.inputs, given, strict=True))
        for kind, node, weight, bias in self._plan:
            arguments = [values.get(self._name(name)) for name in node.input]
            facts = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
            if kind == "Conv":
                value = self._convolve(arguments[0], facts, weight, bias)
            elif kind == "Resize":
                user = self._users[node.output[0]]
                other = next(n for n in user.input if n != node.output[0])
                size = values[self._name(other)].shape[-2:]
                value = functional.interpolate(arguments[0], size=size, mode="nearest")
            else:
                value = _simple(kind, arguments, facts)
            values[node.output[0]] = value
        return [values[self._name(name)] for name in self.outputs]

    def _convolve(self, x: Tensor | None, facts: dict[str, Any], weight: str, bias: str) -> Tensor:
        top, left, bottom, right = _pads(facts)
        x = _given(x)
        same = top == bottom and left == right
        if not same:
            x = functional.pad(x, (left, right, top, bottom))
        return functional.conv2d(
            x,
            self.weights[weight],
            self.weights[bias] if bias else None,
            stride=tuple(facts["strides"]),
            padding=(top, left) if same else 0,
            dilation=tuple(facts.get("dilations", (1, 1))),
            groups=int(facts.get("group", 1)),
        )


def _pads(facts: dict[str, Any]) -> tuple[int, int, int, int]:
    """Top, left, bottom, right; "same" is met here only at stride one."""
    if facts.get("auto_pad") == b"SAME_UPPER":
        high, wide = (int(k) - 1 for k in facts["kernel_shape"])
        return high // 2, wide // 2, high - high // 2, wide - wide // 2
    top, left, bottom, right = facts.get("pads", (0, 0, 0, 0))
    return top, left, bottom, right


def _given(x: Tensor | None) -> Tensor:
    if x is None:
        raise ValueError("the graph asks for a tensor that is not there")
    return x


def _simple(kind: str, arguments: list[Tensor | None], facts: dict[str, Any]) -> Tensor:
    if kind not in _OPERATORS:
        raise NotImplementedError(f"operator {kind}")
    return _OPERATORS[kind]([_given(a) for a in arguments], facts)


def _max_pool(given: list[Tensor], facts: dict[str, Any]) -> Tensor:
    top, left, bottom, right = _pads(facts)
    x = functional.pad(given[0], (left, right, top, bottom))
    return functional.max_pool2d(x, tuple(facts["kernel_shape"]), tuple(facts["strides"]))


_OPERATORS: dict[str, Callable[[list[Tensor], dict[str, Any]], Tensor]] = {
    "Gelu": lambda given, _: functional.gelu(given[0]),
    "Relu": lambda given, _: functional.relu(given[0]),
    "LeakyRelu": lambda given, facts: functional.leaky_relu(given[0], facts["alpha"]),
    "HardSigmoid": lambda given, _: functional.hardsigmoid(given[0]),
    "Add": lambda given, _: given[0] + given[1],
    "Mul": lambda given, _: given[0] * given[1],
    "ReduceMean": lambda given, _: given[0].mean((2, 3), keepdim=True),
    "Concat": lambda given, facts: torch.cat(given, facts["axis"]),
    "MaxPool": _max_pool,
}
