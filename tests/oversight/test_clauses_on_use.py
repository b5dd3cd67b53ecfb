"""What clauses on purposes, roles and accesses ask, tried city by city against the decision."""

from datetime import date, datetime, timedelta

import pytest

from plateward.policy import load, sense
from plateward.policy.circumstances import Review
from plateward.policy.preconditions import NEEDS, Need
from plateward.policy.vocabulary import Act
from tests.policy.cities import (
    CALABASAS,
    CARSON,
    CITIES,
    ODESSA,
    WALNUT,
    WILLARD,
    ask,
    by_default,
    by_text_alone,
)

LISTED = [
    (city, code)
    for city in CITIES
    for code in by_default(city).purposes.labels
    if code != "hotlist_check"
]
PROHIBITED = [
    (city, use) for city in CITIES for use in sorted(by_default(city).purposes.prohibited)
]
CLOSED = (WALNUT, ODESSA, CALABASAS, CARSON)
# Whom each text lets search, and nobody else.
SEARCHERS = {
    WILLARD: {"sworn_officer", "designated_staff", "other_authorised_entity"},
    WALNUT: {"asd", "lasd_sworn"},
    ODESSA: {"pd_member"},
    CALABASAS: {"city_prosecutor", "lasd_authorised"},
    CARSON: {"lasd_sworn"},
}


@pytest.mark.parametrize(("city", "code"), LISTED)
def test_a_purpose_of_the_list_is_accepted_and_its_own_clause_cited(city: str, code: str) -> None:
    got = ask(city, why={"purpose": code})
    assert got.allowed, got.why
    own = [clause.id for clause in by_default(city).clauses if code in clause.about]
    assert not own or set(own) & set(got.clauses), (own, got.clauses)


@pytest.mark.parametrize("use", ["toll", "speeding", "parking", "staff_attendance", "other"])
@pytest.mark.parametrize("city", CLOSED)
def test_a_use_on_no_closed_list_is_refused_by_a_clause(city: str, use: str) -> None:
    got = ask(city, why={"purpose": use})
    assert not got.allowed
    assert got.clauses
    assert "Nothing was searched" in got.do_next


@pytest.mark.parametrize(("city", "use"), PROHIBITED)
def test_a_prohibited_use_is_refused_by_the_clause_that_prohibits_it(city: str, use: str) -> None:
    got = ask(city, why={"purpose": use})
    assert not got.allowed
    assert set(by_default(city).clauses_for("purposes.prohibited", use)) & set(got.clauses)


@pytest.mark.parametrize(
    "act", [Act.READS_SEARCH, Act.READS_VIEW, Act.EXPORTS_DOWNLOAD, Act.HOTLISTS_EDIT]
)
def test_every_use_of_the_data_asks_for_a_purpose(act: Act) -> None:
    assert Need.PURPOSE in NEEDS[act]
    if act is not Act.EXPORTS_DOWNLOAD:
        assert ask(WILLARD, act).purpose == "crime_person_or_property"
    assert not ask(WILLARD, act, why={"purpose": ""}).allowed


def test_calabasas_asks_for_no_suspicion() -> None:
    assert ask(CALABASAS, why={"confirmed": frozenset()}).allowed


@pytest.mark.parametrize("city", CITIES)
def test_who_may_search_is_whom_the_text_names(city: str) -> None:
    named = {code for code, role in by_default(city).roles.items() if Act.READS_SEARCH in role.acts}
    assert named == SEARCHERS[city]
    for code in [*by_default(city).roles, None, "mayor"]:
        got = ask(city, who={"role": code})
        assert got.allowed == (code in SEARCHERS[city]), code


@pytest.mark.parametrize("city", [WALNUT, CALABASAS, CARSON])
def test_a_sheriffs_role_is_no_use_to_another_agency(city: str) -> None:
    role = "lasd_authorised" if city == CALABASAS else "lasd_sworn"
    assert ask(city, who={"role": role, "agency": "Los Angeles County Sheriff"}).allowed
    got = ask(city, who={"role": role, "agency": "Elm County Police"})
    assert not got.allowed
    assert got.clauses


def test_the_citys_own_staff_in_carson_and_the_administrators_of_calabasas_see_no_read() -> None:
    for city, role in ((CARSON, "policy_officer"), (CALABASAS, "city_admin_staff")):
        for act in (Act.READS_SEARCH, Act.READS_VIEW, Act.ALERTS_SEE):
            assert ask(city, act, who={"role": role}).rule == "role"


def test_in_calabasas_the_city_and_not_the_sheriff_administers_accounts_and_cameras() -> None:
    for act in (Act.PEOPLE_ADMINISTER, Act.CAMERAS_MAINTAIN):
        assert ask(CALABASAS, act, who={"role": "city_admin_staff"}).allowed
        assert not ask(CALABASAS, act, who={"role": "lasd_authorised"}).allowed


@pytest.mark.parametrize("city", [WALNUT, CARSON])
def test_the_contractor_maintains_and_sees_no_read(city: str) -> None:
    assert ask(city, Act.CAMERAS_MAINTAIN, who={"role": "contractor"}).allowed
    for act in (Act.READS_SEARCH, Act.READS_VIEW, Act.ALERTS_SEE, Act.EXPORTS_DOWNLOAD):
        assert not ask(city, act, who={"role": "contractor"}).allowed


@pytest.mark.parametrize(
    ("missing", "rule"),
    [
        ({"trained_on": None}, "trained"),
        ({"authorised": False}, "authorised"),
        ({"authorised_until": date(2026, 5, 31)}, "authorised"),
        ({"role": None}, "role"),
    ],
)
def test_each_precondition_of_willard_is_needed_by_itself(
    missing: dict[str, object], rule: str
) -> None:
    got = ask(WILLARD, who=missing)
    assert got.rule == rule
    assert "WIL-2.5" in got.clauses or rule == "trained"


@pytest.mark.parametrize("city", [CARSON, ODESSA, WALNUT])
def test_no_copy_leaves_for_a_purpose_alone_where_the_text_opens_none(city: str) -> None:
    assert not ask(city, Act.EXPORTS_DOWNLOAD).allowed


def test_in_carson_even_a_role_that_exports_takes_no_copy_off_the_server() -> None:
    text = load.shipped_text(CARSON).replace(
        "sworn: true, actions: [search, view, alerts]",
        "sworn: true, actions: [search, view, alerts, export]",
    )
    profile = load.load(text, answers=[*by_default(CARSON).answers.values()])
    assert Act.EXPORTS_DOWNLOAD in profile.roles["lasd_sworn"].acts
    got = ask(CARSON, Act.EXPORTS_DOWNLOAD, profile=profile)
    assert not got.allowed
    assert "CAR-5.1" in got.clauses


@pytest.mark.parametrize(
    ("city", "start", "clause"),
    [(WILLARD, "2025-11-24", "WIL-ORD.6"), (CARSON, "2023-03-07", "CAR-RES.5")],
)
def test_before_its_first_day_a_policy_opens_nothing(city: str, start: str, clause: str) -> None:
    profile = by_default(city)
    assert profile.gate.in_force_from == date.fromisoformat(start)
    first = datetime.combine(profile.gate.in_force_from, datetime.min.time(), profile.zone)
    early = ask(city, who={"trained_on": date(2020, 1, 1)}, now=first - timedelta(seconds=1))
    assert early.rule == "policy_in_force"
    assert clause in early.clauses
    assert ask(city, who={"trained_on": first.date()}, now=first).rule != "policy_in_force"


def test_an_alert_asks_for_the_role_and_the_read_behind_it_for_a_case() -> None:
    assert not ask(ODESSA, Act.ALERTS_SEE, who={"role": None}).allowed
    got = ask(ODESSA, Act.READS_VIEW, why={"case_number": ""})
    assert got.clauses == ("ODE-20",)


def test_a_profile_without_a_section_the_text_fills_is_refused_by_its_path() -> None:
    text = load.shipped_text(WILLARD)
    start = text.index("audits:")
    end = text.index("reports:", start)
    with pytest.raises(load.WrongProfile) as wrong:
        load.load(text[:start] + text[end:])
    assert "audits" in {error.path for error in wrong.value.errors}


@pytest.mark.parametrize("city", CITIES)
def test_good_standing_and_training_are_looked_at_where_the_text_names_them(city: str) -> None:
    suspended = ask(city, profile=by_text_alone(city), who={"good_standing": False})
    untrained = ask(city, profile=by_text_alone(city), who={"trained_on": None})
    assert (suspended.rule == "good_standing") == (city == CALABASAS)
    if city == CALABASAS:
        assert "CAL-III.c.1" in suspended.clauses
    if city in (WILLARD, CALABASAS):
        assert untrained.rule == "trained"


@pytest.mark.parametrize("city", [WILLARD, CALABASAS])
def test_a_course_that_lacks_a_topic_of_the_text_opens_nothing_and_names_its_clause(
    city: str,
) -> None:
    topics = by_default(city).training.topics
    assert topics
    for missing in topics:
        got = ask(city, who={"trained_topics": frozenset(topics) - {missing}})
        assert not got.allowed
        assert set(by_default(city).clauses_for("training.topics", missing)) <= set(got.clauses)


def test_in_calabasas_training_from_before_a_change_no_longer_counts() -> None:
    changed = {"trained_on": date(2026, 3, 1), "retrain_since": date(2026, 3, 2)}
    got = ask(CALABASAS, who=changed)
    assert got.rule == "retrained"
    assert "CAL-III.b.3" in got.clauses
    assert ask(CALABASAS, who=changed | {"trained_on": date(2026, 3, 2)}).allowed


def test_in_carson_training_has_no_end_unless_the_city_accepts_one() -> None:
    old = {"trained_on": date(2020, 1, 1)}
    assert ask(CARSON, profile=by_text_alone(CARSON), who=old).allowed
    assert not ask(CARSON, who=old).allowed


@pytest.mark.parametrize(("city", "clause"), [(WALNUT, "WAL-2.7"), (CARSON, "CAR-2.4")])
def test_the_citys_written_permission_opens_a_read_to_a_contractor_for_a_crime_alone(
    city: str, clause: str
) -> None:
    until = by_default(city).gate.in_force_from or date(2026, 6, 1)
    paper = {"role": "contractor", "permitted_until": date(2026, 6, 1)}
    assert clause in ask(city, Act.READS_VIEW, who={"role": "contractor"}).clauses
    assert ask(city, Act.READS_VIEW, who=paper).allowed
    assert not ask(city, Act.READS_VIEW, who=paper, why={"purpose": "deter_crime"}).allowed
    assert not ask(city, Act.READS_SEARCH, who=paper).allowed
    ended = paper | {"permitted_until": date(2026, 5, 31)}
    assert not ask(city, Act.READS_VIEW, who=ended).allowed
    assert until <= date(2026, 6, 1)


def test_what_is_on_no_list_of_willard_waits_for_its_attorney() -> None:
    other = {"purpose": "other", "review": "L-1"}
    refused = ask(WILLARD, why=other)
    assert "WIL-5.3" in refused.clauses
    review = Review("L-1", "flood evacuation", "", until=date(2026, 6, 1))
    assert ask(WILLARD, why=other, what={"review": review}).allowed
    ended = Review("L-1", "flood evacuation", "", until=date(2026, 5, 31))
    assert not ask(WILLARD, why=other, what={"review": ended}).allowed
    for city in CLOSED:
        assert not ask(city, why=other, what={"review": review}).allowed


@pytest.mark.parametrize(
    ("city", "clause"), [(WALNUT, "WAL-4.7"), (CARSON, "CAR-5.2"), (WILLARD, None)]
)
def test_where_the_text_says_on_request_only_an_open_request_opens_the_reads(
    city: str, clause: str | None
) -> None:
    got = ask(city, what={"request": None})
    assert got.allowed == (clause is None)
    assert clause is None or clause in got.clauses
    assert ask(city).allowed


def test_in_walnut_the_director_alone_looks_without_a_request_and_grants_one() -> None:
    director = {"role": "asd", "sworn": False}
    assert ask(WALNUT, who=director, what={"request": None}).allowed
    assert ask(WALNUT, Act.SHARING_APPROVE, who=director).allowed
    for role in by_default(WALNUT).roles:
        assert ask(WALNUT, Act.SHARING_APPROVE, who={"role": role}).allowed == (role == "asd")


@pytest.mark.parametrize(("city", "clause"), [(CALABASAS, "CAL-III.g"), (CARSON, "CAR-0.3")])
def test_in_california_a_policy_that_is_not_posted_closes_the_reads(city: str, clause: str) -> None:
    for posted in (False, None):
        got = ask(city, what={"policy_posted": posted})
        assert got.rule == "policy_posted"
        assert clause in got.clauses
    assert ask(WILLARD, what={"policy_posted": None}).allowed


def test_in_calabasas_city_staff_and_the_sheriff_may_both_search_for_public_safety() -> None:
    for role in ("city_prosecutor", "lasd_authorised"):
        got = ask(CALABASAS, who={"role": role}, why={"purpose": "general_public_safety"})
        assert got.allowed
        assert got.purpose == "general_public_safety"


def test_willards_two_dates_that_contradict_each_other_are_pointed_out() -> None:
    warned = {warning.path for warning in sense.warnings(load.checked(load.shipped_text(WILLARD)))}
    assert "instrument.adopted_on" in warned
    assert by_default(WILLARD).at("instrument.second_reading") == "2025-11-24"


def test_an_audit_that_is_only_regular_keeps_odessa_from_going_live() -> None:
    open_to = {silence.path for silence in load.load(load.shipped_text(ODESSA)).unanswered}
    assert "audits.every" in open_to
