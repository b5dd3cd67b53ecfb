"""Cameras hand in many sightings at once: each answered for itself, all committed together."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from plateward.api import batches
from plateward.cameras import register
from plateward.hotlists.models import Alert
from plateward.intake import counts
from plateward.reads.models import Picture, Read
from tests.api.test_sightings import CAMERA, body
from tests.hotlists.test_alerts import look_for

pytestmark = pytest.mark.django_db
Post = Callable[..., Any]


@pytest.fixture
def post(client: Client, cameras: dict[str, str]) -> Post:
    def send(
        sent: Any, *, secret: str | None = None, content_type: str = "application/json"
    ) -> Any:
        raw = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
        told = cameras[CAMERA] if secret is None else secret
        bearer = {"authorization": f"Bearer {CAMERA}:{told}"}
        url = "/api/v1/sightings/batch"
        return client.post(url, raw, content_type=content_type, headers=bearer)

    return send


def outcomes(answer: Any) -> list[str]:
    return [each["outcome"] for each in answer.json()["reads"]]


def test_one_bad_read_stops_no_other_and_each_has_its_answer(post: Post) -> None:
    late = (timezone.now() - timedelta(days=31)).isoformat()
    ahead = (timezone.now() + timedelta(hours=1)).isoformat()
    sent = [
        body(event="e-1", plate="AAA1111", speed_kmh=40),
        body(event="e-2", confidence=7, plate="SECRET1"),
        body(event="e-3", seen_at=late),
        body(event="e-1", plate="AAA1111"),
        body(event="e-4", seen_at=ahead),
        "no sighting",
        body(event="e-5", plate="BBB2222"),
    ]
    answer = post(sent)
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert outcomes(answer) == [
        *("accepted", "refused", "late", "duplicate", "refused", "refused", "accepted")
    ]
    numbers = [told[name] for name in ("accepted", "duplicates", "late", "refused", "alerts")]
    assert numbers == [2, 1, 1, 3, 0]
    assert told["reads"][0]["dropped"] == ["speed"]
    assert told["reads"][1]["errors"][0]["field"] == "confidence"
    assert "clock is ahead" in told["reads"][4]["why"]
    assert "SECRET1" not in answer.content.decode()
    assert sorted(read.plate for read in Read.objects.all()) == ["AAA1111", "BBB2222"]
    assert Picture.objects.count() == 2
    since = timezone.now() - timedelta(hours=1)
    assert counts.dropped("willard-mo", since=since) == {"speed": 1, "late_arrival": 1}


def test_sending_it_again_stores_nothing_twice(post: Post) -> None:
    sent = [body(event=f"e-{number}") for number in range(5)]
    assert post(sent).status_code == 201
    again = post([*sent, body(event="e-6")])
    assert outcomes(again) == ["duplicate"] * 5 + ["accepted"]
    assert post(sent).status_code == 200
    assert Read.objects.count() == 6


def test_a_wanted_plate_in_a_batch_alerts_once(post: Post) -> None:
    look_for("WNT4127")
    sent = [body(event=f"e-{at}", plate="WNT4127" if at == 3 else f"QXV{at}083") for at in range(6)]
    answer = post(sent)
    assert [each.get("alerts", 0) for each in answer.json()["reads"]] == [0, 0, 0, 1, 0, 0]
    assert post(sent).json()["alerts"] == 0
    assert Alert.objects.count() == 1


def test_a_sighting_a_line_is_taken_and_a_line_that_is_none_is_refused(post: Post) -> None:
    lines = [json.dumps(body(event="e-1")), "{", "", json.dumps(body(event="e-2"))]
    answer = post("\n".join(lines).encode(), content_type="application/x-ndjson")
    assert outcomes(answer) == ["accepted", "refused", "accepted"]
    assert Read.objects.count() == 2


def test_a_batch_is_of_one_camera_and_says_so(post: Post) -> None:
    sent = [body(event="e-1", device=CAMERA), body(event="e-2", device="ode-131-i70")]
    answer = post(sent)
    assert outcomes(answer) == ["accepted", "refused"]
    assert "another camera" in answer.json()["reads"][1]["why"]


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        (b"", 400, "not JSON"),
        (b"{", 400, "not JSON"),
        (b"\xff\xfe[]", 400, "not JSON"),
        (b"[" * 100_000, 400, "not JSON"),
        (b"{}", 422, "not a list"),
        (b"7", 422, "not a list"),
        (b"[]", 422, "empty"),
        ([{}] * (batches.MOST + 1), 413, "in parts"),
        (b" " * (batches.LARGEST + 1), 413, "10 MiB"),
        (b" " * (13 * 1024 * 1024), 413, "10 MiB"),
        ([{}, 7, [body()]], 422, "Not one of the 3"),
        ([body(plate="- -"), body(face="x")], 422, "Not one of the 2"),
    ],
    ids=["nothing", "cut off", "not UTF-8", "deep", "an object", "a number", "an empty list",
         "too many", "too large", "far too large", "no sightings", "bad sightings"],
)  # fmt: skip
def test_what_is_no_batch_is_refused_and_says_what_to_do(
    post: Post, sent: Any, status: int, said: str
) -> None:
    answer = post(sent)
    assert answer.status_code == status, answer.content
    told = answer.json()
    assert said in told["detail"]
    assert "Nothing was stored" in told["detail"]
    assert not Read.objects.exists()


def test_where_all_are_refused_the_errors_name_place_and_field(post: Post) -> None:
    told = post([body(confidence=7), body(plate="- -")]).json()
    assert told["errors"][0]["field"] == "0.confidence"
    assert told["errors"][1]["field"] == "1"
    assert "letter or digit" in told["errors"][1]["reason"]


def test_a_wrong_secret_is_refused_before_the_body_is_looked_at(post: Post) -> None:
    assert post(b"{", secret="wrong").status_code == 401


def test_a_secret_that_is_replaced_opens_nothing_from_then_on(
    post: Post, cameras: dict[str, str]
) -> None:
    assert post([body(event="e-1")]).status_code == 201
    assert register.holding_each([(CAMERA, cameras[CAMERA]), (CAMERA, "x"), ("no", "x")]) == [
        *(True, False, False)
    ]
    register.Camera.objects.filter(code=CAMERA).update(credential="0" * 64)
    assert post([body(event="e-2")]).status_code == 401


def test_one_fault_takes_the_whole_batch_back(
    post: Post, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    def fails(*_: object, **__: object) -> list[int]:
        raise RuntimeError("on purpose")

    monkeypatch.setattr("plateward.hotlists.match.raise_hits_of", fails)
    with pytest.raises(RuntimeError):
        post([body(event="e-1"), body(event="e-2")])
    assert not Read.objects.exists()


def test_the_description_tells_of_the_batch(client: Client) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    told = paths["/api/v1/sightings/batch"]["post"]
    assert set(told["requestBody"]["content"]) == {"application/json", "application/x-ndjson"}
    assert {"201", "413", "422", "503"} <= set(told["responses"])
