"""Whose plate it is: the network's word and the formats', weighed together, or unknown."""

import numpy as np
import pytest
from training import designs

from plateward.plates.formats_evidence import Spelling
from plateward.plates.text import PlateText
from plateward.recognition.geometry import Floats
from plateward.recognition.regions import REGIONS, UNKNOWN, Judge, State, Weights


def seen(*texts: str) -> list[Spelling]:
    """The first read at 0.6, the others at less."""
    return [Spelling(PlateText(text), 0.6 / (1 + at)) for at, text in enumerate(texts)]


def logits(**certain: float) -> Floats:
    made = np.zeros(len(REGIONS), np.float32)
    for region, height in certain.items():
        made[REGIONS.index(region)] = height
    return made


def all_of(state: State) -> dict[str, float]:
    return dict(((state.code, state.confidence), *state.alternatives))


def test_the_order_shipped_is_the_order_trained() -> None:
    assert REGIONS == designs.REGIONS


def test_a_format_of_one_state_names_it() -> None:
    state = Judge().state(seen("AB1C2D"))
    assert state.code == "MO"
    assert state.region == "MO"
    assert state.confidence > 0.8
    assert state.evidence == ("AB1C2D fits Missouri passenger (%@#@#@), and no other region's.",)


def test_a_format_of_many_states_leaves_it_unknown_and_names_the_likeliest() -> None:
    state = Judge().state(seen("ABC1234"))
    assert (state.code, state.confidence, state.region) == (UNKNOWN, 0.0, None)
    assert len(state.alternatives) == 3
    chances = [chance for _, chance in state.alternatives]
    assert chances == sorted(chances, reverse=True)
    assert max(chances) < 0.5


def test_the_network_decides_where_formats_cannot() -> None:
    state = Judge().state(seen("ABC1234"), logits(OH=9))
    assert state.code == "OH"
    assert state.confidence > 0.9
    assert state.evidence[0] == "The design looks most like OH (0.99)."


def test_design_against_format_says_so_and_is_less_sure() -> None:
    with_format = Judge().state(seen("123ABC"), logits(KS=6))
    against = Judge().state(seen("AB1C2D"), logits(KS=6))
    assert with_format.code == "KS"
    assert all_of(against)["KS"] < with_format.confidence
    assert all_of(against)["MO"] > 0.05
    assert "fits no format of KS known here" in against.evidence[1]


def test_a_house_expects_its_own_state() -> None:
    text = seen("123ABC")
    without, at_home = Judge().state(text), Judge("KS").state(text)
    assert without.code == UNKNOWN
    assert at_home.code == "KS"
    assert at_home.evidence[-1] == "This house stands in KS, so KS is expected more often."
    assert Judge("KS").state(seen("AB1C2D"), logits(MO=8)).code == "MO"


def test_a_house_abroad_may_expect_its_own_too() -> None:
    assert Judge("BRAZIL").state(seen("ABC1D23")).region == "BRA"


def test_a_second_spelling_counts_by_how_likely_it_is() -> None:
    sure = Judge().state(seen("AB1C2D"))
    doubtful = Judge().state(seen("AB1C2D", "ABC1234"))
    assert doubtful.code == UNKNOWN or doubtful.confidence < sure.confidence


def test_formats_are_asked_once_for_the_text() -> None:
    """What formats say of spellings rests on design and house, not on the text again."""
    state = Judge("MO").state(seen("AB1CZD", "AB1C2D"))
    assert state.formats.as_read == "AB1CZD"
    assert state.formats.preferred.text == "AB1C2D"


def test_nothing_known_at_all_is_unknown() -> None:
    state = Judge().state(seen("QQQQQQQQ"))
    assert (state.code, state.confidence) == (UNKNOWN, 0.0)
    assert state.evidence == ("QQQQQQQQ fits no format known here.",)


def test_a_lower_threshold_answers_more() -> None:
    assert Judge(weights=Weights(least=0.1)).state(seen("ABC1234")).code != UNKNOWN


def test_temperature_tempers_the_network() -> None:
    text, certain = seen("ABC1234"), logits(OH=6)
    cool = Judge(weights=Weights(temperature=3)).state(text, certain)
    assert all_of(cool).get("OH", 0) < all_of(Judge().state(text, certain))["OH"]


@pytest.mark.parametrize("region", REGIONS)
def test_every_region_has_a_word_the_intake_takes(region: str) -> None:
    state = Judge().state(seen("QQQQQQQQ"), logits(**{region: 30}))
    assert state.code == region
    assert state.region is None or len(state.region) <= 8


def test_extreme_logits_stay_numbers() -> None:
    for height in (1e4, -1e4):
        state = Judge().state(seen("AB1C2D"), logits(MO=height))
        assert 0 <= state.confidence <= 1


def test_a_network_of_another_version_is_refused() -> None:
    with pytest.raises(ValueError, match="not of one version"):
        Judge().state(seen("AB1C2D"), np.zeros(51, np.float32))


def test_a_home_that_is_no_region_is_refused() -> None:
    with pytest.raises(ValueError, match="'Missouri' is no region"):
        Judge("Missouri")


def test_without_a_spelling_there_is_nothing_to_judge() -> None:
    with pytest.raises(ValueError, match="Nothing was read"):
        Judge().state([])
