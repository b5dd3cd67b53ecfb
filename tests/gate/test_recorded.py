"""What the log keeps of a decision is enough to decide it again."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from plateward.audit import body
from plateward.gate import recorded
from plateward.policy.circumstances import (
    NOTHING_KNOWN,
    Breadth,
    Circumstances,
    OpenRequest,
    Review,
)
from plateward.policy.decide import Standing

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))
INSTANTS = st.none() | st.integers(0, 2**31).map(lambda s: datetime.fromtimestamp(s, tz=UTC))
SETS = st.frozensets(WORDS, max_size=3)
STANDINGS = st.builds(
    Standing,
    role=st.none() | WORDS,
    sworn=st.sampled_from([None, True, False]),
    authorised=st.booleans(),
    authorised_until=st.none() | DAYS,
    trained_on=st.none() | DAYS,
    good_standing=st.booleans(),
    signed_in_with_second_factor=st.booleans(),
    agency=WORDS,
    trained_topics=SETS,
    retrain_since=st.none() | DAYS,
    attested=SETS,
)
CIRCUMSTANCES = st.builds(
    Circumstances,
    request=st.none()
    | st.builds(OpenRequest, WORDS, WORDS, WORDS, WORDS, SETS, INSTANTS, INSTANTS, DAYS),
    review=st.none() | st.builds(Review, WORDS, WORDS, WORDS, DAYS),
    case_check=st.sampled_from(["unchecked", "open", "closed", "unknown", "unreachable"]),
    case_format=st.sampled_from([None, True, False]),
    breadth=st.none()
    | st.builds(
        Breadth,
        plate=WORDS,
        known_characters=st.integers(0, 16),
        camera=st.booleans(),
        seen_from=INSTANTS,
        seen_to=INSTANTS,
        radius_m=st.none() | st.integers(0, 90_000),
        oldest=st.none() | st.integers(0, 10**8).map(lambda s: timedelta(seconds=s)),
    ),
    policy_posted=st.sampled_from([None, True, False]),
    clock_trusted=st.sampled_from([None, True, False]),
)


def written(standing: Standing, circumstances: Circumstances) -> dict[str, object]:
    """As the log stores it: canonical JSON, and read again."""
    facts = recorded.as_facts(standing, circumstances)
    told: dict[str, object] = json.loads(body.canonical(facts))
    return told


@given(STANDINGS, CIRCUMSTANCES)
def test_it_comes_back_as_it_was(standing: Standing, circumstances: Circumstances) -> None:
    facts = written(standing, circumstances)
    assert recorded.standing_from(facts) == standing
    assert recorded.circumstances_from(facts) == circumstances


@given(STANDINGS, CIRCUMSTANCES)
def test_with_the_matter_erased_the_rest_still_stands(
    standing: Standing, circumstances: Circumstances
) -> None:
    facts = written(standing, circumstances)
    del facts["asked_about"]
    assert recorded.standing_from(facts) == standing
    assert recorded.circumstances_from(facts) == recorded.without_matter(circumstances)


def test_no_plate_and_no_case_stands_outside_the_part_that_is_erased() -> None:
    request = OpenRequest(
        "R-1", "LASD", "p", "26-99", frozenset({"8C1234"}), None, None, date(2026, 12, 1)
    )
    review = Review("L-1", "the Miller matter", "26-99", date(2026, 12, 1))
    known = Circumstances(request=request, review=review, breadth=Breadth(plate="BC1234"))
    facts = written(Standing(role="asd"), known)
    kept = json.dumps([facts["standing"], facts["circumstances"]])
    for secret in ("8C1234", "BC1234", "26-99", "Miller"):
        assert secret not in kept
        assert secret in json.dumps(facts["asked_about"])


def test_erased_plates_do_not_become_any_plate() -> None:
    request = OpenRequest("R-1", "A", "p", "", frozenset({"X"}), None, None, date(2026, 12, 1))
    facts = written(Standing(), Circumstances(request=request))
    del facts["asked_about"]
    again = recorded.circumstances_from(facts).request
    assert again is not None
    assert again.plates


def test_an_old_entry_without_these_fields_refuses_by_default() -> None:
    assert recorded.standing_from({}) == Standing()
    assert recorded.circumstances_from({}) == NOTHING_KNOWN


def test_a_field_that_no_longer_exists_is_passed_over() -> None:
    facts = {"standing": {"role": "asd", "shoe_size": 42}}
    assert recorded.standing_from(facts) == replace(Standing(), role="asd")
