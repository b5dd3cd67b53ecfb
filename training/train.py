"""Train the reader on photographed drawings; stop and go on at any time.

python -m training.train OUT --fonts FONTS --grounds GROUNDS.npy --steps 20000
"""

import argparse
import json
import math
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from training.network import SIZES, Reader
from training.pretrained import PretrainedReader
from training.samples import NO_REGION, Batch, stream

REGION_WEIGHT = 0.05
KEPT = 0.998  # of the running mean of the weights, a step
Model = Reader | PretrainedReader


def loss_of(
    logits: Tensor, regions: Tensor, batch: Batch, device: torch.device
) -> tuple[Tensor, Tensor]:
    """CTC on each line by itself (an empty line two is all blanks), and the region."""
    signs = (
        torch.from_numpy(batch.signs.astype(np.int64)).to(device).reshape(-1, batch.signs.shape[-1])
    )
    lengths = (signs > 0).sum(1)
    spelt = logits.reshape(-1, *logits.shape[2:]).float().log_softmax(-1).transpose(0, 1)
    columns = torch.full((spelt.shape[1],), spelt.shape[0], dtype=torch.long, device=device)
    ctc = nn.functional.ctc_loss(
        spelt, signs, columns, lengths, reduction="none", zero_infinity=True
    )
    ctc = ctc.reshape(-1, 2).sum(1).mean() / 7
    named = torch.from_numpy(batch.regions.astype(np.int64)).to(device)
    region = nn.functional.cross_entropy(
        regions.float(), named, label_smoothing=0.05, ignore_index=NO_REGION
    )
    return ctc, region


def rate(step: int, steps: int, top: float) -> float:
    """Rise over the first 3 %, then fall as a cosine."""
    warm = max(1, int(0.03 * steps))
    if step < warm:
        return top * (step + 1) / warm
    return top * (
        0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm)))
    )


def exact(logits: Tensor, signs: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> float:
    """Share of the batch spelt without a mistake, greedily."""
    best = logits.argmax(-1).cpu().numpy()
    right = 0
    for plate, truth in zip(best, signs, strict=True):
        fine = True
        for line, want in zip(plate, truth, strict=True):
            kept = line[np.flatnonzero(np.diff(line, prepend=0))]
            fine &= np.array_equal(kept[kept > 0], want[want > 0])
        right += fine
    return right / len(signs)


def save(
    path: Path,
    model: Model,
    mean: dict[str, Tensor],
    optimiser: torch.optim.Optimizer,
    facts: dict[str, object],
) -> None:
    part = path.with_suffix(".part")
    kept = {"model": model.state_dict(), "mean": mean, "optimiser": optimiser.state_dict()}
    torch.save({**kept, **facts}, part)
    part.replace(path)


def follow(mean: dict[str, Tensor], model: Model, step: int) -> None:
    """The running mean of the weights, which is what gets exported."""
    share = min(KEPT, (1 + step) / (10 + step))
    for name, value in model.state_dict().items():
        if value.is_floating_point():
            mean[name].lerp_(value, 1 - share)
        else:
            mean[name].copy_(value)


def resume(
    path: Path, model: Model, mean: dict[str, Tensor], optimiser: torch.optim.Optimizer
) -> int:
    """Take up the checkpoint where there is one; returns the steps already taken."""
    if not path.exists():
        return 0
    state = torch.load(path, map_location=next(model.parameters()).device, weights_only=True)
    model.load_state_dict(state["model"])
    mean.update(state["mean"])
    optimiser.load_state_dict(state["optimiser"])
    return int(state["step"])


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="folder of checkpoint.pt and log.jsonl")
    parser.add_argument("--fonts", type=Path, required=True)
    parser.add_argument("--grounds", type=Path, required=True)
    parser.add_argument("--size", choices=sorted(SIZES), default="small")
    parser.add_argument("--start", type=Path, help="PP-OCRv6 small as ONNX, to start from")
    parser.add_argument("--plates", type=Path, help="folder of real plates, to mix in")
    parser.add_argument("--share", type=float, default=0.15, help="of real plates in a batch")
    parser.add_argument("--steps", type=int, default=20000)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--repeat", type=int, default=1, help="times each batch is seen")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument(
        "--seconds", type=float, default=math.inf, help="stop after so long; run again to go on"
    )
    return parser.parse_args()


def main() -> None:
    args = arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model: Model = PretrainedReader(args.start) if args.start else Reader(SIZES[args.size])
    model = model.to(device)
    mean = {name: value.clone() for name, value in model.state_dict().items()}
    optimiser = torch.optim.AdamW(model.parameters(), lr=args.rate, weight_decay=0.02)
    kept, until = args.out / "checkpoint.pt", time.monotonic() + args.seconds
    step = resume(kept, model, mean, optimiser)
    weights = sum(p.numel() for p in model.parameters()) / 1e6
    print(f"{weights:.2f} M weights, from step {step} on {device}")
    size = "pretrained" if args.start else args.size
    facts = {"size": size, "seed": args.seed, "batch": args.batch}
    numbers = range(step // args.repeat, math.ceil(args.steps / args.repeat))
    source = stream(
        numbers, args.batch, args.seed, fonts=args.fonts, grounds=args.grounds,
        workers=args.workers, plates=args.plates, share=args.share,
    )  # fmt: skip
    for batch in source:
        for _ in range(args.repeat):
            told = one_step(model, optimiser, batch, rate(step, args.steps, args.rate))
            step += 1
            follow(mean, model, step)
            if step % 100 == 0:
                note(args.out, step, told, model, batch)
        if step % 200 < args.repeat or time.monotonic() > until:
            save(kept, model, mean, optimiser, {**facts, "step": step})
        if time.monotonic() > until:
            break
    save(kept, model, mean, optimiser, {**facts, "step": step})


def one_step(model: Model, optimiser: torch.optim.Optimizer, batch: Batch, speed: float) -> Tensor:
    """One step down the gradient; returns the loss and its two parts."""
    device = next(model.parameters()).device
    model.train()
    for group in optimiser.param_groups:
        group["lr"] = speed
    images = torch.from_numpy(batch.images).to(device, non_blocking=True)
    with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
        logits, regions = model(images)
    ctc, region = loss_of(logits, regions, batch, device)
    loss = ctc + REGION_WEIGHT * region
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 2.0)
    optimiser.step()
    return torch.stack([loss.detach(), ctc.detach(), region.detach()])


def note(out: Path, step: int, told: Tensor, model: Model, batch: Batch) -> None:
    model.eval()
    with torch.no_grad():
        logits, _ = model(torch.from_numpy(batch.images).to(told.device))
    line = {
        "step": step,
        "loss": [round(v, 4) for v in told.tolist()],
        "exact": exact(logits, batch.signs),
    }
    with (out / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps({**line, "at": round(time.time())}) + "\n")


if __name__ == "__main__":
    main()
