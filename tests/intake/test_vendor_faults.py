"""A camera whose own system says that it is not well has a fault open for as long as it says so."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from plateward.intake import devices, vendors
from plateward.intake.adapters.message import Message
from plateward.upkeep import faults, told_down
from tests import cast

pytestmark = pytest.mark.usefixtures("cameras")
CAMERA, OTHER = "wil-160-jackson", "wil-ab-farm"


def say(vendor: str, body: Any, **told: Any) -> vendors.Outcome:
    raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return vendors.hand_in(vendor, Message(raw, timezone.now(), **told), sender=CAMERA)


def still_open() -> list[tuple[str, str]]:
    return [(fault.what, fault.trouble) for fault in faults.still_open(cast.WILLARD)]


def rekor(up: bool, since: datetime | None = None) -> dict[str, Any]:
    stream = {"camera_id": 1002, "is_streaming": up}
    if since:
        stream["last_update"] = round(since.timestamp() * 1000)
    return {"data_type": "heartbeat", "video_streams": [stream]}


def test_a_linked_camera_that_stopped_streaming_has_one_fault_from_when_it_stopped() -> None:
    devices.link("openalpr", "1002", camera=OTHER, sender=CAMERA, by="a test")
    since = timezone.now().replace(microsecond=0) - timedelta(hours=2)
    for _ in range(2):
        say("openalpr", rekor(False, since))
    (fault,) = faults.still_open(cast.WILLARD)
    assert (fault.what, fault.trouble, fault.opened_by) == (OTHER, told_down.DOWN, "house")
    assert fault.not_working_from == since
    say("openalpr", rekor(True))
    assert still_open() == []
    assert faults.of(cast.WILLARD)[0].not_working_to is not None


@pytest.mark.parametrize(
    "since", [datetime(1970, 1, 1, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC)]
)
def test_a_clock_that_was_never_set_does_not_date_an_outage(since: datetime) -> None:
    devices.link("openalpr", "1002", camera=OTHER, sender=CAMERA, by="a test")
    say("openalpr", rekor(False, since))
    (fault,) = faults.still_open(cast.WILLARD)
    assert fault.not_working_from == fault.discovered_at


def test_of_a_device_that_nobody_linked_there_is_no_fault_and_it_waits_to_be_linked() -> None:
    assert say("openalpr", rekor(False)).heartbeats == 1
    assert still_open() == []
    assert [(each.name, each.reads) for each in devices.unknown()] == [("1002", 0)]


def hikvision(kind: str, state: str) -> str:
    head = f"<eventType>{kind}</eventType><eventState>{state}</eventState>"
    return f"<EventNotificationAlert><deviceID>{CAMERA}</deviceID>{head}</EventNotificationAlert>"


def onvif(topic: str, name: str, value: str) -> dict[str, Any]:
    data = {name: value}
    return {"topic": topic, "UtcTime": "2025-12-01T14:05:06Z", "Source": {}, "Data": data}


TAMPER, SCENE = "tns1:RuleEngine/TamperDetector/Tamper", "tns1:VideoSource/GlobalSceneChange/x"


@pytest.mark.parametrize(
    ("vendor", "trouble", "over", "about"),
    [
        ("hikvision", hikvision("videoloss", "active"), hikvision("videoloss", "inactive"), "DOWN"),
        (
            "hikvision",
            hikvision("shelteralarm", "active"),
            hikvision("shelteralarm", "inactive"),
            "TAMPERED",
        ),
        ("dahua", {"Code": "VideoLoss", "Action": "Start"}, {"Code": "VideoLoss", "Action": "Stop"},
         "DOWN"),
        ("dahua", "Code=VideoBlind;action=Start;index=0\r\n",
         "Code=VideoBlind;action=Stop;index=0\r\n", "TAMPERED"),
        ("onvif", onvif(TAMPER, "IsTamper", "true"), onvif(TAMPER, "IsTamper", "false"),
         "TAMPERED"),
        ("onvif", onvif(SCENE, "State", "1"), onvif(SCENE, "State", "0"), "TAMPERED"),
        ("onvif", onvif("tns1:VideoSource/SignalLoss", "State", "true"),
         onvif("tns1:VideoSource/SignalLoss", "State", "false"), "DOWN"),
        (
            "verkada",
            {"webhook_type": "notification", "data": {"notification_type": "camera_offline"}},
            {"webhook_type": "notification", "data": {"notification_type": "camera_online"}},
            "DOWN",
        ),
    ],
    ids=str,
)  # fmt: skip
def test_each_systems_word_opens_the_fault_and_its_next_word_closes_it(
    vendor: str, trouble: Any, over: Any, about: str
) -> None:
    assert say(vendor, trouble).heartbeats == 1
    assert still_open() == [(CAMERA, getattr(told_down, about))]
    assert say(vendor, over).heartbeats == 1
    assert still_open() == []
