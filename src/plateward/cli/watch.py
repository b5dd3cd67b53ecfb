"""Watch one camera, and hand in what passes it: the agent that runs beside a camera."""

import importlib.util
import signal
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from plateward.cli import watch_course

if TYPE_CHECKING:
    from plateward.edge.agent import Agent
    from plateward.edge.keys import Signer
    from plateward.edge.outbox import Outbox
    from plateward.edge.server import Server
    from plateward.edge.source import Source
    from plateward.recognition import PlateReader
    from plateward.recognition.vehicles import Vehicles

_HELP: Final = """Watch one camera, and hand in what passes it.

Runs beside a camera, without a database. Each read is signed with this agent's own key, kept on
disk, sealed, until the server has it, and deleted unsent once the city's period for reads is over.
Ctrl-C or SIGTERM end it; what waits then goes when it runs again.

Every option can be given in the environment, as PLATEWARD_WATCH_SERVER and so on: put a camera's
address there where it holds a password, because a command line can be seen by everyone.

First make a key, and register what is printed on the server:

\b
  plateward watch --new-key --folder /var/lib/plateward-edge
  plateward cameras key CODE KEY"""
_FOLDER: Final = Path("~/.local/share/plateward-edge")
_SAY_EVERY: Final = 60.0  # seconds, where nobody sits before it
_TICK: Final = 1.0


@click.command(help=_HELP, context_settings={"auto_envvar_prefix": "PLATEWARD_WATCH"})
@click.option("--new-key", is_flag=True, help="Make this agent's key, print it, and stop.")
@click.option("--camera", default="", help="Its code in the register.")
@click.option("--source", default="", help="rtsp://USER:PASSWORD@HOST/PATH, or a video file.")
@click.option("--server", default="", help="Such as https://plateward.example.gov.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=_FOLDER,
    show_default=True,
    help="Where the keys and what waits are kept.",
)
@click.option("--ca", type=click.Path(path_type=Path), help="Who vouches for the server, in PEM.")
@click.option(
    "--sealing-key",
    type=click.Path(path_type=Path),
    help="What seals the reads that wait. Default: in the folder, made there.",
)
@click.option(
    "--keep-hours",
    type=click.IntRange(1, 87600),
    help="Keep no read longer than this unsent. Default: as the server says; a day until it did.",
)
@click.option("--keep-mb", type=click.IntRange(1), default=1024, show_default=True)
@click.option("--fps", type=click.FloatRange(0.5, 60), default=10.0, show_default=True)
@click.option(
    "--transport",
    type=click.Choice(["tcp", "udp"]),
    default="tcp",
    show_default=True,
    help="How an RTSP camera sends its pictures.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(1, 120),
    default=10.0,
    show_default=True,
    help="Seconds within which the camera must answer, and send each next picture.",
)
@click.option(
    "--speed-line",
    multiple=True,
    metavar="X1,Y1,X2,Y2",
    help="A line across the road, in pixels; name two. Told only where the city keeps speed.",
)
@click.option("--speed-metres", type=float, help="How far apart the two are, measured there.")
@click.option("--provider", metavar="NAME", help="What runs the networks: cpu, cuda, openvino, …")
@click.option("--previews/--no-previews", default=True, show_default=True)
@click.option("--loop", is_flag=True, help="Begin a video anew when it is over: for trials.")
def command(*, new_key: bool, folder: Path, **said: Any) -> None:
    _check_installed()
    folder = folder.expanduser()
    if new_key:
        _make_key(folder)
        return
    agent = _agent(folder, said)
    ended = threading.Event()
    _end_on_signals(agent)
    saying = threading.Thread(target=_say, args=(agent, said["camera"], ended), daemon=True)
    saying.start()
    try:
        _run(agent)
    finally:
        ended.set()
        saying.join(timeout=2)
        click.echo(_line(agent, said["camera"]))
        left = agent.outbox.kept().letters
        agent.outbox.close()
    click.echo(f"Stopped. {_left(left, folder)}")


def _check_installed() -> None:
    for needed in ("requests", "rfc8785"):
        if importlib.util.find_spec(needed) is None:
            raise click.ClickException(
                f"`plateward watch` needs {needed}, which is not installed here. Nothing was read. "
                "Install it with: pip install 'plateward[edge,video]'."
            )


def _make_key(folder: Path) -> None:
    from plateward.edge import keys

    try:
        made = keys.make(folder)
    except (keys.KeyThere, keys.NoKey) as wrong:
        raise click.ClickException(str(wrong)) from None
    click.echo(
        f"The key is in {folder / keys.SIGNING_KEY}; it never leaves this machine.\n"
        f"Register its public half on the server:\n\n  plateward cameras key CODE {made.public}"
    )


def _agent(folder: Path, said: dict[str, Any]) -> "Agent":
    """What can be told at once to be wrong is told before the networks are loaded."""
    from plateward.edge import keys, outbox, server

    missing = [f"--{name}" for name in ("camera", "source", "server") if not said[name]]
    if missing:
        raise click.UsageError(f"Name {' and '.join(missing)} too. Nothing was read.")
    said["course"] = watch_course.course(said["speed_line"], said["speed_metres"])
    try:
        signer = keys.signer(folder)
        there = _server(said, signer)
        kept = _outbox(folder, said)
    except (keys.NoKey, server.BadServer, outbox.CannotKeep, outbox.InUse) as wrong:
        raise click.ClickException(str(wrong)) from None
    source = _source(said)
    reader, vehicles = _networks(said["provider"])
    return _made(said, source, (reader, vehicles), kept, there)


def _made(
    said: dict[str, Any],
    source: "Source",
    networks: "tuple[PlateReader, Vehicles]",
    kept: "Outbox",
    there: "Server",
) -> "Agent":
    from plateward.capture.watching import PREVIEW_AFTER, Terms, Watcher
    from plateward.edge.agent import Agent

    reader, vehicles = networks
    terms = Terms(
        preview_after=PREVIEW_AFTER if said["previews"] else None,
        vehicles=vehicles,
        hide=vehicles,
        course=said["course"],
    )
    agent = Agent.made(source, Watcher(reader, terms), kept, there, reader.provider or "unknown")
    if said["keep_hours"]:
        agent.post.at_most = timedelta(hours=said["keep_hours"])
    return agent


def _server(said: dict[str, Any], signer: "Signer") -> "Server":
    from plateward.edge.server import BadServer, Server

    ca = said["ca"]
    if ca is not None and not ca.is_file():
        raise BadServer(f"There is no file {ca}. Nothing was sent. Correct --ca.")
    return Server(said["server"], said["camera"], signer, ca=None if ca is None else str(ca))


def _outbox(folder: Path, said: dict[str, Any]) -> "Outbox":
    """Opened with its first letter read, so that a wrong sealing key is noticed now."""
    from plateward.edge import keys, outbox

    sealing = said["sealing_key"] or folder / keys.SEALING_KEY
    seal = keys.sealer(sealing, may_make=not (folder / outbox.FILE).exists())
    kept = outbox.Outbox(folder, seal, most_bytes=said["keep_mb"] * 1024 * 1024)
    kept.oldest()
    return kept


def _source(said: dict[str, Any]) -> "Source":
    from plateward.capture import address, faults, live
    from plateward.edge.source import Camera, Film

    if not address.is_camera(said["source"]):
        path = Path(said["source"])
        if not path.is_file():
            raise click.ClickException(
                "The source is neither an rtsp:// address nor a video file that is there. Nothing "
                "was read. Correct --source."
            )
        return Film(path, device=said["camera"], fps=said["fps"], loop=said["loop"])
    if said["transport"] == "udp" and said["source"].lower().startswith("rtsps:"):
        raise click.ClickException(
            "An rtsps:// camera is encrypted over TCP alone, and over UDP its pictures would not "
            "be. Nothing was read. Leave --transport out, or write rtsp:// if that is meant."
        )
    try:
        stream = live.camera(
            said["source"],
            device=said["camera"],
            transport=said["transport"],
            timeout=said["timeout"],
            asked=live.Asked(fps=said["fps"]),
        )
    except faults.BadAddress as wrong:
        raise click.ClickException(str(wrong)) from None
    return Camera(stream)


def _networks(provider: str | None) -> "tuple[PlateReader, Vehicles]":
    from plateward.recognition import PlateReader, ProviderProblem, WeightsProblem
    from plateward.recognition.vehicles import Vehicles

    try:
        return PlateReader.default(provider), Vehicles.default(provider)
    except (WeightsProblem, ProviderProblem) as problem:
        raise click.ClickException(str(problem)) from None


def _end_on_signals(agent: "Agent") -> None:
    def end(*_: object) -> None:
        # In a thread: a signal may come while this one holds the very lock that closing needs.
        threading.Thread(target=agent.source.close, daemon=True).start()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, end)


def _run(agent: "Agent") -> None:
    from plateward.capture.video import NotAVideo
    from plateward.edge.agent import Broken

    try:
        agent.run()
    except (NotAVideo, Broken) as wrong:
        raise click.ClickException(f"{wrong} What was read before is kept.") from None


def _say(agent: "Agent", camera: str, ended: threading.Event) -> None:
    """In place on a terminal; in a log each minute, and when something changes."""
    from plateward.cli.watch_line import situation

    on_terminal, before, due = sys.stdout.isatty(), "", 0.0
    while not ended.wait(_TICK):
        due -= _TICK
        now = situation(agent.figures(), agent.post.state)
        if on_terminal:
            click.echo(f"\r\x1b[2K{_line(agent, camera)}", nl=False)
        elif due <= 0 or now != before:
            click.echo(_line(agent, camera))
            before, due = now, _SAY_EVERY
    if on_terminal:
        click.echo("\r\x1b[2K", nl=False)


def _line(agent: "Agent", camera: str) -> str:
    from plateward.cli.watch_line import line

    return line(
        camera,
        agent.figures(),
        agent.post.state,
        agent.outbox.kept(),
        provider=agent.post.provider,
        now=datetime.now(UTC),
    )


def _left(many: int, folder: Path) -> str:
    return f"{many} wait in {folder}, for when it runs again." if many else "None waits."
