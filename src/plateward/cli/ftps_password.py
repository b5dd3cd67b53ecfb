"""Give a camera a password for the FTPS drop, where it cannot take its own secret."""

from pathlib import Path

import click


@click.command("ftps-password")
@click.argument("camera")
@click.option(
    "--passwords",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The file of hashes; made where there is none.",
)
def command(camera: str, passwords: Path) -> None:
    """Ask for a password of CAMERA and put its hash into a file for `plateward ftps`.

    Better is the camera's own secret, as the register showed it. Some cameras take no more than 16
    or 32 characters: theirs is another password, of 12 at least. It works at once.
    """
    from plateward.cli.ftps_passwords import NotAPasswordFile, Passwords

    password = click.prompt("Password", hide_input=True, confirmation_prompt=True, type=str)
    try:
        Passwords(passwords).put(camera, password)
    except NotAPasswordFile as wrong:
        raise click.ClickException(str(wrong)) from wrong
    except OSError as wrong:
        raise click.ClickException(
            f"{passwords} cannot be written ({wrong.strerror}). Nothing was changed."
        ) from wrong
    click.echo(f"{camera} may upload with that password wherever {passwords} is used.")
