"""`plateward watch` with the real networks: a film of a real van becomes one signed read."""

import base64
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from plateward.cli import watch
from plateward.edge import keys
from plateward.plates.letters import SIGNATURE, Kind, signed
from plateward.recognition import photos, samples
from tests.capture import film

LINES = ["--speed-line", "0,400,1920,400", "--speed-line", "0,600,1920,600"]
VAN = Path(samples.__file__).parent / "nl-white-van.jpg"


class Taker(BaseHTTPRequestHandler):
    """Takes everything, and keeps it with its signature."""

    came: list[tuple[str, bytes, str]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.came.append((self.path, body, self.headers[SIGNATURE]))
        said = {"received_at": datetime.now(UTC).isoformat(), "keep_for_seconds": 86400}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(said).encode())

    def log_message(self, *_: object) -> None:
        """Silent."""


@contextmanager
def taking() -> Iterator[tuple[str, list[tuple[str, bytes, str]]]]:
    handler = type("OfThisTest", (Taker,), {"came": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", handler.came
    server.shutdown()
    server.server_close()


@pytest.mark.slow
@pytest.mark.recognition
def test_a_real_van_becomes_one_signed_read_with_its_picture(tmp_path: Path) -> None:
    signer = keys.make(tmp_path / "edge")
    pictures = film.panned(photos.load(VAN), frames=6, step=40, size=(600, 500))
    clip = film.save(pictures, tmp_path / "van.mkv")
    plateward = Path(sys.executable).with_name("plateward")
    with taking() as (address, came):
        words = ["--camera", "elm-st", "--source", clip, "--server", address, "--no-previews"]
        done = subprocess.run(
            [plateward, "watch", *words, "--folder", tmp_path / "edge"],
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert "1 read, 1 handed in, 0 waiting" in done.stdout
    assert done.stdout.endswith("Stopped. None waits.\n")
    ((_, body, signature),) = [each for each in came if each[0].endswith("reads")]
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(signer.public))
    key.verify(base64.b64decode(signature), signed(Kind.READ, body))
    read = json.loads(body)
    assert (read["camera"], read["sequence"], read["provisional"]) == ("elm-st", 1, False)
    assert base64.b64decode(read["photo"]).startswith(b"\xff\xd8\xff")
    assert read["plate"] not in done.stdout + done.stderr
    assert any(path.endswith("heartbeats") for path, _, _ in came)


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ([], "Name --camera and --source and --server too"),
        (["--server", "http://10.0.0.1"], "not encrypted"),
        (["--server", "plateward.example.gov"], "no address of a server"),
        (["--source", "gone.mp4"], "neither an rtsp:// address nor a video file"),
        (["--source", "rtsp://me:secret@"], "names no host"),
        (["--ca", "gone.pem"], "no file gone.pem"),
        (["--keep-hours", "0"], "--keep-hours"),
        (["--source", "rtsps://me:secret@cam/1", "--transport", "udp"], "over UDP"),
        (["--timeout", "0"], "--timeout"),
        (["--speed-line", "0,400,1920,400"], "two --speed-line and --speed-metres"),
        (["--speed-metres", "12"], "two --speed-line and --speed-metres"),
        ([*LINES, "--speed-metres", "nan"], "not above 0"),
        (["--speed-line", "0,0,9,0", "--speed-line", "a", "--speed-metres", "1"], "four numbers"),
        (["--speed-line", "0,0,9,0", "--speed-line", "-1,0,9,9", "--speed-metres", "1"], "outside"),
        ([*LINES[:2], *LINES[:2], "--speed-metres", "9"], "the same line"),
    ],
)
def test_what_is_set_wrong_is_said_before_anything_is_read(
    tmp_path: Path, said: list[str], wrong: str
) -> None:
    keys.make(tmp_path)
    right = ["--camera", "elm-st", "--source", str(VAN), "--server", "http://127.0.0.1:9"]
    words = [*right, "--folder", str(tmp_path), *said] if said else ["--folder", str(tmp_path)]
    outcome = CliRunner().invoke(watch.command, words)
    assert outcome.exit_code != 0
    assert wrong in outcome.output
    assert "secret" not in outcome.output


def test_a_new_key_is_printed_with_what_to_do_with_it(tmp_path: Path) -> None:
    made = CliRunner().invoke(watch.command, ["--new-key", "--folder", str(tmp_path)])
    assert f"plateward cameras key CODE {keys.signer(tmp_path).public}" in made.output
    again = CliRunner().invoke(watch.command, ["--new-key", "--folder", str(tmp_path)])
    assert (again.exit_code, "never" in again.output) == (1, False)
    assert "It was not changed" in again.output
