"""Enrol people, appoint them to a role of a city's policy, record their training."""

from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from plateward.cli import house

if TYPE_CHECKING:
    from plateward.people.models import Person

_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group("people")
def command() -> None:
    """Enrol people, appoint them, record their training. Each act is in the log."""


@command.command()
@click.argument("username")
@click.option("--name", required=True, help="As it is written in the log, such as 'Ana Ortiz'.")
@click.option("--badge", required=True, help="Unique: badge, employee or PIN number.")
@click.option("--agency", required=True)
@click.password_option(help="Asked for when left out. They set up their authenticator themselves.")
def enrol(username: str, name: str, badge: str, agency: str, password: str) -> None:
    """Make the one account of a person, USERNAME."""
    house.open_up()
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.db import IntegrityError

    from plateward.people import enrol as people

    newcomer = people.Newcomer(username, name, badge, agency)
    try:
        validate_password(password)
        people.person(newcomer, password=password, by=house.console())
    except ValidationError as wrong:
        raise click.ClickException(f"{' '.join(wrong.messages)} Nobody was enrolled.") from wrong
    except IntegrityError as taken:
        raise click.ClickException(
            f"Somebody already has the user name {username} or the badge {badge}. "
            "Nobody was enrolled; choose another."
        ) from taken
    click.echo(f"{name} can sign in as {username}, and sets up an authenticator on the first day.")


@command.command()
@click.argument("username")
@click.argument("city")
@click.argument("role")
@click.option("--document", required=True, help="The written authorisation: where the paper is.")
@click.option("--begins", type=_DAY, help="First day (today when left out).")
@click.option("--ends", type=_DAY, help="Last day; no end when left out.")
@click.option("--sworn/--not-sworn", default=None, help="Whether the person is a sworn officer.")
def appoint(
    username: str,
    city: str,
    role: str,
    document: str,
    begins: datetime | None,
    ends: datetime | None,
    *,
    sworn: bool | None,
) -> None:
    """Give USERNAME the ROLE that CITY's policy names, in place of any they held there."""
    house.open_up()
    from plateward.people import enrol as people

    _check_role(city, role)
    grant = people.Grant(
        city=city,
        role=role,
        sworn=sworn,
        document=document,
        begins_on=_day(begins),
        ends_on=ends.date() if ends else None,
    )
    people.appoint(_person(username), grant, by=house.console())
    click.echo(f"{username} is {role} in {city} from {_day(begins)}.")


@command.command()
@click.argument("username")
@click.argument("city")
@click.option("--on", "completed", type=_DAY, help="The day it was completed (today by default).")
@click.option("--evidence", required=True, help="The certificate: where it is kept.")
def train(username: str, city: str, completed: datetime | None, evidence: str) -> None:
    """Record that USERNAME completed CITY's training."""
    house.open_up()
    from plateward.people import enrol as people

    day = _day(completed)
    if day > datetime.now().astimezone().date():
        raise click.ClickException(f"{day} is still to come. Nothing was recorded.")
    people.record_training(
        _person(username), city=city, completed_on=day, evidence=evidence, by=house.console()
    )
    click.echo(f"Training of {username} for {city} on {day} is recorded.")


def _person(username: str) -> "Person":
    from plateward.people.models import Person

    found = Person.objects.filter(username=username).first()
    if found is None:
        raise click.ClickException(
            f"Nobody is enrolled as {username}. Nothing was changed. Enrol them first: "
            f"plateward people enrol {username} …"
        )
    return found


def _check_role(city: str, role: str) -> None:
    from plateward.policy import in_force

    try:
        roles = in_force.profile(city).roles
    except in_force.NoPolicy as none:
        raise click.ClickException(str(none)) from none
    if role not in roles:
        raise click.ClickException(
            f"{city}'s policy names no role {role}. Nothing was changed. It names: "
            f"{', '.join(roles)}."
        )


def _day(moment: datetime | None) -> date:
    return moment.date() if moment else datetime.now().astimezone().date()
