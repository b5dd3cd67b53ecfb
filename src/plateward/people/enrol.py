"""Enrol people, appoint them and record their training. Each act is logged with the change."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from plateward.audit import log
from plateward.people.models import Appointment, Person, Training


@dataclass(frozen=True, slots=True)
class Newcomer:
    username: str
    full_name: str
    badge: str
    agency: str


@transaction.atomic
def person(newcomer: Newcomer, *, password: str, by: str) -> Person:
    """Make the one account this person has. The password is theirs alone."""
    first, _, last = newcomer.full_name.partition(" ")
    enrolled = Person.objects.create_user(
        newcomer.username,
        password=password,
        badge=newcomer.badge,
        agency=newcomer.agency,
        first_name=first,
        last_name=last,
    )
    log.append(
        actor=by, act="people:account:enrol", outcome="done", facts={"badge": enrolled.badge}
    )
    return enrolled


@dataclass(frozen=True, slots=True)
class Grant:
    """A written authorisation: `document` says where the paper is."""

    city: str
    role: str
    sworn: bool | None
    document: str
    begins_on: date
    ends_on: date | None = None


@transaction.atomic
def appoint(to: Person, grant: Grant, *, by: str) -> None:
    """Give a person a role in a city, in place of any they held there."""
    Appointment.objects.update_or_create(
        person=to,
        city=grant.city,
        defaults={
            "role": grant.role,
            "sworn": grant.sworn,
            "document": grant.document,
            "begins_on": grant.begins_on,
            "ends_on": grant.ends_on,
            "good_standing": True,
        },
    )
    log.append(
        actor=by,
        act="people:role:appoint",
        outcome="done",
        city=grant.city,
        facts={"badge": to.badge, "role": grant.role, "document": grant.document},
    )


@transaction.atomic
def record_training(of: Person, *, city: str, completed_on: date, evidence: str, by: str) -> None:
    Training.objects.create(person=of, city=city, completed_on=completed_on, evidence=evidence)
    log.append(
        actor=by,
        act="people:training:record",
        outcome="done",
        city=city,
        facts={"badge": of.badge, "completed_on": completed_on.isoformat(), "evidence": evidence},
    )
