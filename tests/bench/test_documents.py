"""Tables as Markdown, whether promises are met, and figures written between markers."""

from pathlib import Path

import pytest

from bench import conditions, document, tables, targets
from bench.recognition import DOCUMENTS, ELSEWHERE, Run, blocks
from bench.scoring import Judged, Label, Outcome, Plate
from bench.targets import Figure


def outcome(read: str, source: str, corners: tuple[tuple[float, float], ...] = ()) -> Outcome:
    kind = "crop" if "crops" in source else "frame"
    label = Label(f"{kind}s/{source}/1.jpg", kind, source, "US", "MO", (0, 0, 80, 40), "ABC123")
    return Outcome(label, Plate(read, 0.9, (0, 0, 80, 40), (), corners), 1.0)


JUDGED = Judged([outcome("ABC123", "oalpr-us"), outcome("ABC128", "oalpr-uscrops")])
RUN = Run(JUDGED, 0, {"negatives/1.jpg": []}, None, (), {}, {"frames/oalpr-us/1.jpg": 20.0})


@pytest.mark.parametrize(
    ("value", "less", "met"),
    [
        (0.97, False, "aim"),
        (0.92, False, "must"),
        (0.91, False, "MISSED"),
        (0.92, True, "aim"),
        (0.93, True, "MISSED"),
        (None, True, targets.NOT_MEASURED),
    ],
)
def test_whether_a_promise_is_met(value: float | None, less: bool, met: str) -> None:
    must, aim = (0.92, 0.92) if less else (0.92, 0.97)
    assert Figure("x", value, must, aim, less_is_better=less).met == met


def test_a_time_from_a_busy_machine_is_shown_and_not_judged() -> None:
    late = Figure("x", 900, 60, 25, " ms", less_is_better=True, busy=True)
    assert late.met == targets.BUSY
    assert "| x | 900 ms (machine busy) |" in tables.short(JUDGED, [late])
    unknown = Figure("x", None, 60, 25, " ms", less_is_better=True, busy=True)
    assert "| x | not measured |" in tables.short(JUDGED, [unknown])


def test_without_a_target_nothing_is_met_or_missed() -> None:
    assert Figure("x", 0.5, None, None).met == targets.NO_TARGET


def test_a_cell_cannot_break_out_of_its_table() -> None:
    assert tables.table(["a"], [["x|y\nz\\"]]).splitlines()[2] == "| x\\|y z\\\\ |"


def test_columns_with_nothing_to_say_are_left_out() -> None:
    crops = tables.groups("source", conditions.by_source(JUDGED.outcomes[1:]))
    assert "captured" not in crops
    assert "| US plates, cut out | 1 | 1 | 0.000 |" in crops


def test_every_figure_stands_in_the_table_of_targets() -> None:
    written = tables.targets(RUN.figures, {})
    assert "| US frames, read | 1.000 | ≥ 0.9 | ≥ 0.96 | aim | 1 of 1; 0.207 to 1.000 |" in written
    assert (
        "| extra plates, a frame without plates | 0.000 | ≤ 0.02 | ≤ 0 | aim | 0 in 1 |" in written
    )
    assert "| weights | not measured | ≤ 30 MB | ≤ 12 MB | not measured |  |" in written


def test_a_peer_that_finds_nothing_is_not_asked_what_it_captured() -> None:
    reads = targets.of_peer(targets.Peer("ocr", JUDGED, finds=False), RUN.figures)
    finds = targets.of_peer(targets.Peer("alpr", JUDGED, finds=True), RUN.figures)
    assert RUN.figures[0].name in finds
    assert set(finds) - set(reads) == {RUN.figures[0].name}
    assert "| 1.000 |" in tables.targets(RUN.figures[1:2], {"ocr": reads})


@pytest.mark.parametrize(
    ("width", "band"),
    [
        (63.9, "under 64 px"),
        (64, "64 to 95 px"),
        (319, "160 to 319 px"),
        (320, "320 px and more"),
    ],
)
def test_bands_of_width(width: float, band: str) -> None:
    assert conditions.width_band(width) == band


def test_tilt_is_known_only_from_corners() -> None:
    level = outcome("A", "x", ((0, 0), (80, 0), (80, 40), (0, 40)))
    slanted = outcome("A", "x", ((0, 10), (10, 0), (80, 40), (0, 40)))
    assert conditions.tilt_of(level) == 0
    assert conditions.tilt_of(slanted) == pytest.approx(45)
    assert conditions.by_tilt([outcome("A", "x")]) == []
    assert [name for name, _ in conditions.by_tilt([level, slanted])] == [
        "level (under 5°)",
        "12° and more",
    ]


BLOCK = "before\n<!-- measured: short -->\nold\n<!-- /measured -->\nafter\n"


def test_only_what_stands_between_the_markers_is_written(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(BLOCK)
    assert document.rewrite(page, {"short": r"new \1 | \g<0>", "other": "unused"})
    assert page.read_text() == BLOCK.replace("old", r"new \1 | \g<0>")
    assert not document.rewrite(page, {"short": r"new \1 | \g<0>"})


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (BLOCK.replace("short", "unheard"), "nothing is measured for: unheard"),
        ("no marker at all\n", "has no block"),
        (BLOCK + "<!-- measured: short -->\nnever closed\n", "not closed"),
    ],
)
def test_a_page_with_wrong_markers_is_left_alone(tmp_path: Path, text: str, wrong: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(text)
    with pytest.raises(document.NoSuchBlock, match=wrong):
        document.rewrite(page, {"short": "new"})
    assert page.read_text() == text


def test_our_documents_have_a_place_for_every_block_they_name() -> None:
    for page in DOCUMENTS:
        text = page.read_text(encoding="utf-8")
        document.filled(text, blocks(RUN), where=page.name, elsewhere=ELSEWHERE)
