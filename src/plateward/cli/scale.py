"""Say what so many reads a day take, and what to run where one machine is too small."""

import click

from plateward.cli import house, scale_model, scale_words
from plateward.cli import scale_measured as measured
from plateward.cli.scale_model import Load, Machine
from plateward.cli.scale_words import Days, Size

_MOST: int = 10**12


@click.group()
def command() -> None:
    """Say what so many reads a day take, and what to run where one machine is too small."""


@command.command()
@click.option("--cameras", type=click.IntRange(1, _MOST), default=4, show_default=True)
@click.option("--reads-a-day", type=click.IntRange(1, _MOST), default=2000, show_default=True)
@click.option("--keep", type=Days(), default="P30D", show_default=True, help="As policies say it.")
@click.option(
    "--pictures",
    type=Size(),
    default=f"{measured.PICTURES.value / 1000:g}kB",
    show_default=True,
    help="Bytes of pictures a read; 0 where none is kept.",
)
@click.option(
    "--frames",
    type=click.FloatRange(0, 1000),
    default=0,
    show_default=True,
    help="Frames a second of each camera that are read here.",
)
@click.option("--wanted", type=click.IntRange(0, _MOST), default=1_000_000, show_default=True)
@click.option("--figures", is_flag=True, help="And what it counts with, and where that is from.")
def capacity(
    cameras: int,
    reads_a_day: int,
    keep: float,
    pictures: int,
    frames: float,
    wanted: int,
    figures: bool,  # noqa: FBT001 -- click passes the flag
) -> None:
    """Bytes, cores and machines for so many reads a day. Arithmetic: it needs no database."""
    load = Load(cameras, reads_a_day, keep, pictures, frames, wanted)
    needs = scale_model.of(load)
    for what, much in scale_words.needs(load, needs):
        click.echo(f"{what:<30} {much}")
    click.echo(scale_words.machines(needs, Machine()))
    if figures:
        click.echo("\nCounted with:")
        for line in scale_words.figures():
            click.echo(line)


@command.command()
@click.option("--reads-a-day", type=click.IntRange(1, _MOST), help="Unless said: as of late.")
@click.option("--keep", type=Days(), help="Unless said: as the cities' policies have it.")
@click.option("--pictures", type=Size(), default=f"{measured.PICTURES.value / 1000:g}kB")
@click.option("--workers", type=click.IntRange(2, 1000), help="Machines, unless as computed.")
def plan(reads_a_day: int | None, keep: float | None, pictures: int, workers: int | None) -> None:
    """What to run on a Citus cluster, as SQL that goes into psql; numbers stand in its remarks.

    The tables are those of the database in use: where each goes is worked out from their keys,
    triggers and partitions.
    """
    house.open_up()
    from plateward.cli import scale_plan, scale_tables

    told = scale_tables.told(reads_a_day, keep)
    for line in scale_plan.lines(scale_tables.read(), told, pictures=pictures, workers=workers):
        click.echo(line)
