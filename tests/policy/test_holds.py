"""Which hold a city's text knows: D05 to D07, and what must be true of every answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plateward.policy import holds
from plateward.policy.holds import TYPES, DataClass, May, MayNot, may_hold
from tests.policy.cities import (
    CALABASAS,
    CARSON,
    CITIES,
    ODESSA,
    WALNUT,
    WILLARD,
    by_default,
    by_text_alone,
)

CASE = "26-014233"


def asked(city, kind, data=DataClass.READS, *, has_document=True, case=CASE) -> May | MayNot:
    return may_hold(by_default(city), kind, data, has_document=has_document, case=case)


def grounds(kind, data=DataClass.READS) -> dict[str, str]:
    """The ground by which each city accepts it; the rule by which the others do not."""
    got = {city: asked(city, kind, data) for city in CITIES}
    return {
        city: each.ground if isinstance(each, May) else each.first.rule
        for city, each in got.items()
    }


def test_d05_a_subpoena():
    assert grounds("subpoena") == {
        WILLARD: "subpoena",
        WALNUT: "no_hold_written",
        ODESSA: "ground_not_written",
        CALABASAS: "lawful_production",
        CARSON: "no_hold_written",
    }


def test_d06_discovery_in_a_civil_case():
    assert grounds("civil_discovery") == {
        WILLARD: "legal_hold",
        WALNUT: "no_hold_written",
        ODESSA: "ground_not_written",
        CALABASAS: "discovery_request",
        CARSON: "no_hold_written",
    }
    refused = asked(ODESSA, "civil_discovery")
    assert refused.first.clauses == ("ODE-25",)
    assert "Entered into evidence" in refused.first.do_next


def test_d07_evidence_of_a_crime_with_a_case():
    assert grounds("evidence_criminal") == {
        WILLARD: "ongoing_investigation",
        WALNUT: "no_hold_written",
        ODESSA: "entered_into_evidence_criminal_offence",
        CALABASAS: "criminal_evidence",
        CARSON: "no_hold_written",
    }
    booked = asked(CALABASAS, "evidence_criminal")
    assert booked.clauses == ("CAL-V.4", "CAL-V.5")
    assert "book it into evidence" in booked.then


@pytest.mark.parametrize("kind", ["evidence_criminal", "court_proceeding"])
def test_walnut_holds_motion_media_alone_on_a_written_request(kind):
    media = asked(WALNUT, kind, DataClass.MOTION_MEDIA)
    assert isinstance(media, May)
    assert media.clauses == ("WAL-8.3",)
    bare = asked(WALNUT, kind, DataClass.MOTION_MEDIA, has_document=False, case="")
    assert [each.rule for each in bare.objections] == ["document", "case"]
    assert bare.first.clauses == ("WAL-8.3",)
    assert "written request of a law-enforcement agency" in bare.first.why
    assert not isinstance(asked(WALNUT, "subpoena", DataClass.MOTION_MEDIA), May)


@pytest.mark.parametrize(
    ("city", "clauses"), [(CARSON, ("CAR-8.2",)), (WALNUT, ("WAL-8.5", "WAL-8.3"))]
)
def test_where_the_text_knows_no_hold_counsel_is_named_and_the_emergency_copy(city, clauses):
    refused = asked(city, "subpoena")
    assert refused.counsel
    assert refused.preservation
    assert refused.first.clauses == clauses
    assert "attorney" in refused.first.why
    assert "emergency preservation copy" in refused.first.do_next
    assert holds.may_preserve(by_default(city), has_document=True) is None
    assert holds.may_preserve(by_default(city), has_document=False).rule == "document"


@pytest.mark.parametrize("city", [WILLARD, ODESSA, CALABASAS])
def test_where_the_text_has_holds_no_emergency_copy_goes_round_them(city):
    refused = holds.may_preserve(by_default(city), has_document=True)
    assert refused.rule == "text_has_holds"
    assert refused.clauses


@pytest.mark.parametrize("city", CITIES)
def test_what_a_form_offers_is_accepted_and_quotes_its_clause(city):
    profile = by_default(city)
    for data in DataClass:
        for choice in holds.choices(profile, data):
            got = may_hold(profile, choice.ground, data, has_document=True, case=CASE)
            assert isinstance(got, May)
            assert set(choice.clauses) <= set(got.clauses)
            assert choice.clauses


a_profile = st.sampled_from([make(city) for city in CITIES for make in (by_default, by_text_alone)])
a_word = st.sampled_from(
    sorted(TYPES) + sorted({g for each in TYPES.values() for g in each.grounds})
) | st.text(max_size=12)


@given(
    profile=a_profile,
    kind=a_word,
    data=st.sampled_from(DataClass),
    has_document=st.booleans(),
    case=st.sampled_from(["", " ", "x", "none", "0000", CASE]) | st.text(max_size=6),
)
def test_every_hold_stands_on_a_ground_of_the_text_a_paper_and_where_asked_a_case(
    profile, kind, data, has_document, case
):
    got = may_hold(profile, kind, data, has_document=has_document, case=case)
    if isinstance(got, May):
        assert got.ground in profile.at("retention.holds.grounds")
        assert got.ground in TYPES[kind].grounds if kind in TYPES else got.ground == kind
        assert data.value in (profile.at("retention.holds").get("applies_to") or [data.value])
        assert has_document
        assert case.strip() or not holds.needs_case(got.ground)
        assert set(got.clauses) <= {clause.id for clause in profile.clauses}
    else:
        assert got.objections
        for each in got.objections:
            assert each.why
            assert each.do_next
            assert each.clauses or "Plateward's own rule" in each.why


@given(profile=a_profile, kind=a_word, data=st.sampled_from(DataClass), case=st.text(max_size=6))
def test_a_paper_more_never_turns_a_yes_into_a_no(profile, kind, data, case):
    without = may_hold(profile, kind, data, has_document=False, case=case)
    assert isinstance(without, MayNot)
    with_it = may_hold(profile, kind, data, has_document=True, case=case)
    if isinstance(with_it, MayNot):
        left = {each.rule for each in with_it.objections}
        assert left <= {each.rule for each in without.objections}
