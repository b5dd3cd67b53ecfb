"""Which roles may be given to whom, and by which clause not."""

import pytest

from plateward.people import fitting
from plateward.people.fitting import Candidate
from tests.policy import cities

LASD = ("Los Angeles County Sheriff's Department", "sheriff")
WALNUT_HALL = ("City of Walnut", "city_department")
WILLARD_PD = ("Willard PD", "police")
ROADSIDE = ("Roadside Maintenance Ltd", "contractor")


def against(city: str, role: str, agency: tuple[str, str], *, sworn: bool = True, by: str = ""):  # type: ignore[no-untyped-def]
    profile = cities.by_default(city)
    return fitting.objections(profile, role, Candidate(*agency, sworn, by))


@pytest.mark.parametrize(
    ("city", "role", "agency", "sworn"),
    [
        ("walnut-ca", "lasd_sworn", LASD, True),
        ("walnut-ca", "asd", WALNUT_HALL, False),
        ("walnut-ca", "contractor", ROADSIDE, False),
        ("willard-mo", "sworn_officer", WILLARD_PD, True),
        ("willard-mo", "other_authorised_entity", LASD, False),
    ],
)
def test_who_belongs_there_is_given_the_role(
    city: str, role: str, agency: tuple[str, str], sworn: bool
) -> None:
    assert against(city, role, agency, sworn=sworn) == ()


def test_walnut_keeps_accounts_for_its_own_roles() -> None:
    (objection,) = against("walnut-ca", "city_clerk", WALNUT_HALL)
    assert objection.final
    assert "WAL-5.5" in objection.clauses


@pytest.mark.parametrize("by", ["", "lasd_sworn"])
def test_in_walnut_another_agency_is_let_in_by_the_director_alone(by: str) -> None:
    (objection,) = against("walnut-ca", "other_agency", WILLARD_PD, by=by)
    assert objection.final
    assert "WAL-5.6" in objection.clauses
    assert against("walnut-ca", "other_agency", WILLARD_PD, by="asd") == ()


def test_a_sworn_role_needs_a_sworn_officer() -> None:
    (objection,) = against("carson-ca", "lasd_sworn", LASD, sworn=False)
    assert objection.final
    assert "CAR-2.3" in objection.clauses


def test_a_contractor_never_gets_a_role_that_sees_plates() -> None:
    found = against("walnut-ca", "asd", ROADSIDE, sworn=False)
    assert any(each.final and "WAL-2.7" in each.clauses for each in found)


@pytest.mark.parametrize("agency", [WILLARD_PD, WALNUT_HALL, ("Kern County Sheriff", "sheriff")])
def test_a_person_of_another_agency_is_given_the_role_only_for_a_reason(
    agency: tuple[str, str],
) -> None:
    (objection,) = against("carson-ca", "lasd_sworn", agency)
    assert not objection.final
    assert "Los Angeles County Sheriff" in objection.why
