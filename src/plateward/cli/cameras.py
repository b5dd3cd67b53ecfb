"""Register a camera that a city approved, and list those there are."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from plateward.cli import cameras_agents, house

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
@click.argument("code")
@click.argument("kind", type=click.Choice(["fixed", "mobile", "motion_detection"]))
def kind(code: str, kind: str) -> None:
    """Say what kind of camera CODE is: a motion_detection camera fills a card by itself.

    Where a city's policy keeps the pictures of such cameras on their cards, this decides it.
    """
    house.open_up()
    from plateward.cameras import kinds, register
    from plateward.policy import in_force

    try:
        kinds.say(code, kinds.Kind(kind), by=house.console())
    except (register.UnknownCamera, in_force.NoPolicy, kinds.NotThatKind) as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"{code} is a {kind.replace('_', ' ')} camera.")


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


@command.command()
@click.argument("code")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--remove", is_flag=True, help="It opens nothing any more.")
def certificate(code: str, file: Path, *, remove: bool) -> None:
    """The camera CODE is known by the certificate in FILE (PEM), where a proxy verified it.

    A camera may have two: register the next one before the present one ends.
    """
    house.open_up()
    from plateward.cameras import certificates
    from plateward.cameras.register import UnknownCamera

    change = certificates.distrust if remove else certificates.trust
    try:
        shown = certificates.of_pem(file.read_bytes())
        change(code, shown, by=house.console())
    except (UnknownCamera, certificates.NotTrusted) as refused:
        raise click.ClickException(str(refused)) from refused
    known = len(certificates.of(code))
    click.echo(f"SHA-256 {shown}\n{code} has {known} certificate{'' if known == 1 else 's'} now.")


@command.command()
@click.argument("code")
@click.argument("host", required=False)
@click.option("--port", type=int, help="443, or 80 without https, unless said.")
@click.option("--private", is_flag=True, help="HOST is on the city's own network.")
@click.option("--no-https", is_flag=True, help="Only of a private HOST.")
@click.option("--remove", is_flag=True, help="Fetch nothing from HOST any more.")
def pictures(
    code: str, host: str | None, port: int | None, *, private: bool, no_https: bool, remove: bool
) -> None:
    """Let pictures that messages of CODE link to on HOST be fetched. Without HOST: list them."""
    house.open_up()
    from plateward.cameras import picture_hosts
    from plateward.cameras.register import UnknownCamera

    if host:
        port = port or (80 if no_https else 443)
        told = picture_hosts.Host(host.lower(), port, is_private=private, is_https=not no_https)
        try:
            if remove:
                picture_hosts.forbid(code, told.name, by=house.console())
            else:
                picture_hosts.allow(code, told, by=house.console())
        except (UnknownCamera, picture_hosts.NotAllowed) as refused:
            raise click.ClickException(str(refused)) from refused
    allowed = picture_hosts.of(code)
    for each in allowed:
        kind = "private" if each.is_private else "public"
        click.echo(f"{'https' if each.is_https else 'http'}://{each.name}:{each.port} ({kind})")
    if not allowed:
        click.echo(f"No link in a message of {code} is followed.")


for each_command in cameras_agents.COMMANDS:
    command.add_command(each_command)
