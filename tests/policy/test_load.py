"""Profiles load, and a wrong one is refused with every error, its path and its line."""

import os
from pathlib import Path

import pytest

from plateward.policy import load
from plateward.policy.document import MOST_BYTES
from plateward.policy.silence import Answer
from tests.policy.cities import CARSON, CITIES, ODESSA, WILLARD, answered, by_default

WILLARD_TEXT = load.shipped_text(WILLARD)


def refused(text: str) -> dict[str, str]:
    with pytest.raises(load.WrongProfile) as wrong:
        load.load(text)
    return {error.path: error.reason for error in wrong.value.errors}


def changed(old: str, new: str, *, text: str = WILLARD_TEXT) -> str:
    assert text.count(old) == 1, old
    return text.replace(old, new)


def test_the_shipped_profiles_load():
    assert load.shipped() == tuple(sorted(CITIES))
    for city in CITIES:
        profile = load.load(load.shipped_text(city))
        assert profile.id == city
        assert profile.unanswered
        assert len(profile.digest) == 64


@pytest.mark.parametrize("city", CITIES)
def test_the_shipped_profiles_are_those_of_the_research(city):
    shared = Path(os.environ.get("PLATEWARD_SHARED", "../shared")) / "policy" / "profiles"
    if not shared.is_dir():
        pytest.skip("the research's profiles are not here: set PLATEWARD_SHARED")
    theirs = load.checked((shared / f"{city}.yaml").read_text())
    assert load.checked(load.shipped_text(city)) == theirs


def test_a_city_nobody_ships():
    with pytest.raises(load.NoProfile, match="willard-mo"):
        load.shipped_text("atlantis")
    with pytest.raises(load.NoProfile):
        load.shipped_text("../settings")


def test_dates_stay_text():
    assert by_default(WILLARD).at("instrument.adopted_on") == "2025-11-10"


def test_what_the_profile_says():
    willard, odessa, carson = (by_default(city) for city in (WILLARD, ODESSA, CARSON))
    assert [profile.title() for profile in (willard, odessa, carson)] == [
        "Willard, MO",
        "Odessa, MO",
        "Carson, CA",
    ]
    assert willard.retention_words() == "30 days"
    assert carson.retention_words() == "5 years"
    assert carson.retention.max_lateness.words() == "1 minute"
    assert willard.purposes.is_open
    assert odessa.gate.case_reference == "case_or_cad"
    assert carson.gate.case_reference == "criminal_investigation"
    assert willard.keeps_field("plate")
    assert odessa.keeps_field("camera_id")  # unset in the text, and structural
    assert not odessa.keeps_field("faces")
    assert willard.role("vendor").upkeep_only
    assert willard.role("nobody") is None
    with pytest.raises(TypeError):
        willard.values["retention"]["reads"]["period"] = "P99Y"


def test_every_error_is_listed_in_the_order_of_the_file():
    text = changed("state: MO", "state: Missouri")
    text = changed("timezone: America/Chicago", "timezone: America/Chicgo", text=text)
    text = changed("  trial: true", "  trail: true", text=text)
    text = changed("first_reading: 2025-11-10", "first_reading: 2025-02-30", text=text)
    text = changed("period: P30D, anchor", "period: 30 days, anchor", text=text)
    text = changed("face_recognition: null", "face_recognition: allowed", text=text)
    with pytest.raises(load.WrongProfile) as wrong:
        load.load(text)
    errors = wrong.value.errors
    assert [error.path for error in errors] == [
        "state",
        "timezone",
        "instrument.first_reading",
        "program.trial",
        "program.trail",
        "collection.face_recognition",
        "retention.reads.period",
    ]
    lines = text.splitlines()
    assert all(error.line for error in errors)
    assert "timezone" in lines[errors[1].line - 1]
    said = {error.path: error.reason for error in errors}
    assert 'Did you mean "America/Chicago"?' in said["timezone"]
    assert 'Did you mean "trial"?' in said["program.trail"]
    assert "null if the text is silent" in said["program.trial"]
    assert "P30D (30 days)" in said["retention.reads.period"]
    assert said["collection.face_recognition"] == (
        'must be forbidden or null (the text is silent), not "allowed".'
    )
    assert "retention.reads.period: must be a period" in str(wrong.value)


@pytest.mark.parametrize(
    ("old", "new", "path", "says"),
    [
        ("P30D, anchor", "P0D, anchor", "retention.reads.period", "no time at all"),
        ("P30D, anchor", "P99Y, anchor", "retention.reads.period", "must have an end"),
        ("P30D, anchor", "unlimited, anchor", "retention.reads.period", "must be a period"),
        ("P30D, anchor", "null, anchor", "retention.reads.period", "must be text, not null"),
        ("default: deny", "default: allow", "access.default", 'must be "deny"'),
        ("code: chief,", "code: vendor,", "access.roles[5].code", "two roles vendor"),
        ("[aggregate_only]", "[search]", "access.roles[5].actions", "keeps the vendor from reads"),
        ("hotlist_check]", "other]", "purposes.authorised", "not a purpose"),
        (
            "beyond_policy: prior_legal_review",
            "beyond_policy: null",
            "purposes.beyond_policy",
            "open list must say",
        ),
        (
            "[non_law_enforcement_monitoring",
            "[hotlist_check",
            "purposes.prohibited",
            "hotlist_check is both authorised and prohibited",
        ),
        ("us-cjis-secpol]", "us-ca-cpra]", "governing_law[2]", "not a law of MO"),
        ("us-cjis-secpol]", "us-mo-611]", "governing_law[2]", "No law is known"),
        ("plate: allowed", "plate: forbidden", "collection.fields.plate", "cannot be forbidden"),
        (
            "  access.auth.mfa: {d",
            "  access.auth.mfaa: {d",
            "silent.access.auth.mfaa",
            'Did you mean "access.auth.mfa"?',
        ),
        ("max_lateness: null}", "max_lateness: P30D}", "retention.reads.max_lateness", "as long"),
        ("window_days: null", "window_days: 0", "transparency.window_days", "between 1 and 3660"),
        ("code: annual", "code: quarterly", "reports[1].code", "two reports quarterly"),
        ("trial: true", "trial: yes", "program.trial", 'not "yes"'),
        ('activated_in: "2025"', "activated_in: 2025", "program.activated_in", "must be text"),
        ("city: Willard\n", "city: ''\n", "city", "must not be empty"),
        ("schema: alpr-policy-profile/1", "schema: 2", "schema", 'must be "alpr-policy-profile/1"'),
        ("size: 10,", "size: 0,", "audits.sample.size", "at least 1"),
        ("size: 10,", "size: 1.5,", "audits.sample.size", "not a plain whole number"),
        ("P30D, anchor", "P200Y, anchor", "retention.reads.period", "longer than 100 years"),
        ("media: [image]", "media: image", "collection.media", "must be a list"),
        (
            "topics: [privacy_and_civil_liberties,",
            "topics: [practical_exercises,",
            "training.topics",
            "holds the same thing twice: practical_exercises",
        ),
        ("trial: true", "trial: {a: b}", "program.trial", "not a section"),
        ("trial: true", "trial: [a]", "program.trial", "not a list"),
        ("number: 251110D", "number: true", "instrument.number", "not true"),
        ("number: 251110D", 'number: "a\\u0001b"', "instrument.number", "cannot be printed"),
        ("every: P3M\n", "every: often\n", "audits.every", "must be a period"),
    ],
)
def test_each_error_says_where_and_why(old, new, path, says):
    errors = refused(changed(old, new))
    assert path in errors, errors
    assert says in errors[path]


def test_a_line_break_at_the_end_is_no_part_of_a_value():
    text = changed("id: willard-mo", 'id: "willard-mo\\n"')
    text = changed("P30D, anchor", '"P30D\\n", anchor', text=text)
    text = changed("effective_on: 2025-11-24", "effective_on: |\n    2025-11-24", text=text)
    profile = load.load(text)
    assert (profile.id, profile.retention.period.text) == (WILLARD, "P30D")
    assert profile.digest == load.load(WILLARD_TEXT).digest


def test_what_one_city_excludes_cannot_be_among_its_purposes():
    text = load.shipped_text(ODESSA).replace("[official_law_enforcement", "[speed_watch", 1)
    assert "purposes.traffic_or_parking" not in errors_of(text)
    text = load.shipped_text(ODESSA).replace(
        "authorised: [official_law_enforcement", "authorised: [traffic_law_enforcement", 1
    )
    assert "traffic_law_enforcement is authorised" in errors_of(text)["purposes.traffic_or_parking"]


def errors_of(text: str) -> dict[str, str]:
    try:
        load.load(text)
    except load.WrongProfile as wrong:
        return {error.path: error.reason for error in wrong.errors}
    return {}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("- a\n- b\n", "list of keys"),
        ("a: [1, 2\nb: 3\n", "not YAML"),
        ("a: &x 1\nb: *x\n", "References"),
        ("a: !!python/object:os.system x\n", "Tags"),
        ("a: !!binary aGk=\n", "Tags"),
        ("a: 1\n---\nb: 2\n", "more than one document"),
        ("a: " + "[" * 60 + "]" * 60, "nested"),
        ("a: [" + "1," * 30_000 + "1]", "more than 20000 values"),
        ("a: " + "x" * MOST_BYTES, "at most 256 KB"),
        ("a: \x07", "character"),
        ("? [1, 2]\n: 3\n", "key must be a word"),
    ],
)
def test_text_that_is_no_profile_at_all(text, says):
    errors = refused(text)
    assert any(says in reason for reason in errors.values()), errors


def test_a_bomb_of_references_costs_nothing():
    bomb = "a0: &a0 [x, x]\n" + "".join(
        f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]\n" for n in range(1, 40)
    )
    assert "References" in refused(bomb)[""]


def test_a_key_that_stands_twice_is_refused_with_both_lines():
    errors = refused(WILLARD_TEXT + "city: Elsewhere\n")
    assert "stands twice, first on line 4" in errors["city"]


def test_merge_keys_are_refused():
    assert "Merge keys" in refused(WILLARD_TEXT + "<<: {a: 1}\n")["<<"]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Answer("access.auth.mfa", "sometimes", "Pat Lee", "why"), "cannot stand here"),
        (Answer("access.auth.mfa", "required", " ", "why"), "name of the person"),
        (Answer("access.auth.mfa", "required", "Pat Lee", ""), "needs a reason"),
        (Answer("access.auth.mfa", None, "Pat Lee", "why", accepted_default=True), "accepts the"),
        (Answer("retention.reads.period", "P90D", "Pat Lee", "why"), "not silent here"),
        (Answer("access.auth.mfaa", "required", "Pat Lee", "w"), 'Did you mean "access.auth.mfa"?'),
    ],
)
def test_an_answer_can_be_wrong_too(answer, says):
    with pytest.raises(load.WrongProfile) as wrong:
        load.load(WILLARD_TEXT, answers=[answer])
    assert says in wrong.value.errors[0].reason


def test_the_same_silence_is_not_answered_twice():
    answer = Answer("access.auth.mfa", "required", "Pat Lee", "why")
    with pytest.raises(load.WrongProfile, match="answered twice"):
        load.load(WILLARD_TEXT, answers=[answer, answer])


def test_answers_fill_silence_and_change_the_digest():
    draft = load.load(WILLARD_TEXT)
    assert draft.at("access.auth.mfa") is None
    assert by_default(WILLARD).at("access.auth.mfa") == "required"
    assert by_default(WILLARD).unanswered == ()
    none = answered(WILLARD, {"access.query_gate.case_reference": "none"})
    assert len({draft.digest, by_default(WILLARD).digest, none.digest}) == 3


def test_the_digest_is_of_what_was_decided_and_not_of_how_it_was_written():
    rewritten = "# a comment\n" + WILLARD_TEXT.replace("trial: true", "trial:    true")
    assert load.load(rewritten).digest == load.load(WILLARD_TEXT).digest
    shorter = changed("P30D, anchor", "P29D, anchor")
    assert load.load(shorter).digest != load.load(WILLARD_TEXT).digest


def test_a_standing_instruction_in_words_is_kept_beside_the_text():
    carson = by_default(CARSON)
    assert carson.at("retention.holds.grounds") == ()
    assert carson.answers["retention.holds"].value == "none_written_warn_city"
    assert by_default(ODESSA).at("sharing.recipients") == ()
