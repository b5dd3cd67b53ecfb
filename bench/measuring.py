"""Run our reader and its peers over the benchmark, and keep what they said beside each other.

predictions.jsonl  ours, on the labelled pictures      openalpr.jsonl, ocr.jsonl  the peers'
negatives.jsonl    ours, on pictures without plates    race.json   who takes how long
costs.json         time, memory, size
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bench import costs, judge
from bench.peers import OpenAlpr, PlateOcr, Ratio, in_turn, openalpr, plate_ocr
from bench.predicting import keep, predict
from bench.scoring import Label, files_of, labels_in
from plateward.recognition import PlateReader, photos

PEERS: Final = {"OpenALPR": "openalpr.jsonl", "fast-plate-ocr": "ocr.jsonl"}
_FRAMES_TIMED: Final = 24
_CROPS_TIMED: Final = 60


def measure(labels: Sequence[Label], every: int, out: Path) -> None:
    """`every`: of the pictures without plates, each Nth."""
    alpr, ocr = openalpr(), plate_ocr()
    out.parent.mkdir(parents=True, exist_ok=True)
    reader = PlateReader.default()
    keep(predict(reader.read, files_of(labels), judge.PUBLIC), out)
    measure_negatives(every, out)
    for name, peer in zip(PEERS.values(), (alpr, ocr), strict=True):
        out.with_name(name).unlink(missing_ok=True)
        if peer is not None:
            keep(peer.predict(labels, judge.PUBLIC), out.with_name(name))
    keep_race(race(reader, alpr, ocr), out)


def measure_costs(out: Path) -> None:
    """Best before anything else: then only what the reader itself holds lies in memory."""
    out.parent.mkdir(parents=True, exist_ok=True)
    found = costs.measure(PlateReader.default(), us_frames())
    costs.kept(found, out.with_name("costs.json"))


def measure_negatives(every: int, out: Path) -> None:
    """On what lies in the folder of pictures without plates, if it is there."""
    names = [f"{judge.NEGATIVES.name}/{path.name}" for path in sorted(judge.NEGATIVES.glob("*"))]
    lines = predict(PlateReader.default().read, names[::every], judge.NEGATIVES.parent)
    keep(lines, out.with_name("negatives.jsonl"))


def us_frames() -> list[Path]:
    """Those that have a 1080p frame's shape: they are timed at that size, whatever was chosen."""
    labels = (one for one in labels_in(judge.TABLE) if one.source == "oalpr-us")
    return costs.wide_frames([judge.PUBLIC / file for file in files_of(labels)], _FRAMES_TIMED)


def race(reader: PlateReader, alpr: OpenAlpr | None, ocr: PlateOcr | None) -> dict[str, Ratio]:
    """OpenALPR on whole frames, opening left out for both; the other on plates cut out."""
    found = {}
    if alpr is not None:
        found["OpenALPR"] = in_turn(
            us_frames(),
            lambda path: costs.clocked(reader.read, photos.load(path)),
            alpr.milliseconds,
        )
    if ocr is not None:
        crops = [one.file for one in labels_in(judge.TABLE) if one.kind == "crop"][:_CROPS_TIMED]
        found["fast-plate-ocr"] = in_turn(
            [photos.load(judge.PUBLIC / file) for file in crops],
            lambda image: costs.clocked(reader.read, image),
            lambda image: costs.clocked(ocr.read, image),
        )
    return found


def keep_race(found: dict[str, Ratio], out: Path) -> None:
    medians = {name: [ratio.ours, ratio.theirs] for name, ratio in found.items()}
    out.with_name("race.json").write_text(json.dumps(medians) + "\n", encoding="utf-8")


def known_race(out: Path) -> dict[str, Ratio]:
    file = out.with_name("race.json")
    medians = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return {name: Ratio(*both) for name, both in medians.items()}
