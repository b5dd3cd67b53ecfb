"""The photos that come with the reader, and what a person reads on each."""

import json
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Sample:
    photo: Path
    plates: tuple[str, ...]
    about: str


def samples() -> list[Sample]:
    listed = json.loads((FOLDER / "labels.json").read_text(encoding="utf-8"))
    return [Sample(FOLDER / each["file"], tuple(each["plates"]), each["about"]) for each in listed]
