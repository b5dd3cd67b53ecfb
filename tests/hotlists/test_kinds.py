"""Which lists a city may keep: what its text names, what law forbids, whose lists they are."""

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from plateward.hotlists.kinds import CategoryNotAllowed, Kinds, SourceNotAllowed
from plateward.policy import load
from plateward.policy.profile import Profile
from tests.policy.cities import CALABASAS, CARSON, ODESSA, WILLARD, by_default


def with_hotlists(city: str, **said: Any) -> Profile:
    profile = by_default(city)
    hotlists = MappingProxyType({**profile.at("hotlists"), **said})
    return replace(profile, values=MappingProxyType({**profile.values, "hotlists": hotlists}))


@pytest.mark.parametrize("city", [CARSON, CALABASAS])
def test_california_forbids_lists_for_immigration_enforcement_whatever_the_text_names(
    city: str,
) -> None:
    kinds = Kinds.of(load.load(load.shipped_text(city), overlays=["us-ca"]))
    with pytest.raises(CategoryNotAllowed, match=r"immigration violator \(CA-GOV-7284\.6\)"):
        kinds.check_category("immigration_violator")
    assert not kinds.raises_alerts("immigration_violator")
    assert "immigration_violator" not in dict(kinds.choices())
    assert any("CA-GOV-7284.6" in said for said in kinds.in_words())


def test_a_text_without_categories_lets_any_other_in_and_says_so() -> None:
    kinds = Kinds.of(by_default(CARSON))
    kinds.check_category("gang_member")
    assert kinds.raises_alerts("gang_member")
    assert kinds.in_words()[0] == "The policy names no kinds of hotlist, so any may be kept."
    assert "bolo" in dict(kinds.choices())


def test_a_text_that_names_which_lists_alert_has_named_those_lists() -> None:
    willard = Kinds.of(by_default(WILLARD))
    willard.check_category("silver_alert")  # WIL-3.2b, not among the examples of WIL-2.3
    with pytest.raises(CategoryNotAllowed, match=r"WIL-2\.3"):
        willard.check_category("immigration_violator")


def test_only_the_categories_that_alert_raise_alerts() -> None:
    kinds = Kinds.of(with_hotlists(WILLARD, categories=("stolen_vehicle", "bolo", "toll")))
    kinds.check_category("toll")
    assert (kinds.raises_alerts("bolo"), kinds.raises_alerts("toll")) == (True, False)


def test_a_profile_can_forbid_a_category_that_it_names() -> None:
    kinds = Kinds.of(with_hotlists(WILLARD, forbidden_categories=("bolo",)))
    with pytest.raises(CategoryNotAllowed, match="may keep no hotlist for bolo"):
        kinds.check_category("bolo")


def test_a_file_is_from_a_source_that_the_text_names() -> None:
    odessa = Kinds.of(by_default(ODESSA))
    odessa.check_source("national")
    with pytest.raises(SourceNotAllowed, match=r"state and national \(ODE-11\).*from local"):
        odessa.check_source("local")
    with pytest.raises(SourceNotAllowed, match="does not say whose it is"):
        odessa.check_source("")
    Kinds.of(by_default(WILLARD)).check_source("")
