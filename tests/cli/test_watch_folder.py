"""Folders and drops end in the store: pictures are read, messages go to their adapter."""

import base64
import ftplib
import io
import json
import ssl
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.utils import timezone

from plateward.cameras import kinds
from plateward.capture.already_read import AlreadyRead
from plateward.capture.folder import ASIDE, Folder, Then
from plateward.capture.ftps import Certificate, Limits, Listening, serve, server
from plateward.capture.whole import Settling
from plateward.cli import file_store, ftps_certificate, house, read, watch_folder
from plateward.cli.ftps_passwords import NotAPasswordFile, Passwords
from plateward.policy import in_force
from plateward.reads.models import Read
from tests import cast
from tests.cli import cards

CARSON, WALNUT = "car-avalon", "wal-lemon"


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house, "open_up", lambda: None)
    monkeypatch.setattr(file_store, "readers", lambda provider: cards.readers())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for camera in (CARSON, WALNUT, "nobody"):
        (tmp_path / "drop" / camera).mkdir(parents=True)
    return tmp_path / "drop"


def watch(root: Path, *more: str) -> Any:
    words = [str(root), "--still", "0", "--once", "--state", str(root.parent / "state"), *more]
    return CliRunner().invoke(watch_folder.command, words)


def message(plate: str) -> bytes:
    """As the FTP extension of a Sharp writes it."""
    at = timezone.now() - timedelta(minutes=5)
    picture = base64.b64encode(cards.photo(200)).decode()
    return (
        f"<AutoVu><Plate>{plate}</Plate><ConfidenceScore>93</ConfidenceScore>"
        f"<DateUtc>{at:%d/%m/%Y}</DateUtc><TimeUtc>{at:%H:%M:%S}</TimeUtc>"
        f"<ContextImage>{picture}</ContextImage></AutoVu>"
    ).encode()


@pytest.mark.django_db
@pytest.mark.usefixtures("cameras")
def test_each_cameras_pictures_and_messages_are_stored_once_and_what_may_not_be_is_left(
    root: Path,
) -> None:
    taken = (timezone.now() - timedelta(hours=1)).astimezone(in_force.profile(cast.CARSON).zone)
    (root / CARSON / "a.jpg").write_bytes(cards.photo(100, taken))
    (root / CARSON / "b.xml").write_bytes(message("TST777"))
    (root / CARSON / "TST555.jpg").write_bytes(b"no picture")
    (root / "nobody" / "c.jpg").write_bytes(cards.photo(120, taken))
    (root / WALNUT / "d.jpg").write_bytes(cards.photo(130, taken))
    kinds.say(WALNUT, kinds.Kind.MOTION, by="test clerk")
    ran = watch(root, "--after", "delete")
    assert "2 files now; since the start 2 files, 2 new reads." in ran.output
    assert "No camera 'nobody' is in the register" in ran.output
    assert "WAL-5.1" in ran.output
    assert "TST" not in ran.output
    assert sorted(read.plate for read in Read.objects.all()) == ["TST100", "TST777"]
    assert list((root / CARSON).iterdir()) == []
    assert len(list((root / ASIDE / CARSON).iterdir())) == 2
    assert (root / WALNUT / "d.jpg").exists()
    (root / CARSON / "a.jpg").write_bytes(cards.photo(100, taken))
    assert "new reads" not in watch(root, "--after", "delete").output
    assert Read.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.usefixtures("cameras")
def test_what_a_camera_uploads_by_ftps_becomes_its_read(root: Path, tmp_path: Path) -> None:
    certificate = ftps_certificate.self_made(tmp_path, ("127.0.0.1",), now=timezone.now())
    beside = server(
        root,
        knows=lambda code, password: (code, password) == (CARSON, "secret"),
        certificate=certificate,
        listening=Listening("127.0.0.1", 0),
        limits=Limits(),
    )
    stop = threading.Event()
    thread = threading.Thread(target=serve, args=(beside, stop))
    thread.start()
    taken = (timezone.now() - timedelta(hours=1)).astimezone(in_force.profile(cast.CARSON).zone)
    try:
        upload(
            beside.address[1],
            certificate,
            {
                "a.jpg": cards.photo(100, taken),
                "b.xml": message("TST778"),
            },
        )
    finally:
        stop.set()
        thread.join()
    store = file_store.Store(cards.readers())
    with AlreadyRead(tmp_path / "state") as known:
        folder = Folder(root, known, then=Then.DELETE, settling=Settling(0))
        folder.round_once(store.take)
    assert sorted(read.plate for read in Read.objects.all()) == ["TST100", "TST778"]
    assert {read.camera.code for read in Read.objects.select_related("camera")} == {CARSON}


def upload(port: int, certificate: Certificate, files: dict[str, bytes]) -> None:
    context = ssl.create_default_context(cafile=str(certificate.chain))
    with ftplib.FTP_TLS(context=context, timeout=10) as camera:  # noqa: S321 -- it is FTPS
        camera.connect("127.0.0.1", port)
        camera.login(CARSON, "secret")
        camera.prot_p()
        for name, content in files.items():
            camera.storbinary(f"STOR {name}", io.BytesIO(content))


def test_without_a_database_it_prints_as_read_does_and_once(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Nothing:
        def describe_all(self, image: object, plates: object) -> list[object]:
            return []

    class NoPlates(cards.ByColour):
        provider = "cpu"

    monkeypatch.setattr(read, "readers", lambda provider: (NoPlates(), Nothing()))
    (root / "a.jpg").write_bytes(cards.photo(0))
    (printed,) = watch(root, "--print", "--json").output.splitlines()
    assert json.loads(printed)["plates"] == []
    assert watch(root, "--print", "--json").output == ""
    assert (root / "a.jpg").exists()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ([], "Say what becomes of a file that was read"),
        (["--print", "--after", "delete"], "no picture is deleted"),
        (["--json", "--after", "keep"], "--json goes with --print"),
    ],
)
def test_what_does_not_fit_together_is_said(root: Path, words: list[str], why: str) -> None:
    ran = watch(root, *words)
    assert ran.exit_code == 2
    assert why in " ".join(ran.output.replace("│", " ").split())


def test_a_password_is_kept_as_a_hash_and_works_at_once(tmp_path: Path) -> None:
    passwords = Passwords(tmp_path / "passwords")
    with pytest.raises(NotAPasswordFile, match="fewer than 12"):
        passwords.put("elm", "short")
    passwords.put("elm", "long enough it is")
    assert passwords.right("elm", "long enough it is")
    assert not passwords.right("elm", "long enough it was")
    assert not passwords.right("oak", "long enough it is")
    assert "long enough" not in passwords.file.read_text()
    assert passwords.file.stat().st_mode & 0o077 == 0
    passwords.file.write_text("elm:plain text\n")
    with pytest.raises(NotAPasswordFile, match="Line 1"):
        Passwords(passwords.file).check()
