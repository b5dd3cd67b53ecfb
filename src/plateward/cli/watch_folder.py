"""Read each new picture and film that appears in a folder, once, as long as it runs."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from plateward.cli import folder_rounds, read

if TYPE_CHECKING:
    from plateward.capture.file_sightings import Opened
    from plateward.capture.folder import Take
    from plateward.cli.file_store import Store
    from plateward.recognition import PlateReader
    from plateward.recognition.vehicles import Vehicles

_CLOCKS: Final = ["utc", "camera"]

_HELP = """Read each new picture and film that appears in FOLDER, once, as long as it runs.

Without --print, each vehicle becomes a read in the database under the policy of its camera's city.
The folders directly below FOLDER are named for cameras of the register, or --camera names the one
camera of all of it. XML and JSON files go to the camera system's adapter (--vendor).

A file is taken when its size and time have stood still for --still seconds and no program on this
machine has it open for writing. What was read is remembered by path and content, also across
restarts. What cannot be read is listed with the reason or, with --after delete, put aside in
FOLDER/.not-read for a week.

With --print nothing is stored and no database is needed: what is seen is printed as by
`plateward read`, and the pictures stay."""


@click.command("watch-folder", help=_HELP)
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--camera", help="Of all of FOLDER; else its folders are named for cameras.")
@click.option(
    "--after",
    type=click.Choice(["keep", "delete"]),
    help="What becomes of a file that was read; must be said unless --print.",
)
@click.option("--print", "printed", is_flag=True, help="Print what is seen; store nothing.")
@click.option("--json", "as_json", is_flag=True, help="With --print: one JSON object a file.")
@click.option("--once", is_flag=True, help="Take what is whole, then stop.")
@click.option(
    "--still", type=click.FloatRange(0, 3600), default=3.0, show_default=True, help="Seconds."
)
@click.option(
    "--every", type=click.FloatRange(0.2, 3600), default=2.0, show_default=True, help="Seconds."
)
@click.option(
    "--films",
    type=click.Choice(_CLOCKS),
    default="utc",
    show_default=True,
    help="What the time within an MP4 or MOV is: UTC, or the camera's wall time.",
)
@click.option("--vendor", default="genetec", show_default=True, help="Whose XML and JSON it is.")
@click.option("--state", type=click.Path(path_type=Path), help="Remembers what was read.")
@click.option("--provider", metavar="NAME", help="What runs the networks: cpu, cuda, openvino, …")
def command(
    folder: Path,
    camera: str | None,
    after: str | None,
    films: str,
    vendor: str,
    state: Path | None,
    provider: str | None,
    still: float,
    every: float,
    *,
    printed: bool,
    as_json: bool,
    once: bool,
) -> None:
    from plateward.capture.already_read import AlreadyRead, CannotRemember
    from plateward.capture.folder import Folder, Then
    from plateward.capture.whole import Settling

    _check(after, printed=printed, as_json=as_json)
    folder, store = folder.resolve(), None
    if not printed:
        store = _store(camera, vendor, films, provider)
    take = store.take if store else _printer(*read.readers(provider), as_json=as_json)
    try:
        with AlreadyRead(state or _state(folder, printed=printed)) as known:
            watched = Folder(
                folder,
                known,
                camera="" if printed else camera,
                then=Then(after or "keep"),
                settling=Settling(still),
            )
            counts = store.counts if store else None
            folder_rounds.run(watched, take, counts, every=every, once=once)
    except CannotRemember as wrong:
        raise click.ClickException(str(wrong)) from wrong


def _check(after: str | None, *, printed: bool, as_json: bool) -> None:
    if printed and after == "delete":
        raise click.UsageError("With --print nothing is stored, so no picture is deleted.")
    if as_json and not printed:
        raise click.UsageError("--json goes with --print.")
    if after is None and not printed:
        raise click.UsageError(
            "Say what becomes of a file that was read: --after delete, or --after keep. Pictures "
            "that are kept lie there unsealed, and nothing here deletes them when their time is "
            "over. To see what would be read and store nothing: --print."
        )


def _store(camera: str | None, vendor: str, films: str, provider: str | None) -> "Store":
    """Refuses what can be known to be refused before the first file."""
    from plateward.capture.taken_at import Clock
    from plateward.cli import file_store, house

    house.open_up()
    from plateward.cameras.register import UnknownCamera
    from plateward.intake import picture_files
    from plateward.intake.adapters import registry
    from plateward.policy.in_force import NoPolicy

    try:
        registry.vendor(vendor)
        if camera is not None:
            picture_files.for_reading(camera)
    except (
        registry.UnknownVendor,
        UnknownCamera,
        NoPolicy,
        picture_files.KindUnknown,
        picture_files.StaysOnItsMedium,
    ) as refused:
        raise click.ClickException(str(refused)) from refused
    return file_store.Store(file_store.readers(provider), films=Clock(films), vendor=vendor)


def _printer(reader: "PlateReader", vehicles: "Vehicles", *, as_json: bool) -> "Take":
    from plateward.capture.file_sightings import Unreadable
    from plateward.capture.picture_files import Kind

    def take(camera: str, one: "Opened") -> None:
        del camera
        if one.file.kind is Kind.MESSAGE:
            raise Unreadable("It is a message of a camera system: plateward intake show")
        error, lines = read.told(reader, vehicles, str(one.file.path), as_json=as_json)
        for line in lines:
            click.echo(line, err=error is not None and not as_json)

    return take


def _state(folder: Path, *, printed: bool) -> Path:
    """Apart for each folder, and for printing and storing."""
    if printed:
        home = Path(click.get_app_dir("plateward"))
    else:
        from django.conf import settings

        home = settings.HOME
    name = hashlib.sha256(str(folder).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return home / "watched" / f"{name}.sqlite3"
