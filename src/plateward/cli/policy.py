"""Check a policy profile, and show a city's policy as a council can read it."""

import json
import sys
from pathlib import Path
from typing import NoReturn

import click
import yaml

from plateward.cli import house
from plateward.policy import load, page, sense
from plateward.policy.document import MOST_BYTES, Error
from plateward.policy.profile import Profile
from plateward.policy.silence import Answer

_WRONG = 2


@click.group(name="policy")
def command() -> None:
    """A city's policy: check a profile, show what it says."""


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    """Check a profile FILE. Every error is listed; nothing is adopted."""
    text = _text_of(file)
    try:
        document = load.checked(text)
        profile = load.load(text)
    except load.WrongProfile as wrong:
        _say_errors(file, wrong.errors)
        sys.exit(_WRONG)
    for warning in sense.warnings(document):
        click.echo(f"Look at {warning.path}: {warning.reason}")
    click.echo(f"OK: {file} is a profile of {profile.title()}, digest {profile.digest[:16]}.")
    for line in page.summary(profile):
        click.echo(f"  {line}")
    click.echo(page.silent_words(profile))


@command.command()
@click.argument("city")
@click.option("--json", "as_json", is_flag=True, help="For a program instead of a person.")
@click.option("--in-force", is_flag=True, help="The adopted version, from the database.")
def show(city: str, as_json: bool, in_force: bool) -> None:  # noqa: FBT001  # click passes flags so
    """Show CITY's policy: who may do what, why, and how long reads are kept."""
    profile = _adopted(city) if in_force else _shipped(city)
    if as_json:
        click.echo(json.dumps(page.as_data(profile), indent=2, ensure_ascii=False))
        return
    for line in page.lines(profile):
        click.echo(line)


@command.command()
@click.argument("source")
@click.option("--by", required=True, help="Who records the adoption, by name.")
@click.option("--instrument", required=True, help="What adopted it: 'Ordinance 251110D'.")
@click.option("--accept-proposals", is_flag=True, help="Accept every proposal not answered.")
@click.option(
    "--answer",
    "given",
    type=(str, str, str),
    multiple=True,
    metavar="PATH VALUE WHY",
    help="Answer where the text is silent, instead of the proposal. May be repeated.",
)
def adopt(
    source: str,
    by: str,
    instrument: str,
    given: tuple[tuple[str, str, str], ...],
    *,
    accept_proposals: bool,
) -> None:
    """Put a policy in force: SOURCE is a profile FILE or the name of a city that ships.

    The version in force until now stays on record. Where the text is silent, a named person must
    accept or replace each proposal; without that, nothing is adopted and the proposals are listed.
    """
    text = load.shipped_text(source) if source in load.shipped() else _text_of(Path(source))
    house.open_up()
    from django.utils import timezone

    from plateward.policy import adopt as adoption

    answers = tuple(Answer(path, yaml.safe_load(value), by, why) for path, value, why in given)
    try:
        if accept_proposals:
            answers = adoption.completed(text, answers, by=by)
        version = adoption.adopt(
            text, answers=answers, by=by, instrument=instrument, now=timezone.now()
        )
    except load.WrongProfile as wrong:
        _say_errors(Path(source), wrong.errors)
        sys.exit(_WRONG)
    except adoption.CannotAdopt as refused:
        _stop(str(refused))
    click.echo(f"Version {version} is in force now, recorded by {by}.")


def _text_of(file: Path) -> str:
    try:
        with file.open("rb") as held:
            return held.read(MOST_BYTES + 1).decode("utf-8")
    except UnicodeDecodeError:
        _stop(f"{file} is not UTF-8 text. A profile is a YAML text file.")
    except OSError as problem:
        _stop(f"{file} cannot be read: {problem.strerror}. Nothing was checked.")


def _say_errors(file: Path, errors: tuple[Error, ...]) -> None:
    count = f"{len(errors)} error{'' if len(errors) == 1 else 's'}"
    click.echo(f"{file} is refused: {count}. Nothing was adopted.", err=True)
    for error in errors:
        where = f"line {error.line}, " if error.line else ""
        click.echo(f"  {where}{error.path or 'the file'}: {error.reason}", err=True)
    click.echo("Mend these and check again. docs/reference/policy-profile.md helps.", err=True)


def _shipped(city: str) -> Profile:
    try:
        return load.load(load.shipped_text(city))
    except load.NoProfile as none:
        _stop(str(none))


def _adopted(city: str) -> Profile:
    house.open_up()
    from plateward.policy import in_force

    try:
        return in_force.profile(city)
    except in_force.NoPolicy as none:
        _stop(str(none))


def _stop(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(_WRONG)
