"""Hotlist files: what is taken in, what is left out and why, and what becomes of what was there."""

import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from click.testing import CliRunner
from django.utils import timezone

from plateward.audit import log
from plateward.cameras import register
from plateward.cli import demo_region, old_lists
from plateward.cli.hotlists import command
from plateward.gate.permit import Permit
from plateward.hotlists import arrive, fresh
from plateward.hotlists.kinds import SourceNotAllowed
from plateward.hotlists.layout import Layout, WrongLayout
from plateward.hotlists.models import Arrival, Hotlist, Wanted
from plateward.hotlists.rows import RefusedRow
from plateward.intake.receive import receive
from plateward.people import second_factor
from plateward.policy.decide import Reason
from plateward.policy.vocabulary import Act
from plateward.upkeep import faults
from tests import cast

pytestmark = pytest.mark.django_db

VECTORS = Path(__file__).parents[1] / "vectors" / "hotlist"
THEN = datetime(2025, 12, 1, 14, tzinfo=UTC)
PLAIN = (
    "format: delimited\ncolumns: {plate: P, state: S, ends: E, case: C}\ncategory: stolen_vehicle"
)


@pytest.fixture(autouse=True)
def willard(db: None) -> None:
    cast.adopt_with_proposals(cast.WILLARD)


def take_in(
    path: Path,
    layout: Layout,
    *,
    complete: bool = True,
    now: datetime = THEN,
    feed: str = "State",
) -> tuple[arrive.Loaded, list[RefusedRow]]:
    refused: list[RefusedRow] = []
    permit = Permit("WPD-117", Act.HOTLISTS_EDIT, {cast.WILLARD: 0}, Reason())
    file = arrive.File(path, layout, feed, complete, "on the state's list", "26-7", "console:x")
    return arrive.load(file, permit=permit, now=now, refused=refused.append), refused


def listed(now: datetime = THEN) -> set[str]:
    return set(Wanted.objects.filter(ends_at__gt=now).values_list("plate", flat=True))


def plain(tmp_path: Path, *lines: str) -> tuple[Path, Layout]:
    path = tmp_path / "list.csv"
    path.write_text("P,S,E,C\n" + "".join(f"{line}\n" for line in lines))
    return path, Layout.parsed("plain", PLAIN)


def test_a_genetec_list_is_taken_in_and_what_the_policy_does_not_name_is_left_out() -> None:
    loaded, refused = take_in(VECTORS / "genetec_semicolon.txt", Layout.named("genetec"))
    assert (loaded.rows, loaded.added, loaded.refused) == (2, 1, 1)
    (row,) = Wanted.objects.select_related("hotlist")
    assert (row.plate, row.state, row.vehicle) == ("TST4O21", "MO", "silver Ford F-150")
    assert (row.why, row.case_number) == ("OCA 2025-000123", "26-7")
    assert row.ends_at == datetime(2025, 12, 31, 6, tzinfo=UTC)  # the end of the 30th in Willard
    assert (row.hotlist.name, row.hotlist.category) == ("State: stolen vehicle", "stolen_vehicle")
    assert refused[0].number == 3
    assert "stolen plate (WIL-" in refused[0].why


def test_of_an_ncic_extract_the_files_the_policy_does_not_name_stay_out() -> None:
    loaded, refused = take_in(VECTORS / "ncic_style.csv", Layout.named("ncic"))
    assert (loaded.added, listed()) == (1, {"TST4O21"})
    (row,) = Wanted.objects.all()
    assert (row.case_number, row.vehicle) == ("2025-000123 V000000001", "2018 FORD F15 PK SIL")
    assert [each.why.partition(" (")[0] for each in refused] == [
        "Willard names no hotlist for immigration violator",
        "Willard names no hotlist for protection order",
    ]


def test_fixed_width_with_a_row_that_takes_one_away(tmp_path: Path) -> None:
    line = "{plate:<10}MOSV{begins}{ends}{case:<15}{vehicle:<30}{action}\n"
    usual = {"begins": "20251101", "ends": "20261231", "case": "26-1", "vehicle": "", "action": "A"}
    path, layout = tmp_path / "fixed.txt", Layout.named("fixed")
    path.write_text("".join(line.format(plate=each, **usual) for each in ("TST1", "TST2")))
    assert take_in(path, layout, complete=False)[0].added == 2
    path.write_text(line.format(plate="TST1", **{**usual, "action": "D"}))
    loaded, _ = take_in(path, layout, complete=False, now=THEN + timedelta(hours=1))
    assert (loaded.ended, listed(THEN + timedelta(hours=1))) == (1, {"TST2"})


def test_a_complete_list_ends_what_it_lacks_and_an_incremental_one_does_not(tmp_path: Path) -> None:
    take_in(*plain(tmp_path, "TST1,MO,,", "TST2,MO,,"))
    kept = Wanted.objects.get(plate="TST2").pk
    later = THEN + timedelta(days=1)
    loaded, _ = take_in(*plain(tmp_path, "TST3,MO,,"), complete=False, now=later)
    assert (loaded.added, loaded.ended, listed(later)) == (1, 0, {"TST1", "TST2", "TST3"})
    loaded, _ = take_in(*plain(tmp_path, "TST2,MO,,", "TST3,MO,,"), now=later)
    assert (loaded.added, loaded.again, loaded.ended) == (0, 2, 1)
    assert listed(later) == {"TST2", "TST3"}
    assert Wanted.objects.get(plate="TST2").pk == kept


def test_each_row_left_out_says_why_and_names_no_plate(tmp_path: Path) -> None:
    lines = ["TST1,MO,,", "--,MO,,", "T*,MO,,", "TST5,MO,2025-11-30,", "TST6,MO,30/12/2025,"]
    lines += ["TST777777777777777,MO,,", "tst-1,MO,,"]
    loaded, refused = take_in(*plain(tmp_path, *lines))
    assert {each.number: each.why.split()[-1] for each in refused} == {
        3: "plate",
        4: "it.",
        5: "expired",
        6: "%Y-%m-%d",
        7: "characters",
    }
    assert "TST" not in str(refused)
    assert (loaded.rows, loaded.added) == (7, 1)  # the first line and the last are one plate


def test_a_file_of_which_nothing_can_be_used_ends_nothing(tmp_path: Path) -> None:
    take_in(*plain(tmp_path, "TST1,MO,,"))
    with pytest.raises(arrive.NothingGood):
        take_in(*plain(tmp_path, "-,MO,,"))
    with pytest.raises(WrongLayout, match="no column"):
        take_in(VECTORS / "ncic_style.csv", Layout.named("genetec"))
    assert listed() == {"TST1"}


def test_what_a_list_brought_by_hand_or_by_another_file_stays(tmp_path: Path) -> None:
    take_in(*plain(tmp_path, "TST1,MO,,"), feed="Other")
    take_in(*plain(tmp_path, "TST2,MO,,"))
    assert listed() == {"TST1", "TST2"}
    Hotlist.objects.filter(feed="State").update(feed="")
    with pytest.raises(ValueError, match="may not change"):
        take_in(*plain(tmp_path, "TST3,MO,,"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("columns: {}", "no column holds the plate"),
        ("format: x\ncolumns: {plate: P}\ncategory: bolo", "delimited or fixed"),
        ("format: fixed\ncolumns: {plate: P}\ncategory: bolo", "counted from 1"),
        ("format: delimited\ncolumns: {plate: P, speed: V}", "`speed` is not known"),
        ("format: delimited\ncolumns: {plate: P}\ncategory: bolo\nlasts: soon", "not a period"),
        ("- x", "needs `format`"),
    ],
)
def test_a_layout_that_cannot_be_used_says_why(text: str, said: str) -> None:
    with pytest.raises(WrongLayout, match=said):
        Layout.parsed("x", text)


def silent(now: datetime) -> list[str]:
    permit = Permit("WPD-117", Act.ALERTS_SEE, {cast.WILLARD: 0}, Reason())
    return [each.name for each in fresh.stale(permit=permit, now=now)]


def code_of_ana() -> str:
    """Enrols her; her authenticator shows each code once."""
    cast.adopt_with_proposals(cast.ODESSA)  # where she works too
    totp.TOTP.activate(cast.enrolled("ana"), totp.generate_totp_secret())
    return second_factor._code(Authenticator.objects.get())


def test_one_plate_is_looked_for_with_purpose_case_and_end() -> None:
    words = ["add", cast.WILLARD, "--list", "BOLO", "--category", "bolo", "--by", "ana"]
    words += ["--purpose", "hotlist_check", "--case", "26-9", "--note", "seen near the burglary"]
    words += ["--code", code_of_ana()]
    added = CliRunner().invoke(command, [*words, "--until", "2099-12-30"], input="tst-48?1\n")
    assert added.exit_code == 0, added.output
    row = Wanted.objects.get()
    assert (row.plate, row.case_number, row.why) == ("TST48?1", "26-9", "seen near the burglary")
    assert row.ends_at == datetime(2099, 12, 31, 6, tzinfo=UTC)
    past = CliRunner().invoke(command, [*words, "--until", "2020-01-01"], input="TST1\n")
    assert past.exit_code == 1
    assert "is over" in past.output


def test_the_command_asks_the_policy_keeps_the_report_private_and_is_in_the_log(
    tmp_path: Path,
) -> None:
    for site in demo_region.cameras(timezone.localdate()):
        if site.city == cast.WILLARD:
            register.add(site, by="test clerk")
    code = code_of_ana()
    path, _ = plain(tmp_path, "TST4821,MO,,26-9", ",MO,,")
    layout = tmp_path / "plain.yaml"
    layout.write_text(f"{PLAIN}\nfresh_for: P1D\n")
    words = ["import", str(path), "--city", cast.WILLARD, "--template", str(layout)]
    words += ["--list", "State", "--complete", "--by", "ana", "--purpose", "hotlist_check"]
    words += ["--note", "stolen vehicles of the state"]
    refused = CliRunner().invoke(command, words)
    assert refused.exit_code == 1, refused.output
    assert "second factor" in refused.output
    assert "not right" in CliRunner().invoke(command, [*words, "--code", "000000"]).output
    assert not Wanted.objects.exists()
    told = CliRunner().invoke(command, [*words, "--code", code])
    assert "2 rows: 1 added" in told.output, told.output
    report = Path(f"{path}.refused.csv")
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    assert report.read_text().splitlines() == ["row,why", "3,it names no plate"]
    entry = next(e for e in log.latest() if e.act == Act.HOTLISTS_EDIT and e.outcome == "done")
    assert (entry.facts["added"], entry.facts["refused"]) == (1, 1)
    assert "TST4821" not in str(entry)
    assert receive(cast.sighting("TST4821")).alerts == 1
    assert silent(timezone.now()) == []
    assert silent(timezone.now() + timedelta(days=2)) == ["State: stolen vehicle"]


def test_a_list_that_grew_old_is_a_fault_until_a_new_file_comes(tmp_path: Path) -> None:
    text = f"{PLAIN}\nfresh_for: P1D"
    path, _ = plain(tmp_path, "TST1,MO,,")
    take_in(path, Layout.parsed("plain", text))
    later = THEN + timedelta(days=2)
    assert old_lists.watch(now=THEN + timedelta(hours=1)) == 0
    assert [old_lists.watch(now=later), old_lists.watch(now=later)] == [1, 0]
    (fault,) = faults.still_open(cast.WILLARD)
    assert (fault.what, fault.opened_by) == ("Hotlist State: stolen vehicle", "house")
    take_in(path, Layout.parsed("plain", text), now=later)
    assert old_lists.watch(now=later) == 1
    assert faults.still_open(cast.WILLARD) == []


def test_a_file_whose_source_the_policy_does_not_name_changes_nothing(tmp_path: Path) -> None:
    cast.adopt_with_proposals(cast.ODESSA)
    permit = Permit("house", Act.HOTLISTS_EDIT, {cast.ODESSA: 0}, Reason())
    path, layout = plain(tmp_path, "TST1,MO,,")
    file = arrive.File(path, layout, "Local", True, "why", "", "console:x", source="local")
    with pytest.raises(SourceNotAllowed, match="ODE-11"):
        arrive.load(file, permit=permit, now=THEN, refused=lambda _: None)
    assert not Wanted.objects.exists()
    state = replace(file, source="state")
    assert arrive.load(state, permit=permit, now=THEN, refused=lambda _: None).added == 1
    assert Hotlist.objects.get().source == "state"


def test_an_import_that_breaks_off_leaves_the_list_as_it_was(tmp_path: Path) -> None:
    take_in(*plain(tmp_path, "TST1,MO,,"))

    def broken(_bytes: int) -> None:
        raise KeyboardInterrupt

    path, layout = plain(tmp_path, "TST2,MO,,")
    permit = Permit("WPD-117", Act.HOTLISTS_EDIT, {cast.WILLARD: 0}, Reason())
    file = arrive.File(path, layout, "State", True, "why", "", "console:x")
    with pytest.raises(KeyboardInterrupt):
        arrive.load(file, permit=permit, now=THEN, refused=lambda _: None, done=broken)
    assert listed() == {"TST1"}
    assert Arrival.objects.count() == 1


def test_what_stands_where_a_category_should_is_repeated_only_if_it_is_words(
    tmp_path: Path,
) -> None:
    text = "format: delimited\ncolumns: {plate: P, category: S, ends: E}\ncategories: {A: bolo}"
    path, _ = plain(tmp_path, "TST1,TST4821,,", "TST2,toll debt,,", "TST3,A,,")
    _, refused = take_in(path, Layout.parsed("x", text))
    assert [each.why for each in refused] == [
        "the layout knows no category for what stands there",
        "the layout knows no category for 'toll debt'",
    ]
