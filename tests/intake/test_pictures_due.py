"""A picture that a message only links to is fetched where the register allows, and nowhere else."""

import json
import ssl
import threading
from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from plateward.cameras import picture_hosts
from plateward.cameras.picture_hosts import Host
from plateward.intake import counts, fetched, pictures_due, vendors
from plateward.intake.adapters.message import Message
from plateward.intake.models import PictureDue
from plateward.reads.models import Picture, Read
from tests import cast, papers

CAMERA = "wil-160-jackson"
NAME = "pictures.example"


@contextmanager
def serving(pages: dict[str, tuple[int, bytes]], context: ssl.SSLContext | None = None) -> Any:
    """A host of pictures on this machine; what it was asked for, in order."""
    asked: list[tuple[str, str]] = []

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.headers["Host"], self.path))
            status, body = pages.get(self.path, (404, b""))
            self.send_response(status)
            if status == 302:
                self.send_header("Location", body.decode())
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Quietly."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_port, asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def here(_name: str, _port: int) -> list[str]:
    return ["127.0.0.1"]


def rule(link: str, *hosts: Host, look_up: fetched.LookUp = here) -> str:
    with pytest.raises(fetched.NotFetched) as why:
        fetched.picture(link, hosts, look_up=look_up)
    assert link not in str(why.value)
    return why.value.rule


def test_what_comes_back_must_be_one_jpeg_of_a_camera_s_size_and_no_redirect() -> None:
    pages = {
        "/good.jpg?key=1": (200, cast.JPEG),
        "/page": (200, b"<html>"),
        "/large": (200, cast.JPEG + bytes(5 * 1024 * 1024)),
        "/elsewhere": (302, b"http://127.0.0.1:9/good.jpg"),
        "/empty": (200, b""),
    }
    with serving(pages) as (port, asked):
        host = Host(NAME, port, is_private=True, is_https=False)
        at = f"http://{NAME}:{port}"
        assert fetched.picture(f"{at}/good.jpg?key=1#x", [host], look_up=here) == cast.JPEG
        assert asked == [(f"{NAME}:{port}", "/good.jpg?key=1")]
        assert rule(f"{at}/page", host) == "picture_not_jpeg"
        assert rule(f"{at}/large", host) == "picture_too_large"
        assert rule(f"{at}/elsewhere", host) == "link_failed"
        assert rule(f"{at}/empty", host) == "link_failed"
        assert rule(f"{at}/nothing", host) == "link_failed"
        assert len(asked) == 6


@pytest.mark.parametrize(
    "link",
    [
        f"https://{NAME}.evil.example/a.jpg",
        f"https://evil.example/{NAME}",
        f"https://{NAME}:8443/a.jpg",
        f"http://{NAME}/a.jpg",
        f"https://user:key@{NAME}/a.jpg",
        f"https://{NAME}@evil.example/a.jpg",
        "https://169.254.169.254/latest/meta-data/",
    ],
)
def test_a_link_that_no_entry_of_the_register_names_asks_nobody(link: str) -> None:
    def nobody(*_: object) -> list[str]:
        pytest.fail("a name was looked up")

    assert rule(link, Host(NAME), look_up=nobody) == "link_not_allowed"


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("127.0.0.1", False),
        ("10.0.0.1", False),
        ("::1", False),
        ("::ffff:10.0.0.1", False),
        ("169.254.169.254", True),
        ("fe80::1", True),
        ("::ffff:169.254.169.254", True),
        ("93.184.215.14", True),
        ("0.0.0.0", True),  # noqa: S104
    ],
)
def test_a_name_that_leads_inside_a_network_is_not_followed_there(
    address: str, private: bool
) -> None:
    def inside(*_: object) -> list[str]:
        return [address]

    host = Host(NAME, is_private=private)
    assert rule(f"https://{NAME}/a.jpg", host, look_up=inside) == "link_not_allowed"

    def both(*_: object) -> list[str]:
        return ["93.184.215.14", address]

    assert rule(f"https://{NAME}/a.jpg", host, look_up=both) == "link_not_allowed"


def test_over_tls_the_name_asked_for_must_be_the_certificate_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = papers.of_a_host(NAME, tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with serving({"/a.jpg": (200, cast.JPEG)}, context) as (port, asked):
        host, other = (
            Host(NAME, port, is_private=True),
            Host("other.example", port, is_private=True),
        )
        assert rule(f"https://{NAME}:{port}/a.jpg", host) == "link_failed"  # who signed it?
        monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(certificate))
        assert fetched.picture(f"https://{NAME}:{port}/a.jpg", [host], look_up=here) == cast.JPEG
        assert rule(f"https://other.example:{port}/a.jpg", other) == "link_failed"
        assert len(asked) == 1


def hook(link: str) -> Message:
    seen = (timezone.now() - timedelta(minutes=1)).timestamp()
    data = {"license_plate_number": "TST777", "created": seen, "image_url": link}
    return Message(json.dumps({"webhook_type": "LPR", "data": data}).encode(), timezone.now())


@pytest.fixture
def hand_in(cameras: dict[str, str]) -> Callable[[str], vendors.Outcome]:
    return lambda link: vendors.hand_in("verkada", hook(link), sender=CAMERA)


def test_a_link_is_followed_after_the_answer_and_its_picture_put_beside_the_read(
    hand_in: Callable[[str], vendors.Outcome],
) -> None:
    picture_hosts.allow(CAMERA, Host(NAME), by="a test")
    assert hand_in(f"https://{NAME}/a.jpg?key=s").stored == 1
    assert not Picture.objects.exists()
    asked: list[str] = []

    def fetching(link: str, hosts: Any) -> bytes:
        asked.append(link)
        assert hosts == (Host(NAME),)
        return cast.JPEG

    assert pictures_due.fetch(now=timezone.now(), fetching=fetching) == 1
    assert asked == [f"https://{NAME}/a.jpg?key=s"]
    assert Picture.objects.get().kind == "photo"
    assert not PictureDue.objects.exists()
    assert not pictures_due.is_any(now=timezone.now())


def test_one_that_may_not_be_followed_is_counted_and_not_kept(
    hand_in: Callable[[str], vendors.Outcome],
) -> None:
    assert hand_in("https://evil.example/a.jpg").dropped == {"link_not_allowed": 1}
    assert not PictureDue.objects.exists()


@pytest.mark.parametrize(("passes", "tries"), [(True, pictures_due.TRIES), (False, 1)])
def test_one_that_fails_is_asked_for_again_for_a_while_if_that_may_help(
    hand_in: Callable[[str], vendors.Outcome], passes: bool, tries: int
) -> None:
    picture_hosts.allow(CAMERA, Host(NAME), by="a test")
    hand_in(f"https://{NAME}/a.jpg")
    asked: list[str] = []

    def fetching(link: str, _hosts: Any) -> bytes:
        asked.append(link)
        raise fetched.NotFetched(fetched.FAILED, passes=passes)

    now = timezone.now()
    for hours in range(8):
        pictures_due.fetch(now=now + timedelta(hours=hours), fetching=fetching)
    assert len(asked) == tries
    assert not PictureDue.objects.exists()
    assert counts.left_out(cast.WILLARD, since=now - timedelta(hours=1)) == {"link_failed": 1}


def test_a_picture_of_a_read_that_is_gone_is_not_asked_for(
    hand_in: Callable[[str], vendors.Outcome],
) -> None:
    picture_hosts.allow(CAMERA, Host(NAME), by="a test")
    hand_in(f"https://{NAME}/a.jpg")
    Read.objects.all().delete()
    later = timezone.now() + timedelta(seconds=1)
    assert pictures_due.fetch(now=later, fetching=lambda *_: pytest.fail("asked")) == 0
    assert not PictureDue.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "host",
    [
        Host("*.example"),
        Host("https://pictures.example"),
        Host("pictures.example/a"),
        Host(""),
        Host(NAME, 0),
        Host(NAME, 80, is_https=False),
    ],
    ids=str,
)
def test_the_register_takes_the_name_of_one_host(cameras: dict[str, str], host: Host) -> None:
    with pytest.raises(picture_hosts.NotAllowed, match="Nothing was changed"):
        picture_hosts.allow(CAMERA, host, by="a test")
    assert picture_hosts.of(CAMERA) == ()
