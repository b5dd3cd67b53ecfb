"""Every row of the table is tried, or waits for a named part; the printed table says the same."""

import re
from pathlib import Path
from typing import Final

import pytest

from tests.journeys import test_differential, test_differential_holds, test_differential_house

FILES: Final = (test_differential, test_differential_holds, test_differential_house)
ROWS: Final = frozenset(f"D{number:02}" for number in range(1, 29))
# A row that is tried at the door and waits for the rest stands here too.
WAITS: Final = {
    "D18": "the register of agencies that reads are shared with",
    "D19": "the register of agencies that reads are shared with",
    "D20": "the receipt that travels with what is shared",
    "D21": "requests for public records, answered inside the program",
    "D22": "notices of a breach, written by the program",
    "D23": "the text of the reports; that they fall due is tried",
}
IN_PART: Final = frozenset({"D23"})
PAGE: Final = Path(__file__).parents[2] / "docs" / "reference" / "differential-tests.md"


def tried(*files: object) -> frozenset[str]:
    """The rows that tests of these files name: `test_d01_d02_…` names two."""
    names = [name for file in files for name in vars(file) if name.startswith("test_d")]
    return frozenset(row.upper() for name in names for row in re.findall(r"d\d\d(?=_)", name))


def printed() -> dict[str, str]:
    """The last column of the printed table, row by row."""
    lines = PAGE.read_text().splitlines()
    cells = [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line[:3] == "| D"
    ]
    return {cell[0]: cell[-1] for cell in cells}


def test_each_row_is_tried_or_waits() -> None:
    done = tried(*FILES)
    assert done | WAITS.keys() == ROWS
    assert done & WAITS.keys() == IN_PART


@pytest.mark.parametrize("row", sorted(ROWS))
def test_the_printed_table_says_where_a_row_is_tried_and_what_it_waits_for(row: str) -> None:
    said = printed()[row]
    for file in FILES:
        name = Path(file.__file__ or "").stem
        assert (f"`{name}`" in said) is (row in tried(file)), said
    assert ("waits" in said) is (row in WAITS), said
    assert WAITS.get(row, "").partition(";")[0] in said
