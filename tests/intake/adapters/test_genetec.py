"""Genetec's three formats, templates that a city edited, and dates in the order it chose."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from plateward.intake.adapters.canonical import Speed, Taken, VendorRead
from plateward.intake.adapters.refused import Refused
from tests.intake.adapters import messages

AT = datetime(2025, 12, 1, 14, 5, 6, tzinfo=UTC)
FLAT = {"Plate": "TST1", "DateUtc": "01/12/2025", "TimeUtc": "14:05:06"}
STUB = "/9j/4AAQSkZJRgABAQAAAQABAAD/2Q=="
SHARP = {
    "ContextCameraName": "Context Camera",
    "Id": "32cf870a-0000-4000-8000-00062d98e93a",
    "Latitude": 0.0,
    "Longitude": 0.0,
    "LprCameraName": "Lpr Camera",
    "PlateAnalytics": [
        {"Key": "State Name", "Score": 0.88, "Value": "MO"},
        {"Key": "Vehicle Make", "Score": -1.0, "Value": "-"},
        {"Key": "Confidence Score", "Score": 1.0, "Value": "92"},
        {"Key": "Context", "Score": 1.0, "Value": "US"},
    ],
    "PlateImage": STUB,
    "PlateRead": "TST1",
    "SourceUrl": "SHARPV12345",
    "Timestamp": "2025-12-01T14:05:06.0000000",
}
FTP = (
    '<?xml version="1.0" encoding="utf-8"?><AutoVu><Plate>TST1</Plate><State>Missouri</State>'
    "<UTCDate>2025:12:01</UTCDate><UTCTime>14:05:06.000</UTCTime><CameraName>North</CameraName>"
    "<SourceName>SharpV1</SourceName><ContextImage/><LongitudeX>-93.4</LongitudeX>"
    f"<PlateImage>{STUB}</PlateImage><LatitudeY>37.3</LatitudeY><Guid>g-1</Guid></AutoVu>"
)


def take(body: Any, **told: Any) -> Taken:
    return messages.take("genetec", body, **told)


def read(body: Any, **told: Any) -> VendorRead:
    (only,) = take(body, **told).reads
    return only


def test_a_file_of_the_ftp_extension_is_a_read() -> None:
    only = read(FTP, filename="SharpV_g-1_lpr.xml")
    assert (only.captured_at, only.region, only.gps) == (AT, "US-MO", (37.3, -93.4))
    assert (only.device_ref, only.source_event_id) == ("North", "g-1")
    assert [picture.role for picture in only.pictures] == ["plate"]


def test_a_message_of_the_http_extension_is_a_read() -> None:
    only = read(SHARP)
    assert (only.captured_at, only.device_ref) == (AT, "SHARPV12345")
    assert (only.plate_conf, only.region, only.region_conf) == (0.92, "US-MO", 0.88)
    assert (only.vehicle.make, only.gps, only.country) == (None, None, "US")


def test_the_http_extensions_xml_is_the_same_read() -> None:
    each = "".join(
        "<PlateAnalytics>"
        + "".join(f"<{name}>{value}</{name}>" for name, value in one.items())
        + "</PlateAnalytics>"
        for one in SHARP["PlateAnalytics"]  # type: ignore[attr-defined]
    )
    flat = "".join(f"<{n}>{v}</{n}>" for n, v in SHARP.items() if n != "PlateAnalytics")
    body = f"<Plate>{flat}<PlateAnalytics>{each}</PlateAnalytics></Plate>"
    assert read(body) == read(SHARP)
    assert read(body.encode("utf-16")) == read(SHARP)


@pytest.mark.parametrize("date", ["01/12/2025", "1.12.2025", "2025:12:01", "2025-12-01"])
@pytest.mark.parametrize("clock", ["14:05:06", "14:05:06.000", "2:05:06 PM"])
def test_the_day_comes_before_the_month_unless_the_year_is_first(date: str, clock: str) -> None:
    assert read(FLAT | {"DateUtc": date, "TimeUtc": clock}).captured_at == AT


def test_a_template_that_writes_the_month_first_says_so() -> None:
    american = FLAT | {"DateUtc": "12/01/2025"}
    assert read(american, fields={"date_order": "mdy"}).captured_at == AT
    with pytest.raises(Refused, match="date_order"):
        take(FLAT | {"DateUtc": "12/31/2025"})


def test_local_times_are_of_the_citys_zone() -> None:
    local = {"Plate": "TST1", "LocalDate": "2025/12/01", "LocalTime": "08:05:06"}
    assert read(local, zone=ZoneInfo("America/Chicago")).captured_at == AT
    assert take({"Plate": "TST1"}).dropped == (("no_time", 1),)


def test_names_are_found_whatever_their_case_and_spaces() -> None:
    odd = {"plate_number": "TST1", "utc date": "2025-12-01", "UTC_TIME": "14:05:06"}
    assert read(odd).plate_norm == "TST1"


def test_an_outer_field_wins_over_an_inner_one_of_its_name() -> None:
    inner = {"Confidence Score": "10", "State Name Confidence Score": "88"}
    only = read(FLAT | {"Attributes": inner, "ConfidenceScore": "92", "State": "MO"})
    assert (only.plate_conf, only.region_conf) == (0.92, 0.88)
    assert read(FLAT | {"Attributes": inner}).plate_conf == 0.1


def test_a_speed_has_a_unit_or_is_not_known() -> None:
    fast = FLAT | {"Speed": "30"}
    assert read(fast).speeds == (Speed("Speed", None),)
    assert read(fast, fields={"speed_unit": "mph"}).speeds == (Speed("Speed", 48.3),)


@pytest.mark.parametrize("plate", ["", "-", "NO PLATE"])
def test_a_read_without_a_plate_is_none(plate: str) -> None:
    assert take(FLAT | {"Plate": plate}).dropped == (("vehicle_only", 1),)


def test_several_reads_of_one_message() -> None:
    assert len(take([FLAT, FLAT | {"Plate": "TST2"}]).reads) == 2
    inner = FTP.partition("<AutoVu>")[2].removesuffix("</AutoVu>")
    assert take([]) == Taken()
    assert len(take(f"<AutoVu>{inner}</AutoVu>").reads) == 1


@pytest.mark.parametrize("body", ["<a/>", "{}", "7", '{"Kennzeichen": "TST1"}', "", "<AutoVu>"])
def test_a_message_without_a_plates_field_is_refused(body: str) -> None:
    with pytest.raises(Refused):
        take(body)
    with pytest.raises(Refused, match="multipart"):
        take("--b", content_type="multipart/form-data; boundary=b")
