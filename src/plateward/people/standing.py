"""What policy needs to know of a person in one city, and no more."""

from dataclasses import dataclass
from datetime import date

from plateward.people.models import Appointment, Person, Training
from plateward.policy.decide import Standing


@dataclass(frozen=True, slots=True)
class Held:
    """A role a person holds in a city, as a page shows it."""

    city: str
    role: str
    ends_on: date | None
    trained_on: date | None


def of(person: Person, city: str, *, second_factor: bool, today: date) -> Standing:
    """Their standing in one city today. A stranger there stands with no role at all."""
    appointment = Appointment.objects.filter(person=person, city=city).first()
    if appointment is None or not person.is_active:
        return stranger(second_factor=second_factor)
    return Standing(
        role=appointment.role,
        sworn=appointment.sworn,
        authorised=appointment.begins_on <= today,
        authorised_until=appointment.ends_on,
        trained_on=_trained_on(person, city),
        good_standing=appointment.good_standing,
        signed_in_with_second_factor=second_factor,
    )


def stranger(*, second_factor: bool) -> Standing:
    return Standing(
        role=None,
        sworn=None,
        authorised=False,
        authorised_until=None,
        trained_on=None,
        good_standing=False,
        signed_in_with_second_factor=second_factor,
    )


def held_by(person: Person) -> list[Held]:
    """Every role the person holds, city by city."""
    appointments = Appointment.objects.filter(person=person).order_by("city")
    return [Held(a.city, a.role, a.ends_on, _trained_on(person, a.city)) for a in appointments]


def _trained_on(person: Person, city: str) -> date | None:
    latest = Training.objects.filter(person=person, city=city).order_by("-completed_on").first()
    return None if latest is None else latest.completed_on
