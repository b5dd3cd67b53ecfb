"""What a careless administrator, or one in haste, must not be able to open by the way."""

from typing import Any
from unittest import mock

import pytest
from django.utils import timezone

from plateward.gate import door
from plateward.gate.permit import Permit
from plateward.people import accounts, appointments, own, training
from plateward.people.models import Person
from plateward.policy.decide import Reason
from plateward.policy.vocabulary import Act
from plateward.web import alerts
from tests import cast
from tests.web import seats

TODAY = timezone.localdate()


def again(city: str, role: str, *, sworn: bool) -> appointments.Grant:
    return appointments.Grant(city, role, sworn, "order 2", TODAY, issued_by="chief")


@pytest.mark.django_db
@pytest.mark.usefixtures("cities")
@pytest.mark.parametrize("revoked_before", [False, True])
def test_a_new_paper_does_not_restore_good_standing(revoked_before: bool) -> None:
    lou = cast.enrolled("lou")
    appointments.set_good_standing(lou, cast.CALABASAS, good=False, by="clerk", why="inquiry")
    if revoked_before:
        appointments.revoke(lou, cast.CALABASAS, by="clerk", why="moved")
    appointments.appoint(lou, again(cast.CALABASAS, "city_admin_staff", sworn=False), by="clerk")
    held = appointments.held(lou, cast.CALABASAS)
    assert (held.good_standing, held.standing_why) == (False, "inquiry")


@pytest.mark.django_db
@pytest.mark.usefixtures("cities")
def test_nobody_records_their_own_training() -> None:
    lou = cast.enrolled("lou")
    course = training.Course(cast.CALABASAS, TODAY, "certificate")
    with pytest.raises(own.OwnAccount):
        training.record(lou, course, by=lou.badge)


@pytest.fixture
def listening(cities: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Ana hears the alerts of Willard; answers whether she still does."""
    monkeypatch.setattr(alerts, "connections", mock.Mock())  # the test's own must stay open
    ana = cast.enrolled("ana")
    browser = seats.keyboard_of(ana)
    browser.get("/alerts/")
    permit: Permit = door.admit(
        ana, Act.ALERTS_SEE, Reason(), cities=[cast.WILLARD], second_factor=True
    )
    stood = alerts._as_they_stand(ana, permit)
    key = browser.session.session_key
    return lambda: alerts._still_open(key, ana, permit, stood)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["standing", "revoked", "closed", "policy"])
def test_an_open_stream_ends_at_once_when_the_person_stands_otherwise(
    listening: Any, what: str
) -> None:
    ana = Person.objects.get(username="ana")
    assert listening()
    if what == "standing":
        appointments.set_good_standing(ana, cast.WILLARD, good=False, by="chief", why="inquiry")
    elif what == "revoked":
        appointments.revoke(ana, cast.WILLARD, by="chief", why="left")
    elif what == "closed":
        accounts.terminate(ana, by="chief", why="left")
    else:
        cast.adopt_with_proposals(cast.WILLARD)
    assert not listening()
