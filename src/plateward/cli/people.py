"""Enrol people, appoint them to a role of a city's policy, record their training."""

from datetime import datetime

import click

from plateward.cli import house, people_accounts, people_sign_in
from plateward.cli.person import DAY, day_of, in_plain_words, named


@click.group("people")
def command() -> None:
    """Enrol people, appoint them, record their training. Each act is in the log."""


@command.command()
@click.argument("username")
@click.option("--name", required=True, help="As it is written in the log, such as 'Ana Ortiz'.")
@click.option("--badge", required=True, help="Unique: badge, employee or PIN number.")
@click.option("--agency", required=True, help="Registered by what its name tells if it is new.")
@click.option("--someone-else", is_flag=True, help="Not the person of a similar name there.")
@click.password_option(help="Good for one sign-in; they choose their own then.")
def enrol(
    username: str, name: str, badge: str, agency: str, password: str, *, someone_else: bool
) -> None:
    """Make the one account of a person, USERNAME."""
    house.open_up()
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.db import IntegrityError

    from plateward.people import enrol as people

    newcomer = people.Newcomer(username, name, badge, agency, someone_else)
    try:
        validate_password(password)
        people.person(newcomer, password=password, by=house.console(), first_password=True)
    except ValidationError as wrong:
        raise click.ClickException(f"{' '.join(wrong.messages)} Nobody was enrolled.") from wrong
    except people.LooksEnrolled as alike:
        raise click.ClickException(f"{alike} Add --someone-else.") from alike
    except IntegrityError as taken:
        raise click.ClickException(
            f"Somebody already has the user name {username} or the badge {badge}. "
            "Nobody was enrolled; choose another."
        ) from taken
    click.echo(
        f"{name} can sign in as {username}, sets up an authenticator on the first day and chooses "
        "a password of their own."
    )


@command.command()
@click.argument("username")
@click.argument("city")
@click.argument("role")
@click.option("--document", required=True, help="The written authorisation: where the paper is.")
@click.option("--issued-by", default="", help="Who signed it: a user name, or a name.")
@click.option("--begins", type=DAY, help="First day (today when left out).")
@click.option("--ends", type=DAY, help="Last day; no end when left out.")
@click.option("--sworn/--not-sworn", default=None, help="Whether the person is a sworn officer.")
@click.option("--attested", multiple=True, help="A precondition that the document also shows.")
@click.option("--despite", default="", help="Why somebody of another agency is given the role.")
def appoint(
    username: str,
    city: str,
    role: str,
    document: str,
    issued_by: str,
    begins: datetime | None,
    ends: datetime | None,
    attested: tuple[str, ...],
    despite: str,
    *,
    sworn: bool | None,
) -> None:
    """Give USERNAME the ROLE that CITY's policy names, in place of any they held there."""
    house.open_up()
    from plateward.people import appointments
    from plateward.people.models import Person
    from plateward.policy import in_force

    grant = appointments.Grant(
        city=city,
        role=role,
        sworn=sworn,
        document=document,
        begins_on=day_of(begins),
        ends_on=ends.date() if ends else None,
        issued_by=issued_by,
        issuer=Person.objects.filter(username=issued_by).first() if issued_by else None,
        despite=despite,
        attested=attested,
    )
    try:
        in_force.profile(city)
        appointments.appoint(named(username), grant, by=house.console())
    except appointments.CannotAppoint as refused:
        hint = "" if refused.final else " To do it all the same, say why with --despite."
        raise click.ClickException(f"{refused}{hint}") from refused
    except (in_force.NoPolicy, ValueError) as wrong:
        raise click.ClickException(str(wrong)) from wrong
    click.echo(f"{username} is {role} in {city} from {grant.begins_on}.")


@command.command()
@click.argument("username")
@click.argument("city")
@click.option("--why", required=True, help="Stays on record.")
def revoke(username: str, city: str, why: str) -> None:
    """Take USERNAME's role in CITY back, at once. The appointment stays on record."""
    house.open_up()
    from plateward.people import appointments

    person = named(username)
    with in_plain_words():
        appointments.revoke(person, city, by=house.console(), why=why)
    click.echo(f"{username} holds no role in {city} any more.")


@command.command()
@click.argument("username")
@click.argument("city")
@click.option("--on", "completed", type=DAY, help="The day it was completed (today by default).")
@click.option("--evidence", required=True, help="The certificate: where it is kept.")
@click.option("--topic", "topics", multiple=True, help="One topic; all of them when left out.")
@click.option("--provider", default="", help="Who gave the course.")
@click.option("--expires", type=DAY, help="Last day on which it counts.")
def train(
    username: str,
    city: str,
    completed: datetime | None,
    evidence: str,
    topics: tuple[str, ...],
    provider: str,
    expires: datetime | None,
) -> None:
    """Record that USERNAME completed CITY's training."""
    house.open_up()
    from plateward.people import training

    day = day_of(completed)
    if day > day_of(None):
        raise click.ClickException(f"{day} is still to come. Nothing was recorded.")
    last = expires.date() if expires else None
    course = training.Course(city, day, evidence, topics, provider, last)
    with in_plain_words():
        training.record(named(username), course, by=house.console())
    click.echo(f"Training of {username} for {city} on {day} is recorded.")


@command.command()
@click.argument("city")
@click.option("--kind", required=True, help="Such as legal_change, policy_change, other_change.")
@click.option("--what", required=True, help="What changed, in a sentence.")
@click.option("--on", "day", type=DAY, help="The day it took effect (today by default).")
def change(city: str, kind: str, what: str, day: datetime | None) -> None:
    """Record that law, policy or technology changed; where CITY's text says so, all train anew."""
    house.open_up()
    from plateward.people import training

    on = day_of(day)
    with in_plain_words():
        counts = training.record_change(city, kind=kind, on=on, what=what, by=house.console())
    click.echo(
        f"Training in {city} from before {on} no longer counts."
        if counts
        else f"Recorded. {city}'s policy does not ask for training anew after {kind}."
    )


for each in (*people_accounts.COMMANDS, *people_sign_in.COMMANDS):
    command.add_command(each)
