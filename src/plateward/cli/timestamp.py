"""`plateward log timestamp`: have the newest checkpoint time-stamped, and check those kept."""

from pathlib import Path

import click

from plateward.cli import house


@click.command("timestamp")
@click.option("--check", "only_check", is_flag=True, help="Check every kept time stamp instead.")
@click.option(
    "--save",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write the newest note and its token there, for `openssl ts -verify`.",
)
def stamping(*, only_check: bool, save: Path | None) -> None:
    """Have the newest checkpoint stamped by PLATEWARD_TSA_URL (RFC 3161), verify and keep it."""
    house.open_up()
    from plateward.audit import timestamps

    try:
        if only_check:
            _check()
        elif save is not None:
            _save(save)
        else:
            made = timestamps.stamp()
            click.echo(f"{made.size} entries stood so at {made.at.isoformat()}: {made.authority}")
    except timestamps.NothingToStamp as nothing:
        click.echo(str(nothing))
    except timestamps.NotStamped as error:
        raise click.ClickException(str(error)) from error


def _check() -> None:
    from plateward.audit import timestamps

    held, wrong = 0, 0
    for stamp, why in timestamps.check():
        held, wrong = held + (not why), wrong + bool(why)
        if why:
            click.echo(f"{stamp.size} entries, {stamp.at.isoformat()}: {why}", err=True)
    click.echo(f"{held} time stamps hold, {wrong} do not.")
    if wrong:
        raise click.exceptions.Exit(1)


def _save(folder: Path) -> None:
    from plateward.audit import timestamps

    stamp = timestamps.latest()
    if stamp is None:
        raise timestamps.NothingToStamp("No time stamp is kept yet. Nothing was written.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{stamp.size}.note").write_text(stamp.note)
        (folder / f"{stamp.size}.tsr").write_bytes(stamp.token)
    except OSError as error:
        raise click.ClickException(f"{folder} cannot be written ({error.strerror}).") from error
    click.echo(f"Written: {folder}/{stamp.size}.note and .tsr")
