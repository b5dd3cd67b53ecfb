"""Check a package of downloaded reads anywhere, open a sealed one, list what is still out."""

import os
import sys
from pathlib import Path

import click

from plateward.cli import house


@click.group("evidence")
def command() -> None:
    """Packages of downloaded reads: verify, open, list those that are out."""


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--key", help="The log's verifier key, from a place that you trust.")
@click.option("--seal-key", help="The key of a sealed package, from the city's register.")
@click.option("--json", "as_json", is_flag=True, help="Write the report as JSON.")
def verify(file: Path, key: str | None, seal_key: str | None, *, as_json: bool) -> None:
    """Check a package: every file, its signature, its place in the log. Needs no server.

    FILE is the .zip, the sealed file, or the folder it was unpacked to. Exit code 0: all of it
    holds. 1: something does not, and it is named. 2: the file or an argument cannot be used.
    """
    from plateward.audit.verify import Unusable
    from plateward.audit.verify import package as verifier

    try:
        report = verifier.check(file, vkey=key, seal=seal_key)
    except (Unusable, OSError) as error:
        why = f"{file}: {error.strerror}." if isinstance(error, OSError) else error
        click.echo(f"{why} Nothing was checked.", err=True)
        sys.exit(2)
    click.echo(report.as_json() if as_json else verifier.words(report).rstrip())
    sys.exit(0 if report.ok else 1)


@command.command("open")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--seal-key", required=True, help="The key, from the city's register.")
@click.option("--out", type=click.Path(path_type=Path), help="Where to; default: FILE as .zip.")
def open_(file: Path, seal_key: str, out: Path | None) -> None:
    """Open a sealed package with its key. What comes out is to be purged in time as well."""
    from plateward.audit.verify import Unusable
    from plateward.audit.verify import package as verifier

    target = out or file.with_suffix(".zip")
    try:
        content = verifier.unsealed(file.read_bytes(), seal_key)
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as to:
            to.write(content)
    except Unusable as error:
        raise click.ClickException(f"{error} Nothing was written.") from error
    except FileExistsError as error:
        raise click.ClickException(
            f"{target} is there already. Nothing was written: name another file with --out."
        ) from error
    except OSError as error:
        raise click.ClickException(
            f"{error.filename}: {error.strerror}. Nothing was written."
        ) from error
    click.echo(f"{target} written. Check it: plateward evidence verify {target} --key KEY")


@command.command("list")
@click.option("--city", required=True, help="Of this city.")
@click.option(
    "--show",
    type=click.Choice(["all", "open", "due", "overdue", "purged"]),
    default="open",
    show_default=True,
    help="Which downloads.",
)
def list_(city: str, show: str) -> None:
    """The register of downloads, for whoever runs the machine: no plate, no case, no name."""
    house.open_up()
    from django.utils import timezone

    from plateward.custody import downloads_due
    from plateward.policy import in_force

    try:
        profile = in_force.profile(city)
    except in_force.NoPolicy as none:
        raise click.ClickException(str(none)) from none
    found = downloads_due.numbers(city, shown=show, now=timezone.now())
    for each in found:
        ends = each.purge_by.astimezone(profile.zone) if each.purge_by else None
        until = f"purge by {ends:%Y-%m-%d %H:%M}" if ends else "no end in the text"
        click.echo(f"D-{each.number}  {each.reads} reads  taken {each.taken_at:%Y-%m-%d}  {until}")
    click.echo(f"{len(found)} downloads ({show}).")


@command.command()
@click.argument("out", type=click.Path(path_type=Path))
def verifier(out: Path) -> None:
    """Write the verifier alone as one file: `python OUT PACKAGE --key KEY` runs it anywhere."""
    from plateward.cli.log import write_verifier

    write_verifier(out, "verify.package_program:run")
