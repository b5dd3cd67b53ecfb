"""Five failures in fifteen minutes close an account, whichever factor failed."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from plateward.audit import log
from plateward.people import lockout
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
