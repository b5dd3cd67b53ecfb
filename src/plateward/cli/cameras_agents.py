"""The rest of `plateward cameras`: the keys of agents beside cameras, and how they are."""

from typing import Final

import click

from plateward.cli import house


@click.command()
@click.argument("code")
@click.argument("public", metavar="KEY")
@click.option("--keep-secret", is_flag=True, help="Take what comes under its secret as well.")
def key(code: str, public: str, *, keep_secret: bool) -> None:
    """From now on what KEY signs comes from the camera CODE; its secret opens nothing any more.

    KEY is what `plateward watch --new-key` printed beside the camera.
    """
    house.open_up()
    from plateward.cameras import agents, register

    try:
        agents.register_key(code, public, by=house.console(), keep_secret=keep_secret)
    except (agents.NotAKey, register.UnknownCamera) as wrong:
        raise click.ClickException(str(wrong)) from wrong
    other = "its secret still opens too" if keep_secret else "its secret opens nothing any more"
    click.echo(f"What this key signs comes from {code}; {other}.")


@click.command("withdraw-key")
@click.argument("code")
def withdraw_key(code: str) -> None:
    """Take nothing more from the agent of CODE: it was stolen, or put away."""
    house.open_up()
    from plateward.cameras import agents, register

    try:
        agents.withdraw_key(code, by=house.console())
    except (agents.NotAKey, register.UnknownCamera) as wrong:
        raise click.ClickException(str(wrong)) from wrong
    click.echo(f"The agent of {code} is believed no more.")


@click.command()
@click.argument("city")
def health(city: str) -> None:
    """How the agents beside the cameras of CITY are."""
    house.open_up()
    from django.utils import timezone

    from plateward.cameras import health as agents_health

    found = agents_health.of(city, now=timezone.now())
    for camera in found:
        heard = f"heard {camera.heard_at:%Y-%m-%d %H:%M:%S} UTC" if camera.heard_at else ""
        click.echo(f"{camera.code:24} {camera.state:12} {heard}")
        for trouble in camera.troubles:
            click.echo(f"{'':24} {trouble}")
    if not found:
        click.echo(f"No camera of {city} has an agent.")


COMMANDS: Final = (key, withdraw_key, health)
