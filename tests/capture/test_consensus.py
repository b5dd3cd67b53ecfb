"""What many frames say together is no surer than their surest, and better than most of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plateward.capture.consensus import agreed
from plateward.recognition import Reading
from tests.capture.seen import reading


def test_frames_that_agree_are_as_sure_as_the_surest() -> None:
    told = agreed([reading("TST4821", sure=0.7), reading("TST4821", sure=0.93)])
    assert (told.plate, told.confidence, told.agreement) == ("TST4821", 0.93, 1.0)


def test_a_text_that_no_frame_read_whole_is_put_together_from_their_characters() -> None:
    told = agreed(
        [
            reading("TST4B21", sure=0.6, doubt="4:8"),
            reading("T5T4821", sure=0.6, doubt="1:S"),
            reading("TST482I", sure=0.6, doubt="6:1"),
        ]
    )
    assert told.plate == "TST4821"
    assert told.agreement == 0
    assert told.confidence < 0.6
    assert told.characters[1].alternatives[0][0] == "5"


def test_a_doubtful_frame_does_not_outvote_a_sure_one() -> None:
    told = agreed([reading("TST4821", sure=0.95), *[reading("T514821", sure=0.2)] * 3])
    assert told.plate == "TST4821"
    assert 0 < told.confidence < 0.95


def test_of_two_lengths_the_one_with_more_weight_speaks() -> None:
    told = agreed([reading("TST482", sure=0.5), *[reading("TST4821", sure=0.4)] * 2])
    assert told.plate == "TST4821"


def test_one_frame_is_believed_as_it_stands() -> None:
    told = agreed([reading("TST4821", sure=0.6, doubt="3:A")])
    assert (told.plate, told.confidence) == ("TST4821", 0.6)


def test_a_reading_without_characters_counts_as_a_whole() -> None:
    whole = reading("TST4821", sure=0.8)
    bare = Reading(whole.plate, whole.confidence, (), whole.box, None)
    assert agreed([bare, bare]).characters[0].text == "T"


def test_nothing_says_nothing() -> None:
    with pytest.raises(ValueError, match="no reading"):
        agreed([])


LOOKS = st.lists(
    st.builds(
        lambda text, sure: reading(text, sure=sure),
        st.text("TS451", min_size=3, max_size=6),
        st.floats(0.05, 1),
    ),
    min_size=1,
    max_size=6,
)


@given(LOOKS)
def test_no_vote_is_surer_than_its_surest_voice_and_order_changes_nothing(
    looks: list[Reading],
) -> None:
    told = agreed(looks)
    assert 0 <= told.confidence <= max(look.confidence for look in looks) + 1e-4
    assert 0 <= told.agreement <= 1 + 1e-9
    assert len(told.plate) == len(told.characters)
    assert len(told.plate) in {len(look.plate) for look in looks}
    again = agreed([*looks, *looks])
    assert (again.plate, round(again.agreement, 6)) == (told.plate, round(told.agreement, 6))
