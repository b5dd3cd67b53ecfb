"""Let cameras upload pictures by FTPS, and read each of them once, as long as it runs."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from plateward.cli import folder_rounds, ftps_certificate, house

if TYPE_CHECKING:
    from plateward.capture.ftps import Certificate, Listening
    from plateward.cli.file_store import Store
    from plateward.cli.ftps_passwords import Passwords

_MIB: Final = 1 << 20

_HELP = """Let cameras upload pictures by FTPS, and read each of them once, as long as it runs.

A camera signs in with its code in the register and its secret, or with a password of the file that
`plateward ftps-password` writes. It may write into a folder of its own and nothing else: no
listing, no download, no deletion, nothing over what is there. FTP without TLS is refused. What it
uploads is read under its city's policy and deleted; XML and JSON files go to the camera system's
adapter. What cannot be read lies aside for a week, with the reason.

Without --certificate one is made, once; give its fingerprint to the cameras that can check it."""


@click.command("ftps", help=_HELP)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", type=click.IntRange(1, 65535), default=2121, show_default=True)
@click.option("--passive-ports", metavar="FIRST-LAST", help="For data; open them in the firewall.")
@click.option("--outside", metavar="ADDRESS", help="What cameras see, where NAT stands between.")
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), help="Of the uploads.")
@click.option(
    "--certificate",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="PEM, the server's own first; with --key.",
)
@click.option("--key", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="PEM.")
@click.option(
    "--passwords",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Hashes, for cameras that cannot take their secret.",
)
@click.option("--vendor", default="genetec", show_default=True, help="Whose XML and JSON it is.")
@click.option("--most-mb", type=click.IntRange(1, 4096), default=64, show_default=True)
@click.option(
    "--quota-mb",
    type=click.IntRange(1, 1_000_000),
    default=1024,
    show_default=True,
    help="Of what one camera may have waiting.",
)
@click.option("--provider", metavar="NAME", help="What runs the networks: cpu, cuda, openvino, …")
def command(
    host: str,
    port: int,
    passive_ports: str | None,
    outside: str | None,
    folder: Path | None,
    certificate: Path | None,
    key: Path | None,
    passwords: Path | None,
    vendor: str,
    most_mb: int,
    quota_mb: int,
    provider: str | None,
) -> None:
    if (certificate is None) != (key is None):
        raise click.UsageError("--certificate and --key go together.")
    first_last = _range(passive_ports)
    house.open_up()
    from django.conf import settings

    from plateward.capture import ftps
    from plateward.cli import file_store
    from plateward.intake.adapters import registry

    root = folder or settings.HOME / "ftps" / "drop"
    listening = ftps.Listening(host, port, first_last, outside)
    try:
        registry.vendor(vendor)
        known = _passwords(passwords)
        shown = _certificate(certificate, key, settings.HOME / "ftps", listening)
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        server = ftps.server(
            root,
            knows=_Register(known).knows,
            certificate=shown,
            listening=listening,
            limits=ftps.Limits(file_bytes=most_mb * _MIB, quota_bytes=quota_mb * _MIB),
        )
    except (registry.UnknownVendor, ftps.CannotServe, ValueError, OSError) as wrong:
        raise click.ClickException(str(wrong)) from wrong
    store = file_store.Store(file_store.readers(provider), vendor=vendor)
    with _serving(server):
        click.echo(f"Cameras upload to ftps://{host}:{server.address[1]} (explicit TLS).", err=True)
        _read_what_comes(root, settings.HOME / "ftps" / "read.sqlite3", store)


class _Register:
    """The password file first, for the cameras it names; else the register's secret."""

    def __init__(self, passwords: "Passwords | None") -> None:
        self._passwords = passwords

    def knows(self, code: str, password: str) -> bool:
        from django.db import DatabaseError, close_old_connections

        from plateward.cameras import register
        from plateward.capture.ftps import CannotTell

        try:
            register.named(code)
            if self._passwords and self._passwords.has(code):
                return self._passwords.right(code, password)
            return register.holding(code, password)
        except register.UnknownCamera:
            return False
        except (DatabaseError, OSError, ValueError) as away:
            raise CannotTell from away
        finally:
            close_old_connections()


def _passwords(file: Path | None) -> "Passwords | None":
    from plateward.cli.ftps_passwords import Passwords

    if file is None:
        return None
    passwords = Passwords(file)
    passwords.check()
    return passwords


def _certificate(
    chain: Path | None, key: Path | None, home: Path, listening: "Listening"
) -> "Certificate":
    """Raises ValueError where what was given is none."""
    from plateward.capture.ftps import Certificate

    now = datetime.now(UTC)
    if chain is None or key is None:
        names = dict.fromkeys(filter(None, (listening.address_outside, listening.host)))
        shown = ftps_certificate.self_made(home, tuple(names), now=now)
        click.echo(
            f"The certificate is one that this server made itself ({shown.chain}). Cameras that "
            f"check certificates must be given it. SHA-256 "
            f"{ftps_certificate.fingerprint(shown.chain)}",
            err=True,
        )
    else:
        shown = Certificate(chain, key)
    try:
        ends = ftps_certificate.ends_at(shown.chain)
    except ValueError:
        raise ValueError(f"{shown.chain} is no certificate as PEM. Nothing was started.") from None
    if ends <= now:
        raise ValueError(
            f"The certificate {shown.chain} ran out on {ends:%Y-%m-%d}. Nothing was started. Give "
            "a newer one."
        )
    if ends - now < ftps_certificate.SOON:
        click.echo(f"The certificate runs out on {ends:%Y-%m-%d}: renew it before.", err=True)
    return shown


def _range(ports: str | None) -> tuple[int, int] | None:
    if ports is None:
        return None
    first, _, last = ports.partition("-")
    if not (first.isdecimal() and last.isdecimal() and 1024 <= int(first) <= int(last) <= 65535):
        raise click.UsageError("--passive-ports is FIRST-LAST, such as 60000-60099.")
    return int(first), int(last)


@contextmanager
def _serving(server: object) -> Iterator[None]:
    """Beside the reading, which takes long: a camera is never kept waiting by it."""
    from plateward.capture import ftps

    stop = threading.Event()
    beside = threading.Thread(target=ftps.serve, args=(server, stop), name="ftps", daemon=True)
    beside.start()
    try:
        yield
    finally:
        stop.set()
        beside.join()


def _read_what_comes(root: Path, state: Path, store: "Store") -> None:
    from plateward.capture.already_read import AlreadyRead, CannotRemember
    from plateward.capture.folder import Folder, Then
    from plateward.capture.whole import Settling

    try:
        with AlreadyRead(state) as known:
            watched = Folder(root, known, then=Then.DELETE, settling=Settling(1.0))
            folder_rounds.run(watched, store.take, store.counts, every=0.5)
    except CannotRemember as wrong:
        raise click.ClickException(str(wrong)) from wrong
