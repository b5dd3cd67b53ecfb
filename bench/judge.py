"""Ask the benchmark's own scorer, and see that the plate-by-plate count agrees with it."""

import csv
import os
import re
import subprocess
import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from bench import counting
from bench.scoring import Judged, Outcome

SHARED: Final = Path(
    os.environ.get("PLATEWARD_SHARED", Path(__file__).parent.parent.parent / "shared")
)
PUBLIC: Final = SHARED / "plates" / "public"
NEGATIVES: Final = SHARED / "plates" / "train" / "negatives"
SCORER: Final = SHARED / "plates" / "score.py"
TABLE: Final = PUBLIC / "labels.csv"
ABSENT: Final = (
    f"SKIPPED: the public benchmark is not in {PUBLIC}. Nothing was measured.\n"
    "Set PLATEWARD_SHARED to the folder that holds plates/public and plates/score.py."
)
_GROUP: Final = re.compile(
    r"^(?P<kind>frame|crop) +(?P<name>\S+) +n= *\d+ (?:capture (?P<capture>[\d.]+) \([\d.]+\)  )?"
    r"texts= *(?P<texts>\d+) read (?P<read>[\d.]+)  strict (?P<strict>[\d.]+)",
    re.MULTILINE,
)


class Disagreement(Exception):
    """The scorer and the count of this repository differ; the message says where."""


def is_there() -> bool:
    return SCORER.exists() and TABLE.exists()


def only(files: Collection[str], out: Path) -> Path:
    """The labels of `files` as a table of their own, so that others do not count as unread."""
    with TABLE.open(encoding="utf-8", newline="") as every:
        rows = csv.DictReader(every)
        kept = [row for row in rows if row["file"] in files]
    with out.open("w", encoding="utf-8", newline="") as written:
        writer = csv.DictWriter(written, rows.fieldnames or [])
        writer.writeheader()
        writer.writerows(kept)
    return out


def verdict(labels: Path, predictions: Path) -> str:
    command = [sys.executable, str(SCORER), str(labels), str(predictions)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def must_agree(said: str, judged: Judged) -> None:
    wrong = [line for line in _differences(said, judged.outcomes) if line]
    ours = counting.calibration_error(counting.reliability(judged.outcomes))
    named = re.search(r"^ECE ([\d.]+)", said, re.MULTILINE)
    if ours is not None and (named is None or named.group(1) != f"{ours:.3f}"):
        wrong.append(f"calibration error: {named and named.group(1)} and {ours:.3f}")
    if wrong:
        raise Disagreement(
            "The scorer and this bench count differently (scorer first), so no figure is shown: "
            + "; ".join(wrong)
            + ". Bring bench/scoring.py in line with the scorer."
        )


def _differences(said: str, outcomes: list[Outcome]) -> Iterator[str]:
    groups = list(_GROUP.finditer(said))
    if not groups and outcomes:
        yield f"no group could be read from what the scorer said: {said[:200]!r}"
    for group in groups:
        of_kind = [one for one in outcomes if one.label.kind == group["kind"]]
        count = counting.tally(one for one in of_kind if _belongs(one, group["name"]))
        ours = {"read": count.read, "strict": count.strict}
        if group["capture"]:
            ours["capture"] = count.captured
        for what, share in ours.items():
            if f"{share.value or 0:.3f}" != group[what]:
                where = f"{group['kind']} {group['name']} {what}"
                yield f"{where}: {group[what]} and {share.value or 0:.3f}"


def _belongs(outcome: Outcome, name: str) -> bool:
    return name in ("all", outcome.label.country or "?")
