"""What must hold of every decision, whatever the facts."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from plateward.policy import purposes
from plateward.policy.decide import Reason, Standing, decide
from plateward.policy.preconditions import NEEDS, Need
from plateward.policy.reasons import is_vague
from plateward.policy.verdict import HOUSE_RULE
from plateward.policy.vocabulary import ACTS_OF_ACTION, Act
from tests.policy.cities import CITIES, answered, by_default, by_text_alone

PROFILES = [make(city) for city in CITIES for make in (by_default, by_text_alone)]
PROFILES.append(answered("willard-mo", {"access.query_gate.case_reference": "none"}))
ROLES = sorted({role for profile in PROFILES for role in profile.roles} | {"", "mayor"})
WORDS = sorted({"", "other", "personal", "zzz"} | purposes.KNOWN_CODES)
NOTES = ["", " ", "test", "26-1042", "burglary on Elm Street", "???"]
NUMBERS = ["", " ", "x", "26-104233", "CAD 26-9", "none", "0000"]

some_day = st.dates(date(2024, 1, 1), date(2027, 12, 31))
standings = st.builds(
    Standing,
    role=st.none() | st.sampled_from(ROLES),
    sworn=st.none() | st.booleans(),
    authorised_until=st.none() | some_day,
    authorised=st.booleans(),
    trained_on=st.none() | some_day,
    good_standing=st.booleans(),
    signed_in_with_second_factor=st.booleans(),
)
reasons = st.builds(
    Reason,
    purpose=st.sampled_from(WORDS) | st.text(max_size=8),
    case_number=st.sampled_from(NUMBERS) | st.text(max_size=8),
    note=st.sampled_from(NOTES) | st.text(max_size=8),
    request=st.sampled_from(["", "REQ-7"]),
    case_kind=st.sampled_from(["", "case", "cad"]),
)
# Mostly right, so that the far side of the last rule is reached as well.
good_standings = st.builds(
    Standing,
    role=st.sampled_from(ROLES),
    sworn=st.just(True),
    authorised_until=st.none(),
    authorised=st.just(True),
    trained_on=st.dates(date(2026, 1, 1), date(2026, 5, 31)),
    good_standing=st.just(True),
    signed_in_with_second_factor=st.just(True),
)
good_reasons = st.builds(
    Reason,
    purpose=st.sampled_from(WORDS),
    case_number=st.just("26-104233"),
    note=st.just("burglary on Elm Street"),
    request=st.just("REQ-7"),
)
profiles = st.sampled_from(PROFILES)
TIMELESS = settings(deadline=None)  # how long a case takes depends on what else the machine does
acts = st.sampled_from(list(Act))
moments = st.datetimes(datetime(2025, 6, 1), datetime(2027, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001
summer = st.just(datetime(2026, 6, 1, 17, tzinfo=UTC))

who = standings | good_standings
why = reasons | good_reasons
when = moments | summer
facts = st.tuples(profiles, who, acts, why, when)


@TIMELESS
@given(profiles, who, acts, why, when)
def test_nothing_is_allowed_that_no_rule_names(profile, standing, act, reason, now):
    if decide(profile, standing, act, reason, now).allowed:
        role = profile.roles[standing.role]
        assert any(act in ACTS_OF_ACTION[action] for action in role.actions)


@TIMELESS
@given(profiles, who, acts, why, when)
def test_the_same_facts_give_the_same_answer(profile, standing, act, reason, now):
    first = decide(profile, standing, act, reason, now)
    again = decide(profile, replace(standing), act, replace(reason), now)
    assert first == again


@TIMELESS
@given(profiles, who, acts, why, when)
def test_every_refusal_says_why_by_what_and_what_to_do(profile, standing, act, reason, now):
    got = decide(profile, standing, act, reason, now)
    if got.allowed:
        assert got.rule == "allowed"
        return
    assert got.why
    assert got.do_next
    assert got.rule
    assert got.clauses or got.answers or HOUSE_RULE in got.why
    assert {clause.id for clause in profile.clauses} >= set(got.clauses)
    assert set(profile.answers) >= set(got.answers)


REMOVED = {
    "role": None,
    "sworn": None,
    "authorised": False,
    "trained_on": None,
    "good_standing": False,
    "signed_in_with_second_factor": False,
    "purpose": "",
    "case_number": "",
    "note": "",
    "request": "",
}


@TIMELESS
@given(facts, st.sets(st.sampled_from(sorted(REMOVED)), min_size=1))
def test_taking_facts_away_never_opens_what_was_closed(known, gone):
    profile, standing, act, reason, now = known
    if decide(profile, standing, act, reason, now).allowed:
        return
    less = _without(standing, gone), _without(reason, gone)
    # Vague words beside a good case number are worse than none: taking them away is no loss.
    if "note" in gone and profile.gate.note and is_vague(reason.note):
        return
    assert not decide(profile, less[0], act, less[1], now).allowed


@settings(deadline=None, max_examples=300)
@given(profiles, good_standings, acts, good_reasons, summer)
def test_any_missing_attribute_refuses(profile, standing, act, reason, now):
    if not decide(profile, standing, act, reason, now).allowed:
        return
    for name in _required(profile, profile.roles[standing.role], act):
        less = _without(standing, {name}), _without(reason, {name})
        assert not decide(profile, less[0], act, less[1], now).allowed, name


@TIMELESS
@given(good_standings, acts, good_reasons, summer, st.sampled_from(CITIES))
def test_a_stricter_answer_never_allows_more(standing, act, reason, now, city):
    """Keeping silent where a default is proposed is the laxer profile."""
    if decide(by_default(city), standing, act, reason, now).allowed:
        assert decide(by_text_alone(city), standing, act, reason, now).allowed


@TIMELESS
@given(st.tuples(profiles, good_standings, acts, good_reasons, summer), st.integers(0, 800))
def test_older_training_never_allows_more(known, days):
    profile, standing, act, reason, now = known
    older = replace(standing, trained_on=standing.trained_on - timedelta(days=days))
    if decide(profile, older, act, reason, now).allowed:
        assert decide(profile, standing, act, reason, now).allowed


def _without(value, names):
    held = {field.name for field in fields(value)}
    return replace(value, **{name: REMOVED[name] for name in names & held})


def _required(profile, role, act):
    yield from ("role", "authorised")
    needs = NEEDS[act]
    by_rule = {
        "sworn": role.sworn is True,
        "trained_on": Need.TRAINING in needs
        and (profile.training.before_access or profile.training.renew_every is not None),
        "good_standing": Need.TRAINING in needs and profile.training.good_standing,
        "signed_in_with_second_factor": profile.gate.second_factor,
        "purpose": Need.PURPOSE in needs,
        "case_number": Need.CASE in needs and profile.gate.case_reference != "none",
        "request": Need.REQUEST in needs and profile.gate.on_request_only,
    }
    yield from (name for name, asked in by_rule.items() if asked)
