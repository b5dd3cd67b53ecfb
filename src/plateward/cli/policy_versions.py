"""What a city adopted, version by version; put one clause out of force, and back."""

import json
from collections.abc import Callable
from datetime import UTC

import click

from plateward.cli import house
from plateward.cli.policy_file import stop
from plateward.policy.profile import Profile

_by = click.option("--by", required=True, help="Who records it, by name.")
_reference = click.option(
    "--reference", required=True, help="What decided it: a court order, a resolution."
)


@click.command("history")
@click.argument("city")
@click.option("--json", "as_json", is_flag=True, help="For a program instead of a person.")
def history(city: str, as_json: bool) -> None:  # noqa: FBT001  # click passes flags so
    """List every version CITY adopted: who, when, by which instrument. The newest is in force."""
    house.open_up()
    from plateward.policy import in_force

    rows = in_force.history(city)
    if not rows:
        stop(str(in_force.NoPolicy(city)))
    if as_json:
        click.echo(json.dumps([in_force.as_data(row) for row in rows], indent=2))
        return
    for number, row in enumerate(rows):
        state = "in force" if number == 0 else "read only"
        click.echo(f"Version {row.version} ({state}): {row.instrument}")
        click.echo(f"  recorded by {row.by}, {row.adopted_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC")
        click.echo(f"  digest {row.digest}")
        for line in in_force.beside(row):
            click.echo(f"  {line}")


@click.command("suspend")
@click.argument("city")
@click.argument("clause")
@_reference
@_by
def suspend(city: str, clause: str, reference: str, by: str) -> None:
    """Put one CLAUSE of CITY out of force; the rest of the policy works on.

    What only this clause allowed is closed. What it forbade stays closed as the house's own rule,
    until the city adopts a text or `resume` puts the clause back.
    """
    house.open_up()
    from plateward.policy import adopt

    version, profile = _done(adopt.suspend, city, clause, reference, by)
    click.echo(f"{clause} is suspended. Version {version} of {profile.title()} is in force now.")
    click.echo(f"Suspended: {', '.join(profile.suspended)}. The version before stays on record.")


@click.command("resume")
@click.argument("city")
@click.argument("clause")
@_reference
@_by
def resume(city: str, clause: str, reference: str, by: str) -> None:
    """Put a suspended CLAUSE of CITY back in force."""
    house.open_up()
    from plateward.policy import adopt

    version, profile = _done(adopt.resume, city, clause, reference, by)
    click.echo(f"{clause} is back. Version {version} of {profile.title()} is in force now.")


def _done(
    act: Callable[..., tuple[int, Profile]], city: str, clause: str, reference: str, by: str
) -> tuple[int, Profile]:
    from django.utils import timezone

    from plateward.policy.adopt import CannotAdopt
    from plateward.policy.in_force import NoPolicy

    try:
        return act(city, clause, reference=reference, by=by, now=timezone.now())
    except (CannotAdopt, NoPolicy) as refused:
        stop(str(refused))
