"""Take in the pictures of a camera's memory card or drive, each once, and put it on record."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from plateward.cli import admission, house, import_words
from plateward.cli import person as people
from plateward.cli.printable import printable

if TYPE_CHECKING:
    from plateward.capture.ahead import FileReader
    from plateward.capture.cluster_pool import Pool
    from plateward.capture.taken_at import Believing
    from plateward.cli.medium import Contents, Going
    from plateward.custody.media import Record, Taking
    from plateward.gate.permit import Permit
    from plateward.intake.picture_files import Source
    from plateward.people.models import Person
    from plateward.policy.vocabulary import Act

_MOMENT: Final = click.DateTime(formats=["%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"])
_CLOCKS: Final = ["utc", "camera"]
_IN_THE_OPEN: Final = (
    "The pictures go to its machines, and RAY_USE_TLS is not set: only where nobody else can "
    "listen to that network."
)

_HELP = """Take in the pictures of a camera's memory card or drive, each once, and put it on record.

MEDIA is where the card is mounted, or a folder. Photos and films at any depth are read where they
lie, under the policy of the camera's city; the card is not changed and no copy is made. A picture's
time is what its EXIF or film says, else the time of its file. Pictures without a time, from the
future, or older than the city keeps reads are dropped unread, and counted. Pull the plug at any
moment: the same command goes on where it was, and no file is ever read twice.

Where the city's policy keeps the pictures of such cameras on their cards, none is read: the card is
put on record with the dates of its pictures, and that is all.

With --ray, the machines of a Ray cluster read, and this one stores, file after file in the same
order: the reads are the same. The pictures go to those machines; the how-to says how to keep them
from others."""


@click.command("import", help=_HELP)
@click.argument("media", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--camera", required=True, help="Its code in the register.")
@click.option("--label", required=True, help="What is written on the card, or its serial number.")
@click.option("--by", "username", required=True, help="Who imports it and answers for it.")
@click.option("--taken-out", type=_MOMENT, help="When, where the camera stands; now, unless said.")
@click.option("--taken-out-by", default="", help="By whom, if not by you: then it changed hands.")
@click.option("--case", "case_number", default="", help="Where the card changed hands for a case.")
@click.option("--purpose", default="", help="As the city's policy has it, where it asks for one.")
@click.option("--note", default="", help="Why, in words.")
@click.option("--code", default="", help="From your authenticator, where it is asked for.")
@click.option(
    "--films",
    type=click.Choice(_CLOCKS),
    default="utc",
    show_default=True,
    help="What the time within an MP4 or MOV is: UTC, or the camera's wall time.",
)
@click.option(
    "--file-times",
    type=click.Choice([*_CLOCKS, "refused"]),
    default="utc",
    show_default=True,
    help="The time of a file: an instant; the camera's wall time that is shown as UTC; or no time.",
)
@click.option("--provider", metavar="NAME", help="What runs the networks: cpu, cuda, openvino, …")
@click.option(
    "--ray",
    "cluster",
    metavar="ADDRESS",
    help="Read on a Ray cluster: HOST:PORT of its head, auto, or local for this machine's cores.",
)
def command(
    media: Path,
    camera: str,
    label: str,
    username: str,
    taken_out: datetime | None,
    taken_out_by: str,
    case_number: str,
    purpose: str,
    note: str,
    code: str,
    films: str,
    file_times: str,
    provider: str | None,
    cluster: str | None,
) -> None:
    house.open_up()
    from plateward.capture.cluster_pool import Pool
    from plateward.capture.taken_at import Believing, Clock
    from plateward.cli import medium
    from plateward.custody.media import Taking
    from plateward.policy.decide import Reason

    with ExitStack() as until_done:
        with people.in_plain_words():
            source, person, lies = _source(camera), people.named(username), _contents(media)
            case_number = _case(source, person, taken_out_by, case_number)
            taking = Taking(
                camera=source.camera,
                label=_label(label),
                only_listed=bool(source.removable.stays_on_it),
                taken_out_by=taken_out_by.strip() or _name(person),
                taken_out_at=_moment(taken_out, source),
                case_number=case_number,
            )
            reason = Reason(purpose=purpose, case_number=case_number, note=note)
            permit = admission.admitted(person, _act(source), reason, source.camera.city, code)
            reading = _listing() if taking.only_listed else _reading(lies, provider, cluster)
            reader = until_done.enter_context(reading)
            believing = Believing(source.profile.zone, Clock(films), Clock(file_times))
            going = _begin(taking, source, reader, believing, permit)
            if isinstance(reader, Pool):
                _put_on_record(going, reader, permit)
        record = _through(media, lies, going, permit)
    for line in import_words.told(record, going, lies, source):
        click.echo(line)
    if record.failures:
        sys.exit(medium.NOT_ALL)


def _source(camera: str) -> "Source":
    from plateward.intake import picture_files
    from plateward.policy.in_force import NoPolicy

    try:
        return picture_files.source(camera)
    except (NoPolicy, picture_files.KindUnknown) as refused:
        raise click.ClickException(str(refused)) from refused


def _contents(media: Path) -> "Contents":
    from plateward.cli import medium

    try:
        lies = medium.contents(media)
    except OSError as wrong:
        raise click.ClickException(
            f"{printable(str(media))} cannot be opened ({wrong.strerror}). Nothing was read."
        ) from wrong
    if not lies.files:
        raise click.ClickException(
            f"{printable(str(media))} holds no picture and no film ({lies.others} other files). "
            "Nothing was read and nothing put on record. Look whether the card is mounted there."
        )
    return lies


def _case(source: "Source", person: "Person", taken_out_by: str, case_number: str) -> str:
    """Asked for where the text says so: where another than the importer took the medium out."""
    other = taken_out_by.strip()
    clauses = source.removable.case_when_handed_over
    if case_number.strip() or not clauses or other in ("", _name(person), person.username):
        return case_number.strip()
    why = (
        f"The card comes from the hands of {printable(other)}, and {source.profile.title()} lets "
        f"such cards change hands for a criminal investigation alone ({', '.join(clauses)})."
    )
    if not sys.stdin.isatty():
        raise click.ClickException(f"{why} Nothing was read. Name the case: --case NUMBER")
    click.echo(why, err=True)
    return str(click.prompt("Case or CAD number", type=str)).strip()


def _label(label: str) -> str:
    from plateward.custody.media import LONGEST_LABEL

    said = label.strip()
    if not said or len(said) > LONGEST_LABEL or not said.isprintable():
        raise click.ClickException(
            f"A label is 1 to {LONGEST_LABEL} letters, as on the card. Nothing was read."
        )
    return said


def _name(person: "Person") -> str:
    return person.get_full_name() or person.username


def _moment(said: datetime | None, source: "Source") -> datetime:
    from django.utils import timezone

    now = timezone.now()
    moment = said.replace(tzinfo=source.profile.zone) if said else now
    if moment > now:
        raise click.ClickException(
            f"--taken-out is {moment:%Y-%m-%d %H:%M} where the camera stands, which is still to "
            "come. Nothing was read."
        )
    return moment


def _act(source: "Source") -> "Act":
    """Whoever looks after cameras; where no role of the text does, whoever may see reads."""
    from plateward.custody import media

    opened = {act for role in source.profile.roles.values() for act in role.acts}
    return next((act for act in media.ACTS if act in opened), media.ACTS[0])


@contextmanager
def _listing() -> Iterator[None]:
    """Nothing reads."""
    yield None


@contextmanager
def _reading(lies: "Contents", provider: str | None, cluster: str | None) -> Iterator["FileReader"]:
    from plateward.capture import video
    from plateward.capture.ahead import Here
    from plateward.cli import file_store

    if lies.has_films and not video.can_decode():
        raise click.ClickException(video.MISSING)
    if cluster is None:
        yield Here(file_store.readers(provider))
    else:
        with _on_many(cluster, provider) as pool:
            yield pool


@contextmanager
def _on_many(address: str, provider: str | None) -> Iterator["Pool"]:
    from plateward.capture import cluster, file_sightings
    from plateward.capture.cluster_pool import ClusterProblem
    from plateward.recognition import providers

    asked = provider or os.environ.get(providers.SETTING)
    opener = partial(file_sightings.shipped, asked)
    try:
        with cluster.joined(address, opener, on_gpus=asked == "cuda") as pool:
            click.echo(
                f"Read by up to {pool.workers} processes of the cluster at {printable(address)}."
                + ("" if cluster.is_encrypted() or address == "local" else f" {_IN_THE_OPEN}"),
                err=True,
            )
            yield pool
    except ClusterProblem as problem:
        raise click.ClickException(f"{problem} Nothing was read.") from None


def _put_on_record(going: "Going", pool: "Pool", permit: "Permit") -> None:
    """Before a picture leaves this machine: that it does, and whether sealed against listeners."""
    from plateward.audit import log
    from plateward.capture import cluster
    from plateward.custody import media

    log.append(
        actor=permit.actor,
        act=media.IMPORTED,
        outcome="spread",
        city=going.source.camera.city,
        facts={
            "medium": going.number,
            "camera": going.source.camera.code,
            "processes": pool.workers,
            "tls": cluster.is_encrypted(),
        },
    )


def _begin(
    taking: "Taking",
    source: "Source",
    reader: "FileReader | None",
    believing: "Believing",
    permit: "Permit",
) -> "Going":
    from django.utils import timezone

    from plateward.cli.medium import Going
    from plateward.custody import media

    record = media.begin(taking, permit=permit)
    if record.goes_on:
        click.echo(f"Import {record.number} was cut off and goes on where it was.", err=True)
    return Going(record.number, source, believing, reader, timezone.now())


def _through(root: Path, lies: "Contents", going: "Going", permit: "Permit") -> "Record":
    from django.db import DatabaseError
    from django.utils import timezone
    from rich.console import Console
    from rich.progress import Progress

    from plateward.capture.cluster_pool import ClusterProblem
    from plateward.cli.medium import Gone
    from plateward.custody import media
    from plateward.intake.receive import Stopped
    from plateward.policy.in_force import NoPolicy

    what = "Listing" if going.reader is None else "Reading"
    try:
        with Progress(console=Console(stderr=True)) as bar:
            task = bar.add_task(what, total=lies.bytes)
            found = going.through(root, lies.files, lambda size: bar.advance(task, size))
        return media.end(
            going.number, going.source.camera, found, permit=permit, now=timezone.now()
        )
    except Gone:
        why = "The card is gone."
    except (Stopped, NoPolicy, ClusterProblem) as stopped:
        why = str(stopped)
    except DatabaseError as away:
        why = f"The database says no ({type(away).__name__})."  # its text may quote a plate
    except KeyboardInterrupt:
        why = "Stopped."
    raise click.ClickException(
        f"{why} What was read until then is kept, and import {going.number} stays open: run the "
        "same command again and it goes on from there. Do not put the card back before."
    )
