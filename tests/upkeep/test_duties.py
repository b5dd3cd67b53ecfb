"""Which duties a text lays on people: taken from the profile, with the clauses behind them."""

from datetime import date

import pytest

from plateward.policy.profile import Profile
from plateward.policy.vocabulary import HOUSE_ACTS, Act
from plateward.upkeep import duties
from plateward.upkeep.duty import Duty
from plateward.upkeep.rhythm import Rhythm
from tests.policy.cities import (
    CALABASAS,
    CARSON,
    CITIES,
    ODESSA,
    WALNUT,
    WILLARD,
    answered,
    by_default,
    by_text_alone,
)


def of(city: str) -> dict[str, Duty]:
    return {duty.code: duty for duty in duties.of(by_default(city))}


@pytest.mark.parametrize("city", CITIES)
def test_every_manual_clause_is_behind_some_duty(city: str) -> None:
    profile = by_default(city)
    carried = {clause for duty in duties.of(profile) for clause in duty.clauses}
    manual = {clause.id for clause in profile.clauses if clause.enforcement == "manual"}
    assert manual <= carried


@pytest.mark.parametrize("city", CITIES)
@pytest.mark.parametrize("profile_of", [by_default, by_text_alone])
def test_duties_are_told_apart_and_quote_clauses_of_their_own_city(
    city: str, profile_of: "object"
) -> None:
    profile: Profile = profile_of(city)  # type: ignore[operator]
    found = duties.of(profile)
    codes = [duty.code for duty in found]
    assert len(codes) == len(set(codes)) > 4
    known = {clause.id for clause in profile.clauses if clause.enforcement != "context"}
    for duty in found:
        assert set(duty.clauses) <= known, duty.code
        assert duty.act not in HOUSE_ACTS
        assert duty.code == duty.code.lower().replace("_", "-"), duty.code
        assert duty.responsible, duty.code
        assert (duty.every is None) == (duty.rhythm in {Rhythm.EVENT, Rhythm.ONCE}), duty.code


def test_the_thirty_days_of_walnut_and_carson_are_each_their_own_persons() -> None:
    walnut, carson = of(WALNUT)["health-check"], of(CARSON)["health-check"]
    assert (walnut.clauses, carson.clauses) == (("WAL-7.1",), ("CAR-7.1",))
    assert walnut.every is not None
    assert (walnut.every.text, walnut.house) == ("P30D", False)
    assert walnut.responsible.startswith("Administrative Services Director")
    assert carson.responsible == "Independent contractor"
    assert Act.CAMERAS_MONITOR == walnut.act == carson.act


def test_the_audit_of_willard_is_each_quarter_with_a_sample_of_ten() -> None:
    audit = of(WILLARD)["audit"]
    assert audit.rhythm is Rhythm.QUARTER
    assert "10 searches" in audit.what
    assert "WIL-11.1a" in audit.clauses
    assert (audit.responsible, audit.act) == ("Chief of Police", Act.AUDIT_READ)


@pytest.mark.parametrize(("city", "clause"), [(ODESSA, "ODE-22"), (CALABASAS, "CAL-A.c")])
def test_regular_audits_without_a_number_fall_due_each_month_by_house_rule(
    city: str, clause: str
) -> None:
    assert not of(city)["audit"].house
    kept_silent = duties.one(by_text_alone(city), "audit")
    assert kept_silent is not None
    assert kept_silent.every is not None
    assert (kept_silent.every.text, kept_silent.house) == ("P1M", True)
    assert clause in kept_silent.clauses


def test_a_text_that_never_speaks_of_audits_lays_none_on_anybody() -> None:
    assert duties.one(by_text_alone(WALNUT), "audit") is None
    assert duties.one(by_default(WALNUT), "audit") is not None


def test_the_reports_of_willard_are_quarterly_and_yearly_from_activation() -> None:
    willard = of(WILLARD)
    assert willard["report-quarterly"].rhythm is Rhythm.QUARTER
    annual = willard["report-annual"]
    assert (annual.rhythm, annual.anchor) == (Rhythm.ANNIVERSARY, date(2025, 1, 1))
    assert not any(code.startswith("report-") for code in of(CARSON))


def test_the_safeguards_are_gone_through_in_the_groups_the_text_names() -> None:
    groups = {code for code in of(CARSON) if code.startswith("safeguards-")}
    assert groups == {
        "safeguards-operational",
        "safeguards-administrative",
        "safeguards-technical",
        "safeguards-physical",
    }
    assert {"safeguards-procedural", "safeguards-technological"} <= set(of(CALABASAS))


def test_only_carsons_clerk_certifies_and_only_walnut_retrieves_drives() -> None:
    assert of(CARSON)["certificate"].clauses == ("CAR-RES.4",)
    assert of(CARSON)["certificate"].rhythm is Rhythm.ONCE
    assert [city for city in CITIES if "certificate" in of(city)] == [CARSON]
    assert [city for city in CITIES if "retrieve-media" in of(city)] == [WALNUT]


def test_a_shorter_period_in_the_profile_is_a_shorter_period_of_the_duty() -> None:
    profile = answered(WILLARD, {"monitoring.check_every": "P7D"})
    check = duties.one(profile, "health-check")
    assert check is not None
    assert check.every is not None
    assert check.every.text == "P7D"
    assert check.on == "every 7 days"


def test_a_code_that_is_no_duty_is_none() -> None:
    assert duties.one(by_default(WILLARD), "certificate") is None


def test_the_manual_clauses_without_a_duty_of_their_own_are_reminders() -> None:
    reminders = [duty for duty in duties.of(by_default(CARSON)) if duty.code.startswith("remember")]
    city = [duty.clauses for duty in reminders if duty.clauses[0].startswith("CAR-")]
    assert city == [("CAR-1.7",), ("CAR-4.4",)]
    assert all(duty.reminder for duty in reminders)


def test_the_guidelines_of_calabasas_have_nine_items_and_room_for_more() -> None:
    items = [code for code in of(CALABASAS) if code.startswith("guidelines-")]
    assert len(items) == 10
    assert of(CALABASAS)["guidelines-designee"].clauses == ("CAL-III.0",)
    assert not any(code.startswith("guidelines-") for code in of(WALNUT))


@pytest.mark.parametrize("city", CITIES)
def test_no_officer_is_asked_about_a_clause_that_belongs_to_the_machines(city: str) -> None:
    found = of(city)
    machines = set(found["retrieve-media"].clauses) if "retrieve-media" in found else set()
    assert not machines & set(found["officer-named"].clauses)


def test_duties_go_to_whom_the_text_makes_responsible() -> None:
    walnut, carson = of(WALNUT), of(CARSON)
    assert walnut["officer-named"].responsible == "Administrative Services Director or designee"
    assert carson["officer-named"].responsible.startswith("Assistant City Manager")
    assert carson["vendor-promise"].responsible == carson["officer-named"].responsible
    assert of(CALABASAS)["destruction-sign-off"].responsible == "City Clerk"


def test_in_calabasas_who_audits_does_not_search() -> None:
    audit = of(CALABASAS)["audit"]
    may = [role for role in by_default(CALABASAS).roles.values() if audit.act in role.acts]
    assert [role.code for role in may] == ["city_admin_staff"]
    assert Act.READS_SEARCH not in may[0].acts
