"""A clause alone can be put out of force; what other clauses close stays closed."""

from datetime import date
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plateward.policy import clauses, load, page
from plateward.policy.decide import decide
from plateward.policy.suspension import HOUSE_DEFAULTS, Suspension, fallen_back
from plateward.policy.vocabulary import Act
from tests.policy.cities import (
    CALABASAS,
    CARSON,
    CITIES,
    IN,
    NOW,
    ODESSA,
    WALNUT,
    WILLARD,
    by_default,
    by_text_alone,
    known,
    officer,
    reason,
)
from tests.policy.test_overlays import reasons, standings

ORDER = "Circuit Court order 26-CV-118"


@cache
def without(city, *ids, text_alone=False):
    made = by_text_alone(city) if text_alone else by_default(city)
    return load.load(
        load.shipped_text(city),
        answers=made.answers.values(),
        suspensions=[Suspension(each, ORDER, "Pat Lee", "2026-05-01") for each in ids],
    )


def search(profile, **other):
    who = officer(profile.id, **other.pop("who", {}))
    return decide(
        profile, who, Act.READS_SEARCH, reason(profile.id, **other), NOW, known(profile.id)
    )


def test_a_purpose_only_a_suspended_clause_lists_leaves_the_list():
    assert search(by_default(WILLARD), purpose="crime_person_or_property").allowed
    suspended = without(WILLARD, "WIL-3.2a")
    refused = search(suspended, purpose="crime_person_or_property")
    assert not refused.allowed
    assert "WIL-3.2a" not in refused.clauses
    assert search(suspended, purpose="evidence_identification_prosecution").allowed


def test_a_purpose_another_clause_lists_as_well_stays():
    suspended = without(CALABASAS, "CAL-IV.b1")
    assert "routine_patrol" not in suspended.purposes.labels
    assert "criminal_investigation" in suspended.purposes.labels  # CAL-A.b
    assert suspended.at("purposes.code_enforcement") == "allowed"  # CAL-III.h
    both = without(CALABASAS, "CAL-IV.b1", "CAL-A.b", "CAL-III.h")
    assert "code_enforcement_investigation" not in both.purposes.labels
    assert both.at("purposes.code_enforcement") is None


def test_a_role_only_a_suspended_clause_names_waits_for_the_city():
    suspended = without(CALABASAS, "CAL-III.a.1")
    refused = search(suspended, who={"role": "city_prosecutor"})
    assert refused.rule == "role_decided"
    assert search(suspended).allowed  # the Sheriff's people stand under another clause


def test_what_a_suspended_clause_closed_stays_closed_as_the_houses_own_rule():
    assert without(ODESSA, "ODE-17", "ODE-8").at("purposes.traffic_or_parking") == "forbidden"
    carson = without(CARSON, "CAR-5.1")
    assert carson.at("exports.local.default") == "forbidden"
    assert not without(WILLARD, "WIL-4.3").gate.downloads
    assert without(WILLARD, "WIL-4.3").at("exports.local.allowed_for") == ()
    assert without(CARSON, "CAR-5.2").gate.on_request_only
    assert without(WALNUT, "WAL-4.7").gate.on_request_only


def test_where_the_house_has_a_default_the_place_falls_back_to_it():
    carson = without(CARSON, "CAR-5.2")
    assert carson.gate.case_reference == "case_or_cad"
    refused = search(carson, case_number="")
    assert refused.rule == "case_reference"
    assert "CAR-5.2" not in refused.clauses


def test_an_open_list_that_is_suspended_is_closed():
    speak = [
        clause.id
        for clause in clauses.of(WILLARD)
        if {"purposes.mode", "purposes.beyond_policy"} & dict(clause.parameters).keys()
    ]
    assert len(speak) > 1
    some = without(WILLARD, speak[0])
    assert some.purposes.is_open
    none = without(WILLARD, *speak)
    assert not none.purposes.is_open
    assert search(none, purpose="other").rule == "purpose_listed"


def test_fields_only_a_suspended_clause_lists_are_dropped_but_for_what_the_house_stands_on():
    speak = [
        clause.id
        for clause in clauses.of(CARSON)
        if any(path.startswith("collection.fields") for path, _value in clause.parameters)
    ]
    suspended = without(CARSON, *speak)
    assert by_default(CARSON).keeps_field("speed")
    assert not suspended.keeps_field("speed")
    assert not suspended.keeps_field("image")
    assert suspended.keeps_field("plate")


def test_reads_keep_their_end():
    speak = [
        clause.id
        for clause in clauses.of(CARSON)
        if "retention.reads.period" in dict(clause.parameters)
    ]
    assert without(CARSON, *speak).retention_words() == "5 years"


def test_suspending_changes_the_digest_and_shows_on_the_page():
    suspended = without(WILLARD, "WIL-9.1")
    assert suspended.digest != by_default(WILLARD).digest
    assert suspended.suspended["WIL-9.1"].reference == ORDER
    shown = "\n".join(page.lines(suspended))
    assert f"WIL-9.1: {ORDER} (recorded by Pat Lee, since 2026-05-01)" in shown
    assert page.as_data(suspended)["suspended"]["WIL-9.1"]["by"] == "Pat Lee"


@pytest.mark.parametrize(
    ("suspension", "says"),
    [
        (Suspension("WIL-99", ORDER, "Pat Lee"), "has no clause WIL-99"),
        (Suspension("WIL-91", ORDER, "Pat Lee"), 'Did you mean "WIL-9.1"?'),
        (Suspension("CA-1798.90.55b", ORDER, "Pat Lee"), "has no clause"),
        (Suspension("WIL-9.1", " ", "Pat Lee"), "needs a reference and a name"),
        (Suspension("WIL-9.1", ORDER, ""), "needs a reference and a name"),
    ],
)
def test_what_cannot_be_suspended(suspension, says):
    with pytest.raises(load.WrongProfile, match="suspen") as wrong:
        load.load(load.shipped_text(WILLARD), suspensions=[suspension])
    assert says in wrong.value.errors[0].reason


@pytest.mark.parametrize("city", CITIES)
def test_with_every_clause_suspended_nobody_searches(city):
    nothing = without(city, *(clause.id for clause in clauses.of(city)))
    assert not search(nothing).allowed
    assert nothing.purposes.labels == {} or nothing.role(IN[city].role).needs_city_decision


def test_a_fallback_is_never_laxer_than_what_the_house_proposes():
    assert {path: fallen_back(path, "whatever") for path in HOUSE_DEFAULTS} == HOUSE_DEFAULTS
    assert fallen_back("purposes.code_enforcement", "allowed") is None
    assert fallen_back("purposes.suspicion_required", "not_required") is None
    assert fallen_back("purposes.mode", "open_list") == "closed_list"
    assert fallen_back("training.before_access", True) is True
    assert fallen_back("access.query_gate.case_reference", None) is None


LACKING_FOR_WHO = (
    {},
    {"trained_on": None},
    {"trained_on": date(2024, 6, 1)},
    {"trained_topics": frozenset()},
    {"good_standing": False},
    {"sworn": False},
    {"attested": frozenset()},
    {"signed_in_with_second_factor": False},
)
LACKING_FOR_WHY = (
    {},
    {"case_number": ""},
    {"case_number": "CAD 26-9"},
    {"note": "", "case_number": ""},
    {"confirmed": frozenset()},
    {"purpose": "other"},
    {"purpose": "personal"},
    {"purpose": "missing_person"},
)


def nearly(city):
    """Who stands well but for one thing, in each role, for each act that shows reads."""
    for role in by_default(city).roles:
        for lacks in LACKING_FOR_WHO:
            for act in (Act.READS_SEARCH, Act.ALERTS_SEE, Act.EXPORTS_DOWNLOAD):
                yield officer(city, **({"role": role} | lacks)), act, reason(city)
        for lacks in LACKING_FOR_WHY:
            yield officer(city, role=role), Act.READS_SEARCH, reason(city, **lacks)


@pytest.mark.parametrize("city", CITIES)
def test_each_clause_alone_opens_nothing_that_another_closes(city):
    """Every clause, against everyone who lacks one thing: what only luck would draw at random."""
    asked = [
        (facts, decide(by_text_alone(city), *facts, NOW, known(city))) for facts in nearly(city)
    ]
    refused = [(facts, before) for facts, before in asked if not before.allowed]
    assert len(refused) < len(asked)
    for clause in clauses.of(city):
        suspended = without.__wrapped__(city, clause.id, text_alone=True)
        for facts, before in refused:
            if decide(suspended, *facts, NOW, known(city)).allowed:
                rules = {each.rule for each in before.objections}
                cited = {quoted for each in before.objections for quoted in each.clauses}
                assert rules <= {"case_reference", "trained_lately"}, (clause.id, facts)
                assert cited <= {clause.id}, (clause.id, facts)


SOME = {
    city: st.sets(
        st.sampled_from([clause.id for clause in clauses.of(city) if clause.parameters]),
        min_size=1,
        max_size=4,
    )
    for city in CITIES
}
suspended_somewhere = st.sampled_from(CITIES).flatmap(
    lambda city: st.tuples(st.just(city), SOME[city].map(frozenset))
)


@settings(deadline=None, max_examples=150)
@given(suspended_somewhere, st.booleans(), standings, st.sampled_from(list(Act)), reasons)
def test_what_another_clause_closes_stays_closed(where, text_alone, standing, act, why):
    city, gone = where
    plain = by_text_alone(city) if text_alone else by_default(city)
    facts = (standing, act, why, NOW, known(city))
    before = decide(plain, *facts)
    after = decide(without(city, *sorted(gone), text_alone=text_alone), *facts)
    assert not set(after.clauses) & gone
    if not before.allowed and any(set(each.clauses) - gone for each in before.objections):
        assert not after.allowed


@settings(deadline=None, max_examples=150)
@given(suspended_somewhere, standings, st.sampled_from(list(Act)), reasons)
def test_a_suspension_opens_nothing_but_by_a_default_of_the_house(where, standing, act, why):
    city, gone = where
    facts = (standing, act, why, NOW, known(city))
    before = decide(by_default(city), *facts)
    if decide(without(city, *sorted(gone)), *facts).allowed and not before.allowed:
        assert {each.rule for each in before.objections} <= {"case_reference", "trained_lately"}
