"""Show what is held beyond its time, say what a text knows, and check that every copy is whole."""

import json
import sys
from typing import TYPE_CHECKING, NoReturn

import click

from plateward.cli import house

if TYPE_CHECKING:
    from plateward.custody.holds_shown import Line
    from plateward.policy.profile import Profile

_WRONG = 2
_REFUSED = 1


@click.group("holds")
def command() -> None:
    """Holds are asked for, approved and released by people, on the pages; here they are checked."""


@command.command("list")
@click.argument("city")
@click.option("--json", "as_json", is_flag=True, help="For a program instead of a person.")
def show(city: str, as_json: bool) -> None:  # noqa: FBT001  # click passes flags so
    """The holds and emergency copies of CITY, without case or plate."""
    house.open_up()
    from plateward.custody import holds_shown
    from plateward.gate import door
    from plateward.policy.vocabulary import Act

    profile = _profile(city)
    permit = door.admit_house(Act.HOLDS_SEE, "holds listed at the console", city=city)
    lines = holds_shown.of(city, permit=permit)
    if as_json:
        click.echo(json.dumps([_as_data(line) for line in lines], indent=2))
        return
    click.echo(f"Holds of {profile.title()}: {len(lines)}")
    for line in lines:
        what = f"{line.reads} copies" if line.drive is None else f"drive {line.drive}"
        click.echo(
            f"  {line.reference:8} {line.state:10} {line.ground:40} {what:14} "
            f"review {line.review_on}"
        )


@command.command()
@click.argument("city")
def grounds(city: str) -> None:
    """The grounds on which CITY's text keeps anything longer, each with its clauses."""
    house.open_up()
    from plateward.policy import holds

    profile = _profile(city)
    for data in holds.classes(profile):
        click.echo(f"For {holds.DATA_CLASSES[data]}, {profile.title()}:")
        for each in holds.choices(profile, data):
            case = ", with a case" if each.needs_case else ""
            click.echo(f"  {each.ground:40} {', '.join(each.clauses)}{case}")
    if not holds.classes(profile):
        click.echo(f"{profile.title()}'s text writes none.")
    click.echo(f"What a paper may be called: {', '.join(holds.TYPES)}.")


@command.command()
@click.argument("city")
@click.argument("kind")
@click.option(
    "--data",
    type=click.Choice(["alpr_read", "motion_detection_media"]),
    default="alpr_read",
    help="What is to be held.",
)
@click.option("--document/--no-document", default=True, help="Whether a paper is attached.")
@click.option("--case", default="", help="The case number, where there is one.")
@click.option("--json", "as_json", is_flag=True, help="For a program instead of a person.")
def ask(city: str, kind: str, data: str, document: bool, case: str, as_json: bool) -> None:  # noqa: FBT001  # click passes flags so
    """Whether CITY's text knows a hold of that KIND, and by which clause. Nothing is held.

    KIND is what the paper is called, such as subpoena, or a ground of the text. Exits with 1 where
    the text does not know it.
    """
    house.open_up()
    from plateward.policy import holds

    profile = _profile(city)
    answer = holds.may_hold(profile, kind, holds.DataClass(data), has_document=document, case=case)
    if isinstance(answer, holds.May):
        told = {"allowed": True, "ground": answer.ground, "clauses": list(answer.clauses)}
        said = f"Yes: {holds.label(answer.ground)} [{', '.join(answer.clauses)}]. {answer.then}"
    else:
        told = {
            "allowed": False,
            "rules": [each.rule for each in answer.objections],
            "clauses": list(answer.first.clauses),
            "ask_counsel": answer.counsel,
            "emergency_copy": answer.preservation,
        }
        said = "\n".join(
            f"No: {each.why} [{', '.join(each.clauses)}]\n  {each.do_next}"
            for each in answer.objections
        )
    click.echo(json.dumps(told, indent=2) if as_json else said.strip())
    sys.exit(0 if isinstance(answer, holds.May) else _REFUSED)


@command.command()
@click.argument("city")
def verify(city: str) -> None:
    """Open every copy that CITY holds and compare it with its hash. No plate is shown."""
    house.open_up()
    from plateward.custody import holds_keeper

    profile = _profile(city)
    whole, damaged = holds_keeper.damaged(city)
    click.echo(f"{profile.title()}: {whole} copies are whole.")
    if damaged:
        click.echo(
            f"{len(damaged)} do not open or were changed, of the reads: "
            f"{', '.join(map(str, damaged))}. Nothing was changed now. Restore keys and database "
            "together, or tell whoever the copies are kept for.",
            err=True,
        )
        sys.exit(_REFUSED)


def _as_data(line: "Line") -> dict[str, object]:
    return {
        "hold": line.reference,
        "state": line.state,
        "emergency_copy": line.preservation,
        "ground": line.ground,
        "clauses": list(line.clauses),
        "data": line.data.value,
        "scope": line.scope,
        "copies": line.reads,
        "drive": line.drive,
        "asked_at": line.asked_at.isoformat(),
        "review_on": line.review_on.isoformat(),
        "released_at": line.released_at.isoformat() if line.released_at else None,
    }


def _profile(city: str) -> "Profile":
    from plateward.policy import in_force

    try:
        return in_force.profile(city)
    except in_force.NoPolicy as none:
        _stop(str(none))


def _stop(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(_WRONG)
