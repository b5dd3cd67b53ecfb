"""Laws over a city's text: they tighten, never loosen, and are quoted like clauses."""

from copy import deepcopy
from datetime import date
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plateward.policy import clauses, load, overlays, page, purposes, shape, strictness
from plateward.policy.decide import Reason, Standing, decide
from plateward.policy.silence import Answer
from plateward.policy.strictness import Verb, tightened
from plateward.policy.vocabulary import Act
from tests.policy.cities import (
    CALABASAS,
    CARSON,
    CITIES,
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

LAW = {
    WILLARD: ("us-mo",),
    WALNUT: ("us-ca",),
    ODESSA: ("us-mo",),
    CALABASAS: ("us-ca",),
    CARSON: ("us-ca",),
}
SILENT = ("legal_notes.CA-1798.29i3", "legal_notes.CA-GOV-34090")


@cache
def under(city, *laws, text_alone=True, signed_off=False):
    made = by_text_alone(city) if text_alone else by_default(city)
    notes = overlays.sign_offs(map(overlays.one, laws)) if signed_off else ()
    read = [
        Answer(note.path, note.default, "Pat Lee", "read", accepted_default=True) for note in notes
    ]
    answers = [*made.answers.values(), *read]
    return load.load(load.shipped_text(city), answers=answers, overlays=laws)


@pytest.mark.parametrize("city", CITIES)
def test_a_citys_laws_choose_the_overlays_and_cjis_waits_to_be_named(city):
    document = load.checked(load.shipped_text(city))
    assert tuple(each.id for each in overlays.chosen(document)) == LAW[city]
    named = tuple(each.id for each in overlays.chosen(document, ["us-cjis", "us-cjis"]))
    assert named == (*LAW[city], "us-cjis")


def test_an_overlay_nobody_ships():
    with pytest.raises(overlays.NoOverlay, match='Did you mean "us-cjis"'):
        overlays.one("us-cji")


@pytest.mark.parametrize("overlay", overlays.shipped())
def test_every_row_says_which_law_what_and_why(overlay):
    rows = overlays.one(overlay).rows
    assert len({row.id for row in rows}) == len(rows)
    for row in rows:
        assert row.law, row.id
        assert len(row.paraphrase) > 20, row.id
        assert len(row.why) > 20, row.id
        assert clauses.one(row.id).paraphrase == f"{row.law}: {row.paraphrase}"


def test_california_over_walnut():
    walnut = under(WALNUT, "us-ca")
    assert walnut.at("program.policy_posted") is True
    assert walnut.gate.posting_required
    asked = {"date", "time", "plate_or_query_elements", "username", "organisation", "purpose"}
    assert asked < set(walnut.at("access.log.required_fields"))
    assert walnut.at("sharing.sale") == "forbidden"
    assert walnut.at("sharing.outside_state") == "forbidden"
    assert walnut.at("breach.attorney_general_above") == 500
    assert walnut.retention_words() == "60 days"
    assert {silence.path for silence in walnut.unanswered} == set(SILENT)
    assert under(CALABASAS, "us-ca").at("sharing.recipients") == (
        "authorised_city_staff",
        "law_enforcement",
        "prosecutor",
    )
    assert under(CALABASAS, "us-ca").at("breach.law") == "us-ca-civ-1798.29"


def test_missouri_puts_a_clock_on_records_requests():
    willard = under(WILLARD, "us-mo")
    assert willard.at("public_records.respond_within_business_days") == 3
    assert willard.at("public_records.denial_in_writing") == "required"
    assert willard.at("breach.law") == "us-mo-407.1500"
    assert willard.at("public_records.reviewer") == by_text_alone(WILLARD).at(
        "public_records.reviewer"
    )


def test_cjis_over_odessa_refuses_whom_the_silent_text_let_in_and_is_quoted():
    untrained = officer(ODESSA, trained_on=None, signed_in_with_second_factor=False)
    facts = (untrained, Act.READS_SEARCH, reason(ODESSA), NOW, known(ODESSA))
    assert decide(by_text_alone(ODESSA), *facts).allowed
    refused = decide(under(ODESSA, "us-cjis"), *facts)
    assert not refused.allowed
    assert "CJIS-AT-2" in refused.clauses
    said = {clause for objection in refused.objections for clause in objection.clauses}
    assert {"CJIS-AT-2", "CJIS-IA-2"} <= said


def test_a_law_is_quoted_only_where_it_is_what_binds():
    carson = under(CARSON, "us-cjis", text_alone=False)
    assert carson.at("retention.audit_log.min_period") == "P5Y"
    assert "CJIS-AU-11" not in carson.clauses_for("retention.audit_log.min_period")
    odessa = under(ODESSA, "us-cjis", text_alone=False)
    assert odessa.clauses_for("retention.audit_log.min_period") == ("CJIS-AU-11",)
    willard = under(WILLARD, "us-cjis")
    assert willard.clauses_for("training.renew_every") == ("WIL-9.1", "CJIS-AT-2", "CJIS-AT-3")


def test_a_law_that_forbids_a_purpose_takes_it_off_the_list():
    text = row("purposes.prohibited", "with", "[routine_patrol]")
    strict = load.load(load.shipped_text(CALABASAS), overlays=[overlays.parsed(text)])
    assert "routine_patrol" not in strict.purposes.labels
    assert "routine_patrol" in by_default(CALABASAS).purposes.labels


def test_the_digest_says_which_laws_stood_over_the_text():
    digests = {under(WILLARD, *laws).digest for laws in ((), ("us-mo",), ("us-mo", "us-cjis"))}
    assert len(digests) == 3


def test_the_page_lists_the_laws():
    shown = "\n".join(page.lines(under(CARSON, "us-ca", "us-cjis")))
    assert "California law on plate readers" in shown
    assert "CJIS-AT-2" in shown
    assert page.as_data(under(CARSON, "us-ca"))["overlays"] == ["us-ca"]


# -- what may not be written --


def row(place: str, verb: str, value: str) -> str:
    return f"""schema: alpr-policy-overlay/1
id: test
title: For a test
for_laws: []
rows:
  - id: TEST-1
    law: Test Act 1
    paraphrase: A paraphrase of the section
    why: For the test
    places:
      {place}: {{{verb}: {value}}}
"""


@pytest.mark.parametrize(
    ("place", "verb", "value", "says"),
    [
        ("training.before_access", "is", "false", "would loosen"),
        ("access.auth.mfa", "is", "not_required", "would loosen"),
        ("access.auth.mfa", "is", "sometimes", "cannot stand here"),
        ("purposes.mode", "is", "open_list", "would loosen"),
        ("collection.fields.speed", "is", "required", "would loosen"),
        ("exports.local.default", "is", "allowed", "would loosen"),
        ("retention.reads.period", "at_least", "P5Y", "at_least could loosen this place"),
        ("retention.audit_log.min_period", "at_most", "P1D", "at_most could loosen this place"),
        ("purposes.authorised", "with", "[other]", "with could loosen this place"),
        ("purposes.prohibited", "only", "[personal]", "only could loosen this place"),
        ("access.roles", "only", "[chief]", "may only write must_say here"),
        ("training.renew_every", "at_most", "null", "cannot stand here"),
        ("training.renew_every", "at_most", "yearly", "cannot stand here"),
        ("training.renew_every", "at_most", "P900Y", "longer than 100 years"),
        ("training.renew_evry", "at_most", "P1Y", 'Did you mean "training.renew_every"?'),
        ("training.renew_every", "at_mots", "P1Y", '"at_mots" is no demand. Did you mean'),
        ("training.renew_every", "at_most: P1Y, at_least", "P1Y", "must be one demand"),
        ("sharing.recipients", "without", "lasd", "takes a list of words"),
        ("audits.every", "must_say", "false", "must_say takes true"),
    ],
)
def test_what_could_loosen_is_refused_with_its_line(place, verb, value, says):
    with pytest.raises(overlays.WrongOverlay) as wrong:
        overlays.parsed(row(place, verb, value))
    assert says in wrong.value.errors[0].reason
    assert wrong.value.errors[0].line == 11
    assert "line 11" in str(wrong.value)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("schema: alpr-policy-overlay/1", "schema: x", 'must be "alpr-policy-overlay/1"'),
        ("title: For a test\n", "", "This is missing"),
        ("title: For", "titel: For", 'Did you mean "title"?'),
        ("for_laws: []", "for_laws: us-ca", "must be a list of laws"),
        ("    why: For the test\n", "", "This is missing"),
        ("why: For the test", "why: [a]", "must be words"),
        ("why: For the test", "why: w\n    sign_off: soon", "must be true or false"),
        ("why: For the test", "why: w\n    enforcement: maybe", "must be one of enforced"),
        ("rows:", "rows: []\nrowz:", "must be a list of rows"),
        ("id: test", "id: &x test", "References"),
        ("  - id: TEST-1", "  - just words\n  - id: TEST-1", "must be a section"),
    ],
)
def test_a_file_that_is_no_overlay(old, new, says):
    text = row("training.before_access", "is", "true")
    assert old in text
    with pytest.raises(overlays.WrongOverlay) as wrong:
        overlays.parsed(text.replace(old, new))
    assert any(says in error.reason for error in wrong.value.errors), wrong.value.errors


def test_two_rows_of_one_id():
    text = row("training.before_access", "is", "true")
    rows = text.partition("rows:\n")[2]
    with pytest.raises(overlays.WrongOverlay, match="two rows TEST-1"):
        overlays.parsed(text + rows)


# -- what must hold whatever the facts --

UNDER = [
    (city, made, laws)
    for city in CITIES
    for made in (by_text_alone, by_default)
    for laws in ((*LAW[city],), ("us-cjis",), (*LAW[city], "us-cjis"))
]
PAIRS = [
    (made(city), under(city, *laws, text_alone=made is by_text_alone, signed_off=True))
    for city, made, laws in UNDER
]
ROLES = sorted({role for plain, _strict in PAIRS for role in plain.roles})
standings = st.builds(
    Standing,
    role=st.sampled_from(ROLES),
    sworn=st.booleans(),
    authorised=st.just(True),
    authorised_until=st.none(),
    trained_on=st.none() | st.dates(date(2024, 1, 1), date(2026, 5, 31)),
    good_standing=st.booleans(),
    signed_in_with_second_factor=st.booleans(),
    agency=st.sampled_from(["", "City", "Los Angeles County Sheriff", "Odessa Police Department"]),
    trained_topics=st.just(frozenset(by_default(WILLARD).training.topics)),
    attested=st.sampled_from([frozenset(), by_default(CARSON).gate.attested]),
)
reasons = st.builds(
    Reason,
    purpose=st.sampled_from(sorted(purposes.KNOWN_CODES)),
    case_number=st.sampled_from(["", "26-104233", "CAD 26-9"]),
    note=st.sampled_from(["", "burglary on Elm Street"]),
    confirmed=st.sampled_from([frozenset(), frozenset({"warrant", "suspicion"})]),
)


@settings(deadline=None)
@given(st.sampled_from(PAIRS), standings, st.sampled_from(list(Act)), reasons)
def test_no_law_ever_allows_what_the_text_refused(pair, standing, act, why):
    plain, strict = pair
    facts = (standing, act, why, NOW, known(plain.id))
    if decide(strict, *facts).allowed:
        assert decide(plain, *facts).allowed


@pytest.mark.parametrize("city", CITIES)
def test_under_all_its_laws_a_city_still_works_for_who_stands_well(city):
    strict = under(city, *LAW[city], "us-cjis", signed_off=True)
    facts = (officer(city), Act.READS_SEARCH, reason(city), NOW, known(city))
    assert decide(strict, *facts).allowed


@pytest.mark.parametrize("city", CITIES)
def test_applied_twice_a_law_changes_nothing(city):
    laws = [overlays.one(each) for each in overlays.shipped()]
    text = load.checked(load.shipped_text(city))
    once = overlays.applied(deepcopy(dict(text)), laws)
    assert overlays.applied(deepcopy(once), laws) == once
    assert once != text


periods = st.builds(
    lambda number, unit: f"P{number}{unit}", st.integers(1, 60), st.sampled_from("DMYW")
)
BOUNDED = sorted(
    path
    for path in shape.all_paths()
    if {Verb.AT_MOST, Verb.AT_LEAST} & strictness.verbs(path)
    and "pattern" in (shape.place(path) or {})
)


@given(st.sampled_from(BOUNDED), st.none() | periods, periods)
def test_a_bound_gives_what_is_strict_for_both_and_stays_so(path, held, value):
    verb = next(iter({Verb.AT_MOST, Verb.AT_LEAST} & strictness.verbs(path)))
    after = tightened(path, verb, held, value)
    assert shape.fits(path, after)
    assert tightened(path, verb, after, value) == after
    for asked in filter(None, (held, value)):
        first, last = days(asked), days(after)
        if verb is Verb.AT_MOST:
            assert last[1] <= first[0] or after == asked or same(after, asked)
        else:
            assert last[0] >= first[1] or after == asked or same(after, asked)


def days(text: str) -> tuple[int, int]:
    """The fewest and the most days it may last."""
    number, unit = int(text[1:-1]), text[-1]
    if unit == "M":
        years, months = divmod(number, 12)
        return years * 365 + months * 28, years * 366 + months * 31
    fewest, most = {"D": (1, 1), "W": (7, 7), "Y": (365, 366)}[unit]
    return number * fewest, number * most


def same(one: str, other: str) -> bool:
    counted = [
        (int(text[1:-1]) * {"Y": 12, "M": 1}.get(text[-1], 0), days(text)) for text in (one, other)
    ]
    return counted[0] == counted[1]


@pytest.mark.parametrize("path", sorted(strictness.RANKS))
def test_of_two_words_the_stricter_stays(path):
    rank = strictness.RANKS[path]
    for number, held in enumerate(rank):
        for value in rank[1:]:
            if value is None:
                continue
            after = tightened(path, Verb.IS, held, value)
            assert rank.index(after) >= max(number, rank.index(value))
            assert after in (held, value)


def test_every_word_with_a_rank_may_stand_in_its_place():
    for path, rank in strictness.RANKS.items():
        assert all(shape.fits(path, word) or path == "sharing.sale" for word in rank), path
