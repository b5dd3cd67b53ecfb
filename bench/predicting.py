"""Read pictures and keep what was read, one JSON object a line, as the scorer wants it."""

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from plateward.recognition import Image, Reading, photos

Read = Callable[[Image], Sequence[Reading]]
Line = dict[str, Any]


def predict(read: Read, files: Sequence[str], folder: Path) -> Iterator[Line]:
    """`files` are names under `folder`; `ms` is the time from pixels to text."""
    for number, file in enumerate(files, start=1):
        image = photos.load(folder / file)
        began = time.perf_counter()
        readings = read(image)
        spent = 1000 * (time.perf_counter() - began)
        yield {"file": file, "ms": round(spent, 1), "plates": [_plate(one) for one in readings]}
        if sys.stderr.isatty():
            print(f"\r{number} of {len(files)}", end="", file=sys.stderr, flush=True)


def keep(lines: Iterable[Line], out: Path) -> Path:
    """Written line by line, so that what was read before a break is there."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("w", encoding="utf-8") as written:
        for line in lines:
            written.write(json.dumps(line, ensure_ascii=False) + "\n")
            written.flush()
    return out


def _plate(one: Reading) -> Line:
    return {
        "text": one.plate,
        "confidence": one.confidence,
        "box": [one.box.left, one.box.top, one.box.width, one.box.height],
        "corners": one.corners,
        "characters": [
            {"text": sign.text, "confidence": sign.confidence, "alternatives": sign.alternatives}
            for sign in one.characters
        ],
    }
