"""Export a trained reader to ONNX and check that it still says the same."""

import argparse
import hashlib
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn

from training.camera import HEIGHT, WIDTH
from training.network import SIZES, Reader
from training.pretrained import PretrainedReader

OPSET = 17
WORTH_HALVING = 1024
MOST = 0.2  # that a logit may differ by, of about twenty


def load(checkpoint: Path, start: Path | None) -> nn.Module:
    """The running mean of the weights; `start` is where a pretrained reader began."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    model = PretrainedReader(start) if start else Reader(SIZES[str(state["size"])])
    model.load_state_dict(state["mean"])
    return model.eval()


def export(model: nn.Module, out: Path) -> None:
    example = torch.zeros((2, HEIGHT, WIDTH, 3), dtype=torch.uint8)
    torch.onnx.export(
        model, (example,), str(out), dynamo=False, opset_version=OPSET,
        input_names=["images"], output_names=["spelling", "region"],
        dynamic_axes={name: {0: "batch"} for name in ("images", "spelling", "region")},
    )  # fmt: skip


def halve(path: Path) -> None:
    """Store large weights in 16 bits; they are widened again when the file is loaded."""
    model = onnx.load(str(path))
    graph, casts = model.graph, []
    for weight in list(graph.initializer):
        values = onnx.numpy_helper.to_array(weight)
        if values.dtype == np.float32 and values.size >= WORTH_HALVING:
            small = onnx.numpy_helper.from_array(values.astype(np.float16), f"{weight.name}_half")
            graph.initializer.remove(weight)
            graph.initializer.append(small)
            casts.append(
                onnx.helper.make_node(
                    "Cast", [small.name], [weight.name], to=onnx.TensorProto.FLOAT
                )
            )
    for place, cast in enumerate(casts):
        graph.node.insert(place, cast)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def difference(model: nn.Module, onnx: Path) -> float:
    """The greatest difference of any logit on noise, three plates at once."""
    images = np.random.default_rng(1).integers(0, 256, (3, HEIGHT, WIDTH, 3), np.uint8)
    session = onnxruntime.InferenceSession(str(onnx), providers=["CPUExecutionProvider"])
    got = session.run(None, {"images": images})
    with torch.no_grad():
        wanted = model(torch.from_numpy(images))
    return max(float(np.abs(g - w.numpy()).max()) for g, w in zip(got, wanted, strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--start", type=Path, help="as in training")
    args = parser.parse_args()
    model = load(args.checkpoint, args.start)
    export(model, args.out)
    halve(args.out)
    off = difference(model, args.out)
    if off > MOST:
        raise SystemExit(f"the exported reader differs by {off:.2g}; nothing to ship")
    data = args.out.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    print(f"{args.out} {len(data) / 1e6:.2f} MB sha256 {digest}, off by {off:.1e}")


if __name__ == "__main__":
    main()
