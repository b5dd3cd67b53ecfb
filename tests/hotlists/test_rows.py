"""Rows of hotlist files: whatever stands in a file, a line is a row or a reason why it is none."""

import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plateward.hotlists.layout import Layout
from plateward.hotlists.rows import Row, Rows

NOW = datetime(2025, 12, 1, 14, tzinfo=UTC)
DELIMITED = "format: delimited\ncolumns: {plate: P, category: C, ends: E, why: [W, X]}\n"
FIXED = "format: fixed\ncolumns: {plate: [1, 8], category: [9, 6], ends: [15, 10]}\n"
KINDS = "categories: {Stolen: stolen_vehicle, Bolo: bolo}"
CELL = st.one_of(
    st.sampled_from(["Stolen", "bolo", "2026-01-05", "2020-01-05", "TST4821", "T?T4*", ""]),
    st.text(max_size=24),
)


def read(path: Path, layout: str) -> list[object]:
    parsed = Layout.parsed("x", layout + KINDS)
    rows = Rows(path, parsed, ZoneInfo("America/Chicago"), NOW, "why", "26-1", lambda _: None)
    return list(rows.read())


@pytest.mark.parametrize("layout", [DELIMITED, FIXED])
@given(lines=st.lists(st.lists(CELL, max_size=7), max_size=8))
def test_every_line_is_a_row_that_can_be_stored_or_a_reason(
    layout: str, lines: list[list[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "rows.csv"
    text = "P,C,E,W,X\n" + "".join(",".join(cells) + "\n" for cells in lines)
    path.write_bytes(text.encode("utf-8", "replace"))
    for each in read(path, layout):
        if isinstance(each, Row):
            assert re.fullmatch(r"[A-Z0-9?*]{1,16}", each.plate)
            assert each.held.ends_at > NOW
            assert each.why
            assert not re.search(r"[\x00-\x1f]", each.why + each.case_number + each.vehicle)
        else:
            assert "TST4821" not in str(each)


def test_a_line_that_is_too_short_lacks_its_last_cells(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("P,C,E,W,X\nTST1,Stolen\nTST2,Stolen,2026-01-05,red,Ford\n")
    short, whole = read(path, DELIMITED)
    assert isinstance(short, Row)
    assert isinstance(whole, Row)
    assert (short.plate, short.why, whole.why) == ("TST1", "why", "red Ford")
