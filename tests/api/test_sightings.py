"""Cameras hand in sightings: under their own secret, in one shape, stored once."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plateward.reads.models import Read
from tests import cast

pytestmark = pytest.mark.django_db
CAMERA = "wil-160-jackson"


def body(**told: Any) -> dict[str, Any]:
    seen_at = (timezone.now() - timedelta(minutes=1)).isoformat()
    plain = {"source": "test", "event": "e-1", "plate": "TST-4821", "seen_at": seen_at}
    return plain | {"photo": base64.b64encode(cast.JPEG).decode()} | told


@pytest.fixture
def post(client: Client, cameras: dict[str, str]) -> Callable[..., Any]:
    def send(sent: Any, *, camera: str = CAMERA, secret: str | None = None) -> Any:
        told = cameras[camera] if secret is None else secret
        raw = sent if isinstance(sent, bytes | str) else json.dumps(sent)
        return client.post(
            "/api/v1/sightings",
            raw,
            content_type="application/json",
            headers={"authorization": f"Bearer {camera}:{told}"},
        )

    return send


def test_a_sighting_is_stored_and_says_what_was_dropped(post: Callable[..., Any]) -> None:
    answer = post(body(speed_kmh=40))
    assert answer.status_code == 201
    told = answer.json()
    assert (told["stored"], told["duplicate"], told["dropped"]) == (True, False, ["speed"])
    assert Read.objects.get().plate == "TST4821"


def test_sending_it_again_stores_nothing_twice(post: Callable[..., Any]) -> None:
    sent = body()
    assert post(sent).status_code == 201
    again = post(sent)
    assert (again.status_code, again.json()["duplicate"]) == (200, True)
    assert Read.objects.count() == 1


def test_too_late_is_taken_and_not_kept(post: Callable[..., Any]) -> None:
    old = (timezone.now() - timedelta(days=31)).isoformat()
    answer = post(body(seen_at=old))
    assert (answer.status_code, answer.json()["stored"]) == (200, False)
    assert not Read.objects.exists()


@pytest.mark.parametrize("secret", ["", "wrong", "x" * 5000])
def test_a_wrong_secret_is_refused(post: Callable[..., Any], secret: str) -> None:
    assert post(body(), secret=secret).status_code == 401
    assert not Read.objects.exists()


@pytest.mark.parametrize(
    ("sent", "secret", "status", "field"),
    [
        (body(), "wrong", 401, None),
        (body(plate="- -"), None, 422, None),
        (body(confidence=7, plate="SECRET1"), None, 422, "confidence"),
        (body(vehicle={"make": 7}), None, 422, "vehicle.make"),
        (b"{", None, 400, None),
    ],
    ids=["secret", "no plate", "confidence", "make", "not json"],
)
def test_a_refusal_says_that_nothing_was_stored_and_what_to_correct(
    post: Callable[..., Any], sent: Any, secret: str | None, status: int, field: str | None
) -> None:
    answer = post(sent, secret=secret)
    told = answer.json()
    assert answer.status_code == status
    assert "Nothing was stored" in told["detail"]
    assert field is None or field in [error["field"] for error in told["errors"]]
    assert "SECRET1" not in answer.content.decode()


def test_one_camera_cannot_speak_for_another(
    post: Callable[..., Any], cameras: dict[str, str]
) -> None:
    assert post(body(), camera="ode-131-i70", secret=cameras[CAMERA]).status_code == 401


def test_without_a_secret_nothing_is_taken(client: Client, cameras: dict[str, str]) -> None:
    answer = client.post("/api/v1/sightings", body(), content_type="application/json")
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "wrong",
    [
        {"plate": ""},
        {"plate": "- -"},
        {"plate": "A" * 33},
        {"plate": 7},
        {"seen_at": "yesterday"},
        {"seen_at": "2026-11-01T10:00:00"},
        {"seen_at": None},
        {"confidence": 1.01},
        {"confidence": "high"},
        {"speed_kmh": -1},
        {"box": [1, 2, 3]},
        {"photo": "not base64!"},
        {"photo": base64.b64encode(b"GIF89a").decode()},
        {"face": "anything"},
        {"vehicle": {"driver": "a person"}},
        {"source": "a b"},
        {"event": ""},
        {"direction": "north\x00"},
        {"direction": "\ud800"},
        {"vehicle": {"make": "Fo\x00rd"}},
        {"vehicle": {"features": ["\ud83d"]}},
        {"characters": [{"text": "\x00", "confidence": 0.5}]},
        {"characters": [{"text": "A", "confidence": 0.5, "alternatives": [["\x00", 0.1]]}]},
        {"box": [10**20, 0, 1, 1]},
        {"seen_at": "0001-01-01T00:00:00Z"},
        {"seen_at": "9999-12-31T23:59:59-12:00"},
    ],
    ids=str,
)
def test_what_is_not_a_sighting_is_refused_and_not_stored(
    post: Callable[..., Any], wrong: dict[str, Any]
) -> None:
    answer = post(body(**wrong))
    assert answer.status_code == 422, answer.content
    assert not Read.objects.exists()


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"\xff\xfe", b'"x"', b"{}", b"nul\x00"])
def test_hostile_bodies_are_refused(post: Callable[..., Any], raw: bytes) -> None:
    assert post(raw).status_code in {400, 422}


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.dictionaries(
        st.sampled_from([*body(), "box", "characters", "vehicle", "region", "direction"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=50),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.text(max_size=8), inner, max_size=3)
            ),
            max_leaves=6,
        ),
    )
)
def test_no_body_breaks_the_server(post: Callable[..., Any], sent: dict[str, Any]) -> None:
    assert post(body(**sent)).status_code in {200, 201, 400, 422}


def test_with_the_database_away_the_camera_is_told_to_send_again(
    post: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr("plateward.api.sightings._RECEIVING._work", away)
    answer = post(body())
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert "connection refused" not in answer.content.decode()


def test_the_interface_describes_itself(client: Client) -> None:
    described = client.get("/api/v1/openapi.json")
    assert described.status_code == 200
    assert "/api/v1/sightings" in described.json()["paths"]
