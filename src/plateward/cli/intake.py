"""Messages of camera systems: see what one would become, link devices to cameras."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from plateward.cli import house
from plateward.cli.printable import printable
from plateward.intake import vendor_fields
from plateward.intake.adapters import registry, shown
from plateward.intake.adapters.canonical import Taken
from plateward.intake.adapters.message import Message, Refused

if TYPE_CHECKING:
    from plateward.policy.profile import Profile

REFUSED: Final = 1


@click.group("intake")
def command() -> None:
    """Messages of camera systems: see what one would become, link devices to cameras."""


@command.command()
@click.argument("vendor")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--city", help="A city that ships, such as willard-mo, or a profile's file.")
@click.option("--in-force", is_flag=True, help="CITY's adopted version, from the database.")
@click.option("--content-type", default="", help="As the camera sends it, with its boundary.")
@click.option("--topic", default="", help="Of a message that came by MQTT.")
@click.option("--device", help="The camera whose credential would come with it.")
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="OURS=THEIRS",
    help="What an edited template calls a field, such as plate=Kennzeichen. May be repeated.",
)
def show(
    vendor: str,
    file: Path,
    city: str | None,
    content_type: str,
    topic: str,
    device: str | None,
    fields: tuple[str, ...],
    *,
    in_force: bool,
) -> None:
    """Print as JSON what the message in FILE would become. Nothing is stored.

    CITY's policy says which fields are kept, and its zone is that of times without an offset.
    With CITY, `late` counts reads that came too late to be kept there if they came now.
    An audit exported from the vendor's system holds no reads: it is printed as it is.
    Without --city, all is shown but speed and what no policy can allow (faces, persons), and such
    times are taken for UTC.
    """
    profile = _profile(city, in_force=in_force) if city else None
    message = Message(
        file.read_bytes(),
        datetime.now(UTC),
        content_type=content_type,
        topic=topic,
        filename=file.name,
        device=device,
        zone=profile.zone if profile else UTC,
        fields=_pairs(fields),
    )
    try:
        known = registry.vendor(vendor)
        exported = known.export(message.body)
        taken = Taken() if exported else known.take(message)
    except registry.UnknownVendor as unknown:
        raise click.ClickException(str(unknown)) from unknown
    except Refused as refused:
        click.echo(json.dumps({"reads": "reject", "why": str(refused)}, indent=1))
        sys.exit(REFUSED)
    if exported:
        click.echo(json.dumps(exported, indent=1, ensure_ascii=False))
        return
    keeps = profile.keeps_field if profile else vendor_fields.without_city
    kept = shown.as_json(vendor_fields.keep_allowed(taken, keeps))
    if profile and (late := _late(taken, profile, message.received_at)):
        kept["late"] = late
    click.echo(json.dumps(kept, indent=1, ensure_ascii=False))


@command.command("flock-audit")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--city", required=True, help="A city that ships, or a profile's file.")
@click.option("--in-force", is_flag=True, help="CITY's adopted version; the numbers go to the log.")
@click.option("--agency", "agencies", multiple=True, help="As Flock names ours. May be repeated.")
@click.option("--json", "as_json", is_flag=True, help="For a program that reads it.")
def flock_audit(
    file: Path, city: str, agencies: tuple[str, ...], *, in_force: bool, as_json: bool
) -> None:
    """Hold the searches that Flock exported in FILE against CITY's policy, for its auditor.

    It names lines of FILE, and no plate. With --in-force its numbers, and the file's hash, become
    an entry of the city's log.
    """
    from dataclasses import asdict

    from plateward.cli import flock_report
    from plateward.intake.adapters import flock_audits
    from plateward.oversight import flock_use

    profile = _profile(city, in_force=in_force)
    raw = file.read_bytes()
    try:
        use = flock_use.of(raw, flock_audits.read(raw), profile, ours=frozenset(agencies))
    except Refused as refused:
        raise click.ClickException(str(refused)) from refused
    entry = flock_use.note(use, profile.id, by=house.console()) if in_force else None
    if as_json:
        click.echo(json.dumps(asdict(use) | {"entry": entry}, indent=1, default=str))
        return
    for line in flock_report.lines(use, profile.title(), entry):
        click.echo(line)


@command.command()
def vendors() -> None:
    """List the camera systems whose messages are understood."""
    for name, vendor in sorted(registry.VENDORS.items()):
        click.echo(f"{name:<16} {vendor.title}: {vendor.accepts}")


@command.command()
def devices() -> None:
    """List which devices are linked to which cameras, and which are not linked to any."""
    house.open_up()
    from plateward.intake import devices as known

    for link in known.links():
        state = {True: "up", False: "DOWN", None: "no heartbeat yet"}[link.is_up]
        click.echo(f"{link.vendor} {link.name} -> {link.camera} (by {link.sender}, {state})")
    for each in known.unknown():
        state = f"DISMISSED ({printable(each.why)})" if each.dismissed_at else "NOT LINKED"
        click.echo(
            f"{state}: {each.vendor} {each.name}, sent by {each.sender}: {each.reads} reads not "
            f"stored, last {each.last_at:%Y-%m-%d %H:%M} UTC"
        )


@command.command()
@click.argument("sender")
@click.argument("vendor")
@click.argument("device")
@click.option("--why", required=True, help="For the log and for whoever asks later. No plate.")
def dismiss(sender: str, vendor: str, device: str, why: str) -> None:
    """Say that what VENDOR's messages under SENDER's key call DEVICE is no camera of ours."""
    house.open_up()
    from django.utils import timezone

    from plateward.intake import devices as known

    named = (vendor, device, sender)
    found = [each for each in known.unknown() if (each.vendor, each.name, each.sender) == named]
    if not found:
        raise click.ClickException(
            "No such device waits. Nothing was changed. `plateward intake devices` lists them."
        )
    try:
        known.dismiss(found[0], why, by=house.console(), now=timezone.now())
    except known.NotDone as not_done:
        raise click.ClickException(str(not_done)) from not_done
    click.echo(f"Dismissed. Reads of {device} stay unstored, and its sender is told no more.")


@command.command()
@click.argument("camera")
@click.argument("vendor")
@click.argument("device")
@click.option("--sender", help="The camera whose credential it comes with, if not CAMERA's own.")
def link(camera: str, vendor: str, device: str, sender: str | None) -> None:
    """Say that what VENDOR's messages call DEVICE is CAMERA of the register."""
    house.open_up()
    from plateward.cameras.register import UnknownCamera
    from plateward.intake import devices as known

    try:
        registry.vendor(vendor)
        known.link(vendor, device, camera=camera, sender=sender or camera, by=house.console())
    except (UnknownCamera, registry.UnknownVendor) as unknown:
        raise click.ClickException(str(unknown)) from unknown
    click.echo(f"Reads of {device} are stored under {camera} from now on.")


@command.command("map")
@click.argument("sender")
@click.argument("vendor")
@click.argument("fields", nargs=-1, metavar="[OURS=THEIRS]...")
def map_fields(sender: str, vendor: str, fields: tuple[str, ...]) -> None:
    """Say what SENDER's edited template calls the fields. No field at all takes the map back."""
    names = _pairs(fields)
    house.open_up()
    from plateward.cameras.register import UnknownCamera
    from plateward.intake import devices as known

    try:
        registry.vendor(vendor)
        known.map_fields(vendor, names, sender=sender, by=house.console())
    except (UnknownCamera, registry.UnknownVendor) as unknown:
        raise click.ClickException(str(unknown)) from unknown
    click.echo(f"{len(names)} fields of {sender}'s messages have names of their own now.")


@command.command("mqtt")
@click.argument("vendor")
@click.argument("host")
@click.option("--sender", required=True, help="The camera of the register that the broker is of.")
@click.option("--topic", "topics", multiple=True, help="Instead of where VENDOR publishes plates.")
@click.option("--port", type=int, help="8883, or 1883 without TLS, unless said.")
@click.option("--username")
@click.option("--password-file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--ca-file", help="Who signed the broker's certificate, if not a public authority.")
@click.option("--no-tls", is_flag=True, help="For a broker on this machine alone.")
def listen(
    vendor: str,
    host: str,
    sender: str,
    topics: tuple[str, ...],
    port: int | None,
    username: str | None,
    password_file: Path | None,
    ca_file: str | None,
    *,
    no_tls: bool,
) -> None:
    """Listen to the MQTT broker at HOST and take in what VENDOR publishes there, until stopped.

    A message is acknowledged when its reads are committed. Where nothing may be stored now, the
    broker keeps it, if it was published with a quality of service of 1 or more.
    """
    from plateward.intake import broker

    if vendor not in broker.TOPICS and not topics:
        raise click.ClickException("That system publishes nowhere of its own: name a --topic.")
    house.open_up()
    from plateward.intake import listening

    password = password_file.read_text(encoding="utf-8").strip() if password_file else None
    where = broker.Broker(
        host=host,
        port=port or (1883 if no_tls else 8883),
        client_id=f"plateward-{vendor}-{sender}",
        username=username,
        password=password,
        tls=not no_tls,
        ca_file=ca_file,
    )
    try:
        listening.check(vendor, sender=sender)
        take = listening.taker(vendor, sender=sender, say=click.echo)
        broker.listen(where, topics or broker.TOPICS[vendor], take=take, say=click.echo)
    except (listening.CannotTake, broker.CannotListen) as wrong:
        raise click.ClickException(str(wrong)) from wrong


def _profile(city: str, *, in_force: bool) -> "Profile":
    from plateward.cli import policy_file
    from plateward.policy import load

    if not in_force:
        return load.draft(policy_file.named(city))
    house.open_up()
    from plateward.policy import in_force as adopted

    try:
        return adopted.profile(city)
    except adopted.NoPolicy as none:
        raise click.ClickException(str(none)) from none


def _late(taken: Taken, profile: "Profile", now: datetime) -> int:
    """How many reads would not be stored if they came now: their time at this city is over."""
    ends = (profile.reads_expire_at(seen_at=r.captured_at, recorded_at=now) for r in taken.reads)
    return sum(end <= now for end in ends)


def _pairs(fields: tuple[str, ...]) -> dict[str, str]:
    pairs = [each.partition("=") for each in fields]
    if not all(ours and theirs for ours, _, theirs in pairs):
        raise click.ClickException(
            "A field is written OURS=THEIRS, such as plate=Kennzeichen. Nothing was changed."
        )
    return {ours: theirs for ours, _, theirs in pairs}
