"""Write the tables of docs/explanation/capacity.md anew, from the figures of scale_measured.

.venv/bin/python -m tools.capacity
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from plateward.cli import scale_measured, scale_model, scale_words
from plateward.cli.scale_model import Load, Machine
from plateward.cli.scale_words import number, size

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "explanation" / "capacity.md"
_PICTURES: Final = round(scale_measured.PICTURES.value)
LOADS: Final = (
    ("a town", Load(4, 2_000, 30, _PICTURES)),
    ("a small city", Load(40, 60_000, 30, _PICTURES)),
    ("a county", Load(1_000, 2_000_000, 30, _PICTURES)),
    ("a metropolis", Load(5_000, 15_000_000, 30, _PICTURES)),
    ("a state", Load(20_000, 100_000_000, 30, _PICTURES)),
)


def main() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name, lines in (("loads", loads()), ("figures", figures())):
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        head, _, rest = text.partition(begin)
        text = head + begin + "\n".join(lines) + "\n" + end + rest.partition(end)[2]
    PAGE.write_text(text, encoding="utf-8")


def loads() -> Iterator[str]:
    columns = ("", "cameras", "reads a day", "reads a second, peak", "rows", "pictures", "disk")
    columns = (*columns, "cores", "machines")
    yield "| " + " | ".join(columns) + " |"
    yield "| --- " * len(columns) + "|"
    for name, load in LOADS:
        needs = scale_model.of(load)
        machines = "1" if needs.is_for_one_machine() else f"1 + {needs.workers(Machine())}"
        told = (
            *(name, number(load.cameras), number(load.reads_a_day), number(needs.peak)),
            *(size(needs.rows), size(needs.pictures), size(needs.disks)),
            *(number(needs.ingest_cores), machines),
        )
        yield "| " + " | ".join(told) + " |"


def figures() -> Iterator[str]:
    yield "| figure | of what | where it is from |"
    yield "| --- | --- | --- |"
    for figure in scale_measured.FIGURES:
        yield f"| {scale_words.value(figure)} | {figure.what} | {figure.where} |"


if __name__ == "__main__":
    main()
