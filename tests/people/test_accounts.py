"""Accounts over the years: reviewed, closed when unused or ended, opened again."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from plateward.audit import log
from plateward.cli import keep
from plateward.people import accounts, appointments, standing
from plateward.people.models import Appointment, Closing, Person
from plateward.policy import in_force
from tests import cast
from tests.web import seats

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cities")]
NOW = timezone.now()
TODAY = NOW.astimezone(ZoneInfo("America/Los_Angeles")).date()  # begun in all five cities


def unused_since(person: Person, at: datetime, *, enrolled: datetime | None = None) -> None:
    Person.objects.filter(pk=person.pk).update(last_login=at, date_joined=enrolled or at)


def is_open(person: Person) -> bool:
    return Person.objects.get(pk=person.pk).is_active


def test_termination_ends_sessions_revokes_roles_and_is_told_to_every_city() -> None:
    ana = cast.enrolled("ana")
    browser = seats.keyboard_of(ana)
    browser.get("/standing/")
    ended = accounts.terminate(ana, by="clerk", why="left")
    assert ended.cities == (cast.ODESSA, cast.WILLARD)
    assert browser.get("/standing/").status_code == 302
    assert not is_open(ana)
    for city in ended.cities:
        assert standing.of(ana, city, second_factor=True, today=TODAY).role is None
        assert log.count(act="people:account:close", city=city) == 1
    with pytest.raises(accounts.NotPossible, match="closed already"):
        accounts.terminate(ana, by="clerk", why="left")


def test_reopening_gives_no_role_back() -> None:
    ana = cast.enrolled("ana")
    accounts.terminate(ana, by="clerk", why="left")
    accounts.reinstate(ana, by="clerk", why="came back")
    assert is_open(ana)
    assert standing.held_by(ana) == []
    closing = Closing.objects.get(person=ana)
    assert (closing.reopened_by, closing.reopened_why) == ("clerk", "came back")


@pytest.mark.parametrize(("days", "stays"), [(89, True), (91, False)])
def test_what_nobody_uses_for_ninety_days_is_closed_by_the_house(days: int, stays: bool) -> None:
    ana = cast.enrolled("ana")
    unused_since(ana, NOW - timedelta(days=days))
    keep.round_once()
    assert is_open(ana) is stays
    closed = [entry for entry in log.latest(9) if entry.act == "people:account:close"]
    assert [entry.actor for entry in closed] == ([] if stays else ["house", "house"])
    assert [held.city for held in standing.held_by(ana)] == [cast.ODESSA, cast.WILLARD]


def test_an_account_never_used_counts_from_its_enrolment_and_a_reopened_one_from_then() -> None:
    ana = cast.enrolled("ana")
    Person.objects.filter(pk=ana.pk).update(last_login=None, date_joined=NOW - timedelta(days=91))
    assert accounts.close_dormant(now=NOW) == ["WPD-117"]
    ana.refresh_from_db()
    accounts.reinstate(ana, by="clerk", why="on leave until now")
    assert accounts.close_dormant(now=timezone.now()) == []


def test_the_last_who_administers_a_city_stays_and_the_second_last_goes() -> None:
    lou = cast.enrolled("lou")
    unused_since(lou, NOW - timedelta(days=200))
    assert accounts.close_dormant(now=NOW) == []
    kim = cast.enrolled("kim")
    grant = appointments.Grant(cast.CALABASAS, "city_admin_staff", False, "order 2", TODAY)
    appointments.appoint(kim, grant, by="clerk")
    assert accounts.close_dormant(now=NOW) == ["CCA-019"]


def test_a_review_is_due_a_year_after_the_last_look() -> None:
    lou = cast.enrolled("lou")
    profile = in_force.profile(cast.CALABASAS)
    (due,) = accounts.due(profile, today=TODAY)
    assert not due.overdue
    year_ago = NOW - timedelta(days=367)
    Appointment.objects.filter(person=lou).update(recorded_at=year_ago, begins_on=year_ago.date())
    (due,) = accounts.due(profile, today=TODAY)
    assert due.overdue
    accounts.review(lou, cast.CALABASAS, keep=True, by="clerk", note="still needed")
    (due,) = accounts.due(profile, today=TODAY)
    assert not due.overdue


def test_a_review_that_closes_takes_the_last_roles_account_with_it() -> None:
    gus = cast.enrolled("gus")
    accounts.review(gus, cast.WALNUT, keep=False, by="clerk")
    assert is_open(gus)
    assert cast.WALNUT not in [held.city for held in standing.held_by(gus)]
    accounts.review(gus, cast.CARSON, keep=False, by="clerk")
    accounts.review(gus, cast.CALABASAS, keep=False, by="clerk")
    assert not is_open(gus)
    assert Closing.objects.get(person=gus).kind == "review"


def test_an_old_account_closed_before_closings_were_kept_can_be_opened() -> None:
    ana = cast.enrolled("ana")
    Person.objects.filter(pk=ana.pk).update(is_active=False)
    ana.refresh_from_db()
    accounts.reinstate(ana, by="clerk", why="came back")
    assert is_open(ana)
