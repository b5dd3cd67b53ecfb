"""Make a backup of everything that is stored, or a copy of the keys that it needs."""

from pathlib import Path

import click

from plateward.cli import house, progress


@click.command("backup")
@click.argument("to", type=click.Path(path_type=Path))
@click.option("--days", type=int, help="For how many days it can be opened. Default: 7.")
@click.option("--keys", is_flag=True, help="Copy the key folder instead. Keep it apart.")
def command(to: Path, days: int | None, *, keys: bool) -> None:
    """Write a backup of the whole house to the folder TO, while it goes on working.

    It is sealed under a key that lies in the key folder, never in the backup, and is destroyed
    after the days that you say: then nobody opens it any more. With --keys, the key folder is
    copied to TO, over the copy that was there before. Keep the two apart.
    """
    if keys and days is not None:
        raise click.UsageError("--days is about a backup; a copy of the keys has no days.")
    house.open_up()
    if keys:
        _copy_keys(to)
    else:
        _make(to, days)


def _make(to: Path, days: int | None) -> None:
    from django.utils import timezone

    from plateward.audit import log
    from plateward.custody import backups

    asked = min(backups.USUAL_DAYS, backups.longest_days()) if days is None else days
    try:
        with progress.shown("Writing the backup", None) as watch:
            made = backups.make(to, days=asked, by=house.console(), now=timezone.now(), watch=watch)
    except (backups.NotMade, log.NotSigned, log.NotWritten) as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(
        f"{to}: {made.size:,} bytes, {made.entries} entries of the log. It opens here until "
        f"{made.opens_until:%Y-%m-%d %H:%M} UTC; then its key is destroyed.\n"
        "The keys are not in it. Copy them to another place: plateward backup --keys PLACE"
    )


def _copy_keys(to: Path) -> None:
    from django.utils import timezone

    from plateward.custody import key_copies

    try:
        copied = key_copies.copy(to, by=house.console(), now=timezone.now())
    except key_copies.NotCopied as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"{to}: {copied.files} key files. Whoever has them and a backup can open it.")
    if copied.elsewhere:
        click.echo(f"Not in it, as a setting names another place: {', '.join(copied.elsewhere)}.")
    click.echo(
        "Copy them to the same place again after each backup: what is over is then gone there too."
    )
