"""Flock's exports: columns by name in any order, cells of many lines, masks, times, bad rows."""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plateward.intake.adapters import flock_audits, registry
from plateward.intake.adapters.flock_audits import Audit, Search
from plateward.intake.adapters.message import Refused
from tests.intake.adapters import messages

FILES = messages.OURS / "flock"
AT = datetime(2025, 12, 1, 14, 5, 6, tzinfo=UTC)
TIME = "12/01/2025, 02:05:06 PM UTC"


def table(*rows: dict[str, str], delimiter: str = ",") -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def search(**cells: str) -> Search:
    named = {"Search Time": TIME, "Total Networks Searched": "1"}
    named |= {name.replace("_", " "): cell for name, cell in cells.items()}
    audit = flock_audits.read(table(named))
    assert audit.left_out == ()
    return audit.searches[0]


def ours(name: str) -> Audit:
    return flock_audits.read((FILES / name).read_bytes())


def test_a_network_audit_tells_who_searched_for_what_and_why() -> None:
    first, second, third = ours("network_audit_14col_old.csv").searches
    assert (first.organization, first.networks, first.devices) == ("Example MO PD", 1, 77771)
    assert (first.searched_at, first.plate, first.case) == (AT, "TST4O21", "2025-000123")
    assert first.period == (datetime(2025, 11, 1, tzinfo=UTC), datetime(2025, 12, 1, tzinfo=UTC))
    assert (second.kind, second.mobile, second.case) == ("lookup", True, None)
    assert third.reason == '"BOLO", ref 25-1 "quoted"'
    assert third.filters == "Make: Ford\nColor: Blue"
    assert (third.prompt, third.moderation) == ("blue pickup, ladder rack", "warned")


def test_rows_are_named_by_the_line_they_begin_on() -> None:
    assert [each.line for each in ours("network_audit_14col_old.csv").searches] == [2, 4, 6]


def test_an_event_log_tells_what_was_done_to_what() -> None:
    made, entered, shared = ours("event_log.csv").acts
    assert (made.entity, made.act) == ("customHotlist", "create")
    assert dict(entered.details)["Expiry"] == "01/01/2026"
    assert shared.details == (("Organization", "Out Of State SO"),)


def test_shares_go_both_ways() -> None:
    (share,) = ours("shared_networks.csv").shares
    assert (share.shared_with_us, share.shared_by_us) == (("Out Of State SO",), ("Example MO PD",))


def test_columns_go_by_name_in_any_order_and_any_case() -> None:
    one = {"SEARCH TIME": TIME, "total networks searched": "3", "Org Name": "A", "New Thing": "?"}
    turned = dict(reversed(one.items()))
    first, second = flock_audits.read(table(one)), flock_audits.read(table(turned))
    assert first.searches == second.searches
    assert first.columns_unread == ("New Thing",)


def test_an_audit_of_ones_own_people_names_no_organization() -> None:
    named = {"Name": "A. Example", "Search Time": TIME, "Total Networks Searched": "1"}
    assert flock_audits.read(table(named)).kind == "organization_audit"
    assert flock_audits.read(table({**named, "Org Name": "A"})).kind == "network_audit"


@pytest.mark.parametrize("mask", ["***", "* * *", "REDACTED", "[redacted]", " REDACTED ", "##"])
def test_a_masked_cell_is_neither_empty_nor_a_value(mask: str) -> None:
    told = search(Reason=mask, License_Plate=mask)
    assert (told.reason, told.plate, told.plate_asked) == (None, None, None)
    assert told.masked == ("plate", "reason")
    assert search(Reason="").masked == ()


def test_a_star_within_a_plate_stands_for_a_character() -> None:
    told = search(License_Plate="*ST4021", Filters="***")
    assert (told.plate, told.plate_asked, told.masked) == (None, "*ST4021", ("filters",))


@pytest.mark.parametrize(
    "written",
    [
        TIME,
        "12/1/2025, 2:05:06 PM UTC",
        "2025-12-01T14:05:06Z",
        "2025-12-01T08:05:06-06:00",
        "2025-12-01 14:05:06",
        "45992.586875",
    ],
)
def test_times_are_utc_however_an_agency_released_them(written: str) -> None:
    assert search(Search_Time=written).searched_at == AT


def test_a_date_may_have_a_column_of_its_own() -> None:
    assert search(Search_Date="2025-12-01", Search_Time="14:05:06").searched_at == AT


@pytest.mark.parametrize(
    "frame",
    [
        "From: 11/01/2025, 12:00:00 AM UTC\nTo: 12/01/2025, 12:00:00 AM UTC",
        "11/01/2025, 12:00:00 AM UTC\r\n12/01/2025, 12:00:00 AM UTC",
        "11/1/2025, 12:00:00 AM UTC to 12/1/2025, 12:00:00 AM UTC",
    ],
)
def test_the_time_that_was_searched_is_written_in_three_ways(frame: str) -> None:
    told = search(Time_Frame=frame).period
    assert told == (datetime(2025, 11, 1, tzinfo=UTC), datetime(2025, 12, 1, tzinfo=UTC))


def test_a_row_that_is_shifted_is_left_out_and_says_where() -> None:
    body = table({"Search Time": TIME, "Total Networks Searched": "1"}) + b'"x","1","2"\r\n'
    audit = flock_audits.read(body + b'"no time","1"\r\n')
    assert len(audit.searches) == 1
    assert [(each.line, each.why) for each in audit.left_out] == [
        (3, "it has 3 cells under 2 headings"),
        (4, "its time cannot be read"),
    ]


def test_what_was_left_out_quotes_no_cell() -> None:
    body = table({"Search Time": TIME, "Total Networks Searched": "TST4O21"})
    assert "TST4O21" not in json.dumps(flock_audits.as_json(flock_audits.read(body)))


def test_a_heading_that_repeats_is_no_row() -> None:
    body = table({"Search Time": TIME, "Total Networks Searched": "1"})
    assert len(flock_audits.read(body + body).searches) == 2


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_spreadsheets_save_it_in_their_own_ways(codec: str, delimiter: str) -> None:
    row = {"Search Time": TIME, "Total Networks Searched": "1", "Reason": "Café"}
    body = table(row, delimiter=delimiter).decode().encode(codec)
    assert flock_audits.read(body).searches[0].reason == "Café"


@pytest.mark.parametrize("body", [b"", b"a,b\n1,2\n", b"PK\x03\x04\0\0", b'"' + b"x" * 200_000])
def test_other_files_are_refused(body: bytes) -> None:
    with pytest.raises(Refused, match="Nothing was stored"):
        flock_audits.read(body)


def test_an_export_is_told_from_an_alert() -> None:
    flock = registry.vendor("flock")
    told = flock.export((FILES / "shared_networks.csv").read_bytes())
    assert told is not None
    assert told["kind"] == "shares"
    assert flock.export((FILES / "hotlist_alert_webhook.json").read_bytes()) is None
    assert registry.vendor("axis").export(b"Name") is None


@settings(max_examples=40, deadline=None, database=None)
@given(st.sampled_from(sorted(FILES.glob("*.csv"))), st.integers(0, 900), st.binary(max_size=6))
def test_a_damaged_export_is_read_or_refused(file: Path, place: int, put: bytes) -> None:
    whole = file.read_bytes()
    try:
        audit = flock_audits.read(whole[:place] + put + whole[place + len(put) :])
    except Refused:
        return
    json.dumps(flock_audits.as_json(audit))
