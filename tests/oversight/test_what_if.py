"""The last quarter under another policy: requests decided again, reads counted again."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from plateward.audit import log
from plateward.custody import retention
from plateward.gate import door
from plateward.gate.permit import Refused
from plateward.intake.receive import receive
from plateward.oversight import what_if
from plateward.policy import adopt, load
from plateward.policy.circumstances import Breadth
from plateward.policy.decide import Reason
from plateward.policy.periods import Period, moment_after
from plateward.policy.profile import Profile
from plateward.policy.silence import Answer
from plateward.policy.vocabulary import Act
from plateward.reads.compared import latest_start_that_is_over
from tests import cast

CRIME = Reason("crime_person_or_property", note="hit and run on Elm Street")


def willard(*changes: tuple[str, str], case: str = "none") -> Profile:
    text = load.shipped_text(cast.WILLARD)
    for was, is_now in changes:
        assert was in text
        text = text.replace(was, is_now, 1)
    given = [Answer("access.query_gate.case_reference", case, "council", "to compare")]
    return load.draft(text, answers=adopt.completed(text, given, by="council"))


def under(profile: Profile, *, city: str = cast.WILLARD, **roles: str) -> what_if.WhatIf:
    now = timezone.now()
    return what_if.under(profile, city, since=now - timedelta(days=91), now=now, roles=roles)


def search(who: object, reason: Reason = CRIME) -> None:
    door.admit(
        who,  # type: ignore[arg-type]
        Act.READS_SEARCH,
        reason,
        cities=[cast.WILLARD],
        query={"plate": "ABC1234"},
        breadth=Breadth("ABC1234", known_characters=7),
        second_factor=True,
    )


@pytest.fixture
def asked(cameras: dict[str, str]) -> None:
    """Two searches without a case number, one with, and one of somebody without a role."""
    ana = cast.enrolled("ana")
    search(ana)
    search(ana)
    search(ana, Reason(CRIME.purpose, case_number="26-014233", note=CRIME.note))
    with pytest.raises(Refused):
        search(cast.enrolled("finn"))


@pytest.mark.django_db
@pytest.mark.usefixtures("asked")
def test_under_the_same_policy_every_answer_is_the_same() -> None:
    (searches,) = under(willard()).asked
    assert (searches.asked, searches.same, searches.admitted) == (4, 4, 0)
    assert searches.refused == {}


@pytest.mark.django_db
@pytest.mark.usefixtures("asked")
def test_a_stricter_policy_refuses_what_it_would_have_by_its_rule() -> None:
    (searches,) = under(willard(case="case_or_cad")).asked
    assert searches.refused == {"case_reference": 2}
    assert (searches.same, searches.admitted) == (2, 0)


@pytest.mark.django_db
@pytest.mark.usefixtures("cameras")
def test_a_looser_policy_admits_what_was_refused() -> None:
    with pytest.raises(Refused):
        search(cast.enrolled("ana"), Reason(CRIME.purpose))
    silent = willard(
        ("query_gate: {required_fields: [reason]", "query_gate: {required_fields: [purpose]")
    )
    (searches,) = under(silent).asked
    assert (searches.asked, searches.admitted, searches.refused) == (1, 1, {})


@pytest.mark.django_db
@pytest.mark.usefixtures("asked")
def test_another_citys_roles_are_taken_as_they_are_named() -> None:
    odessa = load.shipped_text(cast.ODESSA)
    other = load.draft(odessa, answers=adopt.completed(odessa, (), by="council"))
    (searches,) = under(other).asked
    assert set(searches.refused) == {"role"}
    (renamed,) = under(other, sworn_officer="pd_member").asked
    assert "role" not in renamed.refused


@pytest.mark.django_db
@pytest.mark.usefixtures("asked")
def test_what_has_been_erased_from_the_log_cannot_be_told() -> None:
    first = next(entry for entry in reversed(log.latest(4)) if entry.act == Act.READS_SEARCH)
    log.erase(first.index, None, by="clerk", why="retention of the log")
    (searches,) = under(willard()).asked
    assert (searches.asked, searches.same, searches.cannot_tell) == (4, 3, 1)


@pytest.mark.django_db
@pytest.mark.usefixtures("cameras")
def test_reads_that_would_be_gone_kept_or_poorer() -> None:
    now = timezone.now()
    for days in (1, 20, 40):
        at = now - timedelta(days=days)
        vehicle = {"vehicle": cast.sighting().vehicle}
        receive(cast.sighting(seen_at=at, **vehicle), received_at=at + timedelta(minutes=1))
    retention.sweep(now=now)
    shorter = under(willard(("period: P30D", "period: P14D"))).reads
    assert (shorter.here, shorter.gone, shorter.kept) == (2, 1, 0)
    longer = under(willard(("period: P30D", "period: P60D"))).reads
    assert (longer.gone, longer.kept) == (0, 1)


@pytest.mark.django_db
@pytest.mark.usefixtures("cameras")
def test_a_field_that_would_not_be_kept_is_counted() -> None:
    from plateward.plates.sighting import Vehicle

    receive(cast.sighting(vehicle=Vehicle(make="Ford", color="red")))
    receive(cast.sighting())
    assert under(willard()).reads.without == {}
    assert under(willard(("make: allowed", "make: forbidden"))).reads.without == {"make": 1}


@given(
    st.sampled_from(["P30D", "P60D", "P6M", "P2Y", "P5Y", "PT1H"]),
    st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)),  # noqa: DTZ001
)
def test_the_latest_start_that_is_over_is_at_the_edge(period: str, at: datetime) -> None:
    now, kept = at.replace(tzinfo=UTC), Period.parse(period)
    start = latest_start_that_is_over(lambda begun: moment_after(begun, kept), now=now)
    assert moment_after(start, kept) <= now
    assert moment_after(start + timedelta(seconds=2), kept) > now or kept.months
    assert moment_after(start + timedelta(days=4), kept) > now
