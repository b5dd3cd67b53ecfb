"""The log's own retention: what names somebody goes on time, the entry and its proof stay."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st

from plateward.audit import checkpoints, export, log, verify
from plateward.custody import log_retention
from plateward.gate import door
from plateward.oversight import rules
from plateward.policy import adopt, load
from plateward.policy.decide import Reason
from plateward.policy.page import log_kept
from plateward.policy.periods import Period, moment_after
from plateward.policy.vocabulary import Act
from plateward.reads import search
from tests import cast

PLATE = "QZX7731"
CASE = "26-104233"
NOTE = f"{PLATE} was seen near a burglary"
SILENT = "audit_log: {min_period: null}"
PERIODS = st.sampled_from(["P1D", "P30D", "P1M", "P11M", "P1Y", "P18M", "P2Y", "P5Y"])
ZONES = st.sampled_from(["America/Chicago", "America/Los_Angeles", "Pacific/Auckland", "UTC"])
NIGHT = timedelta(hours=25)  # the longest day of a year


@given(PERIODS, ZONES, st.integers(0, 9 * 365 * 24 * 60))
@example("P1M", "America/Chicago", 260940)  # midnight of 30 June: what came on 30 May has a day yet
def test_nothing_goes_before_its_time_and_all_of_a_day_the_night_after(
    text: str, zone_name: str, minutes: int
) -> None:
    period, zone = Period.parse(text), ZoneInfo(zone_name)
    now = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    before = log_retention.reached(period, zone, now=now)
    newest = before.astimezone(UTC) - timedelta(microseconds=1)
    assert moment_after(newest.astimezone(zone), period) <= now
    longest_kept = moment_after(before, period)
    assert longest_kept > now - 2 * NIGHT - timedelta(days=3 if period.months else 0)
    assert before.astimezone(zone).time().isoformat() == "00:00:00"


def test_a_year_ends_with_its_day() -> None:
    noon = datetime(2027, 3, 5, 12, tzinfo=UTC)
    before = log_retention.reached(Period.parse("P1Y"), ZoneInfo("America/Chicago"), now=noon)
    assert before.date() == date(2026, 3, 5)


# --- what a profile may say ----------------------------------------------------------------------


def text_with(most: str, *, least: str = "null") -> str:
    document = load.shipped_text(cast.WILLARD)
    assert document.count(SILENT) == 1
    said = f"audit_log: {{min_period: {least}, max_period: {most}}}"
    return document.replace(SILENT, said)


@pytest.mark.parametrize("most", ["P1Y", "P23M", "P700D"])
def test_an_end_before_the_least_time_is_refused(most: str) -> None:
    with pytest.raises(load.WrongProfile, match="shorter than P2Y"):
        load.load(text_with(most, least="P2Y"))


def test_an_end_before_the_floor_of_a_law_is_refused() -> None:
    load.load(text_with("P1Y"), overlays=["us-cjis"])
    with pytest.raises(load.WrongProfile, match=r"audit_log\.max_period: P11M is shorter than P1Y"):
        load.load(text_with("P11M"), overlays=["us-cjis"])


def test_an_end_before_what_was_answered_is_refused() -> None:
    with pytest.raises(load.WrongProfile, match="P1Y is shorter than P2Y"):
        load.load(
            text_with("P1Y"), answers=adopt.completed(load.shipped_text(cast.WILLARD), (), by="x")
        )


def test_residents_read_when_it_goes() -> None:
    assert log_kept(load.load(text_with("P5Y", least="P2Y"))) == (
        "entries of the log: kept at least 2 years",
        "their private parts: erased after 5 years",
    )
    assert log_kept(load.load(load.shipped_text(cast.WILLARD)))[1].endswith("no end set")


# --- over a real search --------------------------------------------------------------------------


@pytest.fixture
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_retention, "_done", {})


def adopted(document: str) -> None:
    answers = adopt.completed(document, (), by="test clerk")
    adopt.adopt(document, answers=answers, by="test clerk", instrument="test", now=timezone.now())


def searched() -> int:
    cast.adopt_with_proposals(cast.ODESSA)  # where ana works too
    query = search.Query.parse(plate=PLATE)
    permit = door.admit(
        cast.enrolled("ana"),
        Act.READS_SEARCH,
        Reason("crime_person_or_property", case_number=CASE, note=NOTE),
        cities=[cast.WILLARD],
        query=query.facts(),
        breadth=query.breadth(now=timezone.now()),
        second_factor=True,
    )
    search.find(query, permit=permit)
    return permit.entry


def places_holding(words: str) -> list[str]:
    """Every table and column of the database that holds these words, whatever its type."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = 'public' AND data_type IN "
            "('text', 'character varying', 'jsonb', 'json', 'ARRAY', 'bytea')"
        )
        found = []
        for table, column in cursor.fetchall():
            as_text = f'position(%s in "{column}"::text) > 0'
            as_bytes = f"position(encode(%s::bytea, 'hex') in \"{column}\"::text) > 0"
            cursor.execute(
                f'SELECT 1 FROM "{table}" WHERE {as_text} OR {as_bytes} LIMIT 1', [words, words]
            )
            found += [f"{table}.{column}"] if cursor.fetchone() else []
    return found


def verified(folder: Path) -> verify.Report:
    checkpoints.sign_news(timezone.now())
    last = checkpoints.latest()
    assert last is not None
    written = b"".join(export.lines(export.size(), showing=export.Showing(None)))
    (folder / "log.jsonl").write_bytes(written)
    return verify.check(folder / "log.jsonl", vkey=last.vkey)


@pytest.mark.django_db
@pytest.mark.usefixtures("_fresh")
def test_a_search_past_its_time_names_nobody_and_still_verifies(tmp_path: Path) -> None:
    adopted(text_with("P3Y"))
    entry, now = searched(), timezone.now()
    assert places_holding(PLATE) == ["audit_sealed.fields"]
    assert log_retention.erase(now=now + timedelta(days=3 * 365 - 1)) == 0
    later = now + timedelta(days=3 * 366)
    assert log_retention.erase(now=later) > 0
    for words in (PLATE, CASE, NOTE):
        assert places_holding(words) == []
    kept = log.entry(entry)
    assert kept.private is not None
    assert kept.private["purpose"] == "crime_person_or_property"
    assert "standing" in kept.private
    assert (kept.actor, kept.outcome) == ("WPD-117", "admitted")
    said = log.latest(1)[0]
    assert (said.act, said.actor, said.city) == (log.ERASE, "house", cast.WILLARD)
    assert {"query.plate", "case", "name"} <= set(said.facts["fields"])  # type: ignore[arg-type]
    assert verified(tmp_path).ok
    written = log.count()
    assert log_retention.erase(now=later) == 0
    assert log.count() == written


@pytest.mark.django_db
@pytest.mark.usefixtures("_fresh")
def test_where_no_end_is_set_nothing_goes() -> None:
    adopted(load.shipped_text(cast.WILLARD))
    searched()
    assert log_retention.erase(now=timezone.now() + timedelta(days=365 * 90)) == 0
    assert places_holding(PLATE) == ["audit_sealed.fields"]
    assert log.count(act=log.ERASE) == 0
    assert rules.of(cast.WILLARD).log_kept[1] == "their private parts: no end set"


@pytest.mark.django_db
@pytest.mark.usefixtures("_fresh")
def test_a_city_is_looked_at_once_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    adopted(text_with("P3Y"))
    asked: list[datetime] = []

    def look(city: str, before: datetime, fields: Sequence[str]) -> int:
        assert (city, fields) == (cast.WILLARD, log_retention.NAMING)
        asked.append(before)
        return 0

    monkeypatch.setattr("plateward.audit.retention.erase_expired", look)
    noon = datetime(2031, 5, 5, 17, tzinfo=UTC)
    for hours in (0, 1, 2, 24, 25):
        log_retention.erase(now=noon + timedelta(hours=hours))
    assert [before.date() for before in asked] == [date(2028, 5, 5), date(2028, 5, 6)]


@pytest.mark.django_db
def test_the_plate_alone_goes_by_any_of_its_names() -> None:
    adopted(load.shipped_text(cast.WILLARD))
    entry = searched()
    entries = [row.index for row in log.latest(50)]
    log.erase(entries, ["plate", "note"], by="house", why="court order 1")
    assert places_holding(PLATE) == []
    kept = log.entry(entry).private
    assert kept is not None
    assert kept["case"] == CASE
