"""Read labelled crops with an exported reader; say how many are right, and how sure it was.

    python -m training.evaluate READER.onnx PLATES/train --only crops/oalpr --fit
    python -m training.evaluate READER.onnx PLATES/public --temperature 1.3 --out reads.jsonl

Frames are cut at the labelled box, widened by --margin, so this measures the reader alone.
"""

import argparse
import csv
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime

from training.camera import shrink
from training.decode import Spelt, spell
from training.designs import REGIONS


@dataclass(frozen=True, slots=True)
class Case:
    """One labelled plate: where it is, what it says, and its picture at the reader's size."""

    row: dict[str, str]
    image: npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Read:
    case: Case
    logits: npt.NDArray[np.float32]
    region: str
    milliseconds: float


def fold(text: str) -> str:
    return "".join(c for c in text.upper() if c.isalnum()).replace("O", "0")


def cut(image: npt.NDArray[np.uint8], row: dict[str, str], margin: float) -> npt.NDArray[np.uint8]:
    if row["kind"] == "crop" or not row["plate_w"]:
        return image
    x, y, wide, high = (float(row[k]) for k in ("plate_x", "plate_y", "plate_w", "plate_h"))
    left, top = max(0, round(x - margin * wide)), max(0, round(y - margin * high))
    return image[top : round(y + (1 + margin) * high), left : round(x + (1 + margin) * wide)]


def cases(folder: Path, only: str, margin: float) -> Iterator[Case]:
    with (folder / "labels.csv").open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["plate_text"] and r["file"].startswith(only)]
    for row in rows:
        image = cv2.imread(str(folder / row["file"]))
        if image is not None and (row["kind"] == "crop" or row["plate_w"]):
            part = cut(np.asarray(image, np.uint8), row, margin)
            yield Case(row, np.ascontiguousarray(shrink(part)[..., ::-1]))


def read_all(onnx: Path, todo: Iterator[Case], threads: int) -> list[Read]:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(onnx), options, providers=["CPUExecutionProvider"])
    reads = []
    for case in todo:
        start = time.perf_counter()
        spelling, region = session.run(None, {"images": case.image[None]})
        took = (time.perf_counter() - start) * 1000
        reads.append(Read(case, spelling[0], REGIONS[int(region[0].argmax())], took))
    return reads


def right(read: Read, spelt: Spelt) -> bool:
    return fold(spelt.text) == fold(read.case.row["plate_text"])


def fit(reads: list[Read]) -> float:
    """The temperature whose confidences are likeliest, over labelled reads never trained on."""
    best = (np.inf, 1.0)
    for temperature in np.geomspace(0.5, 6, 40):
        loss = 0.0
        for read in reads:
            spelt = spell(read.logits, float(temperature))
            sure = min(max(spelt.confidence, 1e-6), 1 - 1e-6)
            loss -= np.log(sure if right(read, spelt) else 1 - sure)
        best = min(best, (loss, float(temperature)))
    return best[1]


def calibration_error(pairs: list[tuple[float, bool]]) -> float:
    bins: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for sure, fine in pairs:
        cell = bins[min(9, int(sure * 10))]
        cell[0] += sure
        cell[1] += fine
    return sum(abs(a - b) for a, b in bins.values()) / max(1, len(pairs))


def table(reads: list[Read], temperature: float) -> None:
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    pairs: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for read in reads:
        spelt = spell(read.logits, temperature)
        name = "/".join(read.case.row["file"].split("/")[:2])
        fine = right(read, spelt)
        pairs[name].append((spelt.confidence, fine))
        groups[name].update(n=1, read=fine, sure=spelt.confidence >= 0.8)
        groups[name].update(wrong=spelt.confidence >= 0.8 and not fine)
        if read.case.row["region"] in REGIONS:
            groups[name].update(named=1, region=read.region == read.case.row["region"])
    for name, g in sorted(groups.items()):
        line = f"{name:24s} n={g['n']:5d} read {g['read'] / g['n']:.3f}"
        line += f"  sure {g['sure']} wrong {g['wrong']}  ECE {calibration_error(pairs[name]):.3f}"
        print(line + (f"  region {g['region'] / g['named']:.3f}" if g["named"] else ""))
    times = sorted(r.milliseconds for r in reads)
    print(
        f"{len(reads)} reads, temperature {temperature:.2f}, median {times[len(times) // 2]:.2f} ms"
    )


def write(reads: list[Read], temperature: float, out: Path) -> None:
    """Predictions as the scorer of the plates folder wants them, true boxes given."""
    plates: dict[str, list[dict[str, object]]] = defaultdict(list)
    for read in reads:
        row, spelt = read.case.row, spell(read.logits, temperature)
        box = [float(row[k] or 0) for k in ("plate_x", "plate_y", "plate_w", "plate_h")]
        plates[row["file"]].append({"text": spelt.text, "confidence": spelt.confidence, "box": box})
    lines = [json.dumps({"file": file, "plates": found}) for file, found in plates.items()]
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("onnx", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="files that begin so")
    parser.add_argument("--margin", type=float, default=0.03)
    parser.add_argument("--temperature", type=float, default=1.0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--fit", action="store_true", help="find the temperature on these reads")
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    reads = read_all(args.onnx, cases(args.folder, args.only, args.margin), args.threads)
    temperature = fit(reads) if args.fit else args.temperature
    table(reads, temperature)
    if args.out:
        write(reads, temperature, args.out)


if __name__ == "__main__":
    main()
