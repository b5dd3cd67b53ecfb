"""Copies that left: how long, in whose custody, by what receipt, as each city's text has it."""

from datetime import UTC, date, datetime

import pytest

from plateward.policy import copies
from plateward.policy.vocabulary import Act
from tests.policy.cities import (
    CALABASAS,
    CARSON,
    CITIES,
    IN,
    ODESSA,
    WALNUT,
    WILLARD,
    ask,
    by_default,
    by_text_alone,
)

NOON = datetime(2026, 6, 1, 17, 0, tzinfo=UTC)
EVIDENCE = "evidence_identification_prosecution"
EXPORTERS = {WILLARD: "sworn_officer", WALNUT: "asd", CALABASAS: "lasd_authorised"}
NONE = {"request": None}


def download(city, purpose, *, what=None):
    who = {"role": EXPORTERS.get(city, IN[city].role)}
    return ask(city, Act.EXPORTS_DOWNLOAD, who=who, why={"purpose": purpose}, what=what)


def test_d17_of_all_five_cities_for_evidence_and_nothing_handed_over():
    got = {city: download(city, IN[city].purpose, what=NONE) for city in CITIES}
    got[WILLARD] = download(WILLARD, EVIDENCE, what=NONE)
    assert {city for city in CITIES if got[city].allowed} == {WILLARD, CALABASAS}
    assert (got[WALNUT].rule, got[ODESSA].rule, got[CARSON].rule) == (
        "download_purpose",
        "role",
        "role",
    )
    assert "open request" in got[WALNUT].do_next
    assert copies.purge_by(by_default(WILLARD), taken_at=NOON, resolved_on=None) == datetime(
        2026, 12, 1, 18, 0, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("city", "purpose", "allowed"),
    [
        (WILLARD, "crime_person_or_property", False),
        (WILLARD, "hotlist_check", False),
        (WILLARD, "missing_child_adult_elderly", False),
        (CALABASAS, "code_enforcement_investigation", True),
        (CALABASAS, "stolen_or_wanted_vehicle", True),
        (WALNUT, "aid_investigation_and_prosecution", True),
        (WALNUT, "non_work_related", False),
    ],
)
def test_a_download_is_allowed_for_what_the_text_lets_copies_leave_for(city, purpose, allowed):
    assert download(city, purpose).allowed is allowed


def test_a_case_that_is_resolved_starts_a_year_of_its_own():
    willard = by_default(WILLARD)
    resolved = copies.purge_by(willard, taken_at=NOON, resolved_on=date(2026, 9, 30))
    assert resolved == datetime(2027, 10, 1, 5, 0, tzinfo=UTC)
    long_ago = copies.purge_by(willard, taken_at=NOON, resolved_on=date(2024, 1, 1))
    assert long_ago == copies.purge_by(willard, taken_at=NOON, resolved_on=None)
    assert copies.longer(willard, now=NOON) == datetime(2026, 12, 1, 18, 0, tzinfo=UTC)
    assert copies.purge(willard).by == ("WIL-4.4", "WIL-6.3")
    assert copies.purge(willard).longer_by == ("WIL-6.4",)
    for city in (WALNUT, CALABASAS, CARSON, ODESSA):
        text = by_text_alone(city)
        assert copies.purge_by(text, taken_at=NOON, resolved_on=None) is None
        assert copies.longer(text, now=NOON) is None


@pytest.mark.parametrize(
    ("role", "purpose", "holder"),
    [
        ("lasd_authorised", "criminal_investigation", "LASD Lost Hills Station"),
        ("lasd_authorised", "missing_person", "LASD Lost Hills Station"),
        ("lasd_authorised", "code_enforcement_investigation", "City"),
        ("city_prosecutor", "criminal_investigation", "City"),
    ],
)
def test_custody_goes_by_purpose_in_calabasas(role, purpose, holder):
    profile = by_default(CALABASAS)
    found = copies.custodian(profile, purpose, profile.role(role), "Los Angeles County Sheriff")
    assert found.name == holder
    assert {"CAL-II.5", "CAL-II.6"} <= set(found.clauses)


@pytest.mark.parametrize("city", [WILLARD, ODESSA, WALNUT])
def test_elsewhere_whoever_takes_a_copy_answers_for_it(city):
    assert copies.custodian(by_default(city), "evidence", None, "Elm County").name == "Elm County"


def test_evidence_is_booked_where_the_text_knows_it():
    booked = {city: copies.booking(by_text_alone(city)) for city in CITIES}
    assert booked[CALABASAS] == copies.Booking(medium=True, case=False, by=("CAL-V.5",))
    odessa = booked[ODESSA]
    assert odessa
    assert (odessa.case, odessa.by) == (True, ("ODE-25",))
    assert booked[WALNUT] is booked[CARSON] is booked[WILLARD] is None


def test_what_is_handed_over_becomes_the_agencys_where_the_text_says_so():
    passed = {city: copies.transfer(by_default(city)) for city in CITIES}
    assert passed[WILLARD] is passed[ODESSA] is None
    walnut = passed[WALNUT]
    assert walnut
    assert "agency's own policies" in " ".join(walnut.words)
    assert {"WAL-0.6", "WAL-5.7", "WAL-5.8"} <= set(walnut.by)
