"""`plateward log`: take the log out, check it, show what was signed last."""

import json
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from plateward.cli import house, progress
from plateward.cli.timestamp import stamping

if TYPE_CHECKING:
    from plateward.audit.export import Showing


@click.group("log")
def command() -> None:
    """The tamper-evident log: export it, verify it, show its head."""


command.add_command(stamping)


@command.command()
@click.option(
    "--out", type=click.Path(path_type=Path), help="Where to write; default: standard output."
)
@click.option("--city", help="Show this city's entries alone; the others as hashes.")
@click.option(
    "--for",
    "audience",
    type=click.Choice(["public", "auditor", "court"]),
    help="What is shown: nothing private; all but the vehicle; everything. Default: public.",
)
@click.option("--show", metavar="FIELDS", help="Show these private fields: case,purpose,query.")
@click.option("--withhold", metavar="FIELDS", help="Do not show these: name,query.plate.")
@click.option("--with-private", is_flag=True, help="The same as --for court.")
def export(
    out: Path | None,
    city: str | None,
    audience: str | None,
    show: str | None,
    withhold: str | None,
    *,
    with_private: bool,
) -> None:
    """Write the log as JSON Lines that `plateward log verify` can check anywhere.

    What is withheld stands in the file as a commitment, so that the file proves the same entries
    whatever it shows. The export is itself an entry in the log, with what it showed.
    """
    house.open_up()
    from plateward.audit import export as audit_export

    asked = audience or ("court" if with_private else None)
    showing = _showing(asked, show, withhold)
    _log_the_export(city, asked, showing)
    _sign()
    try:
        size = audit_export.size()
    except audit_export.NothingSigned as error:
        raise click.ClickException(str(error)) from error
    lines = audit_export.lines(size, city=city, showing=showing)
    with progress.shown("Exporting the log", size) as advance:
        _write(_counted(lines, advance), out)


@command.command()
@click.option("--city", required=True, help="Of this city's entries.")
@click.option(
    "--before",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    help="Of entries from before this day, on the city's clock.",
)
@click.option("--fields", help="These private fields, with commas; default: all of them.")
def erase(city: str, before: datetime, fields: str | None) -> None:
    """Erase private fields whose time is over. The entries stay, and so does every proof.

    Nothing is erased that is younger than the city's policy says the log is kept at least.
    """
    house.open_up()
    from plateward.audit import retention

    start = _old_enough(city, before)
    gone = retention.erase_expired(city, start, _names(fields) or None, by=house.console())
    click.echo(f"Private fields of {gone} entries erased. The log says so, with their names.")


def _old_enough(city: str, before: datetime) -> datetime:
    from django.utils import timezone

    from plateward.policy import in_force
    from plateward.policy.periods import moment_after

    try:
        profile = in_force.profile(city)
    except in_force.NoPolicy as none:
        raise click.ClickException(f"{none} Nothing was erased.") from none
    start, least = before.replace(tzinfo=profile.zone), profile.retention.audit_log
    if least is not None and moment_after(start, least) > timezone.now():
        raise click.ClickException(
            f"The policy of {profile.title()} keeps its log for at least {least.words()}, and some "
            "entries from before that day are younger. Nothing was erased. Name an earlier day."
        )
    return start


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--key", help="The log's verifier key, from a place that you trust.")
@click.option(
    "--kept",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A checkpoint from earlier (`plateward log head`), which the log must agree with.",
)
@click.option(
    "--witness",
    "witnesses",
    multiple=True,
    metavar="VKEY",
    help="A witness's verifier key; the log must carry its cosignature.",
)
@click.option("--json", "as_json", is_flag=True, help="Write the report as JSON.")
def verify(
    file: Path,
    key: str | None,
    kept: tuple[Path, ...],
    witnesses: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    """Check an exported log, or one entry with its proof. Needs no database and no server.

    Exit code 0: every entry is proven. 1: not so; the first bad index is named. 2: the file or an
    argument cannot be used.
    """
    from plateward.audit import verify as verifier

    try:
        if verifier.excerpt.is_one(file):
            click.echo(verifier.excerpt.check_one(file, key).rstrip())
            return
        notes = [path.read_text() for path in kept]
        with progress.shown("Verifying the log", file.stat().st_size) as advance:
            report = verifier.check(file, vkey=key, kept=notes, witnesses=witnesses, watch=advance)
    except verifier.Malformed as error:
        click.echo(f"NOT PROVEN: {error}.", err=True)
        sys.exit(1)
    except (verifier.Unusable, OSError, UnicodeError) as error:
        why = f"{error.filename}: {error.strerror}." if isinstance(error, OSError) else error
        click.echo(f"{why} Nothing was checked.", err=True)
        sys.exit(2)
    click.echo(json.dumps(asdict(report)) if as_json else verifier.words(report).rstrip())
    sys.exit(0 if report.ok else 1)


@command.command()
@click.argument("out", type=click.Path(path_type=Path))
def verifier(out: Path) -> None:
    """Write the verifier alone as one file: `python OUT LOG --key KEY` runs it anywhere."""
    write_verifier(out, "verify.program:run")


def write_verifier(out: Path, main: str) -> None:
    """The outsider's verifier as one file that starts with `main`."""
    import zipapp

    from plateward.audit import verify as package

    folder = Path(package.__file__).parent
    with tempfile.TemporaryDirectory() as draft:
        shutil.copytree(
            folder, Path(draft) / "verify", ignore=shutil.ignore_patterns("__pycache__")
        )
        try:
            zipapp.create_archive(draft, out, main=main)
        except OSError as error:
            raise click.ClickException(f"{out} cannot be written ({error.strerror}).") from error


@command.command()
@click.option("--key", "only_key", is_flag=True, help="Print the verifier key instead.")
def head(*, only_key: bool) -> None:
    """Print the latest signed checkpoint. Keep a copy: the log can never deny it later."""
    house.open_up()
    from plateward.audit import checkpoints

    last = checkpoints.latest()
    if last is None:
        raise click.ClickException(
            "The log has not been signed yet. It is signed within a minute of its first entry, "
            "while Plateward is running."
        )
    click.echo(last.vkey if only_key else last.note, nl=only_key)


def _showing(audience: str | None, show: str | None, withhold: str | None) -> "Showing":
    """`--show` alone shows no more than it names; `--withhold` alone, everything else."""
    from plateward.audit import export as audit_export

    default = "public" if show or not withhold else "court"
    chosen = audit_export.AUDIENCES[audience or default]
    named, but = _names(show), _names(withhold)
    shown = None if chosen.shown is None else (*chosen.shown, *named)
    kept_back = tuple(name for name in chosen.withheld if name not in named)
    return audit_export.Showing(shown, (*kept_back, *but))


def _names(said: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in (said or "").split(",") if name.strip())


def _log_the_export(city: str | None, audience: str | None, showing: "Showing") -> None:
    from plateward.audit import attempts, log
    from plateward.policy.vocabulary import Act

    attempts.report()
    log.append(
        actor=house.console(),
        act=Act.AUDIT_READ,
        outcome="exported",
        city=city,
        facts={"for": audience or "", **showing.facts()},
    )


def _sign() -> None:
    """So that the export is proven to its last entry; where that fails, it ends where it is."""
    from django.utils import timezone

    from plateward.audit import checkpoints, keys

    try:
        checkpoints.sign_news(timezone.now())
    except keys.CannotSign as error:
        click.echo(f"Entries since the last checkpoint are left out. {error}", err=True)


def _write(lines: Iterable[bytes], out: Path | None) -> None:
    if out is None:
        _pour(lines, sys.stdout.buffer)
        return
    draft = out.with_name(f"{out.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            _pour(lines, file)
        draft.replace(out)
    except OSError as error:
        raise click.ClickException(
            f"{out} cannot be written ({error.strerror}). Whatever was there is as it was. "
            "Free some space or name another file, then run this again."
        ) from error
    finally:
        draft.unlink(missing_ok=True)


def _pour(lines: Iterable[bytes], file: BinaryIO) -> None:
    for line in lines:
        file.write(line)


def _counted(lines: Iterable[bytes], advance: Callable[[int], None]) -> Iterator[bytes]:
    for line in lines:
        yield line
        advance(line.startswith((b'{"entry"', b'{"withheld"')))
