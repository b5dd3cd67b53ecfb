"""Measure the plate reader on the public development benchmark with its own scorer.

Writes bench/out/predictions.jsonl for $PLATEWARD_SHARED/plates/public (default: ../shared) and
prints what score.py says of it, by country, then the time and memory that reading took.
"""

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from plateward.recognition import PlateReader, WeightsProblem, photos

HERE = Path(__file__).parent
SHARED = Path(os.environ.get("PLATEWARD_SHARED", HERE.parent.parent / "shared"))
PUBLIC = SHARED / "plates" / "public"
SCORER = SHARED / "plates" / "score.py"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default="", help="files whose name contains this")
    parser.add_argument("--out", type=Path, default=HERE / "out" / "predictions.jsonl")
    asked = parser.parse_args()
    if not SCORER.exists() or not (PUBLIC / "labels.csv").exists():
        print(f"SKIPPED: the public benchmark is not in {PUBLIC}.")
        print("Set PLATEWARD_SHARED to the folder that holds plates/public and plates/score.py.")
        return
    files = [file for file in labelled_files() if asked.only in file]
    try:
        predict(files, asked.out)
    except WeightsProblem as problem:
        sys.exit(str(problem))
    command = [sys.executable, str(SCORER), str(PUBLIC / "labels.csv"), str(asked.out)]
    print(subprocess.run(command, check=True, capture_output=True, text=True).stdout, end="")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"peak memory {memory} MB")


def labelled_files() -> list[str]:
    with (PUBLIC / "labels.csv").open(encoding="utf-8") as table:
        return list(dict.fromkeys(row["file"] for row in csv.DictReader(table)))


def predict(files: list[str], out: Path) -> None:
    reader = PlateReader.default()
    out.parent.mkdir(parents=True, exist_ok=True)
    processor = time.process_time()
    with out.open("w", encoding="utf-8") as lines:
        for line in predictions(reader, files):
            lines.write(json.dumps(line) + "\n")
    each = 1000 * (time.process_time() - processor) / max(1, len(files))
    print(f"{len(files)} images, {each:.0f} ms of processor time an image")


def predictions(reader: PlateReader, files: list[str]) -> Iterator[dict[str, object]]:
    for number, file in enumerate(files, start=1):
        image = photos.load(PUBLIC / file)
        began = time.perf_counter()
        readings = reader.read(image)
        spent = 1000 * (time.perf_counter() - began)
        plates = [
            {
                "text": one.plate,
                "confidence": one.confidence,
                "box": [one.box.left, one.box.top, one.box.width, one.box.height],
            }
            for one in readings
        ]
        yield {"file": file, "ms": round(spent, 1), "plates": plates}
        if sys.stderr.isatty():
            print(f"\r{number} of {len(files)}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
