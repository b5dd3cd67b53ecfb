"""Write EfficientDet-Lite0 as ONNX.

    python -m training.vehicles.convert_detector efficientdet-lite0.tflite vehicle-boxes.onnx

Needs the packages `tflite` and `onnx`. Weights stay the 8-bit numbers of the original, with their
scales; between layers the network computes in floats. Of the 90 kinds of thing that the original
knows only `KEPT` are written: nothing else can be found with the file.

In: bytes, 1 x height x width x 3 (RGB), both sides multiples of 128. Out: `scores`, 1 x anchors x
kinds, 0 to 1, and `offsets`, 1 x anchors x 4 (y, x, height, width, against the anchor).
"""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
import tflite
from onnx import TensorProto, helper, numpy_helper

# Kind of thing: its number among the 90. A person is found only to be blurred.
KEPT: Final = {"person": 0, "bicycle": 1, "car": 2, "motorcycle": 3, "bus": 5, "truck": 7}
_KINDS: Final = 90
_ANCHORS: Final = 9
_INT8: Final = 9
_RELU6: Final = 3
_OPERATOR: Final = {
    number: name for name, number in vars(tflite.BuiltinOperator).items() if isinstance(number, int)
}


class _Source:
    """The original: its operators in order, its tensors."""

    def __init__(self, path: Path) -> None:
        self._model = tflite.Model.GetRootAsModel(path.read_bytes(), 0)
        self._graph = self._model.Subgraphs(0)

    def operators(self) -> Iterable[tuple[str, Any]]:
        for at in range(self._graph.OperatorsLength()):
            one = self._graph.Operators(at)
            code = self._model.OperatorCodes(one.OpcodeIndex())
            yield _OPERATOR[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())], one

    def shape(self, index: int) -> list[int]:
        return [int(side) for side in self._graph.Tensors(index).ShapeAsNumpy()]

    def numbers(self, index: int) -> np.ndarray:
        tensor = self._graph.Tensors(index)
        kind = {0: np.float32, 2: np.int32, _INT8: np.int8}[tensor.Type()]
        data = self._model.Buffers(tensor.Buffer()).DataAsNumpy()
        return np.frombuffer(data.tobytes(), kind).reshape(self.shape(index))

    def scale(self, index: int) -> np.ndarray:
        return np.asarray(self._graph.Tensors(index).Quantization().ScaleAsNumpy(), np.float32)


def _options(operator: Any, kind: type) -> Any:
    options = kind()
    table = operator.BuiltinOptions()
    options.Init(table.Bytes, table.Pos)
    return options


class _Writer:
    """ONNX nodes, one operator of the original at a time."""

    def __init__(self, source: _Source) -> None:
        self.source = source
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self._named: set[str] = set()

    def node(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def constant(self, name: str, values: np.ndarray) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def convolution(self, operator: Any, *, depthwise: bool) -> None:
        index, weights, bias = (operator.Inputs(n) for n in range(3))
        out = operator.Outputs(0)
        kind = tflite.DepthwiseConv2DOptions if depthwise else tflite.Conv2DOptions
        options = _options(operator, kind)
        numbers, scale = self.source.numbers(weights), self.source.scale(weights)
        added = self.source.numbers(bias) * self.source.scale(bias)
        numbers = numbers.transpose((3, 0, 1, 2) if depthwise else (0, 3, 1, 2))
        if len(scale) == 1:
            scale = np.repeat(scale, len(numbers))
        if len(numbers) == _ANCHORS * _KINDS:
            kept = [a * _KINDS + k for a in range(_ANCHORS) for k in KEPT.values()]
            numbers, scale, added = numbers[kept], scale[kept], added[kept]
        self._convolution(
            (index, out, weights),
            (numbers, scale, added.astype(np.float32)),
            options,
            group=len(numbers) if depthwise else 1,
        )

    def _convolution(
        self,
        ends: tuple[int, int, int],
        weights: tuple[np.ndarray, ...],
        options: Any,
        *,
        group: int,
    ) -> None:
        index, out, at = ends
        numbers, scale, added = weights
        name = f"w{at}"
        if name not in self._named:  # the heads share their weights among the maps
            self._named.add(name)
            # Not `DequantizeLinear`: the runtime would not fold that when it loads the file.
            self.node("Cast", [self.constant(name, numbers)], f"{name}c", to=TensorProto.FLOAT)
            scale = scale.reshape(-1, 1, 1, 1)
            self.node("Mul", [f"{name}c", self.constant(f"{name}s", scale)], f"{name}f")
        clipped = options.FusedActivationFunction() == _RELU6
        self.node(
            "Conv",
            [f"t{index}", f"{name}f", self.constant(f"b{out}", added)],
            f"t{out}c" if clipped else f"t{out}",
            strides=[options.StrideH(), options.StrideW()],
            auto_pad="SAME_UPPER",
            group=group,
        )
        if clipped:
            self.node("Clip", [f"t{out}c", "zero", "six"], f"t{out}")

    def write(self, name: str, operator: Any) -> None:  # noqa: C901, PLR0912 -- one line each
        index, out = operator.Inputs(0), operator.Outputs(0)
        if name in ("CONV_2D", "DEPTHWISE_CONV_2D"):
            self.convolution(operator, depthwise=name == "DEPTHWISE_CONV_2D")
        elif name == "ADD":
            clipped = _options(operator, tflite.AddOptions).FusedActivationFunction() == _RELU6
            total = f"t{out}c" if clipped else f"t{out}"
            self.node("Add", [f"t{index}", f"t{operator.Inputs(1)}"], total)
            if clipped:
                self.node("Clip", [total, "zero", "six"], f"t{out}")
        elif name == "MAX_POOL_2D":
            options = _options(operator, tflite.Pool2DOptions)
            self.node(
                "MaxPool",
                [f"t{index}"],
                f"t{out}",
                kernel_shape=[options.FilterHeight(), options.FilterWidth()],
                strides=[options.StrideH(), options.StrideW()],
                auto_pad="SAME_UPPER",
            )
        elif name == "RESIZE_NEAREST_NEIGHBOR":
            # Sides are multiples of 128, so each map is twice the next.
            self.node(
                "Resize",
                [f"t{index}", "", "twice"],
                f"t{out}",
                mode="nearest",
                nearest_mode="floor",
                coordinate_transformation_mode="asymmetric",
            )
        elif name == "RESHAPE":
            self.reshape(index, out)
        elif name == "CONCATENATION":
            parts = [f"t{operator.Inputs(n)}" for n in range(operator.InputsLength())]
            self.node("Concat", parts, f"t{out}", axis=1)
        elif name == "LOGISTIC":
            self.node("Sigmoid", [f"t{index}"], f"t{out}")
        else:
            raise ValueError(f"{name} is not an operator of EfficientDet-Lite0")

    def reshape(self, index: int, out: int) -> None:
        each = 4 if self.source.shape(out)[-1] == 4 else len(KEPT)
        rows = self.constant(f"r{out}", np.array([1, -1, each], np.int64))
        self.node("Transpose", [f"t{index}"], f"t{out}t", perm=[0, 2, 3, 1])
        self.node("Reshape", [f"t{out}t", rows], f"t{out}")

    def picture(self, output: str) -> None:
        """From bytes as a camera gives them to what the network was trained on."""
        self.node("Cast", ["picture"], "floats", to=TensorProto.FLOAT)
        self.node("Sub", ["floats", self.constant("middle", np.float32(127))], "centred")
        self.node("Mul", ["centred", self.constant("step", np.float32(1 / 128))], "scaled")
        self.node("Transpose", ["scaled"], output, perm=[0, 3, 1, 2])

    def save(self, outputs: Mapping[str, int], path: Path) -> None:
        """`outputs`: name and last side."""
        graph = helper.make_graph(
            self.nodes,
            path.stem,
            [helper.make_tensor_value_info("picture", TensorProto.UINT8, [1, None, None, 3])],
            [
                helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, None, side])
                for name, side in outputs.items()
            ],
            self.constants,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        onnx.checker.check_model(model)
        onnx.save(model, path)
        print(path, path.stat().st_size)


def main(path: Path, out: Path) -> None:
    source = _Source(path)
    writer = _Writer(source)
    for name, value in (("zero", 0.0), ("six", 6.0)):
        writer.constant(name, np.array(value, np.float32))
    writer.constant("twice", np.array([1, 1, 2, 2], np.float32))
    for name, operator in source.operators():
        if name == "QUANTIZE":
            writer.picture(f"t{operator.Outputs(0)}")
        elif name == "DEQUANTIZE":
            index = operator.Inputs(0)
            which = "offsets" if source.shape(index)[-1] == 4 else "scores"
            writer.node("Identity", [f"t{index}"], which)
        elif name != "CUSTOM":
            writer.write(name, operator)
    writer.save({"scores": len(KEPT), "offsets": 4}, out)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
