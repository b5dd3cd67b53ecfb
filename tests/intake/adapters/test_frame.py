"""What all adapters share: multipart, XML, JSON, times, confidences, regions, pictures, events."""

import base64
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from plateward.intake import vendor_sighting
from plateward.intake.adapters import parts, pictures, regions, times, told, tree
from plateward.intake.adapters.canonical import MOST, Dropped, Outline, Picture, Taken, VendorRead
from plateward.intake.adapters.refused import Refused
from plateward.plates.text import normalise
from tests.intake.adapters import messages

AT = datetime(2025, 12, 1, 14, 5, 6, 789000, tzinfo=UTC)
CHICAGO = ZoneInfo("America/Chicago")
JPEG = b"\xff\xd8\xff\xe0 a picture"
READ = VendorRead(
    source="test",
    device_ref="d1",
    source_event_id=None,
    captured_at=AT,
    captured_basis="device_utc",
    plate_raw="tst-1",
    plate_norm=normalise("tst-1"),
)


def cut(body: bytes, content_type: str = "multipart/form-data; boundary=b") -> list[parts.Part]:
    return list(parts.of(messages.message(body, content_type=content_type)))


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_parts_are_cut_at_their_boundaries_whatever_line_ends(end: bytes) -> None:
    head = b'Content-Disposition: form-data; name="x"; filename="a.jpg"' + end
    picture = JPEG + b"\r\n--bc\n--" + bytes(range(256))
    body = b"--b" + end + head + end + picture + end + b"--b--" + end
    (part,) = cut(body)
    assert (part.name, part.filename, part.body) == ("x", "a.jpg", picture)


def test_a_part_may_have_no_headers_and_the_last_boundary_may_be_missing() -> None:
    first, second = cut(b"--b\r\n\r\none\r\n--b\r\nContent-Type: Text/XML\r\n\r\n<a/>")
    assert (first.name, first.body) == ("", b"one")
    assert (second.content_type, second.body) == ("text/xml", b"<a/>")


def test_a_file_without_content_type_says_its_boundary_itself() -> None:
    message = messages.message(b"--odd+b(1)\r\n\r\nx\r\n--odd+b(1)--\r\n")
    assert parts.is_multipart(message)
    assert [part.body for part in parts.of(message)] == [b"x"]


def test_base64_parts_are_decoded() -> None:
    head = b"--b\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    assert cut(head + base64.b64encode(JPEG) + b"\r\n--b--")[0].body == JPEG


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "multipart/form-data; boundary=b"),
        (b"--b\r\n\r\nx", "multipart/form-data"),
        (b"--b\r\n\r\nx", 'multipart/form-data; boundary=""'),
        (b"--b\r\nno end of headers", "multipart/form-data; boundary=b"),
        (b"--b\r\n\r\nx\r\n" * 40, "multipart/form-data; boundary=b"),
    ],
    ids=["empty", "no boundary", "empty boundary", "headers", "too many"],
)
def test_what_is_no_multipart_is_refused(body: bytes, content_type: str) -> None:
    with pytest.raises(Refused, match="Nothing was stored"):
        cut(body, content_type)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_xml_is_read_in_the_encoding_it_declares(codec: str) -> None:
    declared = codec.removesuffix("-sig")
    raw = f'<?xml version="1.0" encoding="{declared}"?><n:a xmlns:n="u"><n:b>Süd</n:b></n:a>'
    assert tree.parsed(raw.encode(codec)).says("b") == "Süd"


def test_xml_in_gb2312_is_read_and_wrong_bytes_do_not_stop_it() -> None:
    raw = '<?xml version="1.0" encoding="GB2312"?><a><b>黑A12345</b></a>'
    assert tree.parsed(raw.encode("gb2312")).says("b") == "黑A12345"
    assert tree.parsed(b"<a><b>S\xfcd</b></a>").says("b") == "Süd"


@pytest.mark.parametrize(
    "raw",
    [
        b"<!DOCTYPE a><a/>",
        b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>',
        "<!DOCTYPE a><a/>".encode("utf-16"),
        b"<a>&e;</a>",
        b"<a>",
        b"",
        b"<a>" * 60 + b"</a>" * 60,
    ],
)
def test_hostile_or_broken_xml_is_refused(raw: bytes) -> None:
    with pytest.raises(Refused):
        tree.parsed(raw)


@pytest.mark.parametrize("raw", [b"{", b"NaN", b'{"a": Infinity}', b"\xff", b"[" * 99_999])
def test_what_is_no_json_is_refused_without_being_quoted(raw: bytes) -> None:
    with pytest.raises(Refused, match="not JSON"):
        told.from_json(raw)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_json_is_read_in_any_unicode(codec: str) -> None:
    assert told.from_json('{"a": "Süd"}'.encode(codec)) == {"a": "Süd"}


@pytest.mark.parametrize(
    ("sent", "number"),
    [("0,81", 0.81), (" 92 % ", 92.0), ("1e5", None), (True, None), ("", None), (10**400, None)],
)
def test_numbers_are_read_as_people_write_them(sent: Any, number: float | None) -> None:
    assert told.number(sent) == number


def test_confidences_off_their_scale_are_none() -> None:
    assert told.confidence(93.5, of=100) == 0.935
    assert [told.confidence(each, of=100) for each in (160, -1, None, "high")] == [None] * 4


def test_text_is_one_line_without_control_characters() -> None:
    assert told.text(" a\x00b\n\ud800c ") == "a b c"
    assert (told.text(1001), told.text(1.0), told.text([]), told.text(" ")) == (
        "1001",
        "1",
        None,
        None,
    )


@pytest.mark.parametrize(
    ("sent", "rule"),
    [
        (None, "vehicle_only"),
        ("unknown", "vehicle_only"),
        ("--", "not_a_plate"),
        ("A" * 17, "not_a_plate"),
    ],
)
def test_what_is_no_plate_is_dropped_by_a_rule(sent: Any, rule: str) -> None:
    assert told.plate(sent, nothing=frozenset({"unknown"})) == Dropped(rule)


@pytest.mark.parametrize(
    ("sent", "basis"),
    [
        ("2025-12-01T14:05:06.789Z", "device_utc"),
        ("2025-12-01 14:05:06.789000+00:00", "device_local_offset"),
        ("2025-12-01T14:05:06,7890000Z", "device_utc"),
        ("2025-12-01T08:05:06.789-0600", "device_local_offset"),
        ("2025-12-01T08:05:06.789", "device_local_offset"),
    ],
)
def test_times_are_instants(sent: str, basis: str) -> None:
    assert times.from_iso(sent, zone=CHICAGO) == (AT, basis)


@pytest.mark.parametrize("sent", ["", "2025-13-01T00:00:00Z", "0001-01-01T00:00:00+14:00", 7, None])
def test_what_is_no_time_is_none(sent: Any) -> None:
    assert times.from_iso(sent, zone=CHICAGO) is None
    assert times.from_iso("2025-12-01T08:05:06") is None
    assert times.from_milliseconds("9" * 21) is None
    assert times.from_seconds(1764597906.789) == AT


def test_regions_are_iso_codes() -> None:
    said = ["us-mo", "MO", "missouri", "US_MO", "District of Columbia"]
    assert [regions.region(each) for each in said] == ["US-MO"] * 4 + ["US-DC"]
    assert regions.region("ON", country="CAN") == "CA-ON"
    assert [regions.region(each) for each in ("us", "ZZ", "", None, 7)] == [None] * 5
    assert [regions.country_code(each) for each in ("USA", "us-mo", "gb", "nowhere")] == [
        "US",
        "US",
        "GB",
        None,
    ]


def test_pictures_are_known_by_their_first_bytes() -> None:
    written = base64.b64encode(JPEG).decode()
    assert pictures.of_base64("p", f"data:image/jpeg;base64,{written}") == Picture("p", JPEG)
    assert pictures.of_bytes("p", b"GIF89a") == Dropped("picture_not_jpeg")
    assert pictures.of_base64("p", "%%%") == Dropped("picture_not_jpeg")
    assert pictures.of_bytes("p", JPEG * 400_000) == Dropped("picture_too_large")
    assert (pictures.of_bytes("p", b""), pictures.of_base64("p", None)) == (None, None)


def test_an_event_without_a_name_is_named_by_what_it_is() -> None:
    assert READ.event() == READ.event()
    others = (
        replace(READ, device_ref="d2"),
        replace(READ, plate_raw="tst-2"),
        replace(READ, captured_at=AT.replace(second=7)),
        replace(READ, outline=Outline("box", (1, 2, 3, 4))),
    )
    assert len({READ.event(), *(other.event() for other in others)}) == 5


def test_outlines_become_boxes() -> None:
    assert Outline("polygon", (1, 2, 5, 2, 5, 8, 1, 8)).box() == (1, 2, 4, 6)
    assert Outline("box", (1, 2, 5, 8)).box() == (1, 2, 4, 6)
    assert Outline("box_xywh", (1, 2, 4, 6)).box() == (1, 2, 4, 6)
    assert Outline("box_norm", (-1, 1, 0, 0)).box() is None


def test_one_message_has_an_end() -> None:
    with pytest.raises(Refused, match="more than"):
        Taken.of(Dropped("vehicle_only") for _ in range(MOST + 1))


def test_a_sighting_holds_what_its_store_can() -> None:
    read = replace(
        READ,
        source_event_id="an event / with spaces",
        char_conf=(0.9, 0.8, 0.7, 0.6),
        region="US-MO",
        direction_deg=85.5,
        outline=Outline("box", (0, 0, 1e9, 1)),
    )
    (event,) = vendor_sighting.events([read])
    sighting = vendor_sighting.of(read, camera="c", event=event)
    assert event.startswith("sha256:")
    assert [each.text for each in sighting.characters] == list("TST1")
    assert (sighting.region, sighting.direction, sighting.box) == ("MO", "85.5°", None)
    short = replace(read, char_conf=(0.9,), direction_label="reverse")
    again = vendor_sighting.of(short, camera="c", event=event)
    assert (again.characters, again.direction) == ((), "reverse")
