"""The rules about what the gate looked up: request, review, case, breadth, age, posting, clock."""

from datetime import UTC, date, datetime, timedelta

import pytest

from plateward.policy.circumstances import Breadth, Review
from plateward.policy.decide import NOTHING_KNOWN, decide
from plateward.policy.rules.who import belongs
from plateward.policy.vocabulary import Act
from tests.policy.cities import (
    CALABASAS,
    CARSON,
    CITIES,
    IN,
    NOW,
    ODESSA,
    TODAY,
    WALNUT,
    WILLARD,
    answered,
    ask,
    by_default,
    officer,
    reason,
    request,
)
from tests.policy.tightened import tightened

YESTERDAY = TODAY - timedelta(days=1)
NOON = datetime(2026, 5, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
PLATE = Breadth("7ABC123", known_characters=7, seen_from=NOON, seen_to=NOON + HOUR)


@pytest.mark.parametrize("city", CITIES)
def test_with_nothing_looked_up_nobody_searches(city):
    got = decide(by_default(city), officer(city), Act.READS_SEARCH, reason(city), NOW)
    assert not got.allowed
    assert got == decide(
        by_default(city), officer(city), Act.READS_SEARCH, reason(city), NOW, NOTHING_KNOWN
    )


@pytest.mark.parametrize("city", [WALNUT, CARSON])
@pytest.mark.parametrize(
    "scope",
    [
        {"until": YESTERDAY},
        {"agency": "Elm County"},
        {"agency": ""},
        {"reference": " "},
        {"case_number": "26-9"},
        {"plates": frozenset({"8XYZ999"})},
        {"seen_from": NOON + HOUR},
        {"seen_to": NOON},
        {"purpose": "deter_crime"},
    ],
)
def test_a_search_beyond_the_open_request_is_refused(city, scope):
    got = ask(city, what={"request": request(city, **scope), "breadth": PLATE})
    assert got.rule == "open_request"
    assert set(got.clauses) <= {"WAL-4.7", "CAR-5.2"}
    assert got.clauses


@pytest.mark.parametrize("city", [WALNUT, CARSON])
@pytest.mark.parametrize(
    "scope",
    [
        {"until": TODAY},
        {"case_number": "26 104233"},
        {"plates": frozenset({"7A8C123"})},
        {"seen_from": NOON, "seen_to": NOON + HOUR},
        {"purpose": "aid_investigation_and_prosecution"},
    ],
)
def test_a_search_within_the_open_request_is_allowed(city, scope):
    assert ask(city, what={"request": request(city, **scope), "breadth": PLATE}).allowed


def test_a_request_that_names_plates_does_not_cover_a_pattern_or_a_place():
    named = request(CARSON, plates=frozenset({"7A8C123"}))
    for breadth in (
        Breadth("7ABC12?", known_characters=6),
        Breadth(camera=True, seen_from=NOON, seen_to=NOON + HOUR),
        Breadth("7A8C123", known_characters=7, near=True),
    ):
        assert ask(CARSON, what={"request": named, "breadth": breadth}).rule == "open_request"


def test_walnuts_director_needs_no_request_of_an_agency():
    director = {"role": "asd", "sworn": False}
    assert ask(WALNUT, who=director, what={"request": None}).allowed


APPROVED = Review("LR-3", "Animal rescue", "", TODAY)


@pytest.mark.parametrize("purpose", ["other", "animal  rescue"])
def test_an_approved_legal_review_opens_a_purpose_beyond_an_open_list(purpose):
    got = ask(WILLARD, why={"purpose": purpose, "review": "LR-3"}, what={"review": APPROVED})
    assert got.allowed
    assert got.purpose == "other"
    assert {"WIL-3.2", "WIL-5.3"} <= set(got.clauses)
    assert "LR-3" in got.why


@pytest.mark.parametrize(
    "review",
    [
        None,
        Review("", "Animal rescue", "", TODAY),
        Review("LR-3", "", "26-104233", TODAY),
        Review("LR-3", "Animal rescue", "26-9", TODAY),
        Review("LR-3", "Animal rescue", "", YESTERDAY),
    ],
)
def test_a_review_that_does_not_fit_opens_nothing(review):
    got = ask(WILLARD, why={"purpose": "other"}, what={"review": review})
    assert got.rule == "purpose_needs_legal_review"
    assert {"WIL-3.2", "WIL-5.3"} <= set(got.clauses)


def test_a_review_opens_neither_another_purpose_nor_a_prohibited_one_nor_a_closed_list():
    reviewed = {"review": APPROVED}
    got = ask(WILLARD, why={"purpose": "bird rescue"}, what=reviewed)
    assert got.rule == "purpose_needs_legal_review"
    got = ask(WILLARD, why={"purpose": "non_law_enforcement_monitoring"}, what=reviewed)
    assert got.rule == "purpose_prohibited"
    for city in (WALNUT, ODESSA, CALABASAS, CARSON):
        assert ask(city, why={"purpose": "other"}, what=reviewed).rule == "purpose_listed"


def test_a_number_without_the_agencys_shape_is_refused():
    got = ask(ODESSA, what={"case_format": False})
    assert (got.rule, got.clauses) == ("case_format", ("ODE-20",))
    assert "shape" in got.why
    assert ask(ODESSA, what={"case_format": None}).allowed


@pytest.mark.parametrize("check", ["closed", "unknown", "unreachable"])
def test_an_unknown_case_is_flagged_or_refused_as_the_profile_says(check):
    got = ask(ODESSA, what={"case_check": check})
    assert (got.allowed, got.flags) == (True, (f"case_{check}",))
    strict = ask(ODESSA, profile=_refusing_unknown(), what={"case_check": check})
    assert (strict.rule, strict.flags) == ("case_known", (f"case_{check}",))


def test_an_emergency_search_without_a_case_is_flagged_for_review():
    emergency = {"purpose": "emergency_vehicle_movement", "case_number": ""}
    unasked = answered(WILLARD, {"access.query_gate.case_reference": None})
    got = ask(WILLARD, profile=unasked, why=emergency)
    assert (got.allowed, got.flags) == (True, ("emergency_without_case",))
    assert "WIL-3.2e" in got.clauses
    for other in (
        {"case_number": "26-104233"},
        {"purpose": "missing_child_adult_elderly"},
    ):
        assert ask(WILLARD, profile=unasked, why=emergency | other).flags == ()
    assert ask(WILLARD, Act.READS_VIEW, profile=unasked, why=emergency).flags == ()
    refused = ask(WILLARD, why=emergency)  # the City asks for a number, so nothing is to review
    assert (refused.rule, refused.flags) == ("case_reference", ())


def test_where_unknown_cases_are_refused_a_case_nobody_checked_is_not_known():
    assert ask(ODESSA, what={"case_check": "unchecked"}).allowed
    assert ask(ODESSA, what={"case_check": "unchecked"}).flags == ()
    unchecked = ask(ODESSA, profile=_refusing_unknown(), what={"case_check": "unchecked"})
    assert unchecked.rule == "case_known"
    assert ask(ODESSA, profile=_refusing_unknown()).allowed


def _refusing_unknown():
    return tightened(ODESSA, "open criminal case")


@pytest.mark.parametrize(
    ("breadth", "allowed"),
    [
        (None, False),
        (Breadth("AB*", known_characters=2), False),
        (Breadth("ABC*", known_characters=3), True),
        (Breadth(camera=True), False),
        (Breadth(camera=True, seen_from=NOON), False),
        (Breadth(camera=True, seen_from=NOON, seen_to=NOON + HOUR), True),
        (Breadth(seen_from=NOON, seen_to=NOON + HOUR), False),
        (Breadth(radius_m=5_000, seen_from=NOON, seen_to=NOON + HOUR), True),
        (Breadth(radius_m=5_001, seen_from=NOON, seen_to=NOON + HOUR), False),
    ],
)
def test_a_search_is_of_a_plate_or_of_a_place_and_time(breadth, allowed):
    got = ask(ODESSA, what={"breadth": breadth})
    assert got.allowed is allowed
    assert allowed or got.rule == "breadth"


def test_a_search_by_what_a_city_does_not_keep_is_refused_by_its_own_clause():
    by_body = {"breadth": Breadth("ABC123", known_characters=6, fields=frozenset({"body_type"}))}
    by_colour = {"breadth": Breadth("ABC123", known_characters=6, fields=frozenset({"color"}))}
    assert ask(ODESSA, what=by_body).allowed
    assert ask(WILLARD, what=by_colour).allowed
    got = ask(WILLARD, what=by_body)
    assert (got.rule, got.clauses) == ("field_kept", ("WIL-2.1",))
    assert "keeps no body type" in got.why


def test_a_city_may_ask_for_more_of_the_plate():
    narrow = tightened(ODESSA, "narrow")
    six = {"breadth": Breadth("ABC123", known_characters=6)}
    assert ask(ODESSA, what=six).allowed
    assert ask(ODESSA, profile=narrow, what=six).rule == "breadth"


def test_older_reads_are_for_the_roles_of_their_tier():
    tiered = tightened(WILLARD, "age tiers")
    young = {"breadth": Breadth("ABC123", known_characters=6, oldest=HOUR)}
    old = {"breadth": Breadth("ABC123", known_characters=6, oldest=HOUR + timedelta(seconds=1))}
    unknown = {"breadth": Breadth("ABC123", known_characters=6)}
    assert ask(WILLARD, profile=tiered, what=young).allowed
    assert ask(WILLARD, profile=tiered, what=old).rule == "age_tier"
    assert ask(WILLARD, profile=tiered, what=unknown).rule == "age_tier"
    endless = {"breadth": Breadth("ABC123", known_characters=6, oldest=timedelta.max)}
    assert ask(WILLARD, profile=tiered, what=endless).rule == "age_tier"


@pytest.mark.parametrize("posted", [False, None])
def test_california_looks_at_nothing_while_the_policy_is_not_posted(posted):
    for act in (Act.READS_SEARCH, Act.READS_VIEW):
        got = {city: ask(city, act, what={"policy_posted": posted}) for city in CITIES}
        closed = {city for city in CITIES if got[city].rule == "policy_posted"}
        assert closed == {WALNUT, CALABASAS, CARSON}
        assert all(got[city].allowed for city in (WILLARD, ODESSA))
        assert set(got[CARSON].clauses) == {"CAR-0.3", "CAR-RES.W4"}
        assert got[CALABASAS].clauses


@pytest.mark.parametrize("city", CITIES)
@pytest.mark.parametrize("trusted", [False, None])
def test_without_a_clock_that_is_right_nothing_is_looked_at(city, trusted):
    assert ask(city, what={"clock_trusted": trusted}).rule == "clock_trusted"


def test_carson_asks_to_confirm_a_warrant_and_calabasas_asks_for_no_suspicion():
    got = ask(CARSON, why={"confirmed": frozenset({"suspicion"})})
    assert (got.rule, got.clauses) == ("warrant_confirmed", ("CAR-1.7",))
    assert "warrant" in got.do_next
    assert ask(CALABASAS, why={"confirmed": frozenset()}).allowed


def test_suspicion_must_be_confirmed_where_a_text_asks_for_it():
    strict = tightened(ODESSA, "suspicion")
    got = ask(ODESSA, profile=strict, why={"confirmed": frozenset({"warrant"})})
    assert got.rule == "suspicion_confirmed"
    assert "reasonable suspicion" in got.do_next
    assert ask(ODESSA, profile=strict).allowed


def test_training_on_every_topic_and_since_the_last_change():
    topics = frozenset(by_default(WILLARD).training.topics) - {"practical_exercises"}
    got = ask(WILLARD, who={"trained_topics": topics})
    assert got.rule == "training_topics"
    assert "practical exercises" in got.why
    changed = ask(CALABASAS, who={"retrain_since": date(2026, 4, 1)})
    assert changed.rule == "retrained"
    assert changed.clauses
    assert ask(CALABASAS, who={"retrain_since": date(2026, 3, 1)}).allowed


def test_a_precondition_that_no_record_shows_must_be_attested():
    got = ask(CARSON, who={"attested": frozenset()})
    assert got.rule == "attested"
    assert got.clauses
    walnut = ask(WALNUT, who={"attested": frozenset()})
    assert walnut.rule == "attested"
    director = {"role": "asd", "sworn": False, "attested": frozenset()}
    assert ask(WALNUT, who=director).allowed  # who authorises the others


def test_a_role_is_for_people_of_its_agency_or_by_a_written_exception():
    elsewhere = {"agency": "Odessa Police Department"}
    assert ask(WILLARD, who=elsewhere).rule == "agency"
    assert ask(WILLARD, who=elsewhere | {"attested": frozenset({"agency"})}).allowed
    assert ask(WILLARD, who={"agency": ""}).rule == "agency"


@pytest.mark.parametrize(
    ("agency", "org", "same"),
    [
        ("Willard PD", "Willard Police Department", True),
        ("LASD", "Los Angeles County Sheriff", True),
        ("Los Angeles County Sheriff's Department, Lost Hills", "Los Angeles County Sheriff", True),
        ("Odessa PD", "Willard Police Department", False),
        ("Public Works", "City", True),
        ("", "external", False),
        ("Elm County", "the of", False),
    ],
)
def test_whose_name_an_agency_bears(agency, org, same):
    assert belongs(agency, org) is same


@pytest.mark.parametrize("city", [WALNUT, CARSON])
def test_a_contractor_opens_a_single_read_with_the_citys_written_permission(city):
    contractor = {"role": "contractor", "sworn": False, "permitted_until": TODAY}
    got = ask(city, Act.READS_VIEW, who=contractor, what={"request": None})
    assert got.allowed
    assert {"WAL-2.7", "CAR-2.4"} & set(got.clauses)
    lapsed = ask(city, Act.READS_VIEW, who=contractor | {"permitted_until": YESTERDAY})
    assert (lapsed.rule, str(YESTERDAY) in lapsed.why) == ("role", True)
    assert ask(city, Act.READS_SEARCH, who=contractor).rule == "role"
    deterring = ask(city, Act.READS_VIEW, who=contractor, why={"purpose": "deter_crime"})
    assert deterring.rule == "vendor_purpose"


def test_no_paper_opens_willard_to_its_vendor():
    vendor = {"role": "vendor", "sworn": False, "permitted_until": TODAY}
    assert ask(WILLARD, Act.READS_VIEW, who=vendor).rule == "role"


def test_walnut_lets_copies_go_only_as_an_answer_to_an_open_request():
    director = {"role": "asd", "sworn": False}
    assert ask(WALNUT, Act.EXPORTS_DOWNLOAD, who=director).allowed
    for gone in (None, request(WALNUT, until=YESTERDAY)):
        got = ask(WALNUT, Act.EXPORTS_DOWNLOAD, who=director, what={"request": gone})
        assert got.rule == "download_purpose"
        assert "request" in got.do_next


def test_a_refusal_lists_everything_that_stands_in_the_way():
    got = ask(
        CARSON,
        who={"trained_on": None, "signed_in_with_second_factor": True},
        why={"case_number": "", "confirmed": frozenset()},
        what={"request": None},
    )
    assert [each.rule for each in got.objections] == [
        "trained",
        "trained_lately",
        "case_reference",
        "open_request",
        "warrant_confirmed",
    ]
    assert got.objections[0].why == got.why


def test_where_nothing_could_be_mended_nothing_more_is_said():
    stranger = ask(CARSON, who={"role": None, "trained_on": None}, what={"request": None})
    assert [each.rule for each in stranger.objections] == ["role"]
    forbidden = ask(CARSON, why={"purpose": "personal", "case_number": ""})
    assert [each.rule for each in forbidden.objections] == ["purpose_prohibited"]


@pytest.mark.parametrize("city", CITIES)
def test_whoever_may_search_may_practise_before_any_training_or_paper(city):
    newcomer = {"trained_on": None, "trained_topics": frozenset(), "authorised": False}
    assert ask(city, Act.PRACTICE, who=newcomer).allowed
    assert not ask(city, Act.READS_SEARCH, who=newcomer).allowed
    assert ask(city, Act.PRACTICE, who=newcomer | {"role": "mayor"}).rule == "role"


def test_whoever_looks_may_ask_in_writing_first():
    assert ask(WILLARD, Act.REVIEW_ASK, why={"purpose": ""}).allowed
    other = {"role": "other_agency", "sworn": None}
    assert ask(CARSON, Act.REQUEST_OPEN, who=other, what={"request": None}).allowed
    assert ask(CARSON, Act.REQUEST_OPEN, why={"purpose": "parking"}).rule == "purpose_listed"
    assert IN[CARSON].role != "other_agency"
