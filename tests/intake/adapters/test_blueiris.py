"""Blue Iris: dumps of several networks, memos, things that are no plates, times of any writing."""

import base64
from typing import Any

import pytest

from plateward.intake.adapters import times
from plateward.intake.adapters.canonical import Taken
from plateward.intake.adapters.message import Refused
from tests.intake.adapters import messages

JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")
AT = "2025-12-01T14:05:06.789Z"


def memo(written: str, **told: Any) -> Taken:
    return messages.take("blueiris", {"camera": "A", "timestamp": AT, "memo": written, **told})


def dump(*networks: dict[str, Any], **told: Any) -> Taken:
    body = {"camera": "A", "timestamp": AT, "ai_dump": list(networks), **told}
    return messages.take("blueiris", body)


def network(*predictions: dict[str, Any], api: str = "alpr") -> dict[str, Any]:
    return {"api": api, "found": {"success": True, "predictions": list(predictions)}}


@pytest.mark.parametrize(
    ("written", "plates"),
    [
        ("car:91%,TST4O21:88%", ["TST4O21"]),
        ("[TSTCAR]:80%", ["TSTCAR"]),
        ("TSTCAR:80%", ["TSTCAR"]),
        ("Plate: TST 4O21:88%", ["TST 4O21"]),
        ("TST4O21", ["TST4O21"]),
        ("TST4O21:88%,tst4o21:70%", ["TST4O21"]),
        ("CAR:91%,Person:60%,dayplate:55%,potted plant:40%", []),
        ("Nothing found", []),
        (" , ,", []),
    ],
)
def test_a_memo_holds_plates_among_things(written: str, plates: list[str]) -> None:
    assert [each.plate_raw for each in memo(written).reads] == plates


def test_percents_become_shares() -> None:
    assert [each.plate_conf for each in memo("TST1:88%,TST2:7.5%,TST3").reads] == [
        0.88,
        0.075,
        None,
    ]


def test_people_in_a_memo_are_counted_as_people() -> None:
    assert memo("person:60%").dropped == (("person", 1),)


def test_every_network_for_plates_is_heard_and_the_surest_of_one_plate_kept() -> None:
    taken = dump(
        network({"plate": "TST1", "confidence": 0.5}),
        network({"label": "car"}, api="objects"),
        network({"plate": "TST 1", "confidence": 0.9}, {"plate": "TST2", "confidence": 0.4}),
    )
    assert [(each.plate_raw, each.plate_conf) for each in taken.reads] == [
        ("TST 1", 0.9),
        ("TST2", 0.4),
    ]


def test_where_label_and_plate_differ_the_plate_is_believed() -> None:
    taken = dump(network({"label": "Plate: TST 1", "plate": "TST9"}))
    assert [each.plate_raw for each in taken.reads] == ["TST9"]


def test_older_networks_have_the_label_alone() -> None:
    taken = dump(network({"label": "[TST9]", "confidence": 0.5}, {"label": "car"}))
    assert [each.plate_raw for each in taken.reads] == ["TST9"]


def test_a_dump_in_quotes_is_read_as_well() -> None:
    quoted = '[{"api":"alpr","found":{"predictions":[{"plate":"TST1"}]}}]'
    assert len(messages.take("blueiris", {"timestamp": AT, "ai_dump": quoted}).reads) == 1
    with pytest.raises(Refused, match="ai_dump is text"):
        messages.take("blueiris", {"ai_dump": "&JSON"})


def test_a_dump_without_plates_leaves_the_memo_to_tell_them() -> None:
    taken = dump(network({"label": "car"}, api="objects"), memo="TST1:50%")
    assert [each.plate_raw for each in taken.reads] == ["TST1"]


def test_an_answer_of_the_server_itself_is_read_too() -> None:
    body = {"success": True, "predictions": [{"plate": "TST1", "confidence": 0.5}]}
    event = messages.take("blueiris", body).reads[0]
    assert (event.device_ref, event.captured_basis) == (messages.CAMERA, "server")


def test_faces_are_dropped() -> None:
    taken = dump(network({"userid": "A. Example"}, api="faceprocessing"))
    assert taken.dropped == (("face", 1),)


@pytest.mark.parametrize("found", [None, {}, {"predictions": None}, {"predictions": ["x", {}]}])
def test_a_network_that_failed_finds_nothing(found: Any) -> None:
    assert dump({"api": "alpr", "found": found}).reads == ()


@pytest.mark.parametrize(
    "written",
    [
        AT,
        "2025-12-01 08:05:06.789",
        "2025-12-01T08:05:06.789-06:00",
        "12/1/2025 8:05:06.789 AM",
        1764597906789,
        1764597906.789,
    ],
)
def test_times_are_read_as_people_write_the_macro(written: object) -> None:
    event = memo("TST1:50%", timestamp=written).reads[0]
    assert times.written(event.captured_at) == AT


def test_an_ambiguous_day_is_no_time_and_a_missing_one_is_when_it_came() -> None:
    assert memo("TST1:50%", timestamp="10/01/2025 14:05:06").dropped == (("no_time", 1),)
    assert memo("TST1:50%", timestamp="").reads[0].captured_at == messages.ARRIVED


def test_the_picture_goes_with_each_plate_of_the_alert() -> None:
    taken = memo("TST1:50%,TST2:40%", Image=base64.b64encode(JPEG).decode())
    assert [each.picture("Image") for each in taken.reads] == [JPEG, JPEG]


def test_a_picture_in_another_format_is_counted() -> None:
    webp = base64.b64encode(b"RIFF\x00\x00\x00\x00WEBP").decode()
    assert memo("TST1:50%", Image=webp).dropped == (("picture_not_jpeg", 1),)


def test_the_single_plate_of_early_scripts() -> None:
    body = {"plate_number": "tst1", "timestamp": AT}
    assert messages.take("blueiris", body).reads[0].plate_norm == "TST1"


def test_what_holds_none_of_them_is_refused() -> None:
    with pytest.raises(Refused, match="none of"):
        messages.take("blueiris", {"camera": "A"})
