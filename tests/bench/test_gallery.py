"""The page of misses: what goes on it, in which order, and that no text can break out."""

from pathlib import Path

import numpy as np

from bench import gallery
from bench.gallery import Miss
from bench.scoring import Judged, Label, Outcome, Plate
from plateward.recognition import Image

HOSTILE = '"><script>alert(1)</script>'
PICTURE: Image = np.full((60, 200, 3), 90, np.uint8)


def label(text: str = "ABC123", kind: str = "frame") -> Label:
    return Label(f"{kind}s/a/1.jpg", kind, "a", "US", "MO", (20, 10, 80, 40), text)


def outcome(read: str | None, confidence: float = 0.5, overlap: float = 1.0) -> Outcome:
    plate = None if read is None else Plate(read, confidence, (20, 10, 80, 40))
    return Outcome(label(), plate, overlap)


def test_what_counts_as_a_miss() -> None:
    assert gallery.kind_of(outcome("ABC123")) is None
    assert gallery.kind_of(outcome("ABC128", 0.79)) == gallery.MISREAD
    assert gallery.kind_of(outcome("ABC128", 0.8)) == gallery.SURE_MISREAD
    assert gallery.kind_of(outcome(None, overlap=0.2)) == gallery.NOT_FOUND
    assert gallery.kind_of(outcome("ABC123", overlap=0.4)) == gallery.BOX_OFF


def test_the_surest_faults_stand_first() -> None:
    plate = Plate("SHOP", 0.99, (0, 0, 9, 9))
    judged = Judged(
        [outcome(None, overlap=0), outcome("X", 0.85), outcome("Y", 0.95), outcome("ABC123")],
        [("frames/a/1.jpg", plate)],
    )
    found = gallery.misses(judged, {"negatives/1.jpg": [plate]})
    assert [miss.plate.text if miss.plate else "" for miss in found] == [
        "Y",
        "X",
        "SHOP",
        "",
        "SHOP",
    ]
    assert [miss.kind for miss in found][2:] == [gallery.ON_NONE, gallery.NOT_FOUND, gallery.EXTRA]


def test_nothing_that_was_read_or_labelled_can_become_a_tag() -> None:
    sign = (HOSTILE, 0.5, ((HOSTILE, 0.4),))
    plate = Plate(HOSTILE, 0.9, (20, 10, 80, 40), (sign,))
    there = Label(HOSTILE, "frame", HOSTILE, HOSTILE, HOSTILE, None, HOSTILE)
    miss = Miss(gallery.MISREAD, HOSTILE, HOSTILE, there, plate)
    row = gallery.row(miss, 20.0, PICTURE)
    page = gallery.page([miss], row)
    assert "<script>alert" not in row
    assert page.count("<script>") == 1
    assert 'data-source="&quot;&gt;&lt;script&gt;' in row


def test_characters_that_differ_are_marked_on_both_sides() -> None:
    miss = Miss(gallery.MISREAD, "f", "a", label("AB0C"), Plate("8OCX", 0.9, (0, 0, 1, 1)))
    truth, read = gallery.marked(miss)
    wrong = '<span class="wrong">{}</span>'.format
    assert truth == wrong("A") + wrong("B") + "0C"
    assert read == wrong("8") + "OC" + wrong("X")


def test_what_was_not_found_is_shown_with_its_truth() -> None:
    row = gallery.row(Miss(gallery.NOT_FOUND, "f", "a", label(), None), None, PICTURE)
    assert "ABC123" in row
    assert row.count("data:image/jpeg;base64,") == 2


def test_a_plate_at_the_edge_or_outside_and_a_picture_that_is_gone(tmp_path: Path) -> None:
    for box in ((190, 50, 80, 40), (-30, -30, 10, 10), (500, 500, 10, 10), (0, 0, 0, 0)):
        miss = Miss(gallery.EXTRA, "gone.jpg", "a", None, Plate("X", 0.9, box))
        assert "data:image/jpeg;base64," in gallery.row(miss, None, PICTURE)
    out = gallery.write(tmp_path / "g.html", [miss], {}, {"": tmp_path})
    assert "picture not there" in out.read_text(encoding="utf-8")
