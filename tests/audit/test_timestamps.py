"""Time stamps over checkpoints, by a real time-stamper: `openssl ts` behind HTTP."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import Settings

from plateward.audit import checkpoints, log, timestamps
from plateward.audit.witness_models import TimeStamp
from plateward.cli import errands, house
from plateward.cli.timestamp import stamping

OPENSSL = shutil.which("openssl")
pytestmark = pytest.mark.skipif(not OPENSSL, reason="no openssl binary to be the time-stamper")

# No `certs =`: openssl would answer with signer and issuer unsorted, which is no DER set.
CONFIG = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""
USAGE = "extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n"


def openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root and a time-stamper of its own."""
    folder = tmp_path_factory.mktemp("tsa")
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    for name in ("root", "stranger"):
        key, made = folder / f"{name}.key", folder / f"{name}.pem"
        openssl(
            *["req", "-x509", *curve, "-keyout", key, "-out", made, "-days", "30"],
            *["-subj", f"/CN={name} of the tests"],
        )
    asked = folder / "tsa.csr"
    openssl("req", *curve, "-keyout", folder / "tsa.key", "-out", asked, "-subj", "/CN=Stamper")
    (folder / "usage").write_text(USAGE)
    openssl(
        *["x509", "-req", "-in", asked, "-CA", folder / "root.pem", "-CAkey", folder / "root.key"],
        *["-CAcreateserial", "-days", "30", "-extfile", folder / "usage"],
        *["-out", folder / "tsa.pem"],
    )
    (folder / "serial").write_text("01\n")
    (folder / "config").write_text(CONFIG.format(folder=folder))
    return folder


class Stamper:
    """What stands at PLATEWARD_TSA_URL. `instead` is said instead of a stamp."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.asked = folder, 0
        self.instead: tuple[int, bytes] | None = None
        stamper = self

        class Desk(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = self.rfile.read(int(self.headers["Content-Length"]))
                assert self.headers["Content-Type"] == "application/timestamp-query"
                status, said = stamper.answer(asked)
                self.send_response(status)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/tsa"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def answer(self, asked: bytes) -> tuple[int, bytes]:
        self.asked += 1
        if self.instead is not None:
            return self.instead
        query, reply = self.folder / "query", self.folder / "reply"
        query.write_bytes(asked)
        config = ["-config", self.folder / "config", "-section", "here"]
        openssl("ts", "-reply", *config, "-queryfile", query, "-out", reply)
        return 200, reply.read_bytes()


@pytest.fixture
def stamper(
    db: None,
    authority: Path,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Stamper]:
    monkeypatch.setenv("PLATEWARD_LOG_KEY_FILE", str(tmp_path / "log-key"))
    monkeypatch.setattr(errands, "_refused_at", [])
    made = Stamper(authority)
    settings.TSA_URL, settings.TSA_ROOTS = made.url, str(authority / "root.pem")
    sign()
    yield made
    made.server.shutdown()
    made.server.server_close()


def sign() -> None:
    log.append(actor="ana", act="reads:plate:search", outcome="admitted")
    assert checkpoints.sign_news(timezone.now()) is not None


def test_a_checkpoint_is_stamped_verified_and_kept(stamper: Stamper) -> None:
    made = timestamps.stamp()
    signed = checkpoints.latest()
    assert signed is not None
    assert (made.size, made.note) == (1, signed.note)
    assert abs(made.at - datetime.now(UTC)) < timedelta(minutes=1)
    assert timestamps.latest() == made
    assert list(timestamps.check()) == [(made, "")]


def test_openssl_itself_takes_what_was_kept(stamper: Stamper, tmp_path: Path) -> None:
    timestamps.stamp()
    done = CliRunner().invoke(stamping, ["--save", str(tmp_path)])
    assert done.exit_code == 0, done.output
    pem = stamper.folder / "root.pem"
    kept = ["-data", tmp_path / "1.note", "-in", tmp_path / "1.tsr"]
    openssl("ts", "-verify", *kept, "-CAfile", pem)
    (tmp_path / "1.note").write_text("another note\n")
    with pytest.raises(subprocess.CalledProcessError):
        openssl("ts", "-verify", *kept, "-CAfile", pem)


def test_one_an_hour_and_only_over_something_new(stamper: Stamper) -> None:
    now = timezone.now()
    assert timestamps.is_due(now)
    timestamps.stamp()
    later = now + timedelta(minutes=61)
    assert not timestamps.is_due(later)  # nothing new is signed
    with pytest.raises(timestamps.NothingToStamp, match="was stamped at"):
        timestamps.stamp()
    sign()
    assert not timestamps.is_due(now + timedelta(minutes=30))
    assert timestamps.is_due(later)
    assert timestamps.is_due(now - timedelta(days=2))  # a clock that was set back
    assert timestamps.stamp().size == 2


def test_the_errand_stamps_and_waits_after_a_failure(
    stamper: Stamper, caplog: pytest.LogCaptureFixture
) -> None:
    now = timezone.now()
    stamper.instead = (503, b"")
    errands.run(now)
    assert "it answered 503" in caplog.text
    assert not errands.is_due(now + timedelta(minutes=4))
    stamper.instead = None
    errands.run(now + timedelta(minutes=4))
    assert stamper.asked == 1
    errands.run(now + timedelta(minutes=6))
    assert (stamper.asked, TimeStamp.objects.count()) == (2, 1)


def reply_for(stamper: Stamper, note: str) -> bytes:
    """A good stamp, for something else."""
    query, data = stamper.folder / "q", stamper.folder / "data"
    data.write_text(note)
    openssl("ts", "-query", "-data", data, "-sha256", "-cert", "-out", query)
    return stamper.answer(query.read_bytes())[1]


@pytest.mark.parametrize("what", ["garbage", "another note", "replayed", "refused", "cut short"])
def test_what_is_no_stamp_over_this_checkpoint_is_not_kept(stamper: Stamper, what: str) -> None:
    signed = checkpoints.latest()
    assert signed is not None
    match what:
        case "garbage":
            said = b"\x30\x03\x02\x01\x00x"
        case "another note":
            said = reply_for(stamper, "something else\n")
        case "replayed":  # for the right note, but an answer to an older question
            said = reply_for(stamper, signed.note)
        case "refused":
            said = stamper.answer(b"not a query")[1]
        case _:
            said = reply_for(stamper, signed.note)[:-9]
    stamper.instead = (200, said)
    with pytest.raises(timestamps.NotStamped):
        timestamps.stamp()
    assert not TimeStamp.objects.exists()


def test_a_stamp_of_another_authority_is_not_kept(stamper: Stamper, settings: Settings) -> None:
    settings.TSA_ROOTS = str(stamper.folder / "stranger.pem")
    with pytest.raises(timestamps.NotStamped, match="does not hold"):
        timestamps.stamp()


@pytest.mark.parametrize("roots", ["", "/nowhere", "config"])
def test_without_a_usable_root_nothing_is_asked(
    stamper: Stamper, settings: Settings, roots: str
) -> None:
    settings.TSA_ROOTS = str(stamper.folder / roots) if roots == "config" else roots
    with pytest.raises(timestamps.NotStamped, match="PLATEWARD_TSA_ROOTS"):
        timestamps.stamp()
    assert stamper.asked == 0


def test_a_kept_stamp_stays_and_a_changed_one_is_noticed(stamper: Stamper) -> None:
    timestamps.stamp()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        TimeStamp.objects.update(size=5)
    row = TimeStamp.objects.get()
    sign()
    newest = timestamps.Checkpoint.objects.last()
    assert newest is not None
    TimeStamp.objects.create(
        checkpoint=newest.pk, size=2, at=row.at, authority=row.authority, token=row.token
    )
    assert [why == "" for _, why in timestamps.check()] == [True, False]
    done = CliRunner().invoke(stamping, ["--check"])
    assert (done.exit_code, "1 time stamps hold, 1 do not." in done.output) == (1, True)


@pytest.fixture(autouse=True)
def _the_house_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house, "open_up", lambda: None)


def test_the_command_says_what_it_did(stamper: Stamper, settings: Settings) -> None:
    done = CliRunner().invoke(stamping)
    assert (done.exit_code, done.output.startswith("1 entries stood so at")) == (0, True)
    assert "was stamped at" in CliRunner().invoke(stamping).output
    settings.TSA_URL = ""
    sign()
    done = CliRunner().invoke(stamping)
    assert (done.exit_code, "Set PLATEWARD_TSA_URL" in done.output) == (1, True)


def test_without_a_time_stamper_nothing_is_due(stamper: Stamper, settings: Settings) -> None:
    settings.TSA_URL = ""
    assert not timestamps.is_due(timezone.now())
    assert not timestamps.is_configured()
