"""Show what a city's policy asks of people and what is overdue; record that it was done."""

import json
import sys
from datetime import date, datetime
from typing import TYPE_CHECKING, NoReturn

import click

from plateward.cli import house

if TYPE_CHECKING:
    from plateward.custody.holds_keeper import Due as Review
    from plateward.policy.profile import Profile
    from plateward.upkeep.register import Due

_DAY = click.DateTime(formats=["%Y-%m-%d"])
_WRONG = 2


class CityOrCommand(click.Group):
    """`duties CITY` shows a city; a name that is no command is a city."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            args = ["show", *args]
        return super().parse_args(ctx, args)


@click.group("duties", cls=CityOrCommand)
def command() -> None:
    """What a city's policy asks of people: `duties CITY` shows it, `duties done` records."""


@command.command()
@click.argument("city")
@click.option("--json", "as_json", is_flag=True, help="For a program instead of a person.")
def show(city: str, as_json: bool) -> None:  # noqa: FBT001  # click passes flags so
    """What is due in CITY: overdue first, then by day."""
    house.open_up()
    from plateward.custody import holds_keeper
    from plateward.upkeep import register

    profile = _profile(city)
    found = register.due(city, today=_today(profile))
    reviews = holds_keeper.due(city, today=_today(profile))
    if as_json:
        told = [*map(_review_as_data, reviews), *map(_as_data, found)]
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    click.echo(f"Duties of {profile.title()}:")
    for each in reviews:
        when = f"{each.review_on}{' OVERDUE' if each.overdue else ' soon'}"
        click.echo(f"  {when:24} {_hold(each):28} Say whether this hold is still needed")
    for due in found:
        waits = f" ({due.now})" if due.now else ""
        click.echo(f"  {_when(due):24} {due.duty.code:28} {due.duty.title}{waits}")


@command.command()
@click.argument("city")
@click.argument("duty")
@click.option("--on", "day", type=_DAY, help="The day it was done (today when left out).")
@click.option("--found", required=True, help="What was done and found.")
@click.option("--evidence", default="", help="Where the proof is: a file number, a document.")
def done(city: str, duty: str, day: datetime | None, found: str, evidence: str) -> None:
    """Record that DUTY of CITY was done, in the name of whoever sits at this console."""
    house.open_up()
    from plateward.gate import door
    from plateward.upkeep import duties, register

    profile = _profile(city)
    today = _today(profile)
    asked = duties.one(profile, duty)
    if asked is None:
        codes = ", ".join(each.code for each in duties.of(profile))
        _stop(f"{profile.title()} has no duty {duty}. Nothing was recorded. It has: {codes}.")
    deed = register.Deed(duty, day.date() if day else today, found, evidence)
    try:
        register.check(deed, today=today)
        why = f"{duty} recorded at the console"
        permit = door.admit_house(asked.act, why, city=city)
        register.done(deed, by=house.console(), permit=permit, today=today)
    except register.NotRecorded as wrong:
        _stop(str(wrong))
    click.echo(f"Recorded for {profile.title()} on {deed.done_on}: {asked.title}.")


@command.command()
@click.argument("city")
@click.option("--json", "as_json", is_flag=True, help="For a program instead of a person.")
def ending(city: str, as_json: bool) -> None:  # noqa: FBT001  # click passes flags so
    """How many reads of CITY end on each of the next 31 days: for the custodian of records."""
    house.open_up()
    from plateward.reads import counts

    profile = _profile(city)
    days = counts.ending_by_day(city, profile.zone, now=datetime.now(profile.zone))
    if as_json:
        click.echo(json.dumps({day.isoformat(): reads for day, reads in days.items()}, indent=2))
        return
    click.echo(f"Reads of {profile.title()} that end in the next {len(days)} days, as of now:")
    for day, reads in days.items():
        if reads:
            click.echo(f"  {day}  {reads:>10}")
    click.echo(f"  in all      {sum(days.values()):>10}")


def _when(due: "Due") -> str:
    if due.next_due is None:
        return "when it arises"
    return f"{due.next_due}{' OVERDUE' if due.overdue else ' soon' if due.soon else ''}"


def _as_data(due: "Due") -> dict[str, object]:
    return {
        "duty": due.duty.code,
        "title": due.duty.title,
        "clauses": list(due.duty.clauses),
        "when": due.duty.on,
        "responsible": due.duty.responsible,
        "reminder": due.duty.reminder,
        "last_done": due.last_done.isoformat() if due.last_done else None,
        "next_due": due.next_due.isoformat() if due.next_due else None,
        "overdue": due.overdue,
        "now": due.now,
    }


def _review_as_data(due: "Review") -> dict[str, object]:
    return {
        "duty": _hold(due),
        "title": "Say whether this hold is still needed",
        "next_due": due.review_on.isoformat(),
        "overdue": due.overdue,
    }


def _hold(due: "Review") -> str:
    return f"hold-{'P' if due.preservation else 'H'}-{due.number}"


def _profile(city: str) -> "Profile":
    from plateward.policy import in_force

    try:
        return in_force.profile(city)
    except in_force.NoPolicy as none:
        _stop(str(none))


def _today(profile: "Profile") -> date:
    return datetime.now(profile.zone).date()


def _stop(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(_WRONG)
