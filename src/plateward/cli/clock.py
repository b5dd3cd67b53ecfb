"""`plateward clock`: is the machine's clock believed, and a person's word that it is right."""

import click

from plateward.cli import house


@click.command("clock")
@click.option("--accept", is_flag=True, help="Say that the clock is right now. It is logged.")
def command(*, accept: bool) -> None:
    """Say whether the clock is believed. With a doubt, nothing is searched or collected."""
    house.open_up()
    from plateward.audit import clock

    if accept:
        try:
            entry = clock.accept(house.console())
        except clock.NotAccepted as error:
            raise click.ClickException(str(error)) from error
        click.echo(f"Accepted as it is; entry {entry} of the log says so.")
        return
    doubt = clock.doubt()
    if doubt is not None:
        raise click.ClickException(f"{doubt.why} {doubt.do_next}")
    click.echo("The clock is believed. (A move while the server runs is seen by the server alone.)")
