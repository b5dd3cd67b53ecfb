"""Write what was learned of colours and bodies as one small network, in halves of 32 bits."""

import json
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from training.vehicles import bodies, colours
from training.vehicles import numbers as row

_HALF: Final = 1000  # numbers: constants larger than that are stored in 16 bits


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
        name = f"c{len(self.constants)}"
        halved = values.dtype.kind == "f" and values.size > _HALF
        stored = values.astype(np.float16 if halved else values.dtype)
        if stored.dtype == np.float64:
            stored = stored.astype(np.float32)
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(stored), name))
        return self.of("Cast", name, to=TensorProto.FLOAT) if halved else name

    def part(self, which: slice, *shape: int) -> str:
        ends = (np.array([end]) for end in (which.start, which.stop, 1))
        cut = self.of("Slice", "numbers", *ends)
        return self.of("Reshape", cut, np.array([-1, *shape])) if shape else cut

    def answer(self, scores: str, name: str) -> onnx.ValueInfoProto:
        self.nodes.append(helper.make_node("Softmax", [scores], [name], axis=1))
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, None])


def _colour(graph: _Graph, several: list[colours.Fitted], temperature: float) -> str:
    places, typical = row.ACROSS**2, several[0].typical
    seen = graph.of("Transpose", graph.part(row.PLACES, row.CHANNELS, places), perm=[0, 2, 1])
    near = _near(graph, typical)
    scores = [_counted(graph, seen, near, told, temperature * len(several)) for told in several]
    divide = temperature * len(several)
    whole = np.sum([told.whole for told in several], axis=0) / divide
    paint = np.sum([told.paint for told in several], axis=0) / divide
    start = np.sum([told.start for told in several], axis=0) / divide
    scores.append(graph.of("MatMul", graph.part(row.FEATURES), whole))
    scores.append(graph.of("MatMul", graph.part(row.PAINT), paint))
    return graph.of("Add", graph.of("Sum", *scores), start)


def _near(graph: _Graph, typical: np.ndarray) -> str:
    """How much of each place's tints goes to each of the typical ones."""
    side = 2 * row.ACROSS
    near = graph.of(
        "MatMul", graph.part(row.TINTS, side, side, 3), 2 * colours.SHARPNESS * typical.T
    )
    near = graph.of("Sub", near, colours.SHARPNESS * (typical**2).sum(axis=1))
    near = graph.of("Softmax", near, axis=-1)
    fours = np.array([-1, row.ACROSS, 2, row.ACROSS, 2, colours.TYPICAL])
    near = graph.of("ReduceMean", graph.of("Reshape", near, fours), axes=[2, 4], keepdims=0)
    return graph.of("Reshape", near, np.array([-1, row.ACROSS**2, colours.TYPICAL]))


def _counted(graph: _Graph, seen: str, near: str, told: colours.Fitted, divide: float) -> str:
    weigh = graph.of("Add", graph.of("MatMul", seen, told.looks), told.where)
    weigh = graph.of("Transpose", graph.of("Softmax", weigh, axis=1), perm=[0, 2, 1])
    counts = graph.of("Add", graph.of("MatMul", weigh, near), np.float32([colours.ALMOST_NONE]))
    flat = np.array([-1, colours.LOOKS * colours.TYPICAL])
    roots = graph.of("Reshape", graph.of("Sqrt", counts), flat)
    return graph.of("MatMul", roots, colours.LOUDNESS * told.counts / divide)


def _body(graph: _Graph, told: tuple[np.ndarray, np.ndarray], temperature: float) -> str:
    which = (row.FEATURES, row.SHAPES, row.TALLNESS)
    columns = graph.of("Concat", *(graph.part(part) for part in which), axis=1)
    scores = graph.of("MatMul", columns, told[0] / temperature)
    return graph.of("Add", scores, told[1] / temperature)


def write(
    out: Path,
    colour: tuple[list[colours.Fitted], float, float],
    body: tuple[tuple[np.ndarray, np.ndarray], float, float],
) -> None:
    """Of each: what was fitted, its temperature, and the least chance that is an answer."""
    graph = _Graph()
    outputs = [
        graph.answer(_colour(graph, *colour[:2]), "colour"),
        graph.answer(_body(graph, *body[:2]), "body"),
    ]
    numbers = helper.make_tensor_value_info("numbers", TensorProto.FLOAT, [None, row.SIDE])
    made = helper.make_graph(graph.nodes, out.stem, [numbers], outputs, graph.constants)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    notes = {
        "colours": json.dumps({"words": colours.WORDS, "least": colour[2]}),
        "bodies": json.dumps({"words": bodies.WORDS, "least": body[2]}),
    }
    helper.set_model_props(model, notes)
    onnx.checker.check_model(model)
    onnx.save(model, out)
    print(out, out.stat().st_size, notes)
