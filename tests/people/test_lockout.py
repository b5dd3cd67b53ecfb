"""Five failures in fifteen minutes close an account, whichever factor failed."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from plateward.audit import log
from plateward.people import cjis, lockout
from tests import cast

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def fail(times: int, *, factor: str = "password", at: datetime = NOW, account: str = "ana") -> None:
    for _ in range(times):
        lockout.failed(account, factor=factor, now=at)


def test_four_failures_leave_the_account_open() -> None:
    fail(4)
    assert lockout.locked_until("ana", now=NOW) is None


def test_five_close_it_counting_both_factors_together() -> None:
    fail(3)
    fail(2, factor="code")
    assert lockout.locked_until("ana", now=NOW) == NOW + timedelta(minutes=15)


def test_letter_case_and_spaces_do_not_help() -> None:
    fail(3, account="Ana")
    fail(2, account=" ANA ")
    assert lockout.locked_until("ana", now=NOW)


def test_it_opens_again_after_fifteen_minutes() -> None:
    fail(5)
    assert lockout.locked_until("ana", now=NOW + timedelta(minutes=14, seconds=59))
    assert lockout.locked_until("ana", now=NOW + timedelta(minutes=15)) is None


def test_slow_guessing_never_locks_but_is_logged() -> None:
    for step in range(8):
        fail(1, at=NOW + timedelta(minutes=4 * step))
    assert lockout.locked_until("ana", now=NOW + timedelta(minutes=28)) is None
    assert log.count(act="people:account:sign-in", outcome="failed") == 8


def test_another_account_is_not_touched() -> None:
    fail(5)
    assert lockout.locked_until("ben", now=NOW) is None


def test_a_name_nobody_bears_is_counted_too_and_named_in_no_log() -> None:
    fail(5, account="passw0rd-typed-as-name")
    assert lockout.locked_until("passw0rd-typed-as-name", now=NOW)
    assert all("passw0rd" not in str(entry) for entry in log.latest())


def test_success_starts_the_count_again(cities: tuple[str, ...]) -> None:
    ana = cast.enrolled("ana")
    fail(4)
    lockout.succeeded(ana)
    fail(4)
    assert lockout.locked_until("ana", now=NOW) is None


def test_under_cjis_time_alone_opens_nothing(settings: Settings) -> None:
    settings.CJIS = True
    fail(5)
    later = NOW + timedelta(days=30)
    assert lockout.locked_until("ana", now=NOW) == lockout.UNTIL_RELEASED
    assert lockout.locked_until("ana", now=later) == lockout.UNTIL_RELEASED


def test_under_cjis_slow_guessing_locks_as_little_as_elsewhere(settings: Settings) -> None:
    settings.CJIS = True
    for step in range(8):
        fail(1, at=NOW + timedelta(minutes=4 * step))
    assert lockout.locked_until("ana", now=NOW + timedelta(minutes=28)) is None


def test_an_adopted_overlay_asks_for_it_without_the_machines_setting(
    monkeypatch: pytest.MonkeyPatch, cities: tuple[str, ...]
) -> None:
    class Bound:
        overlays = ("us-mo", cjis.OVERLAY)

    assert not cjis.binds()
    monkeypatch.setattr(cjis.in_force, "profiles", lambda _cities: {"odessa-mo": Bound()})
    assert cjis.binds()


def test_a_policy_that_cannot_be_read_asks_for_the_stricter_rule(
    monkeypatch: pytest.MonkeyPatch, cities: tuple[str, ...]
) -> None:
    def unreadable(_cities: object) -> None:
        raise cjis.in_force.Unreadable("odessa-mo", 1, "it is torn")

    monkeypatch.setattr(cjis.in_force, "profiles", unreadable)
    assert cjis.binds()


def test_an_administrator_releases_and_the_log_says_who(
    settings: Settings, cities: tuple[str, ...]
) -> None:
    settings.CJIS = True
    ana = cast.enrolled("ana")
    fail(5)
    assert lockout.release(ana, "WPD-001")
    assert lockout.locked_until("ana", now=NOW) is None
    (entry,) = [e for e in log.latest(10) if e.act == "people:account:release"]
    assert (entry.actor, entry.facts["badge"]) == ("WPD-001", ana.badge)
    assert not lockout.release(ana, "WPD-001")


@given(st.lists(st.integers(0, 7200), max_size=12))
def test_it_is_locked_exactly_when_five_failures_fit_in_the_window(
    seconds: list[int],
) -> None:
    """Against the rule said another way, for times in any order."""
    moments = sorted(NOW + timedelta(seconds=s) for s in seconds)
    ever = any(
        sum(first <= moment < first + lockout.WINDOW for moment in moments) >= lockout.FAILURES
        for first in moments
    )
    assert lockout._ever_full(moments[::-1]) is ever
