"""Other readers: what is asked of them and how their answers are taken."""

import base64
import json
import stat
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml

from bench import peers
from bench.peers import OpenAlpr
from bench.scoring import Label

ANSWER = {
    "processing_time_ms": 12.5,
    "results": [
        {
            "plate": "ABC123",
            "confidence": 87.5,
            "coordinates": [{"x": x, "y": y} for x, y in ((10, 22), (90, 20), (92, 60), (12, 61))],
        }
    ],
}
# A network that takes a 3 x 3 grey picture and gives its pixels back as chances, 255 being 1.
MIRROR = (
    "CAgSADqcAQoXCgF4EgFmIgRDYXN0KgkKAnRvGAGgAQIKDgoBZgoBZBIBcCIDRGl2ChIKAXAKAXMSAXkiB1Jlc2hhcGUS"
    "AWcqCxABIgQAAH9DQgFkKhUIAxAHOgz///////////8BAwNCAXNaHAoBeBIXChUIAhIRCgMSAW4KAggDCgIIAwoCCAFi"
    "GAoBeRITChEIARINCgMSAW4KAggDCgIIA0IECgAQDQ=="
)
CONFIG = {
    "max_plate_slots": 3,
    "alphabet": "AB_",
    "pad_char": "_",
    "img_height": 32,
    "img_width": 64,
}


def frame(file: str, country: str, kind: str = "frame") -> Label:
    return Label(file, kind, "a", country, "", (0, 0, 8, 4), "ABC123")


@pytest.fixture
def alpr(tmp_path: Path) -> OpenAlpr:
    """Answers as OpenALPR does, a line a picture, and keeps how it was called."""
    program = tmp_path / "alpr"
    program.write_text(
        f"#!{sys.executable}\nimport json, sys\n"
        f"open({str(tmp_path / 'calls')!r}, 'a').write(' '.join(sys.argv[1:]) + '\\n')\n"
        f"for file in sys.argv[6:]:\n    if 'broken' not in file: print({json.dumps(ANSWER)!r})\n"
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return OpenAlpr((str(program),))


def test_each_country_is_read_by_its_own_setting(alpr: OpenAlpr, tmp_path: Path) -> None:
    labels = [frame("1", "US"), frame("2", "SK"), frame("3", "BR"), frame("c", "US", "crop")]
    lines = {line["file"]: line for line in alpr.predict(labels, tmp_path)}
    assert set(lines) == {"1", "2", "3"}
    plate = {"text": "ABC123", "confidence": 0.875, "box": [10, 20, 82, 41]}
    assert lines["1"] == {"file": "1", "ms": 12.5, "plates": [plate]}
    calls = (tmp_path / "calls").read_text().splitlines()
    assert [call.split()[:5] for call in calls] == [
        ["-j", "-n", "1", "-c", setting] for setting in ("us", "eu", "br")
    ]


def test_a_missing_answer_is_no_answer_for_the_next_picture(alpr: OpenAlpr) -> None:
    with pytest.raises(peers.PeerProblem, match="answered for 1 of 2 pictures"):
        alpr.read([Path("broken"), Path("good")], "us")


def test_a_peer_that_nobody_named_is_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (peers.OPENALPR, peers.OCR):
        monkeypatch.delenv(name, raising=False)
    assert peers.openalpr() is None
    assert peers.plate_ocr() is None


def test_a_peer_that_is_named_wrongly_is_said_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(peers.OPENALPR, "/no/such/alpr --config x")
    monkeypatch.setenv(peers.OCR, str(tmp_path / "model.onnx"))
    with pytest.raises(peers.PeerProblem, match="/no/such/alpr, which is no program"):
        peers.openalpr()
    with pytest.raises(peers.PeerProblem, match="needs a network, and its configuration"):
        peers.plate_ocr()


def test_a_network_reads_every_labelled_plate_at_its_box(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "mirror.onnx").write_bytes(base64.b64decode(MIRROR))
    small = CONFIG | {"img_height": 3, "img_width": 3}
    (tmp_path / "mirror.yaml").write_text(yaml.safe_dump(small))
    monkeypatch.setenv(peers.OCR, str(tmp_path / "mirror.onnx"))
    peer = peers.plate_ocr()
    assert peer is not None
    picture = np.zeros((6, 8), np.uint8)
    picture[2:5, 4:7] = [[51, 204, 0], [255, 0, 0], [0, 0, 255]]  # B at 0.8, A, nothing
    cv2.imwrite(str(tmp_path / "1.png"), picture)
    there = Label("1.png", "frame", "a", "US", "", (4, 2, 3, 3), "BA")
    (line,) = peer.predict([there, replace(there, box=None)], tmp_path)
    (plate,) = line["plates"]
    assert plate == {"text": "BA", "confidence": pytest.approx(0.8), "box": (4, 2, 3, 3)}


def test_a_text_ends_where_padding_begins_and_a_region_beside_it_is_ignored() -> None:
    chances = np.array([[[0.1, 0.8, 0.1], [0.5, 0.3, 0.2], [0.0, 0.1, 0.9]]], np.float32)
    region = np.zeros((1, 66), np.float32)
    text, confidence = peers.decoded([region, chances], CONFIG)
    assert text == "BA"
    assert confidence == pytest.approx(0.8 * 0.5 * 0.9)


@pytest.mark.parametrize(
    ("more", "shape"),
    [
        ({}, (32, 64, 1)),
        ({"image_color_mode": "rgb"}, (32, 64, 3)),
        ({"keep_aspect_ratio": True}, (32, 64, 1)),
        ({"keep_aspect_ratio": True, "image_color_mode": "rgb"}, (32, 64, 3)),
    ],
)
def test_a_crop_is_made_as_the_network_wants_it(
    more: dict[str, object], shape: tuple[int, ...]
) -> None:
    crop = np.full((20, 20, 3), 200, np.uint8)
    made = peers.prepared(crop, CONFIG | more)
    assert made.shape == shape
    assert made[16, 32, 0] == 200
    assert made[16, 2, 0] == (114 if "keep_aspect_ratio" in more else 200)


def test_a_plate_is_cut_at_its_label_and_a_crop_is_left_whole() -> None:
    image = np.zeros((50, 60, 3), np.uint8)
    label = Label("f", "frame", "a", "US", "", (55, 10, 20, 8), "A")
    assert peers.cut(image, label).shape == (8, 5, 3)
    assert peers.cut(image, frame("f", "US", "crop")).shape == image.shape


def test_medians_are_taken_over_the_same_things_in_turn() -> None:
    met: list[str] = []

    def ours(thing: float) -> float:
        met.append("ours")
        return thing

    def theirs(thing: float) -> float:
        met.append("theirs")
        return 3 * thing

    ratio = peers.in_turn([1.0, 5.0, 2.0], ours, theirs)
    assert ratio.times_faster == 3
    assert ratio.ours == 2
    assert met == ["ours", "theirs"] * 4
