"""Register a camera that a city approved, and list those there are."""

from datetime import datetime

import click

from plateward.cli import house


@click.group("cameras")
def command() -> None:
    """The register of cameras."""


@command.command()
@click.argument("code")
@click.option("--city", required=True, help="Such as willard-mo.")
@click.option("--place", required=True, help="In words, such as 'US 160 and Jackson St'.")
@click.option("--place-type", required=True, help="As the city's policy names it.")
@click.option("--at", type=(float, float), required=True, help="Degrees north and east (WGS 84).")
@click.option("--approved-by", required=True)
@click.option("--approved-on", type=click.DateTime(formats=["%Y-%m-%d"]), required=True)
def add(
    code: str,
    city: str,
    place: str,
    place_type: str,
    at: tuple[float, float],
    approved_by: str,
    approved_on: datetime,
) -> None:
    """Register the camera CODE and print its secret, this once."""
    house.open_up()
    from django.db import IntegrityError

    from plateward.cameras import register
    from plateward.policy import in_force

    site = register.Site(
        code=code,
        city=city,
        title=place,
        place=place,
        place_type=place_type,
        latitude=at[0],
        longitude=at[1],
        approved_by=approved_by,
        approved_on=approved_on.date(),
    )
    try:
        secret = register.add(site, by=house.console())
    except (register.PlaceNotAllowed, in_force.NoPolicy) as refused:
        raise click.ClickException(str(refused)) from refused
    except IntegrityError as wrong:
        raise click.ClickException(
            f"A camera {code} is registered already, or its place is not on earth. "
            "Nothing was changed."
        ) from wrong
    click.echo(f"Give the camera this secret now; it is shown once and not stored:\n{secret}")


@command.command("list")
@click.argument("city")
def show(city: str) -> None:
    """The cameras of CITY."""
    house.open_up()
    from plateward.cameras import register

    cameras = register.of(city)
    for camera in cameras:
        click.echo(f"{camera.code:24} {camera.place}  ({camera.place_type.replace('_', ' ')})")
    if not cameras:
        click.echo(f"No camera is registered for {city}.")
