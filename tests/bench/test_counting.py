"""Shares, intervals, calibration and confusions, against figures worked out by hand."""

import pytest

from bench import counting
from bench.counting import NOTHING, Share
from bench.scoring import Label, Outcome, Plate


def outcome(truth: str, read: str | None, confidence: float = 0.9, overlap: float = 1) -> Outcome:
    label = Label("frames/a/1.jpg", "frame", "a", "US", "", (0, 0, 80, 40), truth)
    plate = None if read is None else Plate(read, confidence, (0, 0, 80, 40))
    return Outcome(label, plate, overlap if plate else 0.0)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(8, 10, 0.490, 0.943), (0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (97, 110, 0.808, 0.930)],
)
def test_wilsons_interval(hits: int, of: int, low: float, high: float) -> None:
    assert Share(hits, of).interval == pytest.approx((low, high), abs=0.001)


def test_of_nothing_there_is_no_share_and_nothing_is_known() -> None:
    assert Share(0, 0).value is None
    assert Share(0, 0).interval == (0.0, 1.0)


def test_what_became_of_plates() -> None:
    count = counting.tally(
        [
            outcome("AB0", "ABO"),
            outcome("AB1", "AB7", 0.8),
            outcome("AB2", "AB7", 0.79),
            outcome("AB3", None),
            outcome("", "SHOP"),
        ]
    )
    assert count.plates == 5
    assert count.captured == Share(4, 5)
    assert count.read == Share(1, 4)
    assert count.strict == Share(0, 4)
    assert count.misread == Share(1, 2)


def test_reliability_and_calibration_error() -> None:
    outcomes = [outcome("A", "A", 1.0), outcome("A", "B", 0.9), outcome("A", "A", 0.15)]
    bins = counting.reliability([*outcomes, outcome("A", None), outcome("", "A", 0.5)])
    assert [one.count for one in bins] == [0, 1, 0, 0, 0, 0, 0, 0, 0, 2]
    assert bins[9].mean == pytest.approx(0.95)
    assert bins[9].right == pytest.approx(0.5)
    expected = (2 * (0.95 - 0.5) + 1 * (1 - 0.15)) / 3
    assert counting.calibration_error(bins) == pytest.approx(expected)
    assert counting.calibration_error(counting.reliability([])) is None


def test_what_is_accepted_is_counted_of_all_legible_plates() -> None:
    outcomes = [outcome("A", "A", 0.95), outcome("A", "B", 0.99), outcome("A", None)]
    at = counting.accepted_at([*outcomes, outcome("", "A", 1.0)], 0.95)
    assert at.accepted == Share(2, 3)
    assert at.right == Share(1, 2)


@pytest.mark.parametrize(
    ("truth", "read", "steps"),
    [
        ("ABC", "ABC", [("A", "A"), ("B", "B"), ("C", "C")]),
        ("ABC", "A8C", [("A", "A"), ("B", "8"), ("C", "C")]),
        ("ABC", "BC", [("A", NOTHING), ("B", "B"), ("C", "C")]),
        ("BC", "IBC", [(NOTHING, "I"), ("B", "B"), ("C", "C")]),
        ("", "A", [(NOTHING, "A")]),
        ("A", "", [("A", NOTHING)]),
    ],
)
def test_texts_are_laid_along_each_other(
    truth: str, read: str, steps: list[tuple[str, str]]
) -> None:
    assert counting.aligned(truth, read) == steps


def test_confusions_keep_o_for_0_apart_and_other_texts_out() -> None:
    found = counting.confusions(
        [
            outcome("AB0D", "ABOD"),
            outcome("AB0D", "A80D"),
            outcome("AB0D", "SHOP"),
            outcome("AB0D", None),
        ]
    )
    assert found.pairs == {("B", "8"): 1}
    assert found.seen["0"] == 2
    assert found.zero_or_o == 1
    assert found.others == [("AB0D", "SHOP")]
