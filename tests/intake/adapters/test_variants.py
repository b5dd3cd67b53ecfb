"""What the vectors do not show: other firmware's units, codes of other countries, gaps, several."""

import json
from typing import Any

import pytest

from plateward.intake.adapters import regions, times
from plateward.intake.adapters.canonical import Link, VendorRead
from tests.intake.adapters.messages import take

SEEN = "2025-12-01T14:05:06.000Z"


@pytest.mark.parametrize("unit", [1, 1000, 10**6, 10**9], ids=["s", "ms", "us", "ns"])
@pytest.mark.parametrize("read", [times.from_seconds, times.from_milliseconds])
@pytest.mark.parametrize("written", [int, str])
def test_a_count_since_1970_is_read_in_the_unit_that_makes_sense(
    unit: int, read: Any, written: Any
) -> None:
    assert times.written(read(written(1764597906 * unit))) == SEEN


@pytest.mark.parametrize("count", [0, 12.5, 1_000_000, "86400000"])
def test_a_clock_that_was_never_set_stays_in_1970(count: Any) -> None:
    at = times.from_milliseconds(count)
    assert at is not None
    assert at.year == 1970


@pytest.mark.parametrize(
    ("code", "state", "country"),
    [
        ("us-mo", "US-MO", "US"),
        ("in", None, "IN"),
        ("ca", None, "CA"),
        ("de", None, "DE"),
        ("eu-de", None, "DE"),
        ("gb-eng", "GB-ENG", "GB"),
        ("au_nsw", "AU-NSW", "AU"),
        ("usa", None, "US"),
        ("unknown", None, None),
        (None, None, None),
    ],
)
def test_a_bare_code_is_a_country_and_no_state(
    code: Any, state: str | None, country: str | None
) -> None:
    assert regions.coded(code) == (state, country)


def reads(vendor: str, body: Any, **told: Any) -> tuple[VendorRead, ...]:
    return take(vendor, body, **told).reads


def plates(vendor: str, body: Any, **told: Any) -> list[str]:
    return [read.plate_norm for read in reads(vendor, body, **told)]


def hikvision(*plates: str, kind: str = "ANPR") -> str:
    each = "".join(f"<ANPR><licensePlate>{plate}</licensePlate></ANPR>" for plate in plates)
    head = f"<eventType>{kind}</eventType><dateTime>1764597906</dateTime>"
    return f"<EventNotificationAlert>{head}<UUID>u</UUID>{each}</EventNotificationAlert>"


def dahua(**told: Any) -> dict[str, Any]:
    car = {"PlateNumber": "tst1", "MachineName": "gate"}
    return {"Code": "TrafficJunction", "Data": {"TrafficCar": car, "UTCMS": 0, **told}}


def unifi(**told: Any) -> dict[str, Any]:
    trigger = {"key": "license_plate_known", "value": "abc123", "timestamp": 1764597906, **told}
    return {"alarm": {"triggers": [trigger]}}


GENETEC = {"Plate": "tst1", "DateUtc": "01/12/2025", "TimeUtc": "14:05:06"}
BLUE = {"camera": "gate", "timestamp": 1764597906 * 10**9}
VERKADA = {"license_plate_number": "tst1", "created": 1764597906}


@pytest.mark.parametrize(
    ("vendor", "body", "expected"),
    [
        ("hikvision", hikvision("TST1", "tst2"), ["TST1", "TST2"]),
        ("hikvision", hikvision("TST1", kind="vehicledetection"), ["TST1"]),
        ("hikvision", hikvision("\u65e0\u8f66\u724c"), []),
        ("hikvision", hikvision("TST1", kind="linedetection"), []),
        ("dahua", dahua(RealUTC=1764597906000), ["TST1"]),
        ("dahua", dahua(RealUTC=1764597906, Object=None, CommInfo=None), ["TST1"]),
        ("unifi", unifi(), ["ABC123"]),
        ("unifi", unifi(value="Mom", group={"name": "her 2nd car"}), []),
        ("genetec", GENETEC | {"TimeUtc": "14:05:06,000"}, ["TST1"]),
        ("genetec", GENETEC | {"TimeUtc": "14:05:06:000"}, ["TST1"]),
        ("genetec", GENETEC | {"Plate": None}, []),
        ("genetec", {"Plate": None, "Attributes": {"Plate": "tst1"}, "Timestamp": SEEN}, ["TST1"]),
        ("blueiris", BLUE | {"plate_number": ["tst1", "tst2"]}, ["TST1", "TST2"]),
        ("blueiris", BLUE | {"plate_number": "tst1, tst2"}, ["TST1", "TST2"]),
        ("verkada", {"webhook_type": "LPR", "data": VERKADA | {"created": SEEN}}, ["TST1"]),
        ("verkada", {"webhook_type": "lpr", "data": [VERKADA, VERKADA]}, ["TST1", "TST1"]),
    ],
    ids=str,
)
def test_each_is_read_and_seen_when_it_was_seen(
    vendor: str, body: Any, expected: list[str]
) -> None:
    found = reads(vendor, body)
    assert [read.plate_norm for read in found] == expected
    assert {times.written(read.captured_at) for read in found} <= {SEEN}


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("\uff34\uff33\uff34\uff11", "TST1"),
        (" tst\u00a04o21 ", "TST4O21"),
    ],
)
def test_what_is_written_otherwise_is_one_plate(written: str, stored: str) -> None:
    group = {"data_type": "alpr_group", "epoch_start": 1764597906, "best_plate_number": written}
    (found,) = plates("openalpr", json.dumps(group).encode("utf-16"))
    assert found == stored


@pytest.mark.parametrize(
    "address", ["http://[::1", "javascript:alert(1)", "ftp://a/b", "//a/b", "", None, 7, "x" * 3000]
)
def test_what_is_no_address_of_the_web_is_no_link(address: Any) -> None:
    body = {"webhook_type": "lpr", "data": VERKADA | {"image_url": address}}
    assert reads("verkada", body)[0].links == ()


def test_a_link_is_told_by_its_host_alone() -> None:
    body = {"webhook_type": "lpr", "data": VERKADA | {"image_url": "https://a.example/b?key=c"}}
    assert reads("verkada", body)[0].links == (Link("photo", "https://a.example/b?key=c"),)
