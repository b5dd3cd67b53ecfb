"""Write the database's files anew, so that nothing that was deleted stays behind in them."""

import click

from plateward.cli import house, progress


@click.command("compact")
def command() -> None:
    """Write every table anew without what was deleted, and let the write-ahead log go.

    For what stands in clear by design, such as a removed hotlist entry. Reads need none of it.
    Each table is closed while it is written: choose a quiet hour.
    """
    house.open_up()
    from plateward.custody import compaction

    try:
        with progress.shown("Writing tables anew", None) as watch:
            tables = compaction.compact(by=house.console(), watch=watch)
    except compaction.NotLetGo as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"{tables} tables written anew; the write-ahead log from before is gone.")
