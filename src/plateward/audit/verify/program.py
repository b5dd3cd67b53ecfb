"""The command line.

Exit code 0: every entry is proven; 1: not so, and the first bad entry is named; 2: the file or an
argument cannot be used.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from . import excerpt  # noqa: TID252
from .canonical import Malformed  # noqa: TID252
from .check import Unusable, check  # noqa: TID252
from .report import words  # noqa: TID252


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser("verify", description="Check an exported Plateward log.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--key", help="the log's verifier key, from a place that you trust")
    parser.add_argument("--kept", type=Path, action="append", default=[], help="a checkpoint file")
    parser.add_argument("--witness", action="append", default=[], help="a witness's verifier key")
    parser.add_argument("--json", action="store_true", help="write the report as JSON")
    said = parser.parse_args(arguments)
    try:
        if excerpt.is_one(said.file):
            return _one(said.file, said.key)
        kept = [path.read_text() for path in said.kept]
        report = check(said.file, vkey=said.key, kept=kept, witnesses=said.witness)
    except (Unusable, OSError, UnicodeError) as error:
        why = f"{error.filename}: {error.strerror}." if isinstance(error, OSError) else error
        sys.stderr.write(f"{why} Nothing was checked.\n")
        return 2
    sys.stdout.write(json.dumps(asdict(report)) + "\n" if said.json else words(report))
    return 0 if report.ok else 1


def _one(file: Path, vkey: str | None) -> int:
    try:
        sys.stdout.write(excerpt.check_one(file, vkey))
    except Malformed as error:
        sys.stdout.write(f"NOT PROVEN: {error}.\n")
        return 1
    return 0


def run() -> None:
    sys.exit(main())
