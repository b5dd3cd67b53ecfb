"""Sizes as people write them, and what the capacity model found, in lines for people."""

import re
from collections.abc import Iterator
from typing import Final

import click

from plateward.cli import scale_measured as measured
from plateward.cli.scale_measured import Figure
from plateward.cli.scale_model import Load, Machine, Needs
from plateward.policy.periods import NotAPeriod, Period

_UNITS: Final = ("B", "kB", "MB", "GB", "TB", "PB")
_SIZE: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(B|kB|MB|GB|TB|PB)?", re.IGNORECASE)
_DAYS_A_MONTH: Final = 365.25 / 12


class Size(click.ParamType[int]):
    """`85kB`, `1.5 MB`, or bytes without a unit; thousands, as disks are sold."""

    name = "size"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        if isinstance(value, int):
            return value
        found = _SIZE.fullmatch(str(value).strip())
        if found is None:
            self.fail(f"{value!r} is no size such as 85kB, 1.5MB or 0.", param, ctx)
        powers = {unit.lower(): power for power, unit in enumerate(_UNITS)}
        return round(float(found[1]) * 1000.0 ** powers[(found[2] or "B").lower()])


class Days(click.ParamType[float]):
    """`P30D`, `P2Y`: as policies write it; a month is a twelfth of a year here."""

    name = "period"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        try:
            period = Period.parse(str(value))
        except NotAPeriod as wrong:
            self.fail(f"{wrong}.", param, ctx)
        days = period.months * _DAYS_A_MONTH + period.exact.total_seconds() / 86_400
        if not days:
            self.fail(f"{value} is no time at all.", param, ctx)
        return days


def size(count: float) -> str:
    """`1.2 TB`, in thousands."""
    for unit in _UNITS:
        if count < 999.5 or unit == _UNITS[-1]:
            break
        count /= 1000
    return f"{count:,.0f} {unit}" if count >= 99.5 or unit == "B" else f"{count:,.1f} {unit}"


def number(count: float) -> str:
    """`2,000`; below ten with two digits behind the point."""
    if 0 < count < 0.01:
        return "under 0.01"
    return f"{count:,.0f}" if count >= 10 or count == int(count) else f"{count:,.2f}"


def needs(load: Load, needs: Needs) -> Iterator[tuple[str, str]]:
    """What, and how much."""
    yield "cameras", number(load.cameras)
    yield "reads a day", number(load.reads_a_day)
    yield "reads kept", f"{number(needs.reads)} in {number(load.days)} days"
    yield "reads a second", f"{number(needs.mean)} on average, {number(needs.peak)} at the peak"
    yield "rows and indexes", size(needs.rows)
    yield "pictures", size(needs.pictures) if load.pictures else "none kept"
    yield "disk, with room to breathe", size(needs.disks)
    yield "disk, a standby beside it", size(needs.disks_all_copies)
    yield "cores that take reads in", f"{number(needs.ingest_cores)} at the peak"
    if load.frames:
        yield (
            "cores that read frames",
            f"{number(needs.reading_cores)}, and {size(needs.reading_memory)} of memory",
        )
    else:
        yield "cores that read frames", "none: the cameras read by themselves (--frames)"
    yield "memory for what is asked most", size(needs.memory)
    plates = f"up to {number(needs.distinct)} distinct plates, {number(load.wanted)} looked for"
    yield "memory of each web process", f"{size(needs.memory_each)}: {plates}"


def machines(needs: Needs, machine: Machine) -> str:
    """How many, in a sentence."""
    if needs.is_for_one_machine():
        return "One server is enough, and a standby if it must never be away."
    count = needs.workers(machine)
    return (
        f"A cluster: a coordinator and {count:,} machines of {machine.cores} cores, "
        f"{size(machine.memory)} of memory and {size(machine.disk)} of disk; a standby for each."
    )


def value(figure: Figure) -> str:
    """`400 bytes`, `0.75 core-ms`; many bytes in larger units."""
    if figure.unit == "bytes" and figure.value >= 1000:
        return size(figure.value)
    return f"{number(figure.value)} {figure.unit}"


def figures() -> Iterator[str]:
    """Every figure the model counts with, and where it was measured."""
    for figure in measured.FIGURES:
        yield f"  {value(figure)} {figure.what}"
        yield f"      {figure.where}"
