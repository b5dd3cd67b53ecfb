"""Show a council what would change if one policy took the place of another."""

from collections.abc import Iterable

import click

from plateward.cli import house, policy_replay
from plateward.cli.policy_file import named, stop
from plateward.policy import compare, load
from plateward.policy.answers import accept_all_defaults
from plateward.policy.compare import Difference
from plateward.policy.profile import Profile

_QUARTER = 91


@click.command()
@click.argument("before")
@click.argument("after")
@click.option(
    "--days", default=_QUARTER, show_default=True, help="How far back to look in the store."
)
@click.option(
    "--role",
    "roles",
    multiple=True,
    metavar="OLD=NEW",
    help="Which role of AFTER a role of BEFORE would hold. May be repeated.",
)
def diff(before: str, after: str, days: int, roles: tuple[str, ...]) -> None:
    """Say in plain words what would change if AFTER took the place of BEFORE.

    Each is a profile FILE, the name of a city that ships (`willard-mo`), the version a city has in
    force (`willard-mo@now`), or one of its earlier versions (`willard-mo@3`).

    Where BEFORE is a version on record, the last quarter's searches, alerts, downloads and reads of
    that city are decided again under AFTER, and what would have come out otherwise is counted. No
    plate is shown.
    """
    renamed = _renamed(roles)
    one, other = profile_of(before), profile_of(after)
    click.echo(f"{_name(one)} -> {_name(other)}")
    if one.unanswered or other.unanswered:
        one, other = _with_proposals(one, before), _with_proposals(other, after)
        click.echo("Where a text is silent and nobody has answered, our proposals are its answers.")
    changes = compare.differences(one, other)
    for line in _lines(changes):
        click.echo(line)
    if not changes:
        click.echo("Nothing changes: both say the same.")
    if "@" in before:
        for line in policy_replay.lines(other, one.id, days=days, roles=renamed):
            click.echo(line)


def _renamed(roles: tuple[str, ...]) -> dict[str, str]:
    pairs = [written.partition("=") for written in roles]
    if any(not new for _, _, new in pairs):
        stop("Write --role as OLD=NEW, such as sworn_officer=pd_member. Nothing was compared.")
    return {old: new for old, _, new in pairs}


def _with_proposals(profile: Profile, source: str) -> Profile:
    if not profile.unanswered:
        return profile
    answers = (*profile.answers.values(), *accept_all_defaults(profile, "a comparison"))
    return load.draft(named(source), answers=answers)


def profile_of(source: str) -> Profile:
    """The profile a person named. Stops with what is wrong, and what can be named instead."""
    city, at, version = source.partition("@")
    if at:
        return _adopted(city, version)
    try:
        return load.draft(named(source))
    except load.WrongProfile as wrong:
        stop(
            f"{source} cannot be read as a profile: `plateward policy check {source}` lists all "
            f"that is wrong ({len(wrong.errors)}). Nothing was compared."
        )


def _adopted(city: str, version: str) -> Profile:
    house.open_up()
    from plateward.policy import in_force

    try:
        return in_force.profile(city) if version == "now" else in_force.version(city, int(version))
    except (in_force.NoPolicy, ValueError):
        stop(
            f"{city} has no version {version} on record. `plateward policy history {city}` lists "
            "what there is; `@now` is the version in force."
        )


def _lines(changes: Iterable[Difference]) -> Iterable[str]:
    section = ""
    for change in changes:
        if change.section != section:
            section = change.section
            yield from ("", section)
        yield f"  {change.about}"
        yield f"    - {change.before}{_quoted(change.clauses_before)}"
        yield f"    + {change.after}{_quoted(change.clauses_after)}"


def _quoted(clauses: tuple[str, ...]) -> str:
    return f"  [{', '.join(clauses)}]" if clauses else ""


def _name(profile: Profile) -> str:
    return f"{profile.title()}{f' version {profile.version}' if profile.version else ''}"
