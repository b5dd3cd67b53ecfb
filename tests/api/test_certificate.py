"""A camera may be known by the client certificate that a proxy of ours verified, and only then."""

import base64
from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.handlers.asgi import ASGIRequest
from django.test import Client, override_settings

from plateward.api import certificate
from plateward.audit import log
from plateward.cameras import certificates
from plateward.web import asgi
from tests import papers

CAMERA, HEADER, PROXY = "wil-160-jackson", "X-Client-Certificate", "10.0.0.5"
BEHIND_A_PROXY = override_settings(PROXIES=["10.0.0.0/24"], CERTIFICATE_HEADER=HEADER)


MADE = papers.signed(CAMERA, ec.generate_private_key(ec.SECP256R1()))
PEM = MADE.public_bytes(serialization.Encoding.PEM).decode()
DER = base64.b64encode(MADE.public_bytes(serialization.Encoding.DER)).decode()
SHA256 = MADE.fingerprint(hashes.SHA256()).hex()


@pytest.mark.parametrize(
    "said",
    [
        SHA256,
        MADE.fingerprint(hashes.SHA256()).hex(":").upper(),
        quote(PEM),
        PEM.replace("\n", " "),
        PEM + PEM,
        DER,
        f"{DER},{DER}",
        f":{DER}:",
        f'By=spiffe://gate;Hash={SHA256};Subject="CN=a;b, c=d";URI=',
        f'Cert="{quote(PEM)}"',
    ],
    ids=["digest", "colons", "nginx", "one line", "chain", "traefik", "traefik chain", "rfc 9440",
         "envoy", "envoy cert"],
)  # fmt: skip
def test_however_a_proxy_writes_it_it_is_the_same_certificate(said: str) -> None:
    assert certificate.fingerprint(said) == SHA256


@pytest.mark.parametrize(
    "said",
    [
        "CN=wil-160-jackson",
        SHA256[:40],
        f"Hash={SHA256},Hash={SHA256}",
        f'Subject="a",Hash={SHA256}',
        "not base64 at all",
        base64.b64encode(b"no certificate").decode(),
        quote(PEM) * 50,
        "Hash=" * 3000,
    ],
    ids=["a name", "cut off", "two", "with a subject", "no base64", "not a certificate", "too long",
         "far too long"],
)  # fmt: skip
def test_what_is_not_one_certificate_is_none(said: str) -> None:
    assert certificate.fingerprint(said) is None


@pytest.fixture
def post(client: Client, cameras: dict[str, str]) -> Callable[..., Any]:
    certificates.trust(CAMERA, SHA256, by="a test")

    def send(address: str, **headers: str) -> Any:
        return client.post(
            "/api/v1/vendors/openalpr",
            '{"data_type": "heartbeat"}',
            content_type="application/json",
            headers=headers or {HEADER: SHA256},
            REMOTE_ADDR=address,
        )

    return send


@BEHIND_A_PROXY
@pytest.mark.django_db
def test_the_proxys_word_is_enough(post: Callable[..., Any]) -> None:
    assert post(PROXY).status_code == 200
    certificates.distrust(CAMERA, SHA256, by="a test")
    assert post(PROXY).status_code == 401
    assert [entry.act for entry in log.latest(2)] == [
        "cameras:certificate:distrust",
        "cameras:certificate:trust",
    ]


@BEHIND_A_PROXY
@pytest.mark.django_db
@pytest.mark.parametrize("address", ["10.0.1.5", "127.0.0.1", "", "2001:db8::1"])
def test_the_same_header_from_elsewhere_opens_nothing(
    post: Callable[..., Any], address: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert post(address).status_code == 401
    assert "no proxy of ours" in caplog.text


@override_settings(PROXIES=[PROXY], CERTIFICATE_HEADER="")
@pytest.mark.django_db
def test_without_a_header_in_the_settings_none_is_believed(post: Callable[..., Any]) -> None:
    assert post(PROXY).status_code == 401


def asked(*headers: tuple[bytes, bytes], peer: str = PROXY) -> ASGIRequest:
    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "server": None}
    # What the proxy says of the client behind it must not count as who opened the connection.
    claimed = {"client": (PROXY, 1), "headers": list(headers), "plateward.peer": peer}
    return ASGIRequest(scope | claimed, BytesIO())


ONE, TWIN = (b"x-client-certificate", SHA256.encode()), (b"x_client_certificate", SHA256.encode())


@BEHIND_A_PROXY
def test_it_counts_who_opened_the_connection_and_one_header_of_the_very_name() -> None:
    assert certificate.shown(asked(ONE)) == SHA256
    assert certificate.shown(asked(ONE, peer="203.0.113.9")) is None
    assert certificate.shown(asked(ONE, ONE)) is None
    assert certificate.shown(asked(TWIN)) is None


def test_the_door_keeps_the_peer_that_a_forwarded_address_would_replace(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: dict[str, Any] = {}

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        seen.update(scope)

    monkeypatch.setattr(asgi._behind_proxies, "app", app)
    forwarded = [(b"x-forwarded-for", b"10.0.0.5")]
    scope = {"type": "http", "client": ("127.0.0.1", 5), "headers": forwarded}
    with pytest.raises(StopIteration):
        asgi.application(scope, None, None).send(None)
    assert (seen["plateward.peer"], seen["client"][0]) == ("127.0.0.1", "10.0.0.5")


@pytest.mark.django_db
def test_a_certificate_is_of_one_camera(cameras: dict[str, str]) -> None:
    assert certificates.of_pem(PEM.encode()) == SHA256
    certificates.trust(CAMERA, SHA256, by="a test")
    with pytest.raises(certificates.NotTrusted, match="registered already"):
        certificates.trust("wil-ab-farm", SHA256, by="a test")
    with pytest.raises(certificates.NotTrusted, match="no certificate of that fingerprint"):
        certificates.distrust("wil-ab-farm", SHA256, by="a test")
    with pytest.raises(certificates.NotTrusted, match="not its key"):
        certificates.of_pem(b"-----BEGIN PRIVATE KEY-----")
    assert [each.fingerprint for each in certificates.of(CAMERA)] == [SHA256]
