"""Train the reader on photographed drawings; stop and go on at any time.

python -m training.train OUT --fonts FONTS --grounds GROUNDS.npy --steps 20000
"""

import argparse
import math
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from training.network import SIZES, Reader
from training.pretrained import PretrainedReader
from training.run import Run
from training.samples import NO_REGION, Batch, Sources, stream

REGION_WEIGHT = 0.05
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


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="folder of checkpoint.pt and log.jsonl")
    parser.add_argument("--fonts", type=Path, required=True)
    parser.add_argument("--grounds", type=Path, required=True)
    parser.add_argument("--size", choices=sorted(SIZES), default="small")
    parser.add_argument("--start", type=Path, help="PP-OCRv6 small as ONNX, to start from")
    parser.add_argument("--on", type=Path, help="checkpoint.pt of an earlier run, to go on from")
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
    run = Run(model.to(device), args.out / "checkpoint.pt", top=args.rate, decay=0.02)
    if args.on:
        run.go_on_from(args.on)
    weights = sum(p.numel() for p in model.parameters()) / 1e6
    print(f"{weights:.2f} M weights, from step {run.step} on {device}")
    go_on(run, args)
    keep(run, args)


def go_on(run: Run, args: argparse.Namespace) -> None:
    until = time.monotonic() + args.seconds
    sources = Sources(args.fonts, args.grounds, args.plates, args.share)
    numbers = range(run.step // args.repeat, math.ceil(args.steps / args.repeat))
    for batch in stream(numbers, args.batch, args.seed, sources=sources, workers=args.workers):
        for _ in range(args.repeat):
            told = one_step(run, batch, args.steps)
            if run.step % 100 == 0:
                losses = [round(value, 4) for value in told.tolist()]
                right = read_right(run.network, batch)
                run.note(args.out / "log.jsonl", loss=losses, exact=right)
        if run.step % 200 < args.repeat:
            keep(run, args)
        if time.monotonic() > until:
            return


def keep(run: Run, args: argparse.Namespace) -> None:
    size = "pretrained" if args.start else args.size
    run.save(size=size, seed=args.seed, batch=args.batch)


def one_step(run: Run, batch: Batch, steps: int) -> Tensor:
    """One step down the gradient; returns the loss and its two parts."""
    device = next(run.network.parameters()).device
    run.network.train()
    images = torch.from_numpy(batch.images).to(device, non_blocking=True)
    with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
        logits, regions = run.network(images)
    ctc, region = loss_of(logits, regions, batch, device)
    loss = ctc + REGION_WEIGHT * region
    run.learn(loss, steps=steps, most=2.0)
    return torch.stack([loss.detach(), ctc.detach(), region.detach()])


def read_right(network: nn.Module, batch: Batch) -> float:
    """Share of the batch that the network, as it stands, reads without a mistake."""
    network.eval()
    with torch.no_grad():
        device = next(network.parameters()).device
        logits, _ = network(torch.from_numpy(batch.images).to(device))
    return exact(logits, batch.signs)


if __name__ == "__main__":
    main()
