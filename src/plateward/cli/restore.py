"""Put a backup back into an empty house; what has expired since is gone before anybody looks."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from plateward.cli import house, progress

if TYPE_CHECKING:
    from plateward.custody.restoring import Restored


@click.command("restore")
@click.argument("source", metavar="FROM", type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Read all of it and change nothing.")
@click.option("--keys", is_flag=True, help="FROM is a copy of the keys: put it back first.")
@click.option(
    "--kept",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    help="A checkpoint that somebody kept (`plateward log head`): what is lost is told by it.",
)
def command(source: Path, kept: tuple[Path, ...], *, check: bool, keys: bool) -> None:
    """Restore the backup in the folder FROM into a house that is empty.

    All of it or nothing. Before it opens, tables are brought up to date, what has expired is
    deleted, everybody is signed out, and the log says which of its entries were lost.
    """
    if keys:
        _put_keys_back(source)
        return
    house.start()
    from plateward.audit import log
    from plateward.custody import manifest, restoring, unfinished

    wrong = (manifest.NotABackup, restoring.NotRestored, unfinished.NotEmpty)
    try:
        if check:
            _check(source)
        else:
            _restore(source, [path.read_text() for path in kept])
    except (*wrong, log.NotSigned, log.NotWritten) as refused:
        raise click.ClickException(str(refused)) from refused


def _check(source: Path) -> None:
    from django.utils import timezone

    from plateward.custody import manifest, restoring

    with progress.shown("Reading the backup", None) as watch:
        told = restoring.check(source, now=timezone.now(), watch=watch)
    click.echo(
        f"Whole: made {told.made_at:%Y-%m-%d %H:%M} UTC by Plateward {told.version}, "
        f"{told.entries} entries of the log, {', '.join(told.cities) or 'no city'}. It opens here, "
        f"until {told.opens_until:%Y-%m-%d %H:%M} UTC. Nothing was changed."
    )
    for each in manifest.lost(told):
        click.echo(f"Another key here: {each}.")


def _restore(source: Path, kept: list[str]) -> None:
    from django.utils import timezone

    from plateward.custody import restoring

    with progress.shown("Restoring", None) as watch:
        done = restoring.restore(
            source, kept=kept, by=house.console(), now=timezone.now(), watch=watch
        )
    _tell(done)


def _tell(done: "Restored") -> None:
    told = done.manifest
    click.echo(
        f"Restored as of {told.made_at:%Y-%m-%d %H:%M} UTC. {done.expired} reads had expired since "
        f"and were deleted; everybody is signed out. Entry {done.entry} of the log says all this."
    )
    if done.lost:
        first, last = done.lost
        click.echo(f"Lost of the log, as the kept checkpoint shows: entries {first} to {last}.")
    else:
        click.echo(
            f"Of the log, whatever came after its first {told.entries} entries is not in it. A "
            "kept checkpoint tells how much: witnesses and readers will notice."
        )
    for each in done.other_keys:
        click.echo(f"Another key here: {each}.")
    click.echo(
        "Everything else is as it was then, too. Before you open the doors, look at what was taken "
        "back since: closed accounts, withdrawn camera keys, removed hotlist entries, ended holds."
    )


def _put_keys_back(source: Path) -> None:
    house.start()
    from plateward.custody import key_copies, unfinished

    try:
        files = key_copies.put_back(source)
    except (key_copies.NotCopied, unfinished.NotEmpty) as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"{files} key files are back. Now: plateward restore FROM")
