"""Set up the demo region on this machine and serve it."""

import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from plateward.cli import house, serve

if TYPE_CHECKING:
    from rich.progress import Progress

HISTORY_DAYS: Final = 28
PASSES: Final = 14  # how often each photographed vehicle passes a camera of the region
SEED: Final = 2026


@click.command("demo")
@click.option("--once", is_flag=True, help="Set everything up, say so, and stop.")
@click.option("--drive-by", is_flag=True, help="Let the wanted vehicle pass a camera now.")
@click.option("--port", default=serve.FIRST_PORT, show_default=True, type=click.IntRange(1, 65535))
def command(*, once: bool, drive_by: bool, port: int) -> None:
    """Create the demo region, read its photos, and serve the site.

    Everything is kept in one folder (PLATEWARD_HOME, else .demo): delete it to start again.
    """
    os.environ.setdefault("PLATEWARD_HOME", str(Path(".demo").resolve()))
    os.environ.setdefault("PLATEWARD_PUBLIC_URL", f"http://127.0.0.1:{port}")
    os.environ["PLATEWARD_DEMO"] = "yes"
    if drive_by:
        _drive_by()
        return
    if not once:
        serve.check_free("127.0.0.1", port)
    with _progress() as progress:
        _step(progress, "Starting the database", house.open_up)
        _build(progress)
    _say(port)
    if once:
        house.close()
        return
    click.echo("Serving until you press Ctrl-C.")
    serve.run("127.0.0.1", port)
    house.close()
    click.echo("Stopped, the database too. `make demo` goes on from here.")


def _drive_by() -> None:
    """Live: a page that shows the alerts has it a moment later."""
    house.open_up()
    from plateward.cli import demo_build

    if not demo_build.is_done():
        raise click.ClickException("There is no demo region yet. Run `make demo` first.")
    receipt = demo_build.drive_by()
    click.echo(
        f"{demo_build.told().plate} passed {demo_build.ALERT_CAMERA} a moment ago: read "
        f"{receipt.read}, {receipt.alerts} alert raised."
    )


def _build(progress: "Progress") -> None:
    from plateward.cli import demo_build, keep

    if demo_build.is_done():
        progress.console.print("The demo region is here already: using it again.")
        return
    _step(progress, "Adopting the cities' policies", demo_build.adopt_policies)
    _step(progress, "Enrolling people and cameras", demo_build.enrol)
    photos = demo_build.photos()
    scenes = list(
        progress.track(demo_build.read(photos), len(photos), description="Reading photos")
    )
    _step(progress, "Looking for one of the plates", lambda: demo_build.look_for_one(scenes))
    dice = random.Random(SEED)  # noqa: S311  the same history on every machine
    passes = demo_build.passes(scenes, dice, days=HISTORY_DAYS, each=PASSES)
    for sighting in progress.track(passes, description="Taking in sightings"):
        demo_build.take_in(sighting)
    _step(progress, "Asking, answering, keeping up", demo_build.tell_the_story)
    keep.round_once()
    demo_build.finish()


@contextmanager
def _progress() -> Iterator["Progress"]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:30}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn()) as progress:
        yield progress


def _step(progress: "Progress", what: str, work: Callable[[], None]) -> None:
    task = progress.add_task(what, total=1)
    work()
    progress.advance(task)


def _say(port: int) -> None:
    """Who can sign in, and what to try first."""
    from rich.console import Console
    from rich.table import Table

    from plateward.cli import demo_build

    console, told = Console(), demo_build.told()
    address = f"http://127.0.0.1:{port}"
    table = Table(title="Who can sign in", title_justify="left")
    for heading in ("name", "code now", "who they are", "try"):
        table.add_column(heading, overflow="fold")
    for player in told.people:
        table.add_row(player.username, player.code, player.shown_as, player.trying)
    console.print(table)
    console.print(
        f"Everyone's password: [bold]{told.password}[/]\n"
        f"Codes change every 30 seconds; the present ones are at {address}/demo/codes/\n\n"
        f"{told.sentence}\n\n"
        f"Try first\n"
        f"  1. Sign in as ana at {address}/sign-in/\n"
        f"  2. Search for [bold]{told.plate}[/] in Willard and Odessa, with a purpose and a few\n"
        "     words why, but no case number: Odessa refuses, by ODE-20.\n"
        f"  3. Read what the public sees: {address}/city/odessa-mo/\n"
        "  4. Sign in as jo and answer the request that waits; then search Walnut as gus.\n"
        "  5. Watch the alerts page as ana and, in another terminal, run: make drive-by\n"
        "  6. Check the log yourself: make log-check\n",
        highlight=False,
    )
