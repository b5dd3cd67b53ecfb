"""A camera's address is understood, and its password never shown."""

import pytest

from plateward.capture.address import Address, is_camera
from plateward.capture.faults import BadAddress


def test_an_address_is_taken_apart_and_put_together_again() -> None:
    address = Address.parse("rtsp://ana:p%40ss%2Fw@10.0.0.5:8554/cam/1?channel=2")
    assert (address.user, address.password) == ("ana", "p@ss/w")
    assert (address.host, address.port) == ("10.0.0.5", 8554)
    assert address.url(address.host) == "rtsp://ana:p%40ss%2Fw@10.0.0.5:8554/cam/1?channel=2"
    assert Address.parse("RTSP://elm/").url("10.0.0.9") == "rtsp://10.0.0.9:554/"
    assert Address.parse("rtsp://[fe80::1]/a").url("fe80::1") == "rtsp://[fe80::1]:554/a"


def test_a_password_given_beside_it_goes_first() -> None:
    address = Address.parse("rtsp://ana:old@elm/main", password="new:@")
    assert address.url("elm") == "rtsp://ana:new%3A%40@elm:554/main"


@pytest.mark.parametrize(
    "url",
    [
        "rtsp://ana:s3cret@elm/main",
        "rtsp://elm/main?user=ana&password=s3cret",
        "rtsp://elm/user=ana_password=s3cret_channel=1/main",
    ],
)
def test_what_is_shown_holds_no_secret(url: str) -> None:
    address = Address.parse(url)
    assert address.shown.startswith("rtsp://elm/")
    assert "s3cret" not in address.shown + repr(address) + str(address)
    assert "s3cret" in address.url("elm")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("rtsp://ana:s3/cret@elm/main", "@ as %40"),
        ("rtsp://ana:s3#cret@elm/main", "# as %23"),
        ("rtsp://ana:12/s3cret@elm/main", "an @ or a # stands after the host"),
        ("rtsp://ana:s3 cret@elm/main", "a space"),
        ("rtsp://elm:99999/s3cret", "no number from 1 to 65535"),
        ("rtsp://elm:0/s3cret", "no number from 1 to 65535"),
        ("http://ana:s3cret@elm/main", "does not begin with rtsp://"),
        ("rtsp:///s3cret", "names no host"),
        ("rtsp://[fe80::1/s3cret", "no number from"),
        ("rtsp://elm/" + 2000 * "s3cret", "too long"),
    ],
)
def test_what_is_no_address_is_refused_and_not_repeated(url: str, why: str) -> None:
    with pytest.raises(BadAddress) as refused:
        Address.parse(url)
    assert why in str(refused.value)
    assert "cret" not in str(refused.value)
    assert refused.value.__context__ is None


def test_a_file_is_no_camera() -> None:
    assert is_camera("RTSPS://elm/main")
    assert not is_camera("rtsp-recordings/elm.mp4")
    assert not is_camera("/var/elm.mp4")
