"""Several texts along a line: checked against every layout, counted out one by one."""

import itertools
from collections import defaultdict

import numpy as np
import pytest

from plateward.recognition import ctc, nbest
from plateward.recognition.geometry import Floats

SIGNS = len(ctc.ALPHABET) + 1


def columns(steps: int, *, of: str, seed: int) -> Floats:
    """Random columns in which only nothing and the signs of `of` are likely at all."""
    table = np.zeros((steps, SIGNS), np.float32)
    likely = [0, *(ctc.ALPHABET.index(sign) + 1 for sign in of)]
    table[:, likely] = np.random.default_rng(seed).dirichlet(np.ones(len(likely)), size=steps)
    return table


def counted_out(view: Floats, of: str) -> dict[str, float]:
    """The probability of every text, over every way to lay it out."""
    found: dict[str, float] = defaultdict(float)
    likely = [0, *(ctc.ALPHABET.index(sign) + 1 for sign in of)]
    for path in itertools.product(likely, repeat=len(view)):
        kept = [index for index, _ in itertools.groupby(path)]
        text = "".join(ctc.ALPHABET[index - 1] for index in kept if index)
        found[text] += float(np.prod([view[at, index] for at, index in enumerate(path)]))
    return found


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize(("steps", "of"), [(5, "AB"), (6, "8"), (4, "0OQ"), (1, "A")])
def test_a_wide_beam_finds_what_counting_finds(steps: int, of: str, seed: int) -> None:
    view = columns(steps, of=of, seed=seed)
    counted = counted_out(view, of)
    found = nbest.texts(view, beam=10_000, signs=36)
    best = sorted(counted.items(), key=lambda pair: -pair[1])[:10]
    assert [each.text for each in found[:10]] == [text for text, _ in best]
    assert {each.text: each.likelihood for each in found if each.likelihood > 0} == {
        text: pytest.approx(chance, rel=1e-4) for text, chance in counted.items() if chance > 0
    }


@pytest.mark.parametrize("seed", range(12))
def test_a_narrow_beam_never_says_more_than_the_truth(seed: int) -> None:
    view = columns(6, of="AB8", seed=seed)
    found = nbest.texts(view, beam=4)
    assert len(found) == 4
    assert [each.likelihood for each in found] == sorted(
        (each.likelihood for each in found), reverse=True
    )
    for each in found:
        assert each.likelihood <= ctc.likelihood(view, each.text) + 1e-6


def test_faint_signs_are_passed_over_unless_all_are_asked_for() -> None:
    view = columns(1, of="A", seed=0)
    view[0] = 0
    view[0, [0, ctc.ALPHABET.index("A") + 1, ctc.ALPHABET.index("B") + 1]] = 0.5, 0.499, 0.001
    assert {each.text for each in nbest.texts(view)} == {"", "A"}
    assert {each.text for each in nbest.texts(view, beam=40, signs=36)} >= {"", "A", "B"}


def test_lines_are_read_one_after_the_other() -> None:
    upper, lower = columns(3, of="AB", seed=1), columns(3, of="12", seed=2)
    counted: dict[str, float] = defaultdict(float)
    for first, one in counted_out(upper, "AB").items():
        for second, other in counted_out(lower, "12").items():
            counted[first + second] += one * other
    found = nbest.of_lines([upper, lower], beam=500)
    likeliest = max(counted, key=lambda text: counted[text])
    assert found[0].text == likeliest
    assert found[0].likelihood == pytest.approx(counted[likeliest], rel=1e-4)
    assert nbest.of_lines([])[0].text == ""


def test_the_same_columns_give_the_same_texts() -> None:
    view = columns(8, of="ABC8", seed=5)
    before = view.copy()
    assert nbest.texts(view) == nbest.texts(view)
    assert (view == before).all()
