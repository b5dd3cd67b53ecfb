"""The City's written permission to a contractor: for one crime, until a last day."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from plateward.audit import log
from plateward.people import appointments, own
from plateward.people.models import Permission, Person
from plateward.policy import in_force


@dataclass(frozen=True, slots=True)
class Paper:
    """The signed permission: where it is kept, for which crime, until when."""

    document: str
    crime: str
    until: date


@transaction.atomic
def give(to: Person, city: str, paper: Paper, *, by: str) -> None:
    """Record it. Raises NotAppointed for who holds no role there, ValueError for an empty paper."""
    own.refuse(to, by=by)
    held = appointments.held(to, city)
    role = in_force.profile(city).role(held.role)
    if role is None or not role.upkeep_only:
        raise ValueError("Only a contractor needs this permission. Nothing was changed.")
    if not paper.document.strip() or not paper.crime.strip():
        raise ValueError(
            "The permission must be in writing and name the crime. Nothing was changed."
        )
    Permission.objects.create(
        appointment=held,
        document=paper.document.strip(),
        crime=paper.crime.strip(),
        until=paper.until,
        by=by,
        at=timezone.now(),
    )
    log.append(
        actor=by,
        act="people:permission:give",
        outcome="done",
        city=city,
        facts={"badge": to.badge, "document": paper.document, "until": paper.until.isoformat()},
        private={"case": paper.crime},
    )


@transaction.atomic
def withdraw(of: Person, city: str, *, by: str) -> None:
    """Take every such permission back, at once."""
    standing = Permission.objects.filter(appointment=appointments.held(of, city), withdrawn_at=None)
    if not standing.update(withdrawn_at=timezone.now(), withdrawn_by=by):
        raise ValueError("No such permission is on record. Nothing was changed.")
    log.append(
        actor=by,
        act="people:permission:withdraw",
        outcome="done",
        city=city,
        facts={"badge": of.badge},
    )


def given(of: Person, city: str) -> list[Permission]:
    """Every permission that stands for the appointment held there, newest first."""
    return list(
        Permission.objects.filter(
            appointment=appointments.held(of, city), withdrawn_at=None
        ).order_by("-until")
    )
