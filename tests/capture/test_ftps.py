"""A real FTPS client against the real server: cameras write into their own folder, and no more."""

import contextlib
import ftplib
import io
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from plateward.capture import ftps
from plateward.capture.ftps import Certificate, Limits, Listening
from plateward.capture.ftps_arriving import PART
from plateward.cli import ftps_certificate

JPEG = b"\xff\xd8\xff\xe0" + b"a picture" * 50 + b"\xff\xd9"
SECRET = "correct horse"
# A first message of a client that speaks TLS 1.1 at best: RFC 4346, one suite, no extensions.
HELLO_OF_TLS_1_1 = (
    bytes.fromhex("16030100 2d 01 000029 0302".replace(" ", ""))
    + bytes(32)
    + bytes.fromhex("00 0002 002f 01 00".replace(" ", ""))
)
ALERT = 21
SMALL = Limits(file_bytes=4096, quota_bytes=8192, entries=12, connections_an_address=3, deep=2)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    home = tmp_path_factory.mktemp("certificate")
    return ftps_certificate.self_made(home, ("127.0.0.1",), now=datetime.now(UTC))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "drop"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who gives a wrong password waits; here nobody does."""
    monkeypatch.setattr(ftps._Handler, "auth_failed_timeout", 0)


@pytest.fixture
def port(root: Path, certificate: Certificate) -> Iterator[int]:
    def knows(code: str, password: str) -> bool:
        return (code, password) in {("elm", SECRET), ("oak", SECRET)}

    listening = Listening("127.0.0.1", 0)
    server = ftps.server(
        root, knows=knows, certificate=certificate, listening=listening, limits=SMALL
    )
    stop = threading.Event()
    beside = threading.Thread(target=ftps.serve, args=(server, stop))
    beside.start()
    yield server.address[1]
    stop.set()
    beside.join()


class Camera(ftplib.FTP_TLS):
    """A client that checks the certificate."""

    def __init__(self, port: int, certificate: Certificate) -> None:
        context = ssl.create_default_context(cafile=str(certificate.chain))
        super().__init__(context=context, timeout=10, encoding="utf-8")
        self.connect("127.0.0.1", port)

    def signed_in(self, user: str = "elm", password: str = SECRET) -> "Camera":
        self.login(user, password)
        self.prot_p()
        return self

    def upload(self, name: str, content: bytes = JPEG) -> str:
        return self.storbinary(f"STOR {name}", io.BytesIO(content))


@pytest.fixture
def camera(port: int, certificate: Certificate) -> Iterator[Camera]:
    one = Camera(port, certificate).signed_in()
    yield one
    one.close()


def lies(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def test_an_upload_lies_whole_in_the_cameras_own_folder(camera: Camera, root: Path) -> None:
    camera.mkd("2026-11-20")
    camera.cwd("2026-11-20")
    assert camera.upload("a.jpg").startswith("226")
    assert lies(root) == {"elm/2026-11-20/a.jpg": JPEG}


def test_a_picture_in_text_mode_arrives_as_it_is(camera: Camera, root: Path) -> None:
    content = b"\xff\xd8\xff\r\n\r\n\xff\xd9"
    camera.voidcmd("TYPE A")
    with camera.transfercmd("STOR a.jpg") as data:
        data.sendall(content)
        assert isinstance(data, ssl.SSLSocket)
        data.unwrap()
    camera.voidresp()
    assert lies(root) == {"elm/a.jpg": content}


def test_a_name_used_again_replaces_nothing(camera: Camera, root: Path) -> None:
    camera.upload("now.jpg", JPEG)
    camera.upload("now.jpg", b"another")
    assert lies(root) == {"elm/now-1.jpg": b"another", "elm/now.jpg": JPEG}


REFUSED = (
    *("LIST", "NLST", "MLSD", "MLST a.jpg", "STAT a.jpg", "SIZE a.jpg", "MDTM a.jpg"),
    *("RETR a.jpg", "DELE a.jpg", "RMD .", "APPE a.jpg", "REST 5", "STOU", "SITE CHMOD 777 a"),
    *("MFMT 20260101000000 a.jpg", "CWD ../oak", "MKD a/b/c"),
    *("STOR .hidden.jpg", "STOR no-such/a.jpg", "MKD .hidden", "RNFR no-such.jpg", "CWD /etc"),
)


def test_nothing_but_writing_is_allowed(camera: Camera, root: Path) -> None:
    camera.upload("a.jpg")
    before = lies(root.parent)
    for command in REFUSED:
        with pytest.raises(ftplib.error_perm, match=r"^5"):
            camera.voidcmd(command)
    assert lies(root.parent) == before
    assert {path.name for path in root.iterdir()} == {"elm"}


def test_a_way_out_of_the_folder_ends_in_the_folder(camera: Camera, root: Path) -> None:
    camera.mkd("../../out")
    camera.upload("../../../out.jpg")
    assert lies(root.parent) == {"drop/elm/out.jpg": JPEG}


def test_a_link_that_leads_out_is_not_followed(camera: Camera, root: Path, tmp_path: Path) -> None:
    (root / "elm" / "way").symlink_to(tmp_path)
    (root / "elm" / "file.jpg").symlink_to(tmp_path / "out.jpg")
    with pytest.raises(ftplib.error_perm):
        camera.upload("way/out.jpg")
    with pytest.raises(ftplib.error_perm):
        camera.upload("file.jpg")
    assert not (tmp_path / "out.jpg").exists()


def test_a_file_is_renamed_into_place_but_never_over_another(camera: Camera, root: Path) -> None:
    camera.upload("a.jpg.tmp")
    camera.rename("a.jpg.tmp", "a.jpg")
    camera.upload("b.jpg", b"the second")
    with pytest.raises(ftplib.error_perm, match="exists"):
        camera.rename("b.jpg", "a.jpg")
    assert lies(root) == {"elm/a.jpg": JPEG, "elm/b.jpg": b"the second"}


def broken_off(camera: Camera, content: bytes) -> str:
    """The connection of the data goes away without a word of TLS."""
    with camera.transfercmd("STOR cut.jpg") as data:
        data.sendall(content)
        socket.socket.shutdown(data, socket.SHUT_WR)
        return camera.getresp()


def test_an_upload_that_breaks_off_leaves_nothing(camera: Camera, root: Path) -> None:
    with pytest.raises(ftplib.error_temp, match="Nothing was stored"):
        broken_off(camera, JPEG[:200])
    assert lies(root) == {}


def test_a_camera_that_hangs_up_without_leave_after_a_whole_picture_is_heard(
    camera: Camera, root: Path
) -> None:
    assert broken_off(camera, JPEG).startswith("226")
    assert lies(root) == {"elm/cut.jpg": JPEG}


def test_what_arrives_has_no_name_yet(camera: Camera, root: Path) -> None:
    with camera.transfercmd("STOR slow.jpg") as data:
        data.sendall(JPEG[:100])
        (arriving,) = (root / "elm").iterdir()
        assert arriving.name.startswith(".")
        camera.abort()
    assert lies(root) == {}


def test_a_file_too_large_is_refused_in_the_middle(camera: Camera, root: Path) -> None:
    data = camera.transfercmd("STOR big.jpg")
    with data, contextlib.suppress(OSError):
        data.sendall(bytes(SMALL.file_bytes + 1))
    with pytest.raises(ftplib.error_perm, match="552 Too large"):
        camera.voidresp()
    assert lies(root) == {}


def test_a_camera_fills_no_more_than_its_share(camera: Camera, root: Path) -> None:
    for n in range(2):
        camera.upload(f"{n}.jpg", bytes(4096))
    with pytest.raises(ftplib.error_perm, match="waits to be read"):
        camera.upload("2.jpg")
    assert sum(map(len, lies(root).values())) == SMALL.quota_bytes


def test_a_camera_makes_no_more_than_so_many_folders(camera: Camera) -> None:
    for n in range(SMALL.entries):
        camera.mkd(f"day-{n}")
    with pytest.raises(ftplib.error_perm, match="too many"):
        camera.mkd("one-more")


def test_whoever_is_not_known_stays_out(port: int, certificate: Certificate, root: Path) -> None:
    strangers = (("elm", "wrong"), ("nobody", SECRET), ("anonymous", "x"), ("../oak", SECRET))
    for user, password in strangers:
        one = Camera(port, certificate)
        with pytest.raises(ftplib.error_perm, match=r"^530"):
            one.signed_in(user, password)
        one.close()
    assert not root.exists() or list(root.iterdir()) == []


def test_without_tls_nobody_signs_in_and_nothing_is_sent(
    port: int, certificate: Certificate
) -> None:
    with ftplib.FTP(timeout=10) as plain:  # noqa: S321 -- to see it refused
        plain.connect("127.0.0.1", port)
        with pytest.raises(ftplib.error_perm, match="TLS required"):
            plain.login("elm", SECRET)
    one = Camera(port, certificate)
    one.signed_in().prot_c()
    with pytest.raises(ftplib.error_perm, match="TLS required on the data channel"):
        one.upload("a.jpg")
    one.close()


def test_an_old_tls_is_not_spoken(port: int, certificate: Certificate) -> None:
    del certificate
    with ftplib.FTP(timeout=10) as old:  # noqa: S321 -- to see it refused
        old.connect("127.0.0.1", port)
        old.voidcmd("AUTH TLS")
        assert old.sock is not None
        old.sock.sendall(HELLO_OF_TLS_1_1)
        answer = old.sock.recv(64)
    assert answer[:3] == b"" or answer[0] == ALERT


def test_one_address_has_so_many_connections(
    camera: Camera, port: int, certificate: Certificate
) -> None:
    more = [Camera(port, certificate) for _ in range(SMALL.connections_an_address - 1)]
    with socket.create_connection(("127.0.0.1", port), timeout=10) as one_more:
        assert one_more.recv(3) == b"421"
    for one in more:
        one.close()


def test_what_was_arriving_when_a_server_ended_is_gone_at_the_next_start(
    root: Path, certificate: Certificate
) -> None:
    (root / "elm").mkdir(parents=True)
    (root / "elm" / f"{PART}0123-half.jpg").write_bytes(b"half")
    listening = Listening("127.0.0.1", 0)
    ftps.server(
        root, knows=lambda *_: False, certificate=certificate, listening=listening
    ).close_all()
    assert lies(root) == {}


def test_a_certificate_that_is_none_says_so(root: Path, tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.pem"
    nothing.write_text("nothing")
    with pytest.raises(ftps.CannotServe, match="no certificate with its key"):
        ftps.server(
            root,
            knows=lambda *_: False,
            certificate=Certificate(nothing, nothing),
            listening=Listening("127.0.0.1", 0),
        )


def test_the_key_of_a_self_made_certificate_is_the_servers_alone(certificate: Certificate) -> None:
    assert certificate.key.stat().st_mode & 0o077 == 0
    again = ftps_certificate.self_made(
        certificate.key.parent, ("127.0.0.1",), now=datetime.now(UTC)
    )
    assert again == certificate
