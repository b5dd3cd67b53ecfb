"""Keep what a bench measured, so that one table can tell all of it: bench/out/NAME.json."""

import json
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
OUT: Final = ROOT / "bench" / "out"
QUICK: Final = OUT / "quick"


class NotKept(ValueError):
    """The file of an earlier run cannot be read; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Line:
    """One figure. `asked`: what it must reach, None where nothing was asked.

    `alternative`: what else was measured in the same run on the same data, and `theirs` how it did,
    in the same unit. `first`: one of the few that the README tells.
    """

    figure: str
    value: float
    unit: str = ""
    asked: float | None = None
    less_is_better: bool = False
    alternative: str = ""
    theirs: float | None = None
    note: str = ""
    first: bool = False

    @property
    def met(self) -> bool | None:
        """None where nothing was asked."""
        if self.asked is None:
            return None
        return self.value <= self.asked if self.less_is_better else self.value >= self.asked

    @property
    def ratio(self) -> float | None:
        """How many times as good as the alternative: above 1, ours is the better."""
        if not self.theirs or not self.value:
            return None
        return self.theirs / self.value if self.less_is_better else self.value / self.theirs


@dataclass(frozen=True, slots=True)
class Run:
    """One bench, once. `whole`: as it is asked for, not the short form while developing.

    `load`: the load average before it began, where that is known.
    """

    bench: str
    measured_on: str
    machine: str
    load: float | None
    whole: bool
    lines: tuple[Line, ...]


def keep(bench: str, lines: Iterable[Line], *, whole: bool, load: float | None = None) -> Path:
    """Write it beside the others; a short run goes apart, so that it never passes for a whole one.

    `load`: the machine's load average before the run, where that is known.
    """
    run = Run(
        bench,
        datetime.now(UTC).date().isoformat(),
        f"{platform.machine()}, {len(os.sched_getaffinity(0))} cores",
        round(os.getloadavg()[2] if load is None else load, 1),
        whole,
        tuple(lines),
    )
    file = (OUT if whole else QUICK) / f"{bench}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(asdict(run), indent=1) + "\n", encoding="utf-8")
    return file


def known(bench: str, folder: Path = OUT) -> Run | None:
    """What an earlier run kept; None where there was none."""
    file = folder / f"{bench}.json"
    if not file.exists():
        return None
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        return Run(**told | {"lines": tuple(Line(**each) for each in told["lines"])})
    except (ValueError, KeyError, TypeError) as wrong:
        raise NotKept(
            f"{file} is not what a bench of this version writes ({wrong}). Nothing was changed. "
            "Run that bench again, or remove the file."
        ) from wrong


def missed(lines: Sequence[Line]) -> list[str]:
    """What does not reach what was asked, in words; once, however many stand beside it."""
    found = [one for one in lines if one.met is False]
    return list(
        dict.fromkeys(
            f"{one.figure}: {told(one.value, one.unit)}, asked {bound(one)}" for one in found
        )
    )


def bound(line: Line) -> str:
    """`≤ 50 ms`; empty where nothing was asked."""
    if line.asked is None:
        return ""
    return f"{'≤' if line.less_is_better else '≥'} {told(line.asked, line.unit)}"


def told(value: float, unit: str) -> str:
    """With as many digits as mean something."""
    size = abs(value)
    digits = 0 if size >= 100 or value == int(value) else 1 if size >= 10 else 2 if size >= 1 else 3
    return f"{value:,.{digits}f} {unit}".rstrip()
