"""What adopted policies ask of sign-in, sessions and accounts is what the machine does."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from pytest_django import Settings

from plateward import settings as ours
from plateward.people import accounts, binding, lockout, passwords, sessions
from plateward.people.models import Person
from plateward.policy import adopt, in_force, load
from tests import cast
from tests.web import seats

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cities")]
NOW = timezone.now()


def asks(city: str, written: str, *, under: tuple[str, ...] = ()) -> None:
    """The city adopts its text again, with this beside what it says of access."""
    text = load.shipped_text(city).replace(
        "  on_request_only:",
        f"  {written}\n  on_request_only:" if written else "  on_request_only:",
    )
    answers = adopt.completed(text, cast._answers(city), by="clerk", named=under)
    adopt.adopt(text, answers=answers, by="clerk", instrument="test", now=NOW, named=under)


def fail(times: int, *, minutes_apart: int = 0) -> None:
    for step in range(times):
        lockout.failed("ana", factor="code", now=NOW + timedelta(minutes=minutes_apart * step))


def test_a_city_may_ask_for_fewer_failures_over_a_longer_time() -> None:
    asks(cast.CARSON, "lockout: {attempts: 3, within: PT1H}")
    fail(2, minutes_apart=20)
    assert lockout.locked_until("ana", now=NOW + timedelta(minutes=40)) is None
    fail(1)
    assert lockout.locked_until("ana", now=NOW + timedelta(minutes=40)) == NOW + timedelta(hours=1)


def test_a_laxer_lockout_changes_nothing() -> None:
    asks(cast.CARSON, "lockout: {attempts: 50, within: PT1M}")
    fail(5)
    assert lockout.locked_until("ana", now=NOW) == NOW + lockout.WINDOW


def test_a_text_of_its_own_may_leave_the_key_to_an_administrator() -> None:
    asks(cast.CARSON, "lockout: {released_by: administrator}")
    fail(5)
    assert lockout.locked_until("ana", now=NOW + timedelta(days=9)) == lockout.UNTIL_RELEASED


def test_the_shortest_lock_of_a_persons_own_cities_holds() -> None:
    ana, gus = cast.enrolled("ana"), cast.enrolled("gus")
    asks(cast.ODESSA, "session: {lock_after: PT10M}")
    asks(cast.WILLARD, "session: {lock_after: PT20M}")
    assert sessions.lock_after(ana) == timedelta(minutes=10)
    assert sessions.lock_after(gus) == timedelta(minutes=30)


def test_a_session_ends_when_the_shortest_of_the_cities_says() -> None:
    ana = cast.enrolled("ana")
    browser = seats.keyboard_of(ana)
    assert browser.get("/standing/").status_code == 200
    early = timezone.now() - timedelta(hours=9)
    UserSession.objects.update(created_at=early)
    kept = browser.session
    for record in kept.get("account_authentication_methods", []):
        record["at"] = early.timestamp()
    kept.save()
    assert browser.get("/standing/").status_code == 200
    asks(cast.ODESSA, "session: {sign_in_again_after: PT8H}")
    answer = browser.get("/standing/", follow=True)
    assert answer.redirect_chain[0][0].startswith("/sign-in/")
    assert [str(m) for m in answer.context["messages"]] == [
        "You were signed in for 8 hours. Please sign in again."
    ]


@pytest.mark.parametrize(("under", "stays_open"), [((), True), (("us-cjis",), False)])
def test_under_cjis_only_dispatch_may_be_left_open(
    settings: Settings, under: tuple[str, ...], stays_open: bool
) -> None:
    settings.NEVER_LOCKED = ["odessa-mo:dispatcher", "calabasas-ca:city_admin_staff"]
    asks(cast.CALABASAS, "", under=under)
    lou = cast.enrolled("lou")
    assert (sessions.lock_after(lou) is None) is stays_open


def test_accounts_sleep_and_are_looked_at_as_the_strictest_of_their_cities_says() -> None:
    ana, lou = cast.enrolled("ana"), cast.enrolled("lou")
    unused = NOW - timedelta(days=40)
    Person.objects.update(last_login=unused, date_joined=unused)
    asks(cast.ODESSA, "accounts: {dormant_after: P30D, review_every: P6M}")
    assert accounts.close_dormant(now=NOW) == [ana.badge]
    lou.refresh_from_db()
    assert lou.is_active
    assert accounts.review_every(in_force.profile(cast.ODESSA)) <= timedelta(days=184)
    assert accounts.review_every(in_force.profile(cast.CALABASAS)) == accounts.REVIEW_EVERY


def test_a_longer_password_where_a_city_asks_for_one() -> None:
    fourteen = "xk2#pq9!vb7&zz"
    validate_password(fourteen)
    _auth(cast.CALABASAS, "password_min_length: 16")
    with pytest.raises(ValidationError, match="16"):
        validate_password(fourteen)


def _auth(city: str, written: str) -> None:
    text = load.shipped_text(city).replace("  auth: {", f"  auth: {{{written}, ")
    answers = adopt.completed(text, cast._answers(city), by="clerk")
    adopt.adopt(text, answers=answers, by="clerk", instrument="test", now=NOW)


def test_adopting_cjis_alone_changes_how_passwords_are_kept(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No setting of the machine is needed: it is rewritten the first time the password is here."""
    settings.PASSWORD_HASHERS = ours._HASHERS
    monkeypatch.setattr(passwords.Pbkdf2, "iterations", 1)
    ana = cast.enrolled("ana")
    assert ana.password.startswith("argon2")
    asks(cast.ODESSA, "", under=("us-cjis",))
    assert not ana.check_password("another")
    assert ana.password.startswith("argon2")
    assert ana.check_password(cast.PASSWORD)
    assert Person.objects.get(pk=ana.pk).password.startswith("pbkdf2_sha256$")
    assert ana.check_password(cast.PASSWORD)


def test_what_a_text_is_silent_on_is_none() -> None:
    profile = in_force.profile(cast.WILLARD)
    assert binding.said(profile, "access.lockout.attempts") is None
    assert binding.said(profile, "access.banner.deeper") is None
