"""One table of what every bench kept: ratios, what was missed, and what was not run."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench import document, kept, table
from bench.kept import Line, Run

FAST = Line(
    "late", 4.0, "ms", 10, less_is_better=True, alternative="SQLite", theirs=2.0, first=True
)
MANY = Line("rate", 3000.0, "a second", 10_000, alternative="DELETE", theirs=1500.0, first=True)


def run_of(*lines: Line, whole: bool = True, bench: str = "search") -> Run:
    return Run(bench, "2026-11-22", "x86_64, 2 cores", 0.3, whole, lines)


@pytest.mark.parametrize(
    ("line", "met", "ratio"),
    [
        (FAST, True, 0.5),
        (MANY, False, 2.0),
        (Line("size", 300.0, "bytes", 300, less_is_better=True), True, None),
        (Line("built", 7.0, "s", alternative="none", theirs=0.0), None, None),
    ],
)
def test_above_one_ours_is_the_better_whichever_way_the_figure_points(
    line: Line, met: bool | None, ratio: float | None
) -> None:
    assert (line.met, line.ratio) == (met, ratio)


def test_what_was_not_run_stands_there_as_not_run() -> None:
    written = table.text({"search": run_of(FAST, MANY)})
    [late] = [row for row in written.splitlines() if row.startswith("  late")]
    assert late.split("  ")[1:] != []
    assert "≤ 10 ms" in late
    assert "SQLite: 2 ms" in late
    assert "0.5 times as good" in late
    assert "MISSED" in written
    [ingest] = [row for row in written.splitlines() if row.startswith("Reads coming in")]
    assert table.NOT_RUN in ingest
    assert "Not run here: retention, ingest" in written


def test_a_figure_beside_several_alternatives_is_told_once() -> None:
    noted = replace(FAST, alternative="DuckDB", theirs=40.0, note="median 1 ms")
    first, second = table.rows_of([FAST, noted])
    assert first == ("late", "4 ms (median 1 ms)", "≤ 10 ms", "yes", "SQLite: 2 ms", first[5])
    assert second == ("", "", "", "", "DuckDB: 40 ms", "10 times as good")
    assert len(kept.missed([replace(FAST, value=11.0), replace(noted, value=11.0)])) == 1


def test_a_short_run_is_kept_apart_and_writes_no_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "OUT", tmp_path)
    monkeypatch.setattr(kept, "QUICK", tmp_path / "quick")
    kept.keep("search", [FAST], whole=False)
    assert kept.known("search", tmp_path) is None
    short = kept.known("search", tmp_path / "quick")
    assert short is not None
    assert short.lines == (FAST,)
    with pytest.raises(document.NotWhole, match="search: a short run"):
        table.write({"search": short})
    with pytest.raises(document.NotWhole, match="nothing was measured"):
        table.write({})


def test_a_file_of_another_version_says_which_it_is(tmp_path: Path) -> None:
    (tmp_path / "soak.json").write_text('{"growth_percent": 1.2}')
    with pytest.raises(
        kept.NotKept, match=r"soak\.json is not what a bench of this version writes"
    ):
        kept.known("soak", tmp_path)


def test_our_documents_have_a_place_for_the_table() -> None:
    blocks = table.blocks({"search": run_of(FAST, MANY)})
    for page, others in ((table.README, ("short",)), (table.ALL, ())):
        text = page.read_text(encoding="utf-8")
        after = document.filled(text, blocks, where=page.name, elsewhere=others)
        assert "| late | 4 ms | ≤ 10 ms | yes | SQLite: 2 ms | 0.5 times as good |" in after
        assert "Not run for this table: retention, ingest" in after
