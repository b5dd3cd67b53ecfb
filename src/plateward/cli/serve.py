"""Serve the pages and the JSON interface, and keep house beside them."""

import gc
import socket
import sys
import threading
from typing import Final

import click

FIRST_PORT: Final = 8000
TURN_SECONDS: Final = 0.0005


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=FIRST_PORT, show_default=True, type=click.IntRange(1, 65535))
def command(*, host: str, port: int) -> None:
    """Serve the site until stopped with Ctrl-C."""
    check_free(host, port)
    from plateward.cli import house

    house.open_up()
    run(host, port)


def run(host: str, port: int) -> None:
    """Serve; the house must be open. Returns when stopped."""
    import uvicorn

    from plateward.cli import keep, notices
    from plateward.intake import hands
    from plateward.notices import live
    from plateward.reads import keep_up

    class Server(uvicorn.Server):
        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            live.close()  # pages that listen for alerts would hold the server open
            await super().shutdown(sockets)

    config = uvicorn.Config(
        "plateward.web.asgi:application",
        host=host,
        port=port,
        log_level="warning",
        server_header=False,
        proxy_headers=False,  # our own door reads them, and keeps who opened the connection
        lifespan="off",
        timeout_graceful_shutdown=3,
    )
    config.load()
    _halt_nobody_long()
    hands.open_here()
    stop = threading.Event()
    keeper = threading.Thread(target=keep.until, args=(stop,), name="keep", daemon=True)
    keeper.start()
    senders = notices.begin(stop)
    plates = threading.Thread(target=keep_up.until, args=(stop,), name="plates", daemon=True)
    plates.start()
    try:
        Server(config).run()
    except KeyboardInterrupt:
        click.echo("Stopped. Everything acknowledged is kept.")
    finally:
        stop.set()
        for each in (keeper, plates, *senders):
            each.join(timeout=5)


def _halt_nobody_long() -> None:
    """By itself Python looks through all that is loaded for rubbish, and lets whoever comes back
    from the database, as a post does a dozen times, wait 5 ms for a thread that computes."""
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(TURN_SECONDS)


def check_free(host: str, port: int) -> None:
    """Say so, and offer another, when the port is taken."""
    if _is_free(host, port):
        return
    other = next((p for p in range(port + 1, min(port + 100, 65536)) if _is_free(host, p)), None)
    offer = f" Port {other} is free: add --port {other} (make demo PORT={other})." if other else ""
    raise click.ClickException(
        f"Another program is using port {port} on {host}. Nothing was started.{offer}"
    )


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
