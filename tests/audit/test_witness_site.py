"""The witness as a program: made, served and asked over HTTP, without Django or a database."""

import hashlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner

from plateward.audit import cosign, witness_folder, witness_request
from plateward.cli.witness import command
from tests.audit.witnessed import NOON, ORIGIN, Told, leaves

PATIENCE = 60  # a machine with much else to do answers late, and that is no fault


def call(path: Path, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(command, ["--folder", str(path), *arguments])
    return done.exit_code, done.output


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "witness"
    assert call(folder, "init", "clerk.example/witness")[0] == 0
    return folder


@pytest.fixture
def address(path: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    serve = [sys.executable, "-c", "from plateward.cli import main; main()"]
    serve += ["witness", "--folder", str(path), "serve", "--port", str(port)]
    source = Path(cosign.__file__).parents[2]
    process = subprocess.Popen(serve, env=os.environ | {"PYTHONPATH": str(source)})
    address, deadline = f"http://127.0.0.1:{port}", time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            requests.get(address, timeout=PATIENCE)
            break
        except requests.ConnectionError:
            time.sleep(0.05)
    yield address
    process.terminate()
    process.wait()


@pytest.mark.slow
def test_a_log_is_cosigned_over_http_and_people_can_look(path: Path, address: str) -> None:
    log = Told(leaves(12))
    assert call(path, "add-log", ORIGIN, log.signer.vkey)[0] == 0  # while it runs
    with requests.Session() as session:
        answer = session.post(f"{address}/add-checkpoint", log.body(0, 5), timeout=PATIENCE)
        assert answer.status_code == 200
        chunked = iter([log.body(5, 12)[:40], log.body(5, 12)[40:]])
        assert (
            session.post(f"{address}/add-checkpoint", chunked, timeout=PATIENCE).status_code == 200
        )
        behind = session.post(f"{address}/add-checkpoint", log.body(5, 12), timeout=PATIENCE)
        assert (behind.status_code, behind.text) == (409, "12\n")
        assert behind.headers["content-type"] == "text/x.tlog.size"
        assert session.get(f"{address}/add-checkpoint", timeout=PATIENCE).status_code == 405
        assert session.post(f"{address}/", b"", timeout=PATIENCE).status_code == 405
        assert session.get(f"{address}/nothing", timeout=PATIENCE).status_code == 404
        long = b"x" * (witness_request.LONGEST + 10)
        assert session.post(f"{address}/add-checkpoint", long, timeout=PATIENCE).status_code == 400
        seen = session.get(address, timeout=PATIENCE).text
        assert f"Log {ORIGIN}\n    12 entries, cosigned " in seen
        named = hashlib.sha256(ORIGIN.encode()).hexdigest()
        note = session.get(f"{address}/{named}/checkpoint", timeout=PATIENCE).text
    read = cosign.read_note(note)
    assert cosign.is_signed_by(read, cosign.read_key(log.signer.vkey, kind=cosign.LOG))
    key = witness_folder.open_up(path).cosigner.key
    assert any(cosign.cosigned_at(read.text, line, key) for line in read.signatures)


@pytest.mark.slow
def test_the_judgement_needs_neither_django_nor_a_database() -> None:
    script = "import plateward.audit.witness, sys; print('django' in sys.modules)"
    source = Path(cosign.__file__).parents[2]
    said = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": str(source)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert said.stdout == "False\n"


def test_a_kept_checkpoint_is_checked_offline(path: Path, tmp_path: Path) -> None:
    log, folder = Told(leaves(9)), witness_folder.open_up(path)
    folder.trust(ORIGIN, log.signer.vkey)
    log.ask(folder, 0, 9)
    kept = tmp_path / "kept"
    kept.write_text(folder.last(ORIGIN).note)
    ours = folder.cosigner.key.vkey
    code, said = call(path, "check", str(kept), "--key", log.signer.vkey, "--witness", ours)
    assert code == 0
    assert "9 entries, signed by the log" in said
    assert f"at {NOON:%Y-%m-%d %H:%M:%S} UTC" in said
    stranger = witness_folder.make(tmp_path / "other", "other.example/w").cosigner.key.vkey
    code, said = call(path, "check", str(kept), "--key", log.signer.vkey, "--witness", stranger)
    assert (code, "Not cosigned by other.example/w" in said) == (1, True)
    kept.write_text(kept.read_text().replace("\n9\n", "\n8\n"))
    code, said = call(path, "check", str(kept), "--key", log.signer.vkey, "--witness", ours)
    assert (code, "cannot be trusted" in said) == (1, True)


def test_the_commands_say_what_is_wrong(path: Path, tmp_path: Path) -> None:
    assert "already" in call(path, "init", "again.example/w")[1]
    assert "no spaces" in call(tmp_path / "new", "init", "two words")[1]
    assert "no readable witness" in call(tmp_path / "none", "key")[1]
    code, said = call(path, "add-log", ORIGIN, "not-a-key")
    assert (code, "Nothing was changed" in said) == (1, True)
    assert "It watches no log yet." in call(path, "status")[1]
    folder = witness_folder.open_up(path)
    assert call(path, "key") == (0, f"{folder.cosigner.key.vkey}\n")


def test_a_refused_fork_is_shown_to_people(path: Path) -> None:
    log, folder = Told(leaves(9)), witness_folder.open_up(path)
    folder.trust(ORIGIN, log.signer.vkey)
    log.ask(folder, 0, 4)
    Told(leaves(9, of="fork"), log.signer).ask(folder, 4, 9)
    assert "WARNING: 1 signed checkpoint" in call(path, "status")[1]
    next(folder.path.glob("logs/*/checkpoint")).unlink()
    code, said = call(path, "status")
    assert (code, "must not guess" in said) == (1, True)
    assert call(path, "serve")[0] == 1  # a witness without its memory does not start


def test_the_help_names_what_a_clerk_does() -> None:
    said = CliRunner().invoke(command, ["--help"]).output
    assert all(name in said for name in ("init", "add-log", "serve", "key", "status", "check"))
