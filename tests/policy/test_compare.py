"""What a council is told would change: everything that does, and nothing that does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plateward.policy import compare, load, places, shape
from plateward.policy.compare import Difference

CITIES = ("willard-mo", "odessa-mo", "carson-ca")


def of(city: str, *changes: tuple[str, str]):
    text = load.shipped_text(city)
    for was, is_now in changes:
        assert was in text
        text = text.replace(was, is_now, 1)
    return load.load(text)


def told(before, after) -> dict[str, Difference]:
    return {each.about: each for each in compare.differences(before, after)}


@pytest.mark.parametrize("city", CITIES)
def test_a_policy_does_not_differ_from_itself(city):
    assert compare.differences(of(city), of(city)) == ()


def test_one_changed_period_is_one_difference_with_its_clause():
    found = told(of("willard-mo"), of("willard-mo", ("period: P30D", "period: P14D")))
    assert list(found) == ["reads"]
    assert (found["reads"].before, found["reads"].after) == ("30 days", "14 days")
    assert found["reads"].section == "How long things are kept"
    assert "WIL-6.1" in found["reads"].clauses_before


def test_a_role_that_goes_is_said_and_so_is_one_that_may_do_more():
    wider = of(
        "odessa-mo", ("actions: [search, view, alerts]", "actions: [search, view, alerts, export]")
    )
    assert told(of("odessa-mo"), wider)["Department member"].after.endswith("export")
    gone = told(of("odessa-mo"), of("willard-mo"))["Department member"]
    assert gone.after == "no such role"
    assert gone.clauses_after == ()


def test_a_purpose_is_said_only_when_what_becomes_of_it_changes():
    found = told(of("willard-mo"), of("carson-ca"))
    assert found["Missing child, adult or elderly person"].after == "not allowed"
    back = told(of("carson-ca"), of("willard-mo"))
    assert "Investigation and prosecution of crime" not in back  # another word for what is allowed


def test_an_answer_to_a_silence_counts_as_what_the_policy_says():
    from plateward.policy.silence import Answer

    text = load.shipped_text("odessa-mo")
    answer = Answer("audits.every", "P1M", "the clerk", "monthly")
    found = told(load.load(text), load.load(text, answers=[answer]))
    assert (found["audits"].before, found["audits"].after) == ("regular", "1 month")


@given(st.sampled_from(CITIES), st.sampled_from(CITIES))
def test_what_is_new_one_way_is_old_the_other_way(one, other):
    there = {(d.about, d.before, d.after) for d in compare.differences(of(one), of(other))}
    back = {(d.about, d.after, d.before) for d in compare.differences(of(other), of(one))}
    assert there == back


def test_every_place_of_the_schema_has_a_heading_and_every_word_a_place():
    paths = set(shape.all_paths())
    of_the_document = {"schema", "id", "city", "state", "timezone", "source", "silent", "to_fill"}
    assert {p.partition(".")[0] for p in paths} - of_the_document == set(places.SECTIONS)
    assert set(places._SAID) <= paths
