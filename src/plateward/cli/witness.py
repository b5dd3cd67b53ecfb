"""`plateward witness`: watch another's log from outside, with its last checkpoint and a key."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from plateward.audit import cosign, witness_folder

FIRST_PORT = 8100


@click.group("witness")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the witness lives; default: PLATEWARD_WITNESS_FOLDER, else ~/plateward-witness.",
)
@click.pass_context
def command(context: click.Context, folder: Path | None) -> None:
    """Watch another's log from outside: cosign what only grew, refuse what was changed.

    For a city clerk or a neighbouring city. It needs no database and sees no entry: only the size
    and the root hash of the log.
    """
    named = os.environ.get("PLATEWARD_WITNESS_FOLDER", "~/plateward-witness")
    context.obj = folder or Path(named).expanduser()


@command.command()
@click.argument("name")
@click.pass_obj
def init(path: Path, name: str) -> None:
    """Make a witness with a new key. NAME is like clerk.city.example/witness."""
    from plateward.audit import witness_folder

    try:
        made = witness_folder.make(path, name)
    except witness_folder.Unusable as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"A witness was made in {path}. Give this key to the log's operator:", err=True)
    click.echo(made.cosigner.key.vkey)


@command.command("add-log")
@click.argument("origin")
@click.argument("vkey")
@click.pass_obj
def add_log(path: Path, origin: str, vkey: str) -> None:
    """Watch the log ORIGIN, signed by VKEY (`plateward log head --key` prints it).

    Get the key from the log's operator in person or by telephone, not from the network.
    """
    from plateward.audit import cosign

    folder = _open(path)
    try:
        folder.trust(origin, vkey)
    except cosign.Malformed as error:
        raise click.ClickException(f"{error}. Nothing was changed.") from error
    click.echo(f"{origin} is watched. What was cosigned before stays remembered.", err=True)


@command.command()
@click.pass_obj
def key(path: Path) -> None:
    """Print the witness's verifier key."""
    click.echo(_open(path).cosigner.key.vkey)


@command.command()
@click.pass_obj
def status(path: Path) -> None:
    """Say what this witness saw last of each log."""
    from plateward.audit.witness_folder import Unusable
    from plateward.cli import witness_site

    try:
        click.echo(witness_site.words(_open(path)), nl=False)
    except Unusable as error:
        raise click.ClickException(str(error)) from error


@command.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=FIRST_PORT, show_default=True, type=click.IntRange(1, 65535))
@click.pass_obj
def serve(path: Path, host: str, port: int) -> None:
    """Answer logs until stopped with Ctrl-C. Put a proxy with TLS before it."""
    import uvicorn

    from plateward.audit.witness_folder import Unusable
    from plateward.cli import witness_site
    from plateward.cli.serve import check_free

    folder = _open(path)
    try:
        said = witness_site.words(folder)  # refuses a lost memory before any log asks
    except Unusable as error:
        raise click.ClickException(str(error)) from error
    check_free(host, port)
    click.echo(f"{said}\nLogs ask at http://{host}:{port}/add-checkpoint", err=True)
    uvicorn.run(
        witness_site.site(folder),
        host=host,
        port=port,
        lifespan="off",
        log_level="warning",
        server_header=False,
        limit_concurrency=64,
        timeout_keep_alive=30,
    )


@command.command()
@click.argument("note", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--key", "log_key", required=True, help="The log's verifier key.")
@click.option("--witness", "vkeys", multiple=True, required=True, help="A witness's verifier key.")
def check(note: Path, log_key: str, vkeys: tuple[str, ...]) -> None:
    """Check a cosigned checkpoint that was kept: by which of these witnesses, and when."""
    from plateward.audit import cosign

    try:
        read = cosign.read_note(note.read_text())
        found = cosign.read_checkpoint(read.text)
        if not cosign.is_signed_by(read, cosign.read_key(log_key, kind=cosign.LOG)):
            raise cosign.Forged("the log's key did not sign it")
        click.echo(f"{found.origin}: {found.size} entries, signed by the log.")
        missing = [vkey for vkey in vkeys if not _cosigned(read, vkey)]
    except (OSError, ValueError) as error:
        raise click.ClickException(f"This checkpoint cannot be trusted: {error}.") from error
    if missing:
        raise click.ClickException(f"Not cosigned by {', '.join(missing)}.")


def _cosigned(note: "cosign.Note", vkey: str) -> bool:
    from plateward.audit import cosign

    key = cosign.read_key(vkey, kind=cosign.WITNESS)
    times = [cosign.cosigned_at(note.text, line, key) for line in note.signatures]
    for at in filter(None, times):
        click.echo(f"Cosigned by {key.name} at {at:%Y-%m-%d %H:%M:%S} UTC.")
    return any(times)


def _open(path: Path) -> "witness_folder.Folder":
    from plateward.audit import witness_folder

    try:
        return witness_folder.open_up(path)
    except witness_folder.Unusable as error:
        raise click.ClickException(str(error)) from error
