"""Plate Recognizer with nulls, several plates, forms, JSON lines, CSV with and without header."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from plateward.intake.adapters.canonical import Taken
from plateward.intake.adapters.refused import Refused
from tests.intake.adapters import messages

AT = datetime(2025, 12, 1, 14, 5, 6, 789000, tzinfo=UTC)
PLAIN = {"plate": "tst1", "score": 0.9, "box": {"xmin": 1, "ymin": 2, "xmax": 3, "ymax": 4}}
HEADER = (
    "timestamp,plate,score,dscore,file,box,model_make,color,vehicle,region,orientation,candidates,"
    "source_url,position_sec,direction\n"
)
ROW = (
    "2025-12-01 08:05:06.789000-06:00,tst1,0.9,0.7,/cam-2_screenshots/25-12-01/x.jpg,"
    '"{""xmin"": 1, ""ymin"": 2, ""xmax"": 3, ""ymax"": 4}",,'
    "\"[{'color': 'red', 'score': 0.7}]\",\"{'type': 'Bus'}\",\"{'code': '', 'score': 0}\",,"
    "\"[{'plate': 'tst1'}]\",,,\n"
)
JPEG = b"\xff\xd8\xff\xe0 a picture"


def sent(*results: Any, **told: Any) -> dict[str, Any]:
    data = {"camera_id": "c", "timestamp": "2025-12-01T14:05:06.789Z", "results": list(results)}
    return {"hook": {"event": "recognition"}, "data": data | told}


def take(body: Any, **told: Any) -> Taken:
    return messages.take("platerecognizer", body, **told)


def parts(*each: tuple[str, bytes]) -> bytes:
    head = b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    return b"".join(head % (name.encode(), body) for name, body in each) + b"--b--\r\n"


def test_nulls_and_empty_lists_are_no_fault() -> None:
    bare = PLAIN | {"region": None, "vehicle": None, "color": [], "model_make": None, "box": None}
    (read,) = take(sent(bare)).reads
    assert (read.region, read.region_conf, read.outline, read.vehicle.color) == (None,) * 4
    assert take(sent()) == Taken()


def test_each_plate_of_a_message_is_a_read() -> None:
    other = PLAIN | {"plate": "tst2", "region": {"code": "ca-on", "score": 0.9}}
    one, two = take(sent(PLAIN, other, {"plate": ""}, 7)).reads
    assert (one.plate_raw, two.region, two.event() != one.event()) == ("tst1", "CA-ON", True)


def test_a_country_alone_is_no_region() -> None:
    (read,) = take(sent(PLAIN | {"region": {"code": "gb", "score": 0.98}})).reads
    assert (read.region, read.country, read.region_conf) == (None, "GB", 0.98)


def test_times_without_an_offset_are_utc_and_a_local_one_serves_where_there_is_no_other() -> None:
    assert take(sent(PLAIN, timestamp="2025-12-01 14:05:06.789000")).reads[0].captured_at == AT
    local = "2025-12-01 08:05:06.789000-06:00"
    assert take(sent(PLAIN, timestamp=None, timestamp_local=local)).reads[0].captured_at == AT
    assert take(sent(PLAIN, timestamp=None)).dropped == (("no_time", 1),)


def test_vehicle_mode_without_props_is_a_vehicle_without_a_plate() -> None:
    empty = {"plate": {"type": "Plate", "props": None}, "vehicle": {"type": "Sedan"}}
    assert take(sent(empty, {"plate": None})).dropped == (("vehicle_only", 2),)


def test_pictures_go_to_the_plate_they_show() -> None:
    files = (("upload", JPEG), ("plate_img", JPEG), ("other", b"x"))
    one = parts(("json", json.dumps(sent(PLAIN)).encode()), *files)
    kind = "multipart/form-data; boundary=b"
    assert [p.role for p in take(one, content_type=kind).reads[0].pictures] == [
        "upload",
        "plate_img",
    ]
    two = parts(("json", json.dumps(sent(PLAIN, PLAIN)).encode()), *files)
    assert [[p.role for p in read.pictures] for read in take(two, content_type=kind).reads] == [
        ["upload"],
        ["upload"],
    ]
    with pytest.raises(Refused, match="no part named json"):
        take(parts(*files), content_type=kind)


def test_a_form_and_json_lines_and_a_list_are_understood() -> None:
    form = urlencode({"json": json.dumps(sent(PLAIN))})
    assert len(take(form, content_type="application/x-www-form-urlencoded").reads) == 1
    line = json.dumps(sent(PLAIN)["data"])
    assert len(take(f"{line}\n{line}\n").reads) == 2
    assert len(take([sent(PLAIN), sent(PLAIN)]).reads) == 2


@pytest.mark.parametrize(
    "body", [HEADER + ROW, ROW, "\ufeff" + HEADER + ROW * 1, HEADER + "\n" + ROW]
)
def test_a_csv_is_read_with_header_and_without(body: str) -> None:
    (read,) = take(body, filename="day.csv").reads
    assert (read.plate_raw, read.captured_at, read.device_ref) == ("tst1", AT, "cam-2")
    assert read.outline is not None
    assert read.outline.box() == (1, 2, 2, 2)
    assert (read.vehicle.body, read.vehicle.color, read.region) == ("Bus", "red", None)
    assert (read.direction_deg, read.candidates) == (None, (("tst1", None),))


def test_a_csv_of_vehicle_mode_is_read() -> None:
    plate = "{'props': {'plate': [{'value': 'tst1', 'score': 0.9}]}, 'box': {}}"
    row = f'2025-12-01T14:05:06.789Z,cam_screenshots/x.jpg,,,210,"{plate}","{{}}"\n'
    none = '2025-12-01T14:05:06.789Z,cam_screenshots/x.jpg,,,210,None,"{}"\n'
    taken = take(row + none, content_type="text/csv")
    assert [(read.plate_conf, read.direction_deg) for read in taken.reads] == [(0.9, 210.0)]
    assert taken.dropped == (("vehicle_only", 1),)


def test_a_cell_is_never_run() -> None:
    row = "2025-12-01T14:05:06Z,tst1,0.9,0.7,f,\"__import__('os').getpid()\",,,,,,,,,\n"
    assert take(HEADER + row).reads[0].outline is None


@pytest.mark.parametrize("body", ['{"hello": 1}', "{", "timestamp,\n", "a,b,c"])
def test_what_this_system_does_not_send_is_no_read(body: str) -> None:
    if body.startswith("timestamp"):
        assert take(body) == Taken()
        return
    with pytest.raises(Refused):
        take(body)


def test_other_events_are_counted() -> None:
    assert take({"hook": {"event": "heartbeat"}, "data": {}}).dropped == (("unknown_message", 1),)
