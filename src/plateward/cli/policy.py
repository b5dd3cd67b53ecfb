"""Check a policy profile, and show a city's policy as a council can read it."""

import json
import sys
from pathlib import Path

import click
import yaml

from plateward.cli import house, policy_trace
from plateward.cli.policy_diff import diff
from plateward.cli.policy_file import WRONG, named, say_errors, stop, text_of
from plateward.cli.policy_new import new
from plateward.cli.policy_versions import history, resume, suspend
from plateward.policy import filling, load, overlays, page, sense
from plateward.policy.profile import Profile
from plateward.policy.silence import Answer

UNFINISHED = 1


@click.group(name="policy")
def command() -> None:
    """A city's policy: check a profile, show what it says."""


for _each in (new, history, suspend, resume, diff):
    command.add_command(_each)
command.add_command(policy_trace.trace)


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    """Check a profile FILE. Every error is listed; nothing is adopted."""
    text = text_of(file)
    try:
        document = load.checked(text)
        profile = load.draft(text)
    except load.WrongProfile as wrong:
        say_errors(file, wrong.errors)
        sys.exit(WRONG)
    for warning in sense.warnings(document):
        click.echo(f"Look at {warning.path}: {warning.reason}")
    missing = filling.said(text, profile)
    _say_how_it_stands(file, profile, missing)
    click.echo(page.silent_words(profile))
    if missing:
        sys.exit(UNFINISHED)


def _say_how_it_stands(file: Path, profile: Profile, missing: tuple[str, ...]) -> None:
    if missing:
        places = f"{len(missing)} place{'' if len(missing) == 1 else 's'}"
        click.echo(
            f"{file} is in good form, but not finished: {places} to fill in before adoption."
        )
        for line in missing:
            click.echo(f"  {line}")
        return
    click.echo(f"OK: {file} is a profile of {profile.title()}, digest {profile.digest[:16]}.")
    for line in page.summary(profile):
        click.echo(f"  {line}")


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
    "--law",
    "laws",
    multiple=True,
    metavar="OVERLAY",
    help="Also stand under this overlay, such as us-cjis. May be repeated.",
)
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
    laws: tuple[str, ...],
    *,
    accept_proposals: bool,
) -> None:
    """Put a policy in force: SOURCE is a profile FILE or the name of a city that ships.

    The version in force until now stays on record. Where the text is silent, a named person must
    accept or replace each proposal; without that, nothing is adopted and the proposals are listed.
    """
    text = named(source)
    house.open_up()
    from django.utils import timezone

    from plateward.policy import adopt as adoption

    answers = tuple(Answer(path, yaml.safe_load(value), by, why) for path, value, why in given)
    try:
        if accept_proposals:
            answers = adoption.completed(text, answers, by=by, named=laws)
        version = adoption.adopt(
            text, answers=answers, by=by, instrument=instrument, now=timezone.now(), named=laws
        )
    except load.WrongProfile as wrong:
        say_errors(source, wrong.errors)
        sys.exit(WRONG)
    except (adoption.CannotAdopt, overlays.NoOverlay) as refused:
        stop(str(refused))
    click.echo(f"Version {version} is in force now, recorded by {by}.")


def _shipped(city: str) -> Profile:
    try:
        return load.draft(load.shipped_text(city))
    except load.NoProfile as none:
        stop(str(none))


def _adopted(city: str) -> Profile:
    house.open_up()
    from plateward.policy import in_force

    try:
        return in_force.profile(city)
    except in_force.NoPolicy as none:
        stop(str(none))
