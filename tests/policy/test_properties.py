"""What must hold of every decision, whatever the facts."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from plateward.policy import purposes
from plateward.policy.circumstances import Breadth, Circumstances, OpenRequest, Review
from plateward.policy.decide import RULES_FOR, Reason, Standing, decide
from plateward.policy.preconditions import NEEDS, Need
from plateward.policy.reasons import is_vague
from plateward.policy.verdict import HOUSE_RULE
from plateward.policy.vocabulary import ACTS_OF_ACTION, HOUSE_ACTS, Act
from tests.policy.cities import CITIES, answered, by_default, by_text_alone
from tests.policy.tightened import TIGHTENINGS, tightened

# By name, so that a failing case says which profile it is in one word.
PROFILES = {
    f"{city} by {how}": make(city)
    for city in CITIES
    for how, make in (("default", by_default), ("text alone", by_text_alone))
}
PROFILES["willard-mo, no case"] = answered(
    "willard-mo", {"access.query_gate.case_reference": "none"}
)
PROFILES |= {f"{city} {name}": tightened(city, name) for city in CITIES for name in TIGHTENINGS}
ROLES = sorted({role for profile in PROFILES.values() for role in profile.roles} | {"", "mayor"})
ORGS = sorted({role.org for profile in PROFILES.values() for role in profile.roles.values()})
TOPICS = sorted({topic for each in PROFILES.values() for topic in each.training.topics})
WORDS = sorted({"", "other", "personal", "zzz", "animal rescue"} | purposes.KNOWN_CODES)
NOTES = ["", " ", "test", "26-1042", "burglary on Elm Street", "???"]
NUMBERS = ["", " ", "x", "26-104233", "CAD 26-9", "none", "0000"]
PLATES = ["", "7ABC123", "7AB*", "???"]
ATTESTED = ["lasd_policy_compliance", "authorised_by_asd", "agency"]
INSTANTS = [None, datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 5, 2)]  # noqa: DTZ001

some_day = st.dates(date(2024, 1, 1), date(2027, 12, 31))
some_instant = st.sampled_from(INSTANTS)
standings = st.builds(
    Standing,
    role=st.none() | st.sampled_from(ROLES) | st.text(max_size=4),
    sworn=st.none() | st.booleans(),
    authorised_until=st.none() | some_day,
    authorised=st.booleans(),
    trained_on=st.none() | some_day,
    good_standing=st.booleans(),
    signed_in_with_second_factor=st.booleans(),
    agency=st.sampled_from(["", *ORGS]) | st.text(max_size=8),
    trained_topics=st.frozensets(st.sampled_from(TOPICS)),
    retrain_since=st.none() | some_day,
    attested=st.frozensets(st.sampled_from(ATTESTED)),
    permitted_until=st.none() | some_day,
)
reasons = st.builds(
    Reason,
    purpose=st.sampled_from(WORDS) | st.text(max_size=8),
    case_number=st.sampled_from(NUMBERS) | st.text(max_size=8),
    note=st.sampled_from(NOTES) | st.text(max_size=8),
    request=st.sampled_from(["", "REQ-7"]),
    case_kind=st.sampled_from(["", "case", "cad"]),
    review=st.sampled_from(["", "LR-3"]),
    confirmed=st.frozensets(st.sampled_from(["suspicion", "warrant"]) | st.text(max_size=3)),
)
requests = st.builds(
    OpenRequest,
    reference=st.sampled_from(["", "REQ-7"]),
    agency=st.sampled_from(["", *ORGS]) | st.text(max_size=8),
    purpose=st.sampled_from(WORDS),
    case_number=st.sampled_from(NUMBERS),
    plates=st.frozensets(st.sampled_from(["7A8C123", "1AB"])),
    seen_from=some_instant,
    seen_to=some_instant,
    until=some_day,
)
reviews = st.builds(
    Review,
    reference=st.sampled_from(["", "LR-3"]),
    purpose_words=st.sampled_from(["", "Animal rescue", "zzz"]),
    case_number=st.sampled_from(NUMBERS),
    until=some_day,
)
breadths = st.builds(
    Breadth,
    plate=st.sampled_from(PLATES) | st.text(max_size=8),
    known_characters=st.integers(-1, 8),
    camera=st.booleans(),
    seen_from=some_instant,
    seen_to=some_instant,
    radius_m=st.none() | st.integers(-1, 20_000),
    oldest=st.none() | st.timedeltas(),
)
CHECKS = ["unchecked", "open", "closed", "unknown", "unreachable"]
circumstances = st.builds(
    Circumstances,
    request=st.none() | requests,
    review=st.none() | reviews,
    case_check=st.sampled_from(CHECKS),
    case_format=st.none() | st.booleans(),
    breadth=st.none() | breadths,
    policy_posted=st.none() | st.booleans(),
    clock_trusted=st.none() | st.booleans(),
)


# Mostly right, so that the far side of the last rule is reached as well.
@st.composite
def right(draw):
    """A profile, someone who stands well in one of its roles, and an act, for a good reason."""
    name = draw(st.sampled_from(sorted(PROFILES)))
    profile = PROFILES[name]
    role = draw(st.sampled_from(sorted(profile.roles.values(), key=str)))
    acts_of_role = sorted(role.acts)
    act = draw(st.sampled_from(acts_of_role * 3 + sorted(Act)))
    standing = Standing(
        role=role.code,
        sworn=True,
        authorised=True,
        trained_on=draw(st.dates(date(2026, 1, 1), date(2026, 5, 31))),
        good_standing=True,
        signed_in_with_second_factor=True,
        agency=role.org,
        trained_topics=frozenset(profile.training.topics),
        attested=profile.gate.attested,
        permitted_until=draw(st.none() | st.just(date(2026, 6, 1))),
    )
    listed = sorted(profile.purposes.labels)
    reason = Reason(
        purpose=draw(st.sampled_from([*listed, "evidence_identification_prosecution", "other"])),
        case_number="26-104233",
        note=draw(st.sampled_from(["", "burglary on Elm Street"])),
        review="LR-3",
        confirmed=frozenset({"warrant", "suspicion"}),
    )
    known = Circumstances(
        request=OpenRequest(
            "REQ-7", role.org, "", "", frozenset({"7A8C123"}), None, None, date(2026, 6, 1)
        ),
        review=draw(st.none() | st.just(Review("LR-3", "any rescue", "", date(2026, 6, 1)))),
        case_check="open",
        case_format=True,
        breadth=Breadth("7ABC123", known_characters=7, oldest=timedelta(days=1)),
        policy_posted=True,
        clock_trusted=True,
    )
    return name, standing, act, reason, datetime(2026, 6, 1, 17, tzinfo=UTC), known


moments = st.datetimes(datetime(2025, 6, 1), datetime(2027, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001
anything = st.tuples(
    st.sampled_from(sorted(PROFILES)),
    standings,
    st.sampled_from(sorted(Act)),
    reasons,
    moments,
    circumstances,
)
facts = anything | right()
TIMELESS = settings(deadline=None)  # how long a case takes depends on what else the machine does


def answer(known):
    name, *rest = known
    return decide(PROFILES[name], *rest)


@TIMELESS
@given(facts)
def test_nothing_is_allowed_that_no_rule_names(known):
    name, standing, act, _reason, now, _known = known
    if not answer(known).allowed:
        return
    profile = PROFILES[name]
    role = profile.roles[standing.role]
    named = any(act in ACTS_OF_ACTION[action] for action in role.actions)
    by_paper = (
        act is Act.READS_VIEW
        and role.org == "contractor"
        and profile.at("vendor.access") == "none_without_permission"
        and standing.permitted_until is not None
        and standing.permitted_until >= now.astimezone(profile.zone).date()
    )
    assert named or by_paper


@TIMELESS
@given(facts)
def test_the_same_facts_give_the_same_answer(known):
    name, standing, act, reason, now, circumstances = known
    again = (name, replace(standing), act, replace(reason), now, replace(circumstances))
    assert answer(known) == answer(again)


@TIMELESS
@given(facts)
def test_every_answer_says_why_by_what_and_what_to_do(known):
    profile, got = PROFILES[known[0]], answer(known)
    assert got.why
    assert got.rule
    assert {clause.id for clause in profile.clauses} >= set(got.clauses)
    assert set(profile.answers) >= set(got.answers)
    assert got.allowed is (got.rule == "allowed")
    assert bool(got.objections) is not got.allowed
    for each in got.objections:
        assert each.rule
        assert each.do_next
        assert each.clauses or each.answers or HOUSE_RULE in each.why


@TIMELESS
@given(facts)
def test_the_first_objection_is_the_answer(known):
    got = answer(known)
    if got.allowed:
        return
    first = got.objections[0]
    assert (got.rule, got.why, got.clauses) == (first.rule, first.why, first.clauses)
    assert got.do_next.startswith(first.do_next)
    assert len({each.rule for each in got.objections}) == len(got.objections)


@TIMELESS
@given(st.sampled_from(sorted(PROFILES)), standings, st.sampled_from(sorted(HOUSE_ACTS)), reasons)
def test_no_person_is_ever_allowed_an_act_of_the_house(name, standing, act, reason):
    got = decide(PROFILES[name], standing, act, reason, datetime(2026, 6, 1, tzinfo=UTC))
    assert (got.allowed, got.rule) == (False, "act_named")


REMOVED = {
    "role": None,
    "sworn": None,
    "authorised": False,
    "trained_on": None,
    "good_standing": False,
    "signed_in_with_second_factor": False,
    "agency": "",
    "trained_topics": frozenset(),
    "attested": frozenset(),
    "permitted_until": None,
    "purpose": "",
    "case_number": "",
    "note": "",
    "confirmed": frozenset(),
    "breadth": None,
    "policy_posted": None,
    "clock_trusted": None,
    "request": None,
    "review": None,
}
IN_REASON = {"request": "", "review": ""}


@TIMELESS
@given(facts, st.sets(st.sampled_from(sorted(REMOVED)), min_size=1))
def test_taking_facts_away_never_opens_what_was_closed(known, gone):
    if answer(known).allowed:
        return
    name, standing, act, reason, now, circumstances = known
    # What is wrong is worse than what is missing: vague words beside a good case number, or a
    # number without the agency's shape where nobody asks for one.
    assume(not ("note" in gone and is_vague(reason.note)))
    assume(not ("case_number" in gone and circumstances.case_format is False))
    assume(not ("case_number" in gone and circumstances.case_check != "open"))
    assert not answer((name, *_without(gone, standing, act, reason, now, circumstances))).allowed


@settings(deadline=None, max_examples=300)
@given(right())
def test_any_missing_attribute_refuses(known):
    if not answer(known).allowed:
        return
    name, standing, act, reason, now, circumstances = known
    for gone in _required(PROFILES[name], standing, act, circumstances):
        less = _without({gone}, standing, act, reason, now, circumstances)
        assert not answer((name, *less)).allowed, gone


@settings(deadline=None, max_examples=300)
@given(right() | anything, st.sampled_from(TIGHTENINGS), st.sampled_from(CITIES))
def test_a_tighter_text_never_allows_more(known, tightening, city):
    strict = answer((f"{city} {tightening}", *known[1:]))
    if strict.allowed:
        assert answer((f"{city} by default", *known[1:])).allowed


@TIMELESS
@given(right(), st.sampled_from(CITIES))
def test_a_stricter_answer_never_allows_more(known, city):
    """Keeping silent where a default is proposed is the laxer profile."""
    if answer((f"{city} by default", *known[1:])).allowed:
        assert answer((f"{city} by text alone", *known[1:])).allowed


@TIMELESS
@given(right(), st.integers(0, 800))
def test_older_training_never_allows_more(known, days):
    name, standing, *rest = known
    older = replace(standing, trained_on=standing.trained_on - timedelta(days=days))
    if answer((name, older, *rest)).allowed:
        assert answer(known).allowed


@TIMELESS
@given(right(), st.dates(date(2025, 1, 1), date(2027, 1, 1)))
def test_a_change_of_the_law_never_allows_more(known, since):
    name, standing, *rest = known
    if answer((name, replace(standing, retrain_since=since), *rest)).allowed:
        assert answer(known).allowed


@TIMELESS
@given(right(), requests)
def test_a_request_that_reaches_less_far_never_allows_more(known, request):
    """A bound that a request does not have cannot be what closes it."""
    *rest, circumstances = known
    wider = replace(request, plates=frozenset(), seen_from=None, seen_to=None, case_number="")
    if answer((*rest, replace(circumstances, request=request))).allowed:
        assert answer((*rest, replace(circumstances, request=wider))).allowed


@TIMELESS
@given(right(), breadths, st.integers(1, 8))
def test_more_known_characters_never_close_a_search(known, breadth, more):
    *rest, circumstances = known
    assume(breadth.known_characters >= 0)
    narrower = replace(breadth, known_characters=breadth.known_characters + more)
    if answer((*rest, replace(circumstances, breadth=breadth))).allowed:
        assert answer((*rest, replace(circumstances, breadth=narrower))).allowed


def test_the_right_facts_reach_the_far_side():
    """The properties above would hold of a house that refuses everything."""
    opened = {act for role in by_default("willard-mo").roles.values() for act in role.acts}
    assert Act.READS_SEARCH in opened
    assert set(RULES_FOR) == set(NEEDS)


def _without(gone, *facts):
    standing, act, reason, now, circumstances = facts
    in_reason = {**REMOVED, **IN_REASON}
    return (
        _less(standing, gone, REMOVED),
        act,
        _less(reason, gone, in_reason),
        now,
        _less(circumstances, gone, REMOVED),
    )


def _less(value, names, removed):
    held = {field.name for field in fields(value)}
    return replace(value, **{name: removed[name] for name in names & held})


def _required(profile, standing, act, circumstances):
    role, gate, needs = profile.roles[standing.role], profile.gate, NEEDS[act]
    trains = profile.training.before_access or profile.training.renew_every is not None
    by_paper = act not in role.acts
    by_rule = {
        "role": True,
        "authorised": Need.AUTHORISATION in needs,
        "agency": Need.AGENCY in needs,
        "sworn": role.sworn is True,
        "trained_on": Need.TRAINING in needs and trains,
        "trained_topics": Need.TRAINING in needs and trains and profile.training.topics,
        "good_standing": Need.TRAINING in needs and profile.training.good_standing,
        "attested": Need.ATTESTED in needs and gate.attested - {f"authorised_by_{standing.role}"},
        "permitted_until": by_paper,
        "signed_in_with_second_factor": gate.second_factor,
        "purpose": Need.PURPOSE in needs,
        "case_number": Need.CASE in needs and gate.case_reference != "none",
        "confirmed": Need.CONFIRMED in needs and (gate.suspicion or gate.warrant),
        "request": Need.REQUEST in needs
        and gate.on_request_only
        and role.org != "City"
        and not by_paper,
        "breadth": Need.BREADTH in needs or (Need.AGE in needs and _binds(gate.age_tiers, role)),
        "policy_posted": Need.POSTED in needs and gate.posting_required,
        "clock_trusted": Need.CLOCK in needs,
    }
    yield from (name for name, asked in by_rule.items() if asked)


def _binds(tiers, role):
    return any(role.code not in tier.roles for tier in tiers)
