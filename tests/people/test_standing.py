"""What the policy is told of a person."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from plateward.audit import log
from plateward.people import appointments, standing, training
from plateward.people.appointments import Grant
from plateward.people.models import Appointment, Person, Training
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cities")]
TODAY = timezone.localdate()


def test_an_officer_stands_with_role_training_and_authorisation() -> None:
    stands = standing.of(cast.enrolled("ana"), "willard-mo", second_factor=True, today=TODAY)
    assert (stands.role, stands.sworn, stands.authorised) == ("sworn_officer", True, True)
    assert stands.trained_on == TODAY - timedelta(days=40)
    assert stands.signed_in_with_second_factor


def test_in_another_city_the_same_person_is_a_stranger() -> None:
    stands = standing.of(cast.enrolled("ana"), "carson-ca", second_factor=True, today=TODAY)
    assert (stands.role, stands.authorised, stands.trained_on) == (None, False, None)


def test_training_in_one_city_is_not_training_in_another() -> None:
    ben = cast.enrolled("ben")
    training.record(ben, training.Course("odessa-mo", TODAY, "certificate 3"), by="clerk")
    stands = standing.of(ben, "willard-mo", second_factor=True, today=TODAY)
    assert stands.trained_on == TODAY - timedelta(days=400)


def test_an_appointment_counts_from_the_day_it_begins() -> None:
    finn = cast.enrolled("finn")
    begins = TODAY + timedelta(days=1)
    grant = Grant("willard-mo", "city_attorney", None, "order 9", begins)
    appointments.appoint(finn, grant, by="clerk")
    assert not standing.of(finn, "willard-mo", second_factor=True, today=TODAY).authorised
    assert standing.of(finn, "willard-mo", second_factor=True, today=begins).authorised


def test_every_enrolment_is_in_the_log() -> None:
    cast.enrolled("ana")
    acts = [entry.act for entry in log.latest()]
    assert acts.count("people:role:appoint") == 2
    assert acts.count("people:training:record") == 2
    assert "people:account:enrol" in acts


@pytest.mark.parametrize(
    "broken",
    [
        lambda p: Appointment(person=p, city="willard-mo", role="x", document="", begins_on=TODAY),
        lambda p: Appointment(
            person=p,
            city="willard-mo",
            role="x",
            document="d",
            begins_on=TODAY,
            ends_on=TODAY - timedelta(days=1),
        ),
        lambda p: Training(person=p, city="willard-mo", completed_on=TODAY, evidence=""),
        lambda p: Person(username="nobody", badge="", employer=p.employer),
    ],
    ids=["no document", "ends before it begins", "no evidence", "no badge"],
)
def test_the_tables_refuse_what_must_not_be(broken) -> None:  # type: ignore[no-untyped-def]
    finn = cast.enrolled("finn")
    with pytest.raises(IntegrityError), transaction.atomic():
        broken(finn).save()
