"""Cut patches without plates from the frames that the licence rule allows."""

import argparse
import csv
from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

ALLOWED = ("frames/ro-dash", "frames/openimages", "frames/lhqow-us")  # MIT, CC BY, CC BY
SIZE = (64, 128)
Box = tuple[float, float, float, float]


def labelled(labels: Path) -> dict[str, list[Box]]:
    """Left, top, right and bottom of the plates of every frame, by its file."""
    boxes: dict[str, list[Box]] = defaultdict(list)
    with labels.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["file"].startswith(ALLOWED):
                edges = [float(row[k] or 0) for k in ("plate_x", "plate_y", "plate_w", "plate_h")]
                boxes[row["file"]].append(
                    (edges[0], edges[1], edges[0] + edges[2], edges[1] + edges[3])
                )
    return boxes


def _touches(patch: Box, plates: list[Box]) -> bool:
    return any(
        patch[0] < b[2] and b[0] < patch[2] and patch[1] < b[3] and b[1] < patch[3] for b in plates
    )


def patches(train: Path, *, per_frame: int, seed: int) -> npt.NDArray[np.uint8]:
    """Patches in red, green, blue, none of which meets a labelled plate."""
    rng = np.random.default_rng(seed)
    found = []
    for name, plates in sorted(labelled(train / "labels.csv").items()):
        image = cv2.imread(str(train / name))
        if image is None:
            continue
        height, width = image.shape[:2]
        for _ in range(per_frame):
            wide = rng.uniform(0.12, 0.5) * width
            high = wide * rng.uniform(0.3, 0.6)
            x, y = rng.uniform(0, width - wide), rng.uniform(0, max(1, height - high))
            if not _touches((x, y, x + wide, y + high), plates):
                part = image[int(y) : int(y + high), int(x) : int(x + wide)]
                found.append(cv2.resize(part, SIZE[::-1], interpolation=cv2.INTER_AREA)[..., ::-1])
    return np.asarray(found, np.uint8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", type=Path, help="folder with labels.csv and frames/")
    parser.add_argument("out", type=Path)
    parser.add_argument("--per-frame", type=int, default=3)
    args = parser.parse_args()
    np.save(args.out, patches(args.train, per_frame=args.per_frame, seed=7))


if __name__ == "__main__":
    main()
