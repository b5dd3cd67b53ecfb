"""Cards and drives of cameras: what is due, where each is, and what became of it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import reduce
from typing import TYPE_CHECKING, Any, Final

import click

from plateward.cli import admission, house
from plateward.cli import person as people
from plateward.cli.printable import printable

if TYPE_CHECKING:
    from plateward.custody.media_register import Recorded, Shown, Step, What
    from plateward.gate.permit import Permit
    from plateward.policy.profile import Profile

_MOMENT: Final = click.DateTime(formats=["%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"])
_STEPS: Final = [
    *("put-in", "taken-out", "stored", "overwritten", "destroyed", "handed-over", "acknowledged"),
    *("came-back", "spoiled", "lost"),
]
_RECORD: Final = """Put on record what happened to the drive LABEL of CITY.

\b
put-in        into --camera, which records over what is on it
taken-out     of --camera, which recorded --from … --until
stored        at --place
overwritten   or destroyed: say how with --note
handed-over   to --agency on its request: --who took it, --badge, --reference, --asked-on, --case
acknowledged  the receipt: --who signed, --reference says where it is
came-back     from an agency, or found again
spoiled       overwritten or damaged by mistake, or lost: say with --note what happened

Where the city's policy keeps what is on a drive for some time, put-in, overwritten and destroyed
are refused before that day, and while a hold lies on it. Nothing is ever rewritten: a mistake is
corrected with `plateward media correct`."""


@click.group("media")
def command() -> None:
    """Cards and drives of cameras: what is due, where each is, and what became of it."""


@command.command("list")
@click.argument("city")
@click.option("--by", "username", default="", help="Who asks.")
@click.option("--code", default="", help="From your authenticator, where it is asked for.")
def list_(city: str, username: str, code: str) -> None:
    """Every drive of CITY: what is due first, then by the day on which it is."""
    house.open_up()
    from django.utils import timezone

    from plateward.custody import media_register

    with people.in_plain_words():
        profile, permit = _permit(city, username, code)
        for drive in media_register.drives(city, permit=permit, now=timezone.now()):
            click.echo(_line(drive, profile))


@command.command()
@click.argument("city")
@click.argument("label")
@click.option("--serial", default="", help="Its serial number.")
@click.option("--by", "username", default="", help="Who enters it and answers for it.")
@click.option("--code", default="", help="From your authenticator, where it is asked for.")
def add(city: str, label: str, serial: str, username: str, code: str) -> None:
    """Enter the drive LABEL of CITY. One that is imported enters the register by itself."""
    house.open_up()
    from plateward.custody import media_register

    with people.in_plain_words():
        _, permit = _permit(city, username, code)
        number = media_register.add(city, label, serial=serial, permit=permit)
    click.echo(f"Drive {number}: {printable(label.strip())} is in the register of {city}.")


@command.command()
@click.argument("city")
@click.argument("label")
@click.option("--by", "username", default="", help="Who asks.")
@click.option("--code", default="", help="From your authenticator, where it is asked for.")
def show(city: str, label: str, username: str, code: str) -> None:
    """The drive LABEL of CITY and everything that became of it, each step with its number."""
    house.open_up()
    from django.utils import timezone

    from plateward.custody import media_register

    with people.in_plain_words():
        profile, permit = _permit(city, username, code)
        number = media_register.labelled(city, label, permit=permit)
        drive, steps = media_register.one(number, permit=permit, now=timezone.now())
    click.echo(_line(drive, profile))
    for step in steps:
        click.echo(f"  {_told(step, profile)}")


_OPTIONS: Final = (
    click.option("--at", type=_MOMENT, help="When, in the city; now, unless said."),
    click.option("--camera", default="", help="Its code in the register."),
    click.option("--place", default="", help="Where it is kept."),
    click.option("--from", "recorded_from", type=_MOMENT, help="The first recording on it."),
    click.option("--until", "recorded_until", type=_MOMENT, help="The last one."),
    click.option("--who", default="", help="Who did it; you, unless said. Who took or signed."),
    click.option("--badge", default="", help="Of whoever took it."),
    click.option("--agency", default="", help="As the register of agencies has it."),
    click.option("--reference", default="", help="The written request, or the signed receipt."),
    click.option("--asked-on", "requested_on", type=people.DAY, help="The day of the request."),
    click.option("--case", "case_number", default="", help="The agency's case number."),
    click.option("--note", default="", help="How, or what happened."),
    click.option("--purpose", default="", help="Where the policy asks for one."),
    click.option("--by", "username", default="", help="Who records it and answers for it."),
    click.option("--code", default="", help="From your authenticator, where it is asked for."),
)


def _telling(function: Callable[..., None]) -> Callable[..., None]:
    """With the options that say what happened."""
    return reduce(lambda done, option: option(done), reversed(_OPTIONS), function)


@command.command(help=_RECORD)
@click.argument("city")
@click.argument("label")
@click.argument("what", type=click.Choice(_STEPS))
@_telling
def record(city: str, label: str, what: str, **told: Any) -> None:
    house.open_up()
    from django.utils import timezone

    from plateward.custody import media_register
    from plateward.custody.media_register_steps import WORDS, What

    kind = What(what)
    with people.in_plain_words():
        profile, permit = _permit(city, told["username"], told["code"], kind, told["purpose"])
        number = media_register.labelled(city, label, permit=permit)
        step = _step(kind, profile, told)
        row = media_register.record(number, step, permit=permit, now=timezone.now())
    click.echo(f"Step {row} of {printable(label.strip())} is on record: {WORDS[kind].lower()}.")


@command.command()
@click.argument("city")
@click.argument("label")
@click.argument("step", type=int)
@click.option("--why", required=True, help="Stays on record.")
@click.option("--never", is_flag=True, help="It never happened.")
@_telling
def correct(city: str, label: str, step: int, **told: Any) -> None:
    """Say how STEP of the drive LABEL should read, all of it; what is there stays on record.

    Its number is what `plateward media show` prints.
    """
    house.open_up()
    from django.utils import timezone

    from plateward.custody import media_register
    from plateward.custody.media_register import NotRecorded, Step, What

    why, never = told.pop("why"), told.pop("never")
    with people.in_plain_words():
        profile, permit = _permit(city, told["username"], told["code"])
        number = media_register.labelled(city, label, permit=permit)
        _, steps = media_register.one(number, permit=permit, now=timezone.now())
        was = next((each.step for each in steps if each.number == step), None)
        if was is None:
            raise NotRecorded("This drive has no step of that number. Nothing was recorded.")
        if was.what is What.HANDED_OVER:
            asking = (was.what, told["purpose"])
            profile, permit = _permit(city, told["username"], told["code"], *asking)
        told["at"] = told["at"] or was.at
        now = Step(What.VOID, was.at) if never else _step(was.what, profile, told)
        row = media_register.correct(step, now, why=why, permit=permit, now=timezone.now())
    click.echo(f"Step {row} stands in the place of step {step}, which stays on record.")


def _permit(
    city: str, username: str, code: str, what: "What | None" = None, purpose: str = ""
) -> "tuple[Profile, Permit]":
    """The person's; the house's own where the policy lets no role keep drives."""
    from plateward.custody import media_register
    from plateward.gate import door
    from plateward.policy import in_force
    from plateward.policy.decide import Reason

    profile = in_force.profile(city)
    act = media_register.act_for(what, profile) if what else media_register.act_of(profile)
    if username:
        reason = Reason(purpose=purpose)
        return profile, admission.admitted(people.named(username), act, reason, city, code)
    keeping = [role.title for role in profile.roles.values() if act in role.acts]
    if keeping:
        raise click.ClickException(
            f"In {profile.title()} a person answers for this ({', '.join(keeping)}). Name them "
            "with --by. Nothing was recorded."
        )
    return profile, door.admit_house(act, f"asked for by {house.console()}", city=city)


def _step(what: "What", profile: "Profile", told: Mapping[str, Any]) -> "Step":
    from django.utils import timezone

    from plateward.custody.media_register import Step, What

    said = {k: v for k, v in told.items() if k not in ("username", "code", "purpose") and v}
    for name in ("at", "recorded_from", "recorded_until"):
        if name in said and said[name].tzinfo is None:
            said[name] = said[name].replace(tzinfo=profile.zone)
    if "requested_on" in said:
        said["requested_on"] = said["requested_on"].date()
    if "who" not in said and told["username"] and what not in (What.HANDED_OVER, What.ACKNOWLEDGED):
        person = people.named(told["username"])
        said["who"] = person.get_full_name() or person.username
    return Step(what, **({"at": timezone.now()} | said))


def _line(drive: "Shown", profile: "Profile") -> str:
    from plateward.custody.media_register_steps import place_in_words

    parts = [printable(drive.label), place_in_words(drive.state)]
    kept = drive.now_on_it
    if kept and kept.recording.recorded_from and kept.recording.recorded_until:
        days = (
            _day(kept.recording.recorded_from, profile),
            _day(kept.recording.recorded_until, profile),
        )
        parts.append(f"{kept.recording.camera} {days[0]} to {days[1]}")
    if kept and kept.due_on:
        parts.append(f"may be recorded over from {kept.due_on}")
    parts += ["DUE"] if drive.is_due else []
    parts += [f"held: {', '.join(sorted(drive.state.holds))}"] if drive.state.holds else []
    parts += ["no receipt yet"] if drive.state.receipt_is_open else []
    return "; ".join(map(printable, parts))


def _told(recorded: "Recorded", profile: "Profile") -> str:
    from plateward.custody.media_register_steps import WORDS

    step = recorded.step
    moment = f"{step.at.astimezone(profile.zone):%Y-%m-%d %H:%M}"
    details = [
        step.camera,
        step.place,
        step.agency,
        step.who,
        step.badge,
        step.reference,
        step.note,
    ]
    stands = (
        "" if recorded.stands else " [corrected]" if recorded.replaced_by else " [never happened]"
    )
    said = "; ".join(printable(each) for each in details if each)
    return f"{recorded.number}  {moment}  {WORDS[step.what]}: {said} (by {recorded.by}){stands}"


def _day(moment: datetime, profile: "Profile") -> str:
    return f"{moment.astimezone(profile.zone):%Y-%m-%d}"
