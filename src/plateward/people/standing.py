"""What policy needs to know of a person in one city, and no more."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Max

from plateward.people import training
from plateward.people.models import Appointment, Attestation, Permission, Person
from plateward.policy import in_force
from plateward.policy.decide import Standing
from plateward.policy.profile import Profile

# What `decide` calls it when a role was given on purpose to somebody of another agency.
OF_ANOTHER_AGENCY: Final = "agency"


@dataclass(frozen=True, slots=True)
class Held:
    """A role a person holds in a city, as a page shows it."""

    city: str
    role: str
    ends_on: date | None
    trained_on: date | None


def of(
    person: Person,
    city: str,
    *,
    second_factor: bool,
    today: date,
    profile: Profile | None = None,
) -> Standing:
    """Their standing in one city today. A stranger there stands with no role at all.

    `profile`: the policy in force there, where the caller has it at hand already.
    """
    appointment = _open(person, city)
    if appointment is None or not person.is_active:
        return stranger(second_factor=second_factor, agency=person.agency)
    learned = training.learned(person, profile or in_force.profile(city), today=today)
    return Standing(
        role=appointment.role,
        sworn=appointment.sworn,
        authorised=appointment.begins_on <= today,
        authorised_until=appointment.ends_on,
        trained_on=learned.completed_on,
        good_standing=appointment.good_standing,
        signed_in_with_second_factor=second_factor,
        agency=person.agency,
        trained_topics=learned.topics,
        retrain_since=learned.retrain_since,
        attested=attested(appointment),
        permitted_until=_permitted_until(appointment),
    )


def stranger(*, second_factor: bool, agency: str = "") -> Standing:
    """No role, and every other fact such that it opens nothing."""
    return Standing(signed_in_with_second_factor=second_factor, agency=agency)


def held_by(person: Person) -> list[Held]:
    """Every role the person holds, city by city."""
    appointments = Appointment.objects.filter(person=person, revoked_at=None, replaced_at=None)
    return [
        Held(a.city, a.role, a.ends_on, _trained_on(person, a.city))
        for a in appointments.order_by("city")
    ]


def attested(appointment: Appointment) -> frozenset[str]:
    """What somebody attested of it; what its own paper shows needs no word beside it."""
    words = Attestation.objects.filter(appointment=appointment, withdrawn_at=None)
    shown = set(words.values_list("precondition", flat=True))
    if appointment.issuer_role:
        shown.add(f"authorised_by_{appointment.issuer_role}")
    if appointment.despite:
        shown.add(OF_ANOTHER_AGENCY)
    return frozenset(shown)


def _open(person: Person, city: str) -> Appointment | None:
    return Appointment.objects.filter(
        person=person, city=city, revoked_at=None, replaced_at=None
    ).first()


def _permitted_until(appointment: Appointment) -> date | None:
    given = Permission.objects.filter(appointment=appointment, withdrawn_at=None)
    latest: date | None = given.aggregate(latest=Max("until"))["latest"]
    return latest


def _trained_on(person: Person, city: str) -> date | None:
    return max((course.completed_on for course in training.courses(person, city)), default=None)
