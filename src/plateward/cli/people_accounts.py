"""The rest of `plateward people`: attest, standing, review, terminate, reinstate, list."""

from datetime import datetime
from typing import TYPE_CHECKING, Final

import click

from plateward.cli import house
from plateward.cli.person import DAY, day_of, in_plain_words, named

if TYPE_CHECKING:
    from plateward.people.training import Topic


@click.command("good-standing")
@click.argument("username")
@click.argument("city")
@click.option("--yes/--no", "good", required=True)
@click.option("--why", required=True, help="Stays on record.")
def good_standing(username: str, city: str, why: str, *, good: bool) -> None:
    """Record whether USERNAME is in good standing in CITY."""
    house.open_up()
    from plateward.people import appointments

    with in_plain_words():
        appointments.set_good_standing(
            named(username), city, good=good, by=house.console(), why=why
        )
    click.echo(f"{username} is {'' if good else 'not '}in good standing in {city}.")


@click.command()
@click.argument("username")
@click.argument("city")
@click.argument("precondition")
@click.option("--document", default="", help="What shows it: where the paper is.")
@click.option("--withdraw", is_flag=True, help="It holds no longer.")
def attest(username: str, city: str, precondition: str, document: str, *, withdraw: bool) -> None:
    """Attest that a PRECONDITION of CITY's policy holds for USERNAME."""
    house.open_up()
    from plateward.people import appointments

    person, by = named(username), house.console()
    with in_plain_words():
        if withdraw:
            appointments.withdraw(person, city, precondition, by=by)
        else:
            appointments.attest(person, city, precondition, document=document, by=by)
    click.echo(f"{precondition} is {'withdrawn' if withdraw else 'attested'} for {username}.")


@click.command()
@click.argument("username")
@click.argument("city")
@click.option("--document", default="", help="The City's signed permission: where it is kept.")
@click.option("--crime", default="", help="The case it is for.")
@click.option("--until", type=DAY, help="Its last day.")
@click.option("--withdraw", is_flag=True)
def permit(
    username: str,
    city: str,
    document: str,
    crime: str,
    until: datetime | None,
    *,
    withdraw: bool,
) -> None:
    """Record CITY's written permission to a contractor, USERNAME, to open reads for a crime."""
    house.open_up()
    from plateward.people import permissions

    person, by = named(username), house.console()
    with in_plain_words():
        if withdraw:
            permissions.withdraw(person, city, by=by)
        elif until is None:
            raise click.ClickException("Give its last day with --until. Nothing was changed.")
        else:
            paper = permissions.Paper(document, crime, until.date())
            permissions.give(person, city, paper, by=by)
    click.echo(
        f"The permission of {username} in {city} is {'withdrawn' if withdraw else 'on record'}."
    )


@click.command()
@click.argument("username")
def standing(username: str) -> None:
    """Show what USERNAME holds, city by city: roles, training, attestations."""
    house.open_up()
    from plateward.people import standing as stands
    from plateward.people import training
    from plateward.policy import in_force

    person, today = named(username), day_of(None)
    state = "open" if person.is_active else "closed"
    click.echo(f"{person.get_full_name()}, badge {person.badge}, {person.agency}: {state}")
    for held in stands.held_by(person):
        with in_plain_words():
            profile = in_force.profile(held.city)
        facts = stands.of(person, held.city, second_factor=True, today=today, profile=profile)
        click.echo(f"{held.city}: {held.role}, until {held.ends_on or 'no end'}")
        click.echo(f"  good standing: {'yes' if facts.good_standing else 'no'}")
        for word in sorted(facts.attested):
            click.echo(f"  attested: {word}")
        for topic in training.topics_of(person, profile, today=today):
            click.echo(f"  {_said(topic)}")


def _said(topic: "Topic") -> str:
    if topic.completed_on is None:
        return f"{topic.words}: not recorded"
    ends = f", until {topic.until}" if topic.until else ""
    lapsed = "" if topic.in_force else " (no longer counts)"
    return f"{topic.words}: {topic.completed_on}{ends}{lapsed}"


@click.command()
@click.argument("city")
@click.argument("username", required=False)
@click.option("--keep/--close", "keep", default=None, help="How the review of USERNAME ended.")
@click.option("--note", default="")
def review(city: str, username: str | None, note: str, *, keep: bool | None) -> None:
    """Show whose account in CITY is due for its yearly review, or record one."""
    house.open_up()
    from plateward.people import accounts
    from plateward.policy import in_force

    with in_plain_words():
        if username is None:
            profile = in_force.profile(city)
            for due in accounts.due(profile, today=day_of(None)):
                late = "  OVERDUE" if due.overdue else ""
                click.echo(f"{due.due_on}  {due.person.username}  {due.role}{late}")
            return
        if keep is None:
            raise click.ClickException("Say --keep or --close. Nothing was recorded.")
        accounts.review(named(username), city, keep=keep, by=house.console(), note=note)
    click.echo(f"The review of {username} is recorded: {'kept' if keep else 'closed'}.")


@click.command()
@click.argument("username")
@click.option("--why", required=True, help="Stays on record.")
def terminate(username: str, why: str) -> None:
    """Close USERNAME's account at once: sessions end, every role is revoked."""
    house.open_up()
    from plateward.people import accounts

    with in_plain_words():
        ended = accounts.terminate(named(username), by=house.console(), why=why)
    click.echo(
        f"The account of {username} is closed. Sessions ended: {ended.sessions}. "
        f"Roles revoked in: {', '.join(ended.cities) or 'no city'}."
    )


@click.command()
@click.argument("username")
@click.option("--why", required=True, help="Stays on record.")
def reinstate(username: str, why: str) -> None:
    """Open USERNAME's account again. Roles that were revoked are given anew, in writing."""
    house.open_up()
    from plateward.people import accounts

    with in_plain_words():
        accounts.reinstate(named(username), by=house.console(), why=why)
    click.echo(f"The account of {username} is open again.")


@click.command("list")
@click.argument("city", required=False)
def list_people(city: str | None) -> None:
    """List everyone, or those who hold a role in CITY."""
    house.open_up()
    from plateward.people import standing as stands
    from plateward.people.models import Person

    for person in Person.objects.select_related("employer").order_by("badge"):
        roles = [held for held in stands.held_by(person) if city in (None, held.city)]
        if city is None or roles:
            held = "; ".join(f"{each.role} in {each.city}" for each in roles) or "no role"
            closed = "" if person.is_active else " (closed)"
            click.echo(
                f"{person.badge}  {person.username}  {person.get_full_name()}, "
                f"{person.agency}: {held}{closed}"
            )


@click.command()
@click.option("--name", help="Enter this agency, or correct what is said of it.")
@click.option("--kind", default="", help="city_department, sheriff, police, contractor, external.")
@click.option("--state", default="", help="Two letters.")
@click.option("--ori", default="", help="Its originating agency identifier.")
def agencies(name: str | None, kind: str, state: str, ori: str) -> None:
    """List the agencies, or enter one with --name."""
    house.open_up()
    from plateward.people import agencies as register

    if name is not None:
        entry = register.Entry(name, kind or register.kind_of(name), state, ori)
        with in_plain_words():
            register.register(entry, by=house.console())
    for each in register.every():
        place = f", {each.state}" if each.state else ""
        ori_said = f", ORI {each.ori}" if each.ori else ""
        click.echo(f"{each.name}{place}: {each.kind_words}{ori_said}")


COMMANDS: Final = (
    good_standing,
    attest,
    permit,
    standing,
    review,
    terminate,
    reinstate,
    list_people,
    agencies,
)
