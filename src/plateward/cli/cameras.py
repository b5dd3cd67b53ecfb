"""Register a camera that a city approved, and list those there are."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from plateward.cli import house

if TYPE_CHECKING:
    from plateward.cameras.register import Ruling, Site


@click.group("cameras")
def command() -> None:
    """The register of cameras."""


_PLACE = (
    click.option("--city", required=True, help="Such as willard-mo."),
    click.option("--place", required=True, help="In words, such as 'US 160 and Jackson St'."),
    click.option("--place-type", required=True, help="As the city's policy names it."),
    click.option(
        "--at", type=(float, float), required=True, help="Degrees north and east (WGS 84)."
    ),
    click.option("--approved-by", required=True),
    click.option("--approved-on", type=click.DateTime(formats=["%Y-%m-%d"]), required=True),
    click.option("--decided-by", default="", help="Where the text leaves the place to the City."),
    click.option("--why", default="", help="Why the City decided so."),
    click.option("--paper", default="", help="The paper that says so."),
)


def _placed(function: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_PLACE):
        function = option(function)
    return function


@command.command()
@click.argument("code")
@_placed
def add(code: str, **said: Any) -> None:
    """Register the camera CODE and print its secret, this once."""
    house.open_up()
    from django.db import IntegrityError

    from plateward.cameras import register
    from plateward.policy import in_force

    try:
        secret = register.add(_site(code, said), by=house.console(), ruling=_ruling(said))
    except (register.PlaceNotAllowed, in_force.NoPolicy) as refused:
        raise click.ClickException(str(refused)) from refused
    except IntegrityError as wrong:
        raise click.ClickException(
            f"A camera {code} is registered already, or its place is not on earth. "
            "Nothing was changed."
        ) from wrong
    click.echo(f"Give the camera this secret now; it is shown once and not stored:\n{secret}")


@command.command()
@click.argument("code")
@_placed
def move(code: str, **said: Any) -> None:
    """The camera CODE stands elsewhere now; where it stood stays on record."""
    house.open_up()
    from django.db import IntegrityError

    from plateward.cameras import register
    from plateward.policy import in_force

    try:
        version = register.move(_site(code, said), by=house.console(), ruling=_ruling(said))
    except (register.PlaceNotAllowed, register.UnknownCamera, in_force.NoPolicy) as refused:
        raise click.ClickException(str(refused)) from refused
    except IntegrityError as wrong:
        raise click.ClickException("That place is not on earth. Nothing was changed.") from wrong
    click.echo(f"Version {version} of the register: {code} stands at {said['place']}.")


@command.command()
@click.argument("city")
def history(city: str) -> None:
    """Every version of CITY's register, newest first."""
    house.open_up()
    from plateward.cameras import versions

    for each in versions.of(city):
        click.echo(
            f"{each.number:4}  {each.recorded_at:%Y-%m-%d %H:%M} UTC  {each.code:24} {each.place} "
            f"({each.latitude}, {each.longitude}), approved by {each.approved_by} "
            f"on {each.approved_on}"
        )


def _ruling(said: dict[str, Any]) -> "Ruling | None":
    from plateward.cameras import register

    given = (said["decided_by"], said["why"], said["paper"])
    return register.Ruling(*given) if any(given) else None


def _site(code: str, said: dict[str, Any]) -> "Site":
    from plateward.cameras import register

    north, east = said["at"]
    return register.Site(
        code=code,
        city=said["city"],
        title=said["place"],
        place=said["place"],
        place_type=said["place_type"],
        latitude=north,
        longitude=east,
        approved_by=said["approved_by"],
        approved_on=said["approved_on"].date(),
    )


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
