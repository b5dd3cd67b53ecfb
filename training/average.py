"""Average the weights of several states of one training: often better than each, never slower.

    python -m training.average OUT.pt CHECKPOINT.pt CHECKPOINT.pt [...]

OUT is a checkpoint as `training.export` takes it; its other facts are those of the first.
"""

import argparse
from pathlib import Path
from typing import Any

import torch


def averaged(states: list[dict[str, Any]]) -> dict[str, Any]:
    """Whole numbers, such as counts of batches, are taken from the first."""
    first, *others = states
    mean = {
        name: torch.stack([value, *(other["mean"][name] for other in others)]).mean(0)
        if value.is_floating_point()
        else value
        for name, value in first["mean"].items()
    }
    return {**first, "mean": mean}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("checkpoints", type=Path, nargs="+")
    asked = parser.parse_args()
    states = [torch.load(file, map_location="cpu", weights_only=True) for file in asked.checkpoints]
    torch.save(averaged(states), asked.out)


if __name__ == "__main__":
    main()
