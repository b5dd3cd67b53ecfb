"""Before anything is started, a taken port is said to be taken and another is offered."""

import socket

import pytest
from click.testing import CliRunner

from plateward.cli import demo, serve


@pytest.fixture
def taken() -> int:  # type: ignore[misc]
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]  # type: ignore[misc]


@pytest.mark.parametrize("command", [serve.command, demo.command])
def test_a_taken_port_is_said_and_another_offered(taken: int, command) -> None:  # type: ignore[no-untyped-def]
    told = CliRunner().invoke(command, ["--port", str(taken)])
    assert told.exit_code == 1
    assert f"port {taken}" in told.output
    assert "Nothing was started" in told.output
    assert "make demo PORT=" in told.output


def test_a_free_port_is_free_again_after_a_server_left() -> None:
    with socket.socket() as gone:
        gone.bind(("127.0.0.1", 0))
        port = gone.getsockname()[1]
    serve.check_free("127.0.0.1", port)
