"""Matching found plates to labelled ones, and that the benchmark's scorer agrees."""

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest

from bench import judge, scoring
from bench.scoring import Label, Plate

FRAME = Label("frames/a/1.jpg", "frame", "a", "US", "MO", (100, 100, 80, 40), "ABC12O")
CROP = Label("crops/b/1.jpg", "crop", "b", "US", "CA", (0, 0, 80, 40), "7XYZ123")


def plate(text: str, confidence: float = 0.9, box: scoring.Numbers = (100, 100, 80, 40)) -> Plate:
    return Plate(text, confidence, box)


def only(label: Label, *plates: Plate) -> scoring.Outcome:
    return scoring.judge([label], {label.file: list(plates)}).outcomes[0]


def test_letter_o_and_digit_0_are_one_character_unless_told_apart() -> None:
    outcome = only(FRAME, plate("abc-120"))
    assert outcome.right
    assert not outcome.strictly_right


def test_in_a_frame_the_plate_on_the_spot_counts_and_not_the_surest() -> None:
    outcome = only(FRAME, plate("WRONG1", 0.99, (400, 100, 80, 40)), plate("ABC120", 0.3))
    assert outcome.right
    assert outcome.confidence == 0.3


@pytest.mark.parametrize(
    ("moved", "captured", "found"), [(0, True, True), (35, False, True), (60, False, False)]
)
def test_how_far_a_box_may_lie_off(moved: int, captured: bool, found: bool) -> None:
    outcome = only(FRAME, plate("ABC120", box=(100 + moved, 100, 80, 40)))
    assert (outcome.captured, outcome.plate is not None) == (captured, found)
    assert outcome.right is found


def test_in_a_crop_the_surest_counts_wherever_its_box_is() -> None:
    outcome = only(CROP, plate("NO", 0.2), plate("7XYZ123", 0.8, (900, 900, 1, 1)))
    assert outcome.right
    assert outcome.captured


def test_where_the_place_is_not_known_any_plate_that_reads_so_counts() -> None:
    unplaced = replace(FRAME, box=None)
    assert only(unplaced, plate("OTHER1", 0.99), plate("ABC120", 0.2)).right
    assert only(unplaced, plate("OTHER1", 0.99), plate("OTHER2", 0.2)).text == "OTHER1"
    assert not only(unplaced, plate("ABC120")).captured


def test_an_illegible_plate_is_never_right_and_never_sure() -> None:
    outcome = only(replace(FRAME, text=""), plate("ABC120"))
    assert outcome.captured
    assert not outcome.right
    assert not outcome.sure


def test_what_meets_no_label_in_a_frame_is_extra() -> None:
    beside = plate("SHOP", box=(500, 10, 50, 20))
    judged = scoring.judge([FRAME, CROP], {FRAME.file: [plate("ABC120"), beside], CROP.file: []})
    assert judged.extra == [(FRAME.file, beside)]


def test_a_picture_without_prediction_counts_as_nothing_read() -> None:
    assert scoring.judge([FRAME], {}).outcomes == [scoring.Outcome(FRAME, None, 0.0)]


def test_predictions_with_and_without_characters_are_read(tmp_path: Path) -> None:
    short = {"text": "A", "confidence": 0.5, "box": [1, 2, 3, 4]}
    sign = {"text": "A", "confidence": 0.5, "alternatives": [["4", 0.4]]}
    full = short | {"characters": [sign], "corners": [[1, 2], [4, 2], [4, 6], [1, 6]]}
    file = tmp_path / "p.jsonl"
    file.write_text(json.dumps({"file": "x", "plates": [short, full]}) + "\n\n")
    first, second = scoring.plates_in(file)["x"]
    assert first == Plate("A", 0.5, (1, 2, 3, 4))
    assert second.characters == (("A", 0.5, (("4", 0.4),)),)
    assert second.corners[2] == (4, 6)


@pytest.fixture
def benchmark() -> Path:
    if not judge.is_there():
        pytest.skip(judge.ABSENT)
    return judge.TABLE


def invented(labels: list[Label], seed: int) -> dict[str, list[dict[str, object]]]:
    """Some right, some moved, some misread, some where nothing is, some missing."""
    chance = random.Random(seed)  # noqa: S311 -- invented reads, no secret
    lines: dict[str, list[dict[str, object]]] = {}
    for label in labels:
        x, y, wide, high = label.box or (0, 0, 10, 10)
        shift = chance.choice([0, 0, 0.3, 0.5, 2]) * wide
        text = chance.choice([label.text, label.text, label.text[1:], "", "O0O"])
        box = [x + shift, y, wide, high]
        there = lines.setdefault(label.file, [])
        if chance.random() < 0.9:
            there.append({"text": text, "confidence": chance.random(), "box": box})
    return lines


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_the_scorer_agrees(benchmark: Path, tmp_path: Path, seed: int) -> None:
    labels = scoring.labels_in(benchmark)
    predictions = tmp_path / "p.jsonl"
    lines = invented(labels, seed).items()
    predictions.write_text("\n".join(json.dumps({"file": f, "plates": p}) for f, p in lines))
    said = judge.verdict(benchmark, predictions)
    judged = scoring.judge(labels, scoring.plates_in(predictions))
    judge.must_agree(said, judged)
    for number, outcome in enumerate(judged.outcomes):
        if outcome.right:  # one plate less is already too much
            judged.outcomes[number] = scoring.Outcome(outcome.label, None, 0.0)
            break
    with pytest.raises(judge.Disagreement, match="read: "):
        judge.must_agree(said, judged)


def test_only_some_of_the_labels_go_to_the_scorer(benchmark: Path, tmp_path: Path) -> None:
    every = scoring.labels_in(benchmark)
    some = {one.file for one in every[::40]}
    kept = scoring.labels_in(judge.only(some, tmp_path / "labels.csv"))
    assert kept == [one for one in every if one.file in some]


def test_a_scorer_that_is_not_understood_is_no_agreement() -> None:
    with pytest.raises(judge.Disagreement, match="no group could be read"):
        judge.must_agree("all is well", scoring.Judged([scoring.Outcome(FRAME, None, 0.0)]))
