"""Look at what the camera takes: sheet.py OUT.png --fonts FONTS --grounds GROUNDS.npy."""

import argparse
from pathlib import Path

import cv2
import numpy as np

from training.camera import photograph
from training.plate import draw
from training.samples import Sources, load_tools

ROWS, COLUMNS = 10, 6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--fonts", type=Path, required=True)
    parser.add_argument("--grounds", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    tools = load_tools(Sources(args.fonts, args.grounds))
    rng = np.random.default_rng(args.seed)
    sheet = np.full((ROWS * 76, COLUMNS * 164, 3), 255, np.uint8)
    for i in range(ROWS * COLUMNS):
        plate = draw(tools.letters, rng)
        y, x = i // COLUMNS * 76, i % COLUMNS * 164
        sheet[y : y + 48, x : x + 160] = photograph(plate, tools.letters, tools.grounds, rng)
        words = "/".join(plate.lines) + " " + plate.region
        cv2.putText(sheet, words, (x, y + 62), cv2.FONT_HERSHEY_SIMPLEX, 0.4, (200, 0, 0), 1)
    cv2.imwrite(str(args.out), sheet[..., ::-1])


if __name__ == "__main__":
    main()
