"""Signed letters: only the camera's own key, each number once, gaps told."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from plateward.audit import log
from plateward.cameras import agents, health, register
from plateward.edge import keys, letter
from plateward.plates.letters import CAMERA, SIGNATURE, Kind
from plateward.reads.models import Read
from tests import cast

pytestmark = pytest.mark.django_db
CODE = "wil-160-jackson"
Send = Callable[..., Any]


@pytest.fixture
def signer(tmp_path: Path, cameras: dict[str, str]) -> keys.Signer:
    made = keys.make(tmp_path)
    agents.register_key(CODE, made.public, by="test clerk", keep_secret=False)
    return made


@pytest.fixture
def send(signer: keys.Signer) -> Send:
    def sent(
        body: bytes,
        *,
        by: keys.Signer = signer,
        kind: Kind = Kind.READ,
        path: str = "/api/v1/edge/reads",
    ) -> Any:
        return Client(raise_request_exception=False).post(
            path,
            body,
            content_type="application/json",
            headers={CAMERA: CODE, SIGNATURE: by.signature(kind, body)},
        )

    return sent


def written(sequence: int, plate: str = "TST4821", **told: Any) -> bytes:
    return letter.composed(replace(cast.sighting(plate, device=CODE), **told))(sequence)


def heartbeat(number: int, **told: Any) -> bytes:
    plain = {
        "camera": CODE,
        "number": number,
        "said_at": letter.written(timezone.now()),
        "software": "0.1.0",
        "provider": "cpu",
        "fps": 9.8,
        "reads": 3,
        "waiting": 0,
        "waiting_bytes": 0,
    }
    return letter.canonical(plain | told)


@pytest.fixture
def beat(send: Send) -> Send:
    def sent(body: bytes, **how: Any) -> Any:
        return send(body, kind=Kind.HEARTBEAT, path="/api/v1/edge/heartbeats", **how)

    return sent


def test_a_signed_letter_is_stored_and_acknowledged_again_when_it_comes_again(send: Send) -> None:
    body = written(1)
    first, again = send(body), send(body)
    assert (first.status_code, first.json()["duplicate"]) == (201, False)
    assert (again.status_code, again.json()["duplicate"]) == (200, True)
    read = Read.objects.get()
    assert (read.plate, read.source) == ("TST4821", "test")
    assert register.named(CODE).key == read.camera_id


def test_what_was_changed_on_the_way_or_signed_by_another_is_not_taken(
    send: Send, signer: keys.Signer, tmp_path: Path
) -> None:
    body = written(1)
    stranger = keys.make(tmp_path / "stranger")
    for refused in (
        send(body, by=stranger),
        send(body, kind=Kind.HEARTBEAT),
        Client().post(
            "/api/v1/edge/reads",
            body.replace(b"TST4821", b"TST4822"),
            content_type="application/json",
            headers={CAMERA: CODE, SIGNATURE: signer.signature(Kind.READ, body)},
        ),
        Client().post("/api/v1/edge/reads", body, content_type="application/json"),
    ):
        assert refused.status_code == 401
        assert "TST482" not in refused.content.decode()
    assert not Read.objects.exists()
    assert send(body).status_code == 201


@pytest.mark.parametrize("signature", ["", "?", "AAAA", "A" * 88, "é", "A" * 100_000])
def test_a_signature_that_is_none_is_refused_in_words(signer: keys.Signer, signature: str) -> None:
    answer = Client().post(
        "/api/v1/edge/reads",
        written(1),
        content_type="application/json",
        headers={CAMERA: CODE, SIGNATURE: signature},
    )
    assert answer.status_code == 401
    assert "Nothing was stored" in answer.json()["detail"]


def test_another_letter_under_a_used_number_is_refused(send: Send) -> None:
    assert send(written(1)).status_code == 201
    assert send(written(2)).status_code == 201
    refused = send(written(1, "OTHER1"))
    assert (refused.status_code, refused.json()["last"]) == (409, 2)
    assert Read.objects.count() == 2


def test_a_letter_of_long_ago_is_not_taken_again(send: Send) -> None:
    old = written(1)
    assert send(old).status_code == 201
    for number in range(2, agents.REMEMBERED + 2):
        send(written(number))
    Read.objects.all().delete()  # even once its own time is over
    assert send(old).status_code == 409
    assert not Read.objects.exists()


def test_a_gap_is_told_in_the_log_and_counted(send: Send, beat: Send) -> None:
    send(written(1))
    send(written(5))
    entry = log.latest(1, city=cast.WILLARD)[0]
    assert entry.act == "cameras:letters:miss"
    assert (entry.facts["from"], entry.facts["to"]) == (2, 4)
    beat(heartbeat(1))
    (camera,) = health.of(cast.WILLARD, now=timezone.now())
    assert "3 of its letters never came." in camera.troubles


def test_a_letter_that_is_refused_for_ever_has_come_all_the_same(send: Send) -> None:
    refused = send(written(1, "A" * 17))
    assert refused.status_code == 422
    assert send(written(2)).status_code == 201
    assert log.latest(1, city=cast.WILLARD)[0].act != "cameras:letters:miss"


def test_a_letter_of_a_clock_ahead_waits_for_the_clock_and_keeps_its_number(send: Send) -> None:
    ahead = written(1, seen_at=timezone.now() + timedelta(hours=1))
    waits = send(ahead)
    assert (waits.status_code, waits["Retry-After"]) == (503, "60")
    assert "clock is ahead" in waits.json()["detail"]
    assert send(written(1)).status_code == 201


def test_a_preview_and_its_final_are_one_read(send: Send) -> None:
    preview = cast.sighting("TST482I", device=CODE, provisional=True)
    final = replace(preview, plate=cast.normalise("TST4821"), provisional=False)
    assert send(letter.composed(preview)(1)).status_code == 201
    send(letter.composed(final)(2))
    assert Read.objects.get().plate == "TST4821"


def test_once_a_key_is_registered_the_secret_opens_nothing(
    signer: keys.Signer, cameras: dict[str, str]
) -> None:
    assert not register.holding(CODE, cameras[CODE])
    assert not register.holding(CODE, "")


def test_a_withdrawn_agent_is_believed_no_more_and_its_numbers_are_not_forgotten(
    send: Send, signer: keys.Signer
) -> None:
    send(written(3))
    agents.withdraw_key(CODE, by="test clerk")
    assert send(written(4)).status_code == 401
    assert health.of(cast.WILLARD, now=timezone.now()) == []
    with pytest.raises(agents.NotAKey, match="Nothing was changed"):
        agents.withdraw_key(CODE, by="test clerk")
    agents.register_key(CODE, signer.public, by="test clerk", keep_secret=False)
    assert send(written(1)).json()["last"] == 3


@pytest.mark.parametrize("public", ["", "AAAA", "x" * 44, "A" * 43 + "!", "-----BEGIN PUBLIC"])
def test_what_is_no_key_is_not_registered(cameras: dict[str, str], public: str) -> None:
    with pytest.raises(agents.NotAKey, match="Nothing was changed"):
        agents.register_key(CODE, public, by="test clerk", keep_secret=False)
    assert register.holding(CODE, cameras[CODE])


def test_the_answer_says_how_long_reads_may_wait_beside_the_camera(
    send: Send, beat: Send, signer: keys.Signer
) -> None:
    assert send(written(1)).json()["keep_for_seconds"] == 30 * 86400
    assert beat(heartbeat(1)).json()["keep_for_seconds"] == 30 * 86400
    assert beat(heartbeat(2)).json()["keeps_speed"] is False


def test_the_answer_says_whether_the_city_keeps_speed(signer: keys.Signer, beat: Send) -> None:
    carson = register.of(cast.CARSON)[0].code
    agents.register_key(carson, signer.public, by="test clerk", keep_secret=True)
    body = heartbeat(1, camera=carson)
    answer = Client().post(
        "/api/v1/edge/heartbeats",
        body,
        content_type="application/json",
        headers={CAMERA: carson, SIGNATURE: signer.signature(Kind.HEARTBEAT, body)},
    )
    assert answer.json()["keeps_speed"] is True


def test_where_the_text_wants_it_temporary_they_wait_a_day(signer: keys.Signer, beat: Send) -> None:
    """Walnut keeps reads for 60 days, and at the camera only for initial processing."""
    walnut = register.of(cast.WALNUT)[0].code
    agents.register_key(walnut, signer.public, by="test clerk", keep_secret=True)
    body = heartbeat(1, camera=walnut)
    answer = Client().post(
        "/api/v1/edge/heartbeats",
        body,
        content_type="application/json",
        headers={CAMERA: walnut, SIGNATURE: signer.signature(Kind.HEARTBEAT, body)},
    )
    assert answer.json()["keep_for_seconds"] == 86400


def test_a_heartbeat_that_comes_again_is_refused(beat: Send) -> None:
    body = heartbeat(7)
    assert beat(body).status_code == 200
    again = beat(body)
    assert (again.status_code, again.json()["last"]) == (409, 7)


@pytest.mark.parametrize(
    "told",
    [
        {"fps": -1},
        {"number": 0},
        {"number": True},
        {"dropped": {"x" * 41: 1}},
        {"trouble": "a\nb"},
        {"plate": "TST4821"},
        {"clock_offset_seconds": 1e300},
        {"camera": "car-avalon"},
    ],
)
def test_a_heartbeat_that_is_none_is_refused_and_keeps_nothing(
    beat: Send, told: dict[str, Any]
) -> None:
    answer = beat(json.dumps(json.loads(heartbeat(1)) | told).encode())
    assert answer.status_code == 422
    (camera,) = health.of(cast.WILLARD, now=timezone.now())
    assert camera.state is health.State.NEVER
