"""One input, five answers, through the door: whether the policy decides, and not the code.

Rows D08 to D15, D17, D24 and D26 of the table that `docs/reference/differential-tests.md` prints:
adopted policies, enrolled people, requests on record; each answer is an entry of the log.
"""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import timezone

from plateward.audit import log
from plateward.cli import demo_region
from plateward.gate.permit import Permit
from plateward.people import agencies, appointments, enrol, permissions, training
from plateward.people.models import Person
from plateward.policy.vocabulary import Act
from tests import cast
from tests.cast import CALABASAS, CARSON, ODESSA, WALNUT, WILLARD
from tests.journeys import five_cities
from tests.journeys.five_cities import CITIES, LISTED, House, clauses, rule, rules

pytestmark = pytest.mark.usefixtures("midday")
ALL = dict.fromkeys(CITIES, "allowed")


@pytest.fixture
def house(cities: tuple[str, ...]) -> House:
    return House()


def newcomer(house: House, agency: str, name: str = "analyst") -> Person:
    """Somebody of that agency who holds no role yet."""
    for entry in demo_region.AGENCIES:
        if entry.name == agency:
            agencies.register(entry, by="test clerk")
    who = enrol.Newcomer(name, f"{name.title()} New", f"NEW-{name}", agency)
    house.people[name] = enrol.person(who, password=cast.PASSWORD, by="test clerk")
    return house.people[name]


def grant(city: str, role: str, **told: object) -> appointments.Grant:
    begins_on = timezone.localdate() - timedelta(days=400)
    attested = {WALNUT: ("authorised_by_asd",), CARSON: ("lasd_policy_compliance",)}
    plain = appointments.Grant(
        city, role, False, "test order 2", begins_on, attested=attested.get(city, ())
    )
    return replace(plain, **told)  # type: ignore[arg-type]


def trained(person: Person, city: str, on: date | None) -> None:
    if on is not None:
        training.record(person, training.Course(city, on, "test certificate"), by="test clerk")


def test_when_all_is_well_each_of_the_five_admits_and_its_log_says_so(house: House) -> None:
    assert rules(house.ask_all()) == ALL
    admitted = [e for e in log.latest(40) if (e.act, e.outcome) == (Act.READS_SEARCH, "admitted")]
    assert {entry.city for entry in admitted} == set(CITIES)


def test_d08_code_enforcement_is_a_purpose_in_calabasas_alone(house: House) -> None:
    got = house.ask_all(purpose="code_enforcement")
    closed = dict.fromkeys((WALNUT, ODESSA, CARSON), "purpose_listed")
    assert rules(got) == ALL | closed | {WILLARD: "purpose_needs_legal_review"}
    assert "WIL-5.3" in clauses(got[WILLARD])
    assert "WAL-1.1" in clauses(got[WALNUT])
    assert "ODE-19" in clauses(got[ODESSA])
    assert "CAR-1.5" in clauses(got[CARSON])
    prosecutor = house.ask(CALABASAS, who=house.person("kim"), purpose="code_enforcement")
    assert isinstance(prosecutor, Permit)


def test_d09_a_missing_person_without_crime_or_case(house: House) -> None:
    got = house.ask_all(purpose="missing_person", case_number="", note="child missing since noon")
    closed = dict.fromkeys((WALNUT, CARSON), "purpose_listed")
    assert rules(got) == ALL | closed | {ODESSA: "case_reference"}
    assert "ODE-20" in clauses(got[ODESSA])


def test_d10_another_purpose_waits_for_legal_review_in_willard_alone(house: House) -> None:
    got = house.ask_all(purpose="other")
    closed = dict.fromkeys((WALNUT, ODESSA, CALABASAS, CARSON), "purpose_listed")
    assert rules(got) == closed | {WILLARD: "purpose_needs_legal_review"}
    asked = rules(house.ask_all(Act.REVIEW_ASK, purpose="other"))
    assert asked[WILLARD] == "allowed"


def test_d11_a_cad_number_alone_is_no_criminal_case(house: House) -> None:
    number = "CAD 26-0099"
    house.opened[WALNUT] = house.asked_for(WALNUT, number)
    got = house.ask_all(case_number=number)
    assert rules(got) == ALL | {CARSON: "case_reference"}
    assert "CAR-5.2" in clauses(got[CARSON])


def test_d12_a_civilian_analyst_of_the_police(house: House) -> None:
    today = timezone.localdate()
    willard = newcomer(house, "Willard Police Department", "will")
    odessa = newcomer(house, "Odessa Police Department", "odd")
    sheriff = newcomer(house, "Los Angeles County Sheriff", "sher")
    for person, city, role in (
        (willard, WILLARD, "designated_staff"),
        (odessa, ODESSA, "pd_member"),
        (sheriff, CALABASAS, "lasd_authorised"),
    ):
        appointments.appoint(person, grant(city, role), by="test clerk")
        trained(person, city, today)
        assert isinstance(house.ask(city, who=person), Permit)
    for person, city, role, clause in (
        (willard, WILLARD, "sworn_officer", "WIL-2.5"),
        (sheriff, WALNUT, "lasd_sworn", "WAL-2.6"),
        (sheriff, CARSON, "lasd_sworn", "CAR-2.3"),
    ):
        with pytest.raises(appointments.CannotAppoint, match=clause) as told:
            appointments.appoint(person, grant(city, role), by="test clerk")
        assert told.value.final
    for city in (WALNUT, CARSON):
        assert rule(house.ask(city, who=sheriff)) == "role"


def test_d13_city_staff_do_not_search_but_for_the_two_whom_their_texts_name(house: House) -> None:
    staff = {WILLARD: "finn", ODESSA: "finn", WALNUT: "lou", CALABASAS: "lou", CARSON: "hana"}
    got = {city: house.ask(city, who=house.person(name)) for city, name in staff.items()}
    assert rules(got) == dict.fromkeys(CITIES, "role")
    assert rule(house.ask(WALNUT, who=house.person("jo"), request="")) == "allowed"
    assert rule(house.ask(CALABASAS, who=house.person("kim"))) == "allowed"


def officers_trained(on: date | None, house: House) -> None:
    """The same two officers, whose last course was that day."""
    day = timezone.localdate() - timedelta(days=400)
    for name in ("ana", "gus"):
        player = next(p for p in demo_region.PEOPLE if p.who.username == name)
        person = newcomer(house, player.who.agency, name)
        for role in player.roles:
            given = grant(role.city, role.code, sworn=True, begins_on=day, despite=role.despite)
            appointments.appoint(person, given, by="test clerk")
            trained(person, role.city, on)


def a_year_and_a_day_ago() -> date:
    """366 days ago, but for where a leap day lies between."""
    yesterday = timezone.localdate() - timedelta(days=1)
    leap = yesterday.replace(day=28) if (yesterday.month, yesterday.day) == (2, 29) else yesterday
    return leap.replace(year=leap.year - 1)


def refused_by(house: House, rule_of: str) -> set[str]:
    return {city for city, each in rules(house.ask_all()).items() if each == rule_of}


def test_d14_training_366_days_old(house: House) -> None:
    officers_trained(a_year_and_a_day_ago(), house)
    assert refused_by(house, "trained_lately") == set(CITIES)  # every proposal was accepted
    five_cities.adopt_as_written("training.")
    assert rules(house.ask_all()) == ALL | {WILLARD: "trained_lately"}
    assert "WIL-9.1" in clauses(house.ask(WILLARD))


def test_d15_no_training_at_all(house: House) -> None:
    officers_trained(None, house)
    assert refused_by(house, "trained") == set(CITIES)  # every proposal was accepted
    five_cities.adopt_as_written("training.")
    assert rules(house.ask_all()) == ALL | dict.fromkeys((WILLARD, CALABASAS), "trained")
    assert "CAL-IV.d" in clauses(house.ask(CALABASAS))


EVIDENCE = {
    WILLARD: "evidence_identification_prosecution",
    CALABASAS: "criminal_investigation",
}


def test_d17_the_door_to_a_download_for_evidence(house: House) -> None:
    got = {
        city: house.ask(city, Act.EXPORTS_DOWNLOAD, purpose=EVIDENCE.get(city, LISTED[city]))
        for city in CITIES
    }
    assert rules(got) == ALL | dict.fromkeys((WALNUT, ODESSA, CARSON), "role")
    other = house.ask(WILLARD, Act.EXPORTS_DOWNLOAD)
    assert (rule(other), clauses(other)) == ("download_purpose", {"WIL-4.3"})


def test_d24_the_vendor_opens_no_read_but_by_the_citys_own_paper(house: House) -> None:
    eve, ivo = house.person("eve"), house.person("ivo")
    appointments.appoint(eve, grant(WALNUT, "contractor"), by="test clerk")
    with pytest.raises(appointments.CannotAppoint, match="is a contractor"):
        appointments.appoint(ivo, grant(ODESSA, "pd_member", despite="asked"), by="test clerk")
    opens = {WILLARD: ivo, WALNUT: eve, ODESSA: ivo, CALABASAS: eve, CARSON: eve}
    got = {city: house.ask(city, Act.READS_VIEW, who=who) for city, who in opens.items()}
    assert rules(got) == dict.fromkeys(CITIES, "role")
    assert "WIL-2.6" in clauses(got[WILLARD])
    assert "WAL-2.7" in clauses(got[WALNUT])
    assert "CAR-2.4" in clauses(got[CARSON])
    until = timezone.localdate() + timedelta(days=7)
    paper = permissions.Paper("letter of the City", "robbery 26-104233", until)
    for city, who in opens.items():
        if city not in (ODESSA, CALABASAS):  # there they hold no role to permit anything to
            permissions.give(who, city, paper, by="test clerk")
    trained(eve, WALNUT, timezone.localdate())
    appointments.attest(
        eve, CARSON, "lasd_policy_compliance", document="letter of the Sheriff", by="test clerk"
    )
    got = {city: house.ask(city, Act.READS_VIEW, who=who) for city, who in opens.items()}
    assert rules(got) == ALL | dict.fromkeys((WILLARD, ODESSA, CALABASAS), "role")


def test_d26_an_agencys_officer_without_an_open_request(house: House) -> None:
    got = house.ask_all(request="")
    assert rules(got) == ALL | dict.fromkeys((WALNUT, CARSON), "open_request")
    assert "WAL-4.7" in clauses(got[WALNUT])
    assert "CAR-5.2" in clauses(got[CARSON])
