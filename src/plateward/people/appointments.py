"""Give roles in writing, attest what they ask for, and take them back; every row stays."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from plateward.audit import log
from plateward.people import fitting, own
from plateward.people.fitting import Candidate, Objection
from plateward.people.models import Appointment, Attestation, Person
from plateward.policy import in_force
from plateward.policy.profile import Profile
from plateward.policy.rights import RIGHTS

# What the gate itself sees to, so that nobody needs to attest it.
SEEN_TO_BY_THE_GATE = frozenset(
    {
        "training_current",
        "training_completed",
        "access_authorisation",
        "use_logged",
        "official_purpose",
        "good_standing",
    }
)


class CannotAppoint(ValueError):
    """The city's policy speaks against it; nothing was changed."""

    def __init__(self, objections: tuple[Objection, ...]) -> None:
        self.objections = objections
        self.final = any(objection.final for objection in objections)
        said = " ".join(objection.why for objection in objections)
        clauses = dict.fromkeys(c for objection in objections for c in objection.clauses)
        cited = f" ({', '.join(clauses)})" if clauses else ""
        super().__init__(f"{said}{cited} Nothing was changed.")


class NotAppointed(LookupError):
    """The person holds no role in that city; nothing was changed."""

    def __init__(self, person: Person, city: str) -> None:
        super().__init__(f"{person.username} holds no role in {city}. Nothing was changed.")


@dataclass(frozen=True, slots=True)
class Grant:
    """A written authorisation: `document` says where the paper is, `issued_by` who signed it.

    `issuer` is that person's account, where they have one. `despite`: why somebody of another
    agency than the role's is given it.
    """

    city: str
    role: str
    sworn: bool | None
    document: str
    begins_on: date
    ends_on: date | None = None
    issued_by: str = ""
    issuer: Person | None = None
    despite: str = ""
    attested: tuple[str, ...] = ()


def objections(to: Person, grant: Grant) -> tuple[Objection, ...]:
    """What speaks against it, before it is done. Raises NoPolicy where the city has none."""
    profile = in_force.profile(grant.city)
    issuer_role = _role_in_force(grant.issuer, profile) if grant.issuer else ""
    candidate = Candidate(to.agency, str(to.employer.kind), grant.sworn, issuer_role)
    return fitting.objections(profile, grant.role, candidate)


@transaction.atomic
def appoint(to: Person, grant: Grant, *, by: str) -> None:
    """Give a person a role in a city, in place of any they hold there; that one stays on record.

    Whoever is not in good standing there stays so: only saying so by itself changes that.
    Raises CannotAppoint, and NoPolicy where the city has none in force.
    """
    own.refuse(to, by=by)
    against = objections(to, grant)
    if any(objection.final for objection in against) or (against and not grant.despite.strip()):
        raise CannotAppoint(against)
    now = timezone.now()
    replaced = open_there(to, grant.city)
    if replaced is not None:
        Appointment.objects.filter(pk=replaced.pk).update(replaced_at=now)
    made = Appointment.objects.create(
        person=to,
        city=grant.city,
        role=grant.role,
        sworn=grant.sworn,
        document=grant.document,
        issued_by=grant.issuer.badge if grant.issuer else grant.issued_by,
        issuer_role=_role_in_force(grant.issuer, in_force.profile(grant.city))
        if grant.issuer
        else "",
        despite=grant.despite.strip(),
        begins_on=grant.begins_on,
        ends_on=grant.ends_on,
        recorded_by=by,
        recorded_at=now,
        **_standing_so_far(to, grant.city),
    )
    log.append(
        actor=by,
        act="people:role:appoint",
        outcome="done",
        city=grant.city,
        facts={
            "badge": to.badge,
            "role": grant.role,
            "document": grant.document,
            "begins_on": grant.begins_on.isoformat(),
            "ends_on": grant.ends_on.isoformat() if grant.ends_on else "",
            "replaced": replaced.role if replaced else "",
        },
        private={"issued_by": made.issued_by, "despite": made.despite},
    )
    for precondition in grant.attested:
        attest(to, grant.city, precondition, document=grant.document, by=by)


def _standing_so_far(person: Person, city: str) -> dict[str, Any]:
    last = Appointment.objects.filter(person=person, city=city).order_by("-pk").first()
    kept = ("good_standing", "standing_why", "standing_by", "standing_at")
    return {name: getattr(last, name) for name in kept} if last else {}


@transaction.atomic
def revoke(of: Person, city: str, *, by: str, why: str) -> None:
    """Take the role back at once. Raises NotAppointed where there is none."""
    own.refuse(of, by=by)
    given = held(of, city)
    Appointment.objects.filter(pk=given.pk).update(
        revoked_at=timezone.now(), revoked_by=by, revoked_why=_reason(why)
    )
    log.append(
        actor=by,
        act="people:role:revoke",
        outcome="done",
        city=city,
        facts={"badge": of.badge, "role": given.role},
        private={"why": why},
    )


@transaction.atomic
def set_good_standing(of: Person, city: str, *, good: bool, by: str, why: str) -> None:
    """Record whether the person is in good standing, who says so and why."""
    own.refuse(of, by=by)
    given = held(of, city)
    Appointment.objects.filter(pk=given.pk).update(
        good_standing=good, standing_why=_reason(why), standing_by=by, standing_at=timezone.now()
    )
    log.append(
        actor=by,
        act="people:standing:record",
        outcome="done",
        city=city,
        facts={"badge": of.badge, "good_standing": good},
        private={"why": why},
    )


@transaction.atomic
def attest(of: Person, city: str, precondition: str, *, document: str, by: str) -> None:
    """A named person's word that a precondition of the policy holds, and by what document."""
    own.refuse(of, by=by)
    given, profile = held(of, city), in_force.profile(city)
    if precondition not in may_be_attested(profile):
        raise ValueError(
            f"{profile.title()}'s policy has no precondition {precondition} to attest. "
            "Nothing was changed."
        )
    Attestation.objects.get_or_create(
        appointment=given,
        precondition=precondition,
        withdrawn_at=None,
        defaults={"document": _reason(document), "by": by, "at": timezone.now()},
    )
    log.append(
        actor=by,
        act="people:precondition:attest",
        outcome="done",
        city=city,
        facts={"badge": of.badge, "precondition": precondition},
        private={"document": document},
    )


@transaction.atomic
def withdraw(of: Person, city: str, precondition: str, *, by: str) -> None:
    """Take an attestation back, at once."""
    standing = Attestation.objects.filter(
        appointment=held(of, city), precondition=precondition, withdrawn_at=None
    )
    if not standing.update(withdrawn_at=timezone.now(), withdrawn_by=by):
        raise ValueError(f"Nobody has attested {precondition}. Nothing was changed.")
    log.append(
        actor=by,
        act="people:precondition:withdraw",
        outcome="done",
        city=city,
        facts={"badge": of.badge, "precondition": precondition},
    )


def to_attest(profile: Profile) -> tuple[str, ...]:
    """The preconditions of a profile that only a person's word can show."""
    asked: Collection[str] = profile.at("access.preconditions")
    return tuple(word for word in asked if word not in SEEN_TO_BY_THE_GATE)


def may_be_attested(profile: Profile) -> tuple[str, ...]:
    """These, and the rights beside a role, which nobody needs but for what they open."""
    return (*to_attest(profile), *sorted(RIGHTS))


def history(of: Person, city: str) -> list[Appointment]:
    """Every appointment the person ever held there, newest first."""
    return list(Appointment.objects.filter(person=of, city=city).order_by("-pk"))


def holders(profile: Profile, roles: Collection[str], *, today: date) -> list[Person]:
    """Everyone with an open account who holds one of these roles in the city today."""
    given = Appointment.objects.filter(
        city=profile.id,
        role__in=roles,
        revoked_at=None,
        replaced_at=None,
        begins_on__lte=today,
        person__is_active=True,
    ).exclude(ends_on__lt=today)
    return [row.person for row in given.select_related("person__employer").order_by("person_id")]


def _role_in_force(person: Person, profile: Profile) -> str:
    today = timezone.now().astimezone(profile.zone).date()
    given = open_there(person, profile.id)
    if given is None or not person.is_active or given.begins_on > today:
        return ""
    return "" if given.ends_on is not None and given.ends_on < today else given.role


def open_there(person: Person, city: str) -> Appointment | None:
    """What the person holds there now, begun or not; None where nothing."""
    return Appointment.objects.filter(
        person=person, city=city, revoked_at=None, replaced_at=None
    ).first()


def held(person: Person, city: str) -> Appointment:
    """The appointment that is open there. Raises NotAppointed."""
    found = open_there(person, city)
    if found is None:
        raise NotAppointed(person, city)
    return found


def _reason(why: str) -> str:
    said = " ".join(why.split())
    if not said:
        raise ValueError("Say why: it stays on record. Nothing was changed.")
    return said[:200]
