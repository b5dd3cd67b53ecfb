"""What may be done with an alert, in which order: rules without a database."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plateward.hotlists import review, urgency
from plateward.hotlists.review import Checks, Kind, NotConfirmed, OutOfTurn, Seen, State
from plateward.plates.differs import Letter, letters
from plateward.plates.likeness import Difference

YES, UNSEEN, UNLISTED = Seen.CONFIRMED, Seen.NOT_VISIBLE, Seen.NOT_LISTED
BOTH = {"state": "MO", "vehicle": "red Ford"}


@given(st.lists(st.sampled_from(Kind), max_size=12))
def test_nothing_leaves_and_nothing_is_closed_that_is_not_verified_at_that_moment(
    wanted: list[Kind],
) -> None:
    taken: list[Kind] = []
    for kind in wanted:
        try:
            State.after(taken).following(kind)
        except OutOfTurn:
            continue
        taken.append(kind)
        judged = [each for each in taken if each in {Kind.VERIFIED, Kind.REJECTED}]
        if kind in {Kind.PASSED_ON, Kind.CLOSED}:
            assert judged[-1] is Kind.VERIFIED
        assert all(one is not other for one, other in pairwise(judged))
    closed = taken.index(Kind.CLOSED) if Kind.CLOSED in taken else len(taken)
    assert set(taken[closed:]) <= {Kind.CLOSED}


def test_every_state_is_reached_and_has_words() -> None:
    reached = {state for ways in review.NEXT.values() for state in ways.values()}
    assert reached | {State.UNVERIFIED} == set(State) == set(review.WORDS) == set(review.NEXT)


@pytest.mark.parametrize(
    ("checks", "listed", "must"),
    [
        (Checks(YES, YES, YES), BOTH, ("state", "vehicle")),
        (Checks(YES, UNSEEN, UNSEEN), BOTH, ()),
        (Checks(YES, UNLISTED, UNLISTED), {"state": "", "vehicle": ""}, ("state", "vehicle")),
    ],
)
def test_what_carries_a_verification(
    checks: Checks, listed: dict[str, str], must: tuple[str, ...]
) -> None:
    checks.check(listed=listed, must=must)


@pytest.mark.parametrize(
    ("checks", "listed", "must", "said"),
    [
        (Checks(UNSEEN, YES, YES), BOTH, (), "plate was not confirmed"),
        (Checks(UNLISTED, YES, YES), BOTH, (), "plate was not confirmed"),
        (Checks(YES, UNLISTED, YES), BOTH, (), "names a state"),
        (Checks(YES, YES, YES), BOTH | {"vehicle": ""}, (), "names no vehicle"),
        (Checks(YES, UNSEEN, YES), BOTH, ("state",), "asks that the state is seen"),
        (Checks(YES, YES, UNSEEN), BOTH, ("vehicle",), "asks that the vehicle is seen"),
    ],
)
def test_what_does_not(
    checks: Checks, listed: dict[str, str], must: tuple[str, ...], said: str
) -> None:
    with pytest.raises(NotConfirmed, match=said):
        checks.check(listed=listed, must=must)


def test_letters_stand_one_under_the_other() -> None:
    assert letters("AB0", [Difference(3, "0", "O")])[2] == Letter("0", "O")
    assert letters("AB0", [Difference(2, "B", "")]) == (
        Letter("A", "A"),
        Letter("B", ""),
        Letter("0", "0"),
    )
    missing = letters("AB", [Difference(3, "", "C")])
    assert [(each.read, each.listed) for each in missing] == [("A", "A"), ("B", "B"), ("", "C")]
    assert [each.differs for each in missing] == [False, False, True]


def test_a_child_in_danger_comes_before_everything_else() -> None:
    kinds = (
        "custom",
        "stolen_plate",
        "stolen_vehicle",
        "bolo",
        "missing_endangered",
        "amber_alert",
    )
    assert sorted(kinds, key=urgency.rank) == list(reversed(kinds))
