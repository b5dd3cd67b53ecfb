"""Which account at an agency's own sign-in belongs to which enrolled person."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from allauth.socialaccount.models import SocialAccount
from django.db import transaction

from plateward.audit import log
from plateward.people.models import Person


class LinkedToAnother(ValueError):
    """This account belongs to someone else, or the person already has one at this agency."""


@dataclass(frozen=True, slots=True)
class Link:
    agency: str
    issuer: str
    subject: str
    last_used_at: datetime


def uid(issuer: str, subject: str) -> str:
    """Both together: a subject means something only to the issuer that gave it."""
    return hashlib.sha256(f"{issuer}\n{subject}".encode()).hexdigest()


@transaction.atomic
def link(person: Person, *, agency: str, issuer: str, subject: str, by: str) -> None:
    """Once, by an administrator or by a user name that the issuer vouches for. `agency`: its code.

    Raise LinkedToAnother where that would give one person two accounts there, or one account to
    two people.
    """
    Person.objects.select_for_update().get(pk=person.pk)
    here = SocialAccount.objects.filter(provider=agency)
    if here.filter(user=person).exists() or here.filter(uid=uid(issuer, subject)).exists():
        raise LinkedToAnother(
            f"{person.username} or this account of {agency} is linked already. Nothing was "
            "changed. Remove the old link first."
        )
    told = {"iss": issuer, "sub": subject}
    SocialAccount.objects.create(
        user=person, provider=agency, uid=uid(issuer, subject), extra_data=told
    )
    log.append(
        actor=by,
        act="people:agency-account:link",
        outcome="done",
        facts={"badge": person.badge, "agency": agency},
        private={"issuer": issuer, "subject": subject},
    )


@transaction.atomic
def unlink(person: Person, *, agency: str, by: str) -> bool:
    """Answers whether there was a link to take away."""
    gone, _ = SocialAccount.objects.filter(user=person, provider=agency).delete()
    if gone:
        log.append(
            actor=by,
            act="people:agency-account:unlink",
            outcome="done",
            facts={"badge": person.badge, "agency": agency},
        )
    return bool(gone)


def links(person: Person) -> list[Link]:
    return [
        Link(
            agency=held.provider,
            issuer=str(held.extra_data.get("iss", "")),
            subject=str(held.extra_data.get("sub", "")),
            last_used_at=held.last_login,
        )
        for held in SocialAccount.objects.filter(user=person).order_by("provider")
    ]
