"""Camera systems hand in their own messages: stored as sightings are, under a camera's secret."""

import base64
import gzip
import json
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plateward.api import vendors
from plateward.audit import log
from plateward.intake import counts, devices
from plateward.reads.models import Picture, Read
from tests.intake.adapters import messages

pytestmark = pytest.mark.django_db
CAMERA, OTHER = "wil-160-jackson", "wil-ab-farm"
STUB = "/9j/4AAQSkZJRgABAQAAAQABAAD/2Q=="


def group(**told: Any) -> dict[str, Any]:
    """What an OpenALPR agent sends a minute after it saw a car."""
    seen = round((timezone.now() - timedelta(minutes=1)).timestamp() * 1000)
    plain = {"data_type": "alpr_group", "version": 3, "best_plate_number": "TST4O21"}
    named = {"best_uuid": f"AGENT-{CAMERA}-{seen}", "best_uuid_epoch_ms": seen, "camera_id": CAMERA}
    crop = {"best_plate": {"plate_crop_jpeg": STUB}, "best_confidence": 93.5}
    return plain | named | crop | told


@pytest.fixture
def post(client: Client, cameras: dict[str, str]) -> Callable[..., Any]:
    def send(sent: Any, vendor: str = "openalpr", *, camera: str = CAMERA, **headers: str) -> Any:
        raw = sent if isinstance(sent, bytes | str) else json.dumps(sent)
        bearer = {"authorization": f"Bearer {camera}:{cameras[camera]}"}
        return client.post(
            f"/api/v1/vendors/{vendor}",
            raw,
            content_type="application/json",
            headers=headers or bearer,
        )

    return send


def test_a_message_is_stored_through_the_one_way_in(post: Callable[..., Any]) -> None:
    answer = post(group(vehicle={"make": [{"name": "ford", "confidence": 77}]}))
    assert answer.status_code == 201, answer.content
    read = Read.objects.get()
    assert (read.plate, read.city, read.source, read.make) == (
        "TST4O21",
        "willard-mo",
        "openalpr",
        "ford",
    )
    assert Picture.objects.get(read=read).kind == "crop"


def test_sending_it_again_stores_nothing_twice(post: Callable[..., Any]) -> None:
    sent = group()
    assert post(sent).status_code == 201
    again = post(sent)
    assert (again.status_code, again.json()["duplicates"]) == (200, 1)
    assert Read.objects.count() == 1


def test_a_preview_and_its_final_group_are_one_read_that_reads_as_the_final(
    post: Callable[..., Any],
) -> None:
    seen = round((timezone.now() - timedelta(minutes=1)).timestamp() * 1000)
    preview = group(best_uuid_epoch_ms=seen, best_uuid="one-car", is_preview=True)
    final = preview | {"is_preview": False, "best_plate_number": "TST4021", "best_confidence": 99}
    final["vehicle_crop_jpeg"] = STUB
    assert post(preview).json()["stored"] == 1
    assert post(final).json()["revised"] == 1
    read = Read.objects.get()
    assert (read.plate, read.confidence) == ("TST4021", 0.99)
    assert {picture.kind for picture in Picture.objects.filter(read=read)} == {"photo", "crop"}
    assert post(preview).json()["duplicates"] == 1
    assert Read.objects.get().plate == "TST4021"


def test_a_device_that_is_not_linked_is_quarantined_and_its_plate_is_nowhere(
    post: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    answer = post(group(camera_id=1002, best_plate_number="SECRET1"))
    assert answer.status_code == 409
    assert not Read.objects.exists()
    (unknown,) = devices.unknown()
    assert (unknown.vendor, unknown.name, unknown.sender) == ("openalpr", "1002", CAMERA)
    everywhere = answer.content.decode() + caplog.text + str(log.latest())
    assert "SECRET1" not in everywhere
    assert "Nothing was stored" in answer.json()["detail"]


def test_a_linked_device_is_stored_under_its_own_camera(post: Callable[..., Any]) -> None:
    assert post(group(camera_id=1002)).status_code == 409
    devices.link("openalpr", "1002", camera=OTHER, sender=CAMERA, by="a test")
    assert post(group(camera_id=1002)).status_code == 201
    assert Read.objects.get().camera.code == OTHER
    assert devices.unknown() == []
    assert log.latest()[0].act == "intake:device:link"


def test_a_link_of_one_sender_is_none_of_another(post: Callable[..., Any]) -> None:
    devices.link("openalpr", "1002", camera=OTHER, sender=OTHER, by="a test")
    assert post(group(camera_id=1002)).status_code == 409


def test_what_comes_after_its_time_is_counted_and_not_stored(post: Callable[..., Any]) -> None:
    old = round((timezone.now() - timedelta(days=31)).timestamp() * 1000)
    answer = post(group(best_uuid_epoch_ms=old))
    assert (answer.status_code, answer.json()["late"]) == (200, 1)
    assert not Read.objects.exists()


def test_a_clock_that_runs_ahead_is_refused(post: Callable[..., Any]) -> None:
    ahead = round((timezone.now() + timedelta(hours=1)).timestamp() * 1000)
    answer = post(group(best_uuid_epoch_ms=ahead))
    assert answer.status_code == 422
    assert "clock is ahead" in answer.json()["detail"]
    assert not Read.objects.exists()


def test_two_plates_of_one_event_are_two_reads(post: Callable[..., Any]) -> None:
    both = [group(best_uuid="one-event"), group(best_uuid="one-event", best_plate_number="TST777")]
    assert post(both).json()["stored"] == 2
    assert post(both).json()["duplicates"] == 2


def test_what_is_no_read_is_counted_apart_from_field_policy(post: Callable[..., Any]) -> None:
    answer = post({"data_type": "vehicle"})
    assert (answer.status_code, answer.json()["dropped"]) == (200, {"vehicle_only": 1})
    since = timezone.now() - timedelta(hours=1)
    assert counts.left_out("willard-mo", since=since) == {"vehicle_only": 1}
    assert counts.dropped("willard-mo", since=since) == {}


def test_persons_and_speed_are_kept_out_and_counted_as_policy(post: Callable[..., Any]) -> None:
    seen = (timezone.now() - timedelta(minutes=1)).isoformat(timespec="seconds")
    alert = (messages.OURS / "hikvision" / "anpr.xml").read_text()
    alert = alert.replace("2025-12-01T08:05:06-06:00", seen).replace("00:00:5e:00:53:01", CAMERA)
    alert = alert.replace("<plateCharBelieve>", "<smoking>yes</smoking><plateCharBelieve>")
    alert = alert.replace("<colorDepth>", "<speed>61</speed><colorDepth>")
    assert post(alert, "hikvision").status_code == 201
    read = Read.objects.get()
    assert (read.speed_kmh, read.plate) == (None, "TST4O21")
    assert [round(each.confidence, 2) for each in read.as_read()][4] == 0.61
    since = timezone.now() - timedelta(hours=1)
    assert counts.dropped("willard-mo", since=since) == {"person": 1, "speed": 1}


def test_a_heartbeat_says_how_a_linked_camera_is(post: Callable[..., Any]) -> None:
    devices.link("openalpr", "1002", camera=OTHER, sender=CAMERA, by="a test")
    streams = [{"camera_id": 1002, "is_streaming": False, "last_update": 1764594306789}]
    answer = post({"data_type": "heartbeat", "video_streams": streams})
    assert (answer.status_code, answer.json()["heartbeats"]) == (200, 1)
    assert [(link.is_up, link.heard_at is None) for link in devices.links()] == [(False, False)]


def test_a_field_map_of_the_sender_is_used(post: Callable[..., Any]) -> None:
    now = timezone.now() - timedelta(minutes=1)
    sent = {
        "Kennzeichen": "TST777",
        "CameraName": CAMERA,
        "DateUtc": now.strftime("%m/%d/%Y"),
        "TimeUtc": now.strftime("%H:%M:%S"),
    }
    assert "plate" in post(sent, "genetec").json()["detail"]
    names = {"plate": "Kennzeichen", "date_order": "mdy"}
    devices.map_fields("genetec", names, sender=CAMERA, by="a test")
    assert post(sent, "genetec").status_code == 201
    assert Read.objects.get().seen_at == now.replace(microsecond=0)


@pytest.mark.parametrize(
    "headers",
    [
        {"x-api-key": "{code}:{secret}"},
        {"authorization": "Basic {basic}"},
    ],
    ids=["key", "basic"],
)
def test_a_system_that_sends_no_bearer_shows_the_secret_otherwise(
    post: Callable[..., Any], cameras: dict[str, str], headers: dict[str, str]
) -> None:
    secret = cameras[CAMERA]
    basic = base64.b64encode(f"{CAMERA}:{secret}".encode()).decode()
    told = {k: v.format(code=CAMERA, secret=secret, basic=basic) for k, v in headers.items()}
    assert post(group(), **told).status_code == 201
    wrong = {k: v.format(code=CAMERA, secret="x", basic="eDp5") for k, v in headers.items()}
    assert post(group(), **wrong).status_code == 401


def test_a_name_that_no_camera_has_is_refused_whatever_it_holds(post: Callable[..., Any]) -> None:
    hostile = base64.b64encode(b"\x00:secret").decode()
    assert post(group(), authorization=f"Basic {hostile}").status_code == 401


@pytest.mark.parametrize(
    ("sent", "vendor", "status"),
    [
        (b"{", "openalpr", 422),
        (b"", "hikvision", 422),
        ({"data_type": "alpr_group"}, "nobody", 404),
        ((messages.OURS / "hikvision" / "xxe_attack.xml").read_bytes(), "hikvision", 422),
    ],
    ids=["not JSON", "empty", "vendor", "entity"],
)
def test_a_refusal_says_that_nothing_was_stored(
    post: Callable[..., Any], sent: Any, vendor: str, status: int
) -> None:
    answer = post(sent, vendor)
    assert answer.status_code == status
    assert "Nothing was stored" in answer.json()["detail"]
    assert not Read.objects.exists()


def test_a_body_larger_than_any_message_is_refused(
    post: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vendors, "LARGEST_BODY", 50)
    answer = post(group())
    assert answer.status_code == 413
    assert "Nothing was stored" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("identity", bytes),
    ],
)
def test_a_body_that_was_sent_compressed_is_unpacked(
    post: Callable[..., Any], cameras: dict[str, str], encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    key = {"x-api-key": f"{CAMERA}:{cameras[CAMERA]}"}
    packed = pack(json.dumps(group()).encode())
    assert post(packed, **key, **{"content-encoding": encoding}).status_code == 201


@pytest.mark.parametrize(
    ("sent", "encoding", "status"),
    [
        (gzip.compress(bytes(11 * 1024 * 1024)), "gzip", 413),
        (gzip.compress(b"{}")[:-4], "gzip", 422),
        (b"{}", "gzip", 422),
        (b"{}", "br", 422),
        (b"", "deflate", 422),
    ],
    ids=["bomb", "cut off", "plain", "unknown", "empty"],
)
def test_one_that_cannot_be_unpacked_is_refused(
    post: Callable[..., Any], cameras: dict[str, str], sent: bytes, encoding: str, status: int
) -> None:
    key = {"x-api-key": f"{CAMERA}:{cameras[CAMERA]}"}
    answer = post(sent, **key, **{"content-encoding": encoding})
    assert answer.status_code == status
    assert "Nothing was stored" in answer.json()["detail"]


def test_the_answer_has_no_place_for_a_plate(post: Callable[..., Any]) -> None:
    answer = post(group(best_plate_number="SECRET1"))
    assert answer.status_code == 201
    assert "SECRET1" not in answer.content.decode()
    assert datetime.fromisoformat(answer.json()["received_at"]).tzinfo


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(
    which=st.sampled_from(messages.ours()),
    damage=st.tuples(st.floats(0, 1), st.integers(0, 20), st.binary(max_size=6)),
    topic=st.sampled_from(["", "frigate/events", "\0"]),
)
def test_whatever_is_sent_is_answered_and_never_with_a_fault_of_ours(
    client: Client,
    cameras: dict[str, str],
    which: messages.Case,
    damage: tuple[float, int, bytes],
    topic: str,
) -> None:
    place, gone, put = damage
    whole = which.message()
    at = int(place * len(whole.body))
    answer = client.post(
        f"/api/v1/vendors/{which.vendor}",
        whole.body[:at] + put + whole.body[at + gone :],
        content_type=whole.content_type or "application/octet-stream",
        headers={"x-api-key": f"{CAMERA}:{cameras[CAMERA]}"},
        query_params={"topic": topic or whole.topic},
    )
    assert answer.status_code in {200, 201, 409, 422}, answer.content
    assert not Read.objects.exists()  # every one of them is of a device unknown here, or too old
    assert "TST" not in answer.content.decode()
