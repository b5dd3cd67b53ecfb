"""Hikvision alerts with other fields, other words, other encodings, and several in one message."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from plateward.intake import vendor_fields
from plateward.intake.adapters.canonical import Health, Speed, Taken, VendorRead
from plateward.intake.adapters.refused import Refused
from tests.intake.adapters import messages

AT = datetime(2025, 12, 1, 14, 5, 6, tzinfo=UTC)
FORM = "multipart/form-data; boundary=b"
JPEG = b"\xff\xd8\xff\xe0 a picture"


def alert(anpr: str = "", outer: str = "", *, when: str = "2025-12-01T14:05:06Z") -> str:
    return (
        '<EventNotificationAlert version="2.0" xmlns="http://www.isapi.org/ver20/XMLSchema">'
        f"<dateTime>{when}</dateTime><eventType>ANPR</eventType>{outer}"
        f"<ANPR><licensePlate>TST1</licensePlate>{anpr}</ANPR></EventNotificationAlert>"
    )


def take(body: str | bytes | dict[str, Any], **told: Any) -> Taken:
    return messages.take("hikvision", body, **told)


def read(body: str | bytes | dict[str, Any], **told: Any) -> VendorRead:
    (only,) = take(body, **told).reads
    return only


def parts(*each: tuple[str, bytes]) -> bytes:
    head = b'--b\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n\r\n%s\r\n'
    return b"".join(head % (n.encode(), n.encode(), body) for n, body in each) + b"--b--\r\n"


def test_the_least_an_alert_can_say_is_a_read() -> None:
    least = read(alert())
    assert (least.plate_raw, least.captured_at, least.plate_conf) == ("TST1", AT, None)
    assert (least.device_ref, least.source_event_id, least.char_conf) == (None, None, ())


def test_a_time_without_an_offset_is_of_the_citys_zone() -> None:
    local = alert(when="2025-12-01T08:05:06")
    assert read(local, zone=ZoneInfo("America/Chicago")).captured_at == AT
    assert take(local, zone=None).dropped == (("no_time", 1),)


@pytest.mark.parametrize("said", ["unknown", "Unknown", "noPlate", "", "无车牌"])
def test_words_for_no_plate_are_no_plate(said: str) -> None:
    assert not take(alert().replace("TST1", said)).reads


def test_letters_of_other_scripts_stay_in_what_was_written_and_not_in_the_plate() -> None:
    body = alert().replace("TST1", "蓝苏A8HK52")
    declared = '<?xml version="1.0" encoding="GB2312"?>' + body
    for each in (read(body), read(declared.encode("gb2312"))):
        assert (each.plate_raw, each.plate_norm) == ("蓝苏A8HK52", "A8HK52")


def test_what_was_sent_late_says_so() -> None:
    outer = "<isDataRetransmission>true</isDataRetransmission>"
    assert read(alert(outer=outer)).warnings == ("late_retransmission",)


def test_a_recorders_further_channels_are_other_devices() -> None:
    mac = "<macAddress>00:00:5E:00:53:01</macAddress><channelID>{}</channelID>"
    assert read(alert(outer=mac.format(1))).device_ref == "00:00:5e:00:53:01"
    assert read(alert(outer=mac.format(3))).device_ref == "00:00:5e:00:53:01/3"
    assert read(alert(outer="<deviceID>88</deviceID>")).device_ref == "88"


def test_a_confidence_for_each_character_or_for_none() -> None:
    tag = "<plateCharBelieve>{}</plateCharBelieve>"
    assert read(alert(tag.format("99, 98,61,100"))).char_conf == (0.99, 0.98, 0.61, 1.0)
    assert read(alert(tag.format("99,,61"))).char_conf == ()
    assert read(alert(tag.format("test"))).char_conf == ()


def test_what_is_told_of_people_is_named_and_never_kept() -> None:
    anpr = "<smoking>yes</smoking><uphone>unknown</uphone><pilotmask></pilotmask>"
    seen = read(alert(anpr))
    assert seen.guarded == (("person", "smoking"),)
    kept = vendor_fields.allowed(seen, lambda _: True)
    assert (kept.guarded, kept.dropped_fields) == ((), ("smoking",))


def test_speed_and_body_and_words_that_say_nothing() -> None:
    vehicle = "<vehicleType>SUVMPV</vehicleType><vehicleInfo><speed>{}</speed></vehicleInfo>"
    fast = read(alert(vehicle.format(61) + "<direction>unknown</direction>"))
    assert (fast.speeds, fast.vehicle.body) == ((Speed("vehicleInfo/speed", 61.0),), "SUVMPV")
    assert (fast.direction_label, read(alert(vehicle.format(0))).speeds) == (None, ())


def test_the_outline_is_of_the_first_picture_that_has_one() -> None:
    rect = "<plateRect><X>{0}</X><Y>2</Y><width>{0}</width><height>4</height></plateRect>"
    each = f"<pictureInfo>{rect.format(0)}</pictureInfo><pictureInfo>{rect.format(9)}</pictureInfo>"
    outline = read(alert(f"<pictureInfoList>{each}</pictureInfoList>")).outline
    assert outline is not None
    assert outline.box() == (9, 2, 9, 4)


def test_a_place_is_degrees_minutes_and_seconds() -> None:
    gps = (
        "<DeviceGPSInfo><longitudeType>W</longitudeType><latitudeType>N</latitudeType>"
        "<Longitude><degree>93</degree><minute>30</minute><sec>0.0</sec></Longitude>"
        "<Latitude><degree>37</degree><minute>15</minute></Latitude></DeviceGPSInfo>"
    )
    assert read(alert(outer=gps)).gps == (37.25, -93.5)


def test_pictures_of_people_and_unknown_ones_are_left_out() -> None:
    body = parts(
        ("anpr.xml", alert().encode()),
        ("licensePlatePicture.jpg", b""),
        ("detectionPicture_1.jpg", JPEG),
        ("pilotPicture.jpg", JPEG),
        ("plateBinaryPicture.jpg", JPEG),
        ("vehiclePicture.jpg", b"GIF89a"),
    )
    taken = take(body, content_type=FORM)
    (only,) = taken.reads
    assert [picture.role for picture in only.pictures] == ["detectionPicture_1"]
    assert (only.picture(only.photo), only.picture(only.crop)) == (JPEG, None)
    assert dict(taken.dropped) == {"person": 1, "unknown_picture": 1, "picture_not_jpeg": 1}


def test_several_alerts_of_one_message_have_each_their_own_pictures() -> None:
    other = alert().replace("TST1", "TST2").encode()
    body = parts(
        ("a.xml", alert().encode()),
        ("detectionPicture.jpg", JPEG),
        ("b.xml", other),
        ("vehiclePicture.jpg", JPEG),
    )
    one, two = take(body, content_type=FORM).reads
    assert [(one.plate_raw, one.photo), (two.plate_raw, two.photo)] == [
        ("TST1", "detectionPicture"),
        ("TST2", "vehiclePicture"),
    ]


def test_the_same_alert_in_json_is_the_same_read() -> None:
    anpr = {
        "licensePlate": "TST1",
        "confidenceLevel": 97,
        "line": 2,
        "vehicleInfo": {"color": "red"},
    }
    sent = {"dateTime": "2025-12-01T14:05:06Z", "eventType": "ANPR", "ANPR": anpr}
    for body in (sent, {"EventNotificationAlert": sent}):
        only = read(body)
        assert (only.plate_conf, only.lane, only.vehicle.color) == (0.97, 2, "red")


@pytest.mark.parametrize(
    ("kind", "became"),
    [
        ("videoloss</eventType><eventState>inactive</eventState><a>", Health(None, up=True)),
        ("videoloss</eventType><eventState>active</eventState><a>", Health(None, up=False)),
        ("heartBeat</eventType><a>", Health(None, up=True)),
        ("faceSnap</eventType><a>", "face"),
        ("VMD</eventType><a>", "unknown_message"),
    ],
)
def test_other_alerts_are_heartbeats_or_counted(kind: str, became: Health | str) -> None:
    body = f"<EventNotificationAlert><eventType>{kind}</a></EventNotificationAlert>"
    taken = take(body)
    assert (taken.health or taken.dropped[0][0]) == (
        (became,) if isinstance(became, Health) else became
    )


@pytest.mark.parametrize("body", ["<a/>", "{}", "[]", "<EventNotificationAlert/>", ""])
def test_what_is_no_alert_is_refused(body: str) -> None:
    with pytest.raises(Refused):
        take(body)
    with pytest.raises(Refused, match="no part"):
        take(parts(("detectionPicture.jpg", JPEG)), content_type=FORM)
