"""Word that leaves the house: set channels up, try them, send again what was given up."""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from plateward.cli import house

if TYPE_CHECKING:
    from plateward.notices.above import Above

_logger = logging.getLogger(__name__)
IDLE_SECONDS: Final = 1.0
WORKERS: Final = 2  # so that one that waits for a slow machine does not hold up all the rest
_EVENTS: Final = ("alert.verified", "list.stale", "fault.opened", "fault.closed", "download.due")


@click.group("notices")
def command() -> None:
    """Word that leaves the house: e-mail, signed webhooks, MQTT; browsers are set up by people."""


@command.group()
def add() -> None:
    """Set a channel up. Passwords are read from files, and never shown again."""


def _shared(function: Callable[..., None]) -> Callable[..., None]:
    """What each kind of channel is asked for."""
    for option in (
        click.option(
            "--event",
            "events",
            multiple=True,
            type=click.Choice(_EVENTS),
            default=["alert.verified"],
            show_default=True,
            help="What it tells. May be repeated.",
        ),
        click.argument("name"),
        click.argument("city"),
    ):
        function = option(function)
    return function


def _server(function: Callable[..., None]) -> Callable[..., None]:
    """What a mail server and a broker are asked for."""
    text_file = click.Path(path_type=Path, exists=True, dir_okay=False)
    for option in (
        click.option("--ca-file", type=text_file, help="Who signed its certificate, in PEM form."),
        click.option("--password-file", type=text_file),
        click.option("--username", default=""),
        click.option("--port", default="", help="The usual one, unless said."),
        click.argument("host"),
    ):
        function = option(function)
    return function


@add.command()
@_shared
@click.argument("url")
def webhook(city: str, name: str, url: str, events: tuple[str, ...]) -> None:
    """Post to URL, signed. Prints the key, this once."""
    _added(city, "webhook", name, {"url": url}, events)


@add.command()
@_shared
@_server
@click.option("--to", required=True, help="Addresses, parted by commas.")
@click.option("--from", "sender", required=True)
@click.option("--security", default="starttls", type=click.Choice(["starttls", "tls", "none"]))
def email(city: str, name: str, events: tuple[str, ...], **told: Any) -> None:
    """Send mail through the server at HOST."""
    _added(city, "email", name, _said(told), events)


@add.command()
@_shared
@_server
@click.option("--topic", required=True)
@click.option("--security", default="tls", type=click.Choice(["tls", "none"]))
def mqtt(city: str, name: str, events: tuple[str, ...], **told: Any) -> None:
    """Publish to the broker at HOST."""
    _added(city, "mqtt", name, _said(told), events)


@command.command("list")
@click.argument("city")
def show(city: str) -> None:
    """The open channels of CITY, what waits, and what was given up."""
    _open(city)
    from plateward.notices import channels, deliver

    for channel in channels.of(city):
        state = f"DOWN since {channel.down_since:%Y-%m-%d %H:%M} UTC" if channel.down_since else ""
        click.echo(f"{channel.name}: {channel.title} to {channel.where}. {state}".rstrip())
        click.echo(f"  tells {', '.join(channel.events)}")
        click.echo(
            f"  {channel.waiting} waiting, {channel.dead} given up {channel.trouble}".rstrip()
        )
    for each in deliver.dead(city):
        click.echo(f"GIVEN UP {each.id}: {each.event} over {each.channel or 'a closed channel'}")
        click.echo(f"  {each.trouble}")


@command.command()
@click.argument("city")
@click.argument("name")
def test(city: str, name: str) -> None:
    """Send a test over a channel now."""
    _open(city)
    from django.utils import timezone

    from plateward.notices import channels, deliver
    from plateward.notices.message import NotSent

    try:
        noted = deliver.try_out(city, name, by=house.console(), now=timezone.now())
    except NotSent as failed:
        raise click.ClickException(f"The test did not get through. {failed}") from failed
    except channels.NotSetUp as wrong:
        raise click.ClickException(str(wrong)) from wrong
    click.echo(f"The test got through. {noted}".rstrip())


@command.command()
@click.argument("city")
@click.argument("name")
@click.option(
    "--overlap",
    "hours",
    default=24,
    show_default=True,
    type=click.IntRange(0, 720),
    help="How many hours the old key signs beside the new one. 0 where it has leaked.",
)
def rotate(city: str, name: str, hours: int) -> None:
    """Give a webhook a new key. Prints it, this once."""
    _open(city)
    from django.utils import timezone

    from plateward.notices import channels

    overlap, now = timedelta(hours=hours), timezone.now()
    try:
        key = channels.rotate(city, name, overlap=overlap, by=house.console(), now=now)
    except channels.NotSetUp as wrong:
        raise click.ClickException(str(wrong)) from wrong
    _tell_key(key.name, key.secret)


@command.command()
@click.argument("city")
@click.argument("name")
def close(city: str, name: str) -> None:
    """Close a channel. What waits for it is given up."""
    _open(city)
    from django.utils import timezone

    from plateward.notices import channels

    try:
        gone = channels.end(city, name, by=house.console(), now=timezone.now())
    except channels.NotSetUp as wrong:
        raise click.ClickException(str(wrong)) from wrong
    click.echo(f"{name} is closed. {gone} notices that waited for it were given up.")


@command.command()
@click.argument("city")
@click.argument("notice", required=False)
def resend(city: str, notice: str | None) -> None:
    """Send again what was given up: one NOTICE, or all of CITY."""
    _open(city)
    from django.utils import timezone

    from plateward.notices import deliver

    count = deliver.resend(city, delivery=notice, by=house.console(), now=timezone.now())
    click.echo(f"{count} notices wait to be sent again.")


@command.command("deliver")
@click.option("--once", is_flag=True, help="Send what is due now, then stop.")
def send(*, once: bool) -> None:
    """Send what waits. `plateward serve` does this itself; run it alone to send from elsewhere."""
    house.open_up()
    from plateward.hotlists import telling

    if once:
        click.echo(f"{round_once(telling.above())} notices were sent or tried.")
        return
    try:
        until(threading.Event())
    except KeyboardInterrupt:
        click.echo("Stopped. What waits is sent by the next run.")


def begin(stop: threading.Event) -> list[threading.Thread]:
    """The workers beside the server, until told to stop."""
    workers = [
        threading.Thread(target=until, args=(stop,), name=f"notices-{number}", daemon=True)
        for number in range(WORKERS)
    ]
    for worker in workers:
        worker.start()
    return workers


def until(stop: threading.Event) -> None:
    """Send what is due, again and again. A database or a log that is away is waited for."""
    from django.db import OperationalError, connections

    from plateward.hotlists import telling

    above = telling.above()
    while not stop.is_set():
        try:
            if round_once(above, stop):
                continue
        except OperationalError as away:
            _logger.warning("The database cannot be reached (%s); trying again.", away)
        except Exception:
            # Whatever it is, the next notice must not wait for somebody to start this again.
            _logger.exception("Notices could not be sent; trying again.")
        else:
            stop.wait(IDLE_SECONDS)
            continue
        connections.close_all()
        stop.wait(IDLE_SECONDS * 10)
    connections.close_all()


def round_once(above: "Above", stop: threading.Event | None = None) -> int:
    """What is due now, unless the log takes no entries: nothing leaves that cannot be recorded."""
    from django.utils import timezone

    from plateward.audit import log, writable
    from plateward.notices import deliver, spread

    spread.spread(above, now=timezone.now())
    count = 0
    if deliver.is_due(timezone.now()) and (why := writable.why_not()):
        raise log.NotWritten(f"No notice is sent until the log can be written: {why}.")
    while not (stop and stop.is_set()) and deliver.deliver_one(above, now=timezone.now()):
        count += 1
    return count


def _added(city: str, kind: str, name: str, said: dict[str, str], events: tuple[str, ...]) -> None:
    _open(city)
    from plateward.notices import channels

    try:
        key = channels.add(city, kind, name, said=said, events=events, by=house.console())
    except channels.NotSetUp as wrong:
        raise click.ClickException(str(wrong)) from wrong
    click.echo(f"{name} is set up. Try it: plateward notices test {city} {name}")
    if key is not None:
        _tell_key(key.name, key.secret)


def _tell_key(name: str, secret: str) -> None:
    click.echo(f"Key {name}, secret {secret}")
    click.echo("Give both to the receiver now: the secret is not shown again.")


def _said(told: dict[str, Any]) -> dict[str, str]:
    """What was told on the command line, with the files read."""
    files = {"password": told.pop("password_file"), "ca": told.pop("ca_file")}
    return {**told, **{name: path.read_text().strip() for name, path in files.items() if path}}


def _open(city: str) -> None:
    house.open_up()
    from plateward.policy import in_force

    if city not in in_force.cities():
        raise click.ClickException(
            f"{city} has no policy in force here. Nothing was changed; "
            "`plateward policy` shows the cities."
        )
