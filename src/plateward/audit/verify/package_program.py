"""The command line for packages: `python -m verify.package_program FILE --key KEY`.

Exit code 0: all of it holds; 1: something does not, and it is named; 2: the file or an argument
cannot be used.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from .check import Unusable  # noqa: TID252
from .package import check, unsealed, words  # noqa: TID252


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser("verify", description="Check a package of downloaded reads.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--key", help="the log's verifier key, from a place that you trust")
    parser.add_argument("--seal-key", help="the key of a sealed package, from the city")
    parser.add_argument("--open", type=Path, metavar="ZIP", help="unseal to this file instead")
    parser.add_argument("--json", action="store_true", help="write the report as JSON")
    said = parser.parse_args(arguments)
    try:
        if said.open:
            return _open(said.file, said.seal_key or "", said.open)
        report = check(said.file, vkey=said.key, seal=said.seal_key)
    except (Unusable, OSError) as error:
        why = f"{error.filename}: {error.strerror}." if isinstance(error, OSError) else error
        sys.stderr.write(f"{why} Nothing was checked.\n")
        return 2
    sys.stdout.write(report.as_json() + "\n" if said.json else words(report))
    return 0 if report.ok else 1


def _open(file: Path, seal: str, out: Path) -> int:
    content = unsealed(file.read_bytes(), seal)
    with out.open("xb") as written:
        written.write(content)
    sys.stdout.write(f"Opened: {out}. Verify it, then keep it no longer than you may.\n")
    return 0


def run() -> None:
    sys.exit(main())


if __name__ == "__main__":
    run()
