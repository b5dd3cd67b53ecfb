"""The rules one by one: who is refused, by which clause, and what they are told to do."""

from datetime import date, datetime, timedelta

import pytest

from plateward.policy import load
from plateward.policy.decide import RULES_FOR, Reason, Standing, decide
from plateward.policy.preconditions import NEEDS, PEOPLES_ACTS, Need
from plateward.policy.verdict import HOUSE_RULE
from plateward.policy.vocabulary import ACTS_OF_ACTION, HOUSE_ACTS, WORDS_FOR_ACT, Act
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
    by_text_alone,
    known,
    officer,
    reason,
    request,
)

SEARCH = Act.READS_SEARCH


def test_an_admission_quotes_the_clauses_that_allowed_it():
    got = decide(
        by_default(WILLARD), officer(WILLARD), SEARCH, reason(WILLARD), NOW, known(WILLARD)
    )
    assert got.allowed
    assert got.rule == "allowed"
    assert got.clauses == ("WIL-2.5", "WIL-9.1", "WIL-3.2a")
    assert got.answers == ("access.query_gate.case_reference",)
    odessa = decide(by_default(ODESSA), officer(ODESSA), SEARCH, reason(ODESSA), NOW, known(ODESSA))
    assert "ODE-20" in odessa.clauses
    carson = decide(by_default(CARSON), officer(CARSON), SEARCH, reason(CARSON), NOW, known(CARSON))
    assert {"CAR-2.3", "CAR-5.2"} <= set(carson.clauses)


@pytest.mark.parametrize(
    ("city", "who", "why", "rule", "clauses"),
    [
        (WILLARD, {"authorised": False}, {}, "authorised", ("WIL-2.5", "WIL-5.1")),
        (WILLARD, {"authorised_until": date(2026, 5, 31)}, {}, "authorised", None),
        (WILLARD, {"trained_on": date(2026, 6, 2)}, {}, "trained", ("WIL-9.1",)),
        (WILLARD, {"signed_in_with_second_factor": False}, {}, "second_factor", ()),
        (WILLARD, {}, {"purpose": "  "}, "purpose_given", ("WIL-2.4", "WIL-3.2", "WIL-3.3c")),
        (
            WILLARD,
            {},
            {"purpose": "non_law_enforcement_monitoring"},
            "purpose_prohibited",
            ("WIL-3.3a",),
        ),
        (ODESSA, {}, {"purpose": "parking_enforcement"}, "purpose_prohibited", ("ODE-8", "ODE-17")),
        (CARSON, {}, {"purpose": "personal"}, "purpose_prohibited", ("CAR-1.6",)),
        (WILLARD, {}, {"note": "inv"}, "note", ("WIL-3.3c", "WIL-4.5b")),
        (WILLARD, {}, {"note": "", "case_number": ""}, "note", None),
        (ODESSA, {}, {"case_number": ""}, "case_reference", ("ODE-20",)),
        (ODESSA, {}, {"case_number": "none"}, "case_reference", ("ODE-20",)),
        (ODESSA, {}, {"case_number": "0000"}, "case_reference", ("ODE-20",)),
        (CARSON, {}, {"case_number": "INC-2026-118"}, "case_reference", ("CAR-5.2",)),
    ],
)
def test_a_search_is_refused(city, who, why, rule, clauses):
    got = decide(
        by_default(city), officer(city, **who), SEARCH, reason(city, **why), NOW, known(city)
    )
    assert not got.allowed
    assert got.rule == rule
    assert clauses is None or set(clauses) <= set(got.clauses), got.clauses
    assert got.do_next.endswith("Nothing was searched.")


def test_the_last_day_of_an_authorisation_still_counts():
    until_today = officer(WILLARD, authorised_until=TODAY)
    assert decide(
        by_default(WILLARD), until_today, SEARCH, reason(WILLARD), NOW, known(WILLARD)
    ).allowed


def test_today_is_the_citys_own_day():
    # Half past midnight in UTC on 2 June is still the evening of 1 June in Missouri.
    evening = datetime.fromisoformat("2026-06-02T00:30:00+00:00")
    until = officer(WILLARD, authorised_until=TODAY)
    assert decide(
        by_default(WILLARD), until, SEARCH, reason(WILLARD), evening, known(WILLARD)
    ).allowed
    morning = evening + timedelta(hours=6)
    assert not decide(
        by_default(WILLARD), until, SEARCH, reason(WILLARD), morning, known(WILLARD)
    ).allowed


def test_a_time_without_a_zone_decides_nothing():
    naive = NOW.replace(tzinfo=None)
    got = decide(
        by_default(WILLARD), officer(WILLARD), SEARCH, reason(WILLARD), naive, known(WILLARD)
    )
    assert (got.allowed, got.rule) == (False, "clock")


def test_a_policy_is_not_in_force_before_its_day():
    early = datetime.fromisoformat("2025-11-23T12:00:00+00:00")
    who = officer(WILLARD, trained_on=date(2025, 11, 1))
    got = decide(by_default(WILLARD), who, SEARCH, reason(WILLARD), early, known(WILLARD))
    assert got.rule == "policy_in_force"
    assert "WIL-ORD.6" in got.clauses


def test_an_unfinished_profile_allows_nothing():
    draft = load.load(load.shipped_text(ODESSA))
    got = decide(draft, officer(ODESSA), SEARCH, reason(ODESSA), NOW, known(ODESSA))
    assert got.rule == "policy_complete"
    assert draft.unanswered[0].path in got.why


def test_a_refusal_names_who_decided_where_the_text_is_silent():
    who = officer(WILLARD, signed_in_with_second_factor=False)
    got = decide(by_default(WILLARD), who, SEARCH, reason(WILLARD), NOW, known(WILLARD))
    assert got.answers == ("access.auth.mfa",)
    assert "Willard's text is silent on this; Pat Lee decided it" in got.why


def test_a_refusal_without_clause_or_answer_says_the_rule_is_ours():
    got = decide(
        by_default(ODESSA), officer(ODESSA, role=None), SEARCH, reason(ODESSA), NOW, known(ODESSA)
    )
    assert (got.clauses, got.answers) == ((), ())
    assert HOUSE_RULE in got.why


def test_willard_may_answer_that_no_case_number_is_needed():
    none = answered(WILLARD, {"access.query_gate.case_reference": "none"})
    without = reason(WILLARD, case_number="")
    assert decide(none, officer(WILLARD), SEARCH, without, NOW, known(WILLARD)).allowed
    assert not decide(
        by_default(WILLARD), officer(WILLARD), SEARCH, without, NOW, known(WILLARD)
    ).allowed


def test_a_number_in_the_reason_box_counts_as_the_case_number():
    moved = reason(ODESSA, case_number="", note="26-104233")
    assert decide(by_default(ODESSA), officer(ODESSA), SEARCH, moved, NOW, known(ODESSA)).allowed


def test_a_case_number_says_why_by_itself_but_vague_words_beside_it_do_not():
    willard = by_default(WILLARD)
    assert decide(
        willard, officer(WILLARD), SEARCH, reason(WILLARD, note=""), NOW, known(WILLARD)
    ).allowed
    vague = decide(
        willard, officer(WILLARD), SEARCH, reason(WILLARD, note="check"), NOW, known(WILLARD)
    )
    assert vague.rule == "note"


def test_what_a_city_prohibits_stays_prohibited_whatever_it_means():
    text = load.shipped_text(ODESSA)
    stricter = text.replace("prohibited: [", "prohibited: [crime_person_or_property, ")
    profile = load.load(stricter, answers=[*by_default(ODESSA).answers.values()])
    asked = reason(ODESSA, purpose="crime_person_or_property")
    assert decide(by_default(ODESSA), officer(ODESSA), SEARCH, asked, NOW, known(ODESSA)).allowed
    assert (
        decide(profile, officer(ODESSA), SEARCH, asked, NOW, known(ODESSA)).rule
        == "purpose_prohibited"
    )


def test_where_copies_may_leave_for_any_listed_purpose():
    text = load.shipped_text(WILLARD).replace(
        "local: {default: forbidden", "local: {default: allowed"
    )
    profile = load.load(text, answers=[*by_default(WILLARD).answers.values()])
    download = Act.EXPORTS_DOWNLOAD
    assert decide(profile, officer(WILLARD), download, reason(WILLARD), NOW, known(WILLARD)).allowed


def test_alerts_come_without_purpose_or_case():
    got = decide(by_default(ODESSA), officer(ODESSA), Act.ALERTS_SEE, Reason(), NOW, known(ODESSA))
    assert got.allowed
    assert not decide(
        by_default(ODESSA), officer(ODESSA), Act.READS_VIEW, Reason(), NOW, known(ODESSA)
    ).allowed


def test_reading_the_log_asks_for_training_because_entries_name_plates():
    chief = officer(WILLARD, role="chief")
    assert decide(by_default(WILLARD), chief, Act.AUDIT_READ, Reason(), NOW, known(ODESSA)).allowed
    untrained = officer(WILLARD, role="chief", trained_on=None)
    assert not decide(
        by_default(WILLARD), untrained, Act.AUDIT_READ, Reason(), NOW, known(ODESSA)
    ).allowed


ONLY_LOOKING = (
    (WILLARD, "sworn_officer"),
    (WILLARD, "designated_staff"),
    (WILLARD, "other_authorised_entity"),
    (WALNUT, "lasd_sworn"),
    (WALNUT, "other_agency"),
    (CALABASAS, "city_prosecutor"),
    (CALABASAS, "lasd_authorised"),
    (CARSON, "lasd_sworn"),
    (CARSON, "other_agency"),
)
ANSWERING = (
    (WILLARD, "chief"),
    (WALNUT, "asd"),
    (CALABASAS, "city_admin_staff"),
    (CARSON, "policy_officer"),
)


def test_who_may_do_what():
    """The whole table: every act a role is allowed when all is well, and nothing beside."""
    got = {
        (city, role, act)
        for city in CITIES
        for role in by_default(city).roles
        for act in Act
        if decide(
            by_default(city),
            officer(city, role=role),
            act,
            reason(city, purpose="evidence_identification_prosecution")
            if act is Act.EXPORTS_DOWNLOAD
            else reason(city),
            NOW,
            known(city, request=request(city, agency=officer(city, role=role).agency)),
        ).allowed
    }
    named = {
        (city, role.code, act)
        for city in CITIES
        for role in by_default(city).roles.values()
        for action in role.actions
        for act in ACTS_OF_ACTION[action]
    }
    # Calabasas has not decided whether its code-enforcement staff may receive anything; who only
    # looks agrees to no hold where somebody answers for the use; nobody is counsel by a role alone.
    undecided = {(CALABASAS, "code_enforcement_staff", Act.SHARING_RECEIVE)}
    not_theirs = {
        (*who, act) for who in ONLY_LOOKING for act in (Act.HOLDS_APPROVE, Act.HOLDS_RELEASE)
    }
    not_counsel = {(*who, Act.PRESERVED_OPEN) for who in ANSWERING}
    assert named - got == undecided | not_theirs | not_counsel
    assert got <= named
    assert (WILLARD, "vendor", Act.AGGREGATE_SEE) in named
    assert (WILLARD, "vendor", SEARCH) not in named


@pytest.mark.parametrize("act", sorted(HOUSE_ACTS))
@pytest.mark.parametrize("city", CITIES)
def test_no_person_does_the_houses_own_acts(city, act):
    got = decide(by_default(city), officer(city), act, reason(city), NOW, known(city))
    assert (got.allowed, got.rule) == (False, "act_named")


def test_a_role_the_city_has_not_decided_on_stays_closed():
    text = load.shipped_text(ODESSA).replace(
        "sworn: null, actions: [search", "sworn: null, needs_city_decision: true, actions: [search"
    )
    draft = load.load(text)
    undecided = load.load(
        text, answers=[*by_text_alone(ODESSA).answers.values()], version=draft.version
    )
    got = decide(undecided, officer(ODESSA), SEARCH, reason(ODESSA), NOW, known(ODESSA))
    assert got.rule == "role_decided"


def test_good_standing_where_a_city_asks_for_it():
    text = load.shipped_text(WILLARD).replace("good_standing: null", "good_standing: required")
    strict = load.load(text, answers=[*by_default(WILLARD).answers.values()])
    fallen = officer(WILLARD, good_standing=False)
    assert (
        decide(strict, fallen, SEARCH, reason(WILLARD), NOW, known(WILLARD)).rule == "good_standing"
    )
    assert decide(by_default(WILLARD), fallen, SEARCH, reason(WILLARD), NOW, known(WILLARD)).allowed


def test_every_act_has_words_and_its_preconditions():
    assert set(WORDS_FOR_ACT) == set(Act)
    assert set(NEEDS) == PEOPLES_ACTS == set(RULES_FOR)
    assert {act for acts in ACTS_OF_ACTION.values() for act in acts} == PEOPLES_ACTS
    looking = (SEARCH, Act.READS_VIEW, Act.EXPORTS_DOWNLOAD)
    assert all({Need.PURPOSE, Need.CASE, Need.TRAINING} <= NEEDS[act] for act in looking)


@pytest.mark.parametrize("city", CITIES)
def test_a_stranger_with_nothing_is_refused_everything(city):
    for act in Act:
        got = decide(by_default(city), Standing(), act, Reason(), NOW, known(city))
        assert not got.allowed
        assert got.why
        assert got.do_next


def test_the_fixtures_are_those_who_may():
    assert all(SEARCH in by_default(city).roles[IN[city].role].acts for city in CITIES)


@pytest.mark.parametrize("city", CITIES)
def test_words_that_say_nothing_are_refused_whether_the_city_asks_for_words_or_not(city):
    assert ask(city).allowed
    assert ask(city, why={"note": "test"}).rule == "note"
    assert ask(city, why={"note": "check"}).rule == "note"


def test_who_agrees_to_a_hold_and_who_is_counsel():
    for act in (Act.HOLDS_APPROVE, Act.HOLDS_RELEASE):
        assert ask(WILLARD, act).rule == "countersigns"
        assert ask(WILLARD, act, who={"role": "chief", "trained_on": None}).allowed
        assert ask(ODESSA, act).allowed  # the text names nobody else
    refused = ask(CARSON, Act.PRESERVED_OPEN, who={"role": "policy_officer", "sworn": False})
    assert refused.rule == "counsel"
    attested = by_default(CARSON).gate.attested | {"counsel"}
    counsel = {"role": "policy_officer", "sworn": False, "attested": attested}
    assert ask(CARSON, Act.PRESERVED_OPEN, who=counsel).allowed
    assert ask(WILLARD, Act.PRESERVED_OPEN, who={"role": "city_attorney"}).allowed
