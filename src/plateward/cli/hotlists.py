"""Take in a hotlist file, look for one plate, or say how the lists of a city stand."""

import csv
import os
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from plateward.cli import admission, house
from plateward.cli import person as people

if TYPE_CHECKING:
    from plateward.gate.permit import Permit
    from plateward.hotlists import arrive, browse
    from plateward.hotlists.rows import RefusedRow
    from plateward.policy.decide import Reason

_SAID_MOST: Final = 5
_IMPORT = """Take in the hotlist FILE for a city, all of its good rows or nothing.

--template names the layout: one that comes with Plateward (genetec, ncic, fixed), or a YAML file of
your own; copy one of those in plateward/hotlists/layouts. A category that the city's policy does
not name is refused row by row. With --complete, what an earlier file brought and this one lacks is
looked for no longer; --incremental adds and, where the layout says so, removes.

An officer answers for it: --by names who, and the city's policy is asked as for a single plate.
Where the policy lets no role change hotlists, whoever runs this machine takes in the files that it
compares with, without --by. What was left out stands in a report, by row number and reason, without
plates."""


@click.group("hotlists")
def command() -> None:
    """Plates looked for: take in a list, see how the lists stand."""


@command.command("import", help=_IMPORT)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--city", required=True)
@click.option("--template", "layout", required=True, metavar="NAME|FILE")
@click.option("--list", "feed", required=True, help="What to call it, such as 'State extract'.")
@click.option("--complete/--incremental", required=True, default=None)
@click.option("--source", default="", help="Whose list: state, national. Else the layout says it.")
@click.option("--by", "username", default="", help="The officer who answers for it.")
@click.option("--purpose", default="", help="As the city's policy has it.")
@click.option("--note", required=True, help="Why; for a row that gives no reason itself too.")
@click.option("--case", "case_number", default="", help="For rows that name no case.")
@click.option("--code", default="", help="From the officer's authenticator, where it is asked for.")
@click.option("--report", type=click.Path(path_type=Path), help="FILE.refused.csv otherwise.")
def import_(
    file: Path,
    city: str,
    layout: str,
    feed: str,
    complete: bool,  # noqa: FBT001 -- click passes the flag
    source: str,
    username: str,
    purpose: str,
    note: str,
    case_number: str,
    code: str,
    report: Path | None,
) -> None:
    house.open_up()
    from plateward.hotlists import arrive
    from plateward.hotlists.layout import Layout
    from plateward.policy.decide import Reason

    with people.in_plain_words():
        template = Layout.named(layout)
        reason = Reason(purpose=purpose, case_number=case_number, note=note)
        permit = _permit(username, reason, city, code)
        asked = arrive.File(
            file, template, feed, complete, note, case_number, house.console(), source
        )
        written = report or Path(f"{file}.refused.csv")
        loaded, reasons = _load(asked, permit, written)
    click.echo(
        f"{loaded.rows:,} rows: {loaded.added:,} added, {loaded.again:,} were there and are up to "
        f"date, {loaded.ended:,} ended, {loaded.refused:,} refused."
    )
    for why, count in reasons.most_common(_SAID_MOST):
        click.echo(f"  {count:,} refused: {why}")
    if loaded.refused:
        click.echo(f"Every refused row, by number, stands in {written}.")


def _permit(username: str, reason: "Reason", city: str, code: str) -> "Permit":
    """The officer's; the house's own where the policy lets no role change a hotlist."""
    from plateward.gate import door
    from plateward.policy import in_force
    from plateward.policy.vocabulary import Act

    if username:
        officer = people.named(username)
        return admission.admitted(officer, Act.HOTLISTS_EDIT, reason, city, code)
    profile = in_force.profile(city)
    keeping = [r.title for r in profile.roles.values() if Act.HOTLISTS_EDIT in r.acts]
    if keeping:
        raise click.ClickException(
            f"In {profile.title()} an officer answers for a hotlist ({', '.join(keeping)}). Name "
            "them with --by. Nothing was imported."
        )
    return door.admit_house(Act.HOTLISTS_EDIT, reason.note, city=city)


@command.command()
@click.argument("city")
@click.option("--list", "name", required=True)
@click.option("--category", required=True, help="As the city's policy has it: bolo, amber_alert …")
@click.option("--by", "username", required=True, help="The officer who answers for it.")
@click.option("--purpose", required=True, help="As the city's policy has it.")
@click.option("--case", "case_number", default="", help="Where the policy asks for one.")
@click.option("--note", required=True, help="Why; whoever sees an alert reads it.")
@click.option("--until", type=people.DAY, required=True, help="The last day: YYYY-MM-DD.")
@click.option("--state", default="", help="Of the plate, where it is known.")
@click.option("--vehicle", default="", help="What to look for beside the plate.")
@click.option("--code", default="", help="From the officer's authenticator, where it is asked for.")
def add(
    city: str,
    name: str,
    category: str,
    username: str,
    purpose: str,
    case_number: str,
    note: str,
    until: datetime,
    state: str,
    vehicle: str,
    code: str,
) -> None:
    """Look for one plate in CITY. It is asked for, so that no history of commands keeps it.

    ? stands for one unknown character and * for any number.
    """
    house.open_up()
    from plateward.hotlists import entries
    from plateward.plates.text import PlateText
    from plateward.plates.wildcards import tidied
    from plateward.policy import in_force
    from plateward.policy.decide import Reason
    from plateward.policy.vocabulary import Act

    plate = PlateText(tidied(click.prompt("Plate", type=str)))
    with people.in_plain_words():
        officer, reason = people.named(username), Reason(purpose, case_number, note)
        ends_at = (until + timedelta(days=1)).replace(tzinfo=in_force.profile(city).zone)
        listing = entries.Listing(
            name, category, plate, note, case_number, ends_at, state=state, vehicle=vehicle
        )
        entries.check(listing)
        permit = admission.admitted(
            officer, Act.HOTLISTS_EDIT, reason, city, code, {"plate": plate}
        )
        (number,) = entries.add(listing, permit=permit)
        waits = in_force.profile(city).at("hotlists").get("second_person") == "required"
    if waits:
        click.echo(
            f"Entry {number} waits for a second person: nothing alerts before somebody else agrees "
            f"(plateward hotlists agree {city} {number})."
        )
    else:
        click.echo(
            f"Entry {number}: looked for in {city} from now until the end of {until:%Y-%m-%d}."
        )


@command.command()
@click.argument("city")
@click.argument("number", type=int)
@click.option("--by", "username", required=True, help="Who agrees: not who entered it.")
@click.option("--purpose", required=True, help="As the city's policy has it.")
@click.option("--case", "case_number", default="", help="Where the policy asks for one.")
@click.option("--note", default="", help="Why you looked at it.")
@click.option("--code", default="", help="From their authenticator, where it is asked for.")
def agree(
    city: str, number: int, username: str, purpose: str, case_number: str, note: str, code: str
) -> None:
    """Agree, as the second person, to the entry of that number."""
    from plateward.hotlists import entries

    with people.in_plain_words():
        permit = _permit_to_change(username, (purpose, case_number, note), city, number, code)
        entries.approve(number, permit=permit)
    click.echo(f"Agreed. Entry {number} is looked for in {city} from now on.")


@command.command()
@click.argument("city")
@click.argument("number", type=int)
@click.option("--why", required=True, help="Such as: the vehicle was found.")
@click.option("--by", "username", required=True, help="The officer who answers for it.")
@click.option("--purpose", required=True, help="As the city's policy has it.")
@click.option("--case", "case_number", default="", help="Where the policy asks for one.")
@click.option("--code", default="", help="From their authenticator, where it is asked for.")
def end(
    city: str, number: int, why: str, username: str, purpose: str, case_number: str, code: str
) -> None:
    """Look for an entry no longer, or refuse one that waits for a second person."""
    from plateward.hotlists import entries

    with people.in_plain_words():
        permit = _permit_to_change(username, (purpose, case_number, why), city, number, code)
        entries.end(number, why, permit=permit)
    click.echo(f"Ended. Entry {number} is looked for no longer in {city}.")


def _permit_to_change(
    username: str, reason: tuple[str, str, str], city: str, number: int, code: str
) -> "Permit":
    """`reason`: purpose, case and note."""
    house.open_up()
    from plateward.policy.decide import Reason
    from plateward.policy.vocabulary import Act

    officer, asked = people.named(username), {"entry": str(number)}
    return admission.admitted(officer, Act.HOTLISTS_EDIT, Reason(*reason), city, code, asked)


@command.command()
@click.argument("city")
@click.option("--by", "username", required=True, help="Who asks; it is logged.")
@click.option("--code", default="", help="From their authenticator, where it is asked for.")
def show(city: str, username: str, code: str) -> None:
    """Which lists CITY has, how old they are, and which raise no alerts, and why."""
    house.open_up()
    from django.utils import timezone

    from plateward.hotlists import browse
    from plateward.hotlists.kinds import Kinds
    from plateward.policy import in_force
    from plateward.policy.decide import Reason
    from plateward.policy.vocabulary import Act

    permit = admission.admitted(people.named(username), Act.ALERTS_SEE, Reason(), city, code)
    click.echo(" ".join(Kinds.of(in_force.profile(city)).in_words()))
    lines = browse.lists(permit=permit, now=timezone.now())
    for line in lines:
        click.echo(_told(line))
    if not lines:
        click.echo(f"{city} has no hotlists.")


def _told(line: "browse.Line") -> str:
    came = f"last file {line.refreshed_at:%Y-%m-%d %H:%M} UTC" if line.refreshed_at else "by hand"
    waiting = f", {line.waiting:,} waiting for a second person" if line.waiting else ""
    silent = f" RAISES NO ALERTS: {line.silent}" if line.silent else ""
    return f"{line.name}: {line.entries:,} looked for{waiting}; {came}.{silent}"


def _load(
    asked: "arrive.File", permit: "Permit", report: Path
) -> "tuple[arrive.Loaded, Counter[str]]":
    """With a bar for a person, and the report for nobody else's eyes."""
    from django.utils import timezone
    from rich.console import Console
    from rich.progress import Progress

    from plateward.hotlists import arrive

    reasons: Counter[str] = Counter()
    handle = os.open(report, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", newline="") as file, Progress(console=Console(stderr=True)) as bar:
        os.fchmod(handle, 0o600)  # also where it was there before
        writer = csv.writer(file)
        writer.writerow(["row", "why"])
        task = bar.add_task("Reading", total=asked.path.stat().st_size)

        def refused(row: "RefusedRow") -> None:
            reasons[row.why] += 1
            writer.writerow([row.number, row.why])

        def done(bytes_: int) -> None:
            bar.update(task, completed=bytes_)
            if bytes_ >= asked.path.stat().st_size:
                bar.update(task, description="Storing", total=None)

        loaded = arrive.load(asked, permit=permit, now=timezone.now(), refused=refused, done=done)
        bar.update(task, description="Stored", total=1, completed=1)
    return loaded, reasons
