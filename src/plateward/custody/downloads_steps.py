"""What happens to a copy once it is out: confirmed for longer, purged, its case resolved."""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

from django.db import transaction

from plateward.audit import log, package
from plateward.custody import downloads_register
from plateward.custody.downloads_models import Download, DownloadStep
from plateward.gate.permit import Permit
from plateward.people.models import Person
from plateward.policy import copies, in_force
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act
from plateward.reads import keyring

LONGEST: Final = 500


class NotDone(ValueError):
    """Nothing was changed; the message says why, and what to do."""


@transaction.atomic
def key(number: int, *, by: Person, permit: Permit, now: datetime) -> str:
    """The key of a sealed package, for whoever holds it; each time is a step and a log entry.

    Raise NotDone where it was destroyed: then nobody can open the package any more.
    """
    permit.require(Act.EXPORTS_DOWNLOAD)
    row = _held(number, by, permit)
    try:
        held = keyring.kept_named(row.city, row.key_name) if row.sealed else None
    except keyring.Gone:
        held = None
    if held is None:
        raise NotDone(
            f"{row} was not sealed, so it needs no key."
            if not row.sealed
            else f"The key of {row} was destroyed: its time is over, and what is sealed with it "
            "can never be opened again. Purge the file and attest it."
        )
    write(row, "key given", "", permit=permit, now=now)
    return package.key_in_words(held)


@transaction.atomic
def extend(number: int, ground: str, *, by: Person, permit: Permit, now: datetime) -> datetime:
    """Confirm that a ground of the text still stands: the copy may be kept one more period.

    Returns the new last instant. Raise NotDone where the text has no such ground, without a case,
    after its day, or once the case is resolved.
    """
    permit.require(Act.DOWNLOADS_KEEP)
    row = _held(number, by, permit)
    profile = in_force.profile(row.city)
    told, until = copies.purge(profile), copies.longer(profile, now=now)
    clauses = ", ".join(told.longer_by)
    if row.purge_by is None or until is None or ground not in told.grounds:
        raise NotDone(_no_ground(row, profile, ground))
    if not row.case_number:
        raise NotDone(
            f"{row} names no case, and only an active case carries a copy on ({clauses}). Nothing "
            "was changed: purge it in time, and take it anew under its case if it is needed."
        )
    if row.resolved_on is not None:
        raise NotDone(
            f"The case of {row} was resolved on {row.resolved_on}; from then on its clock runs "
            f"({clauses}). Nothing was changed."
        )
    if row.purge_by <= now:
        raise NotDone(
            f"{row} was to be purged by {_day(row.purge_by, profile)}, and its key went with that "
            f"day ({clauses}). Nothing was changed: purge it and attest it."
        )
    row.purge_by = max(row.purge_by, until)
    row.save(update_fields=["purge_by"])
    words = f"{copies.GROUNDS.get(ground, ground)}; until {_day(row.purge_by, profile)}"
    write(row, "confirmed", words, permit=permit, now=now, facts={"ground": ground})
    return row.purge_by


@transaction.atomic
def resolve(number: int, on: date, *, by: Person, permit: Permit, now: datetime) -> None:
    """The case is over since a day: from it the text counts how long the copy may still be kept."""
    permit.require(Act.DOWNLOADS_KEEP)
    row = _held(number, by, permit)
    profile = in_force.profile(row.city)
    if row.purge_by is None or not row.case_number:
        raise NotDone(f"No case sets how long {row} may be kept. Nothing was changed.")
    if on > now.astimezone(profile.zone).date():
        raise NotDone(f"{on} is still to come in this city. Nothing was changed.")
    row.resolved_on = on
    row.purge_by = copies.purge_by(profile, taken_at=row.taken_at, resolved_on=on)
    row.save(update_fields=["resolved_on", "purge_by"])
    until = _day(row.purge_by, profile) if row.purge_by else ""
    write(row, "case over", f"resolved on {on}; to be purged by {until}", permit=permit, now=now)


@transaction.atomic
def purge(number: int, how: str, *, by: Person, permit: Permit, now: datetime) -> int:
    """The holder attests that every copy is gone, and how. Its key goes too; returns the log entry,
    which is the certificate."""
    permit.require(Act.DOWNLOADS_KEEP)
    row = _held(number, by, permit)
    if not how.strip():
        raise NotDone(
            "Say which copies there were and how each was destroyed. Nothing was changed."
        )
    if len(how) > LONGEST:
        raise NotDone(f"Keep it under {LONGEST} characters. Nothing was changed.")
    row.purged_at = now
    if row.sealed and row.key_gone_at is None:
        keyring.destroy_named(row.city, row.key_name)
        row.key_gone_at = now
    row.save(update_fields=["purged_at", "key_gone_at"])
    late = row.purge_by is not None and row.purge_by < now
    told = {"package": row.package, "late": late}
    return write(row, "purged", how.strip(), permit=permit, now=now, facts=told)


def write(
    row: Download,
    step: str,
    words: str,
    *,
    permit: Permit,
    now: datetime,
    facts: Mapping[str, Any] = MappingProxyType({}),
) -> int:
    """A link of the chain and its log entry; the words are private."""
    entry = log.append(
        actor=permit.actor,
        act=permit.act,
        outcome="done",
        city=row.city,
        facts={
            "download": row.pk,
            "step": step,
            "asked": permit.entries[row.city],
            "purge_by": row.purge_by.isoformat() if row.purge_by else "",
            **facts,
        },
        private={"case": row.case_number, "note": words},
    )
    DownloadStep.objects.create(
        download=row, step=step, words=words, by=permit.actor, at=now, entry=entry
    )
    return entry


def holder(number: int, by: Person, *, permit: Permit) -> Download:
    """The row, locked, for one of the agency that took the copy. Raise NotDone for others."""
    row = downloads_register.found(number, permit=permit, lock=True)
    if row.agency != by.agency:
        raise NotDone(
            f"{row} was taken by {row.agency}, and only its people can say what became of it. "
            "Nothing was changed."
        )
    if row.purged_at is not None:
        raise NotDone(f"{row} was purged on {row.purged_at:%Y-%m-%d}. Nothing was changed.")
    return row


def _held(number: int, by: Person, permit: Permit) -> Download:
    return holder(number, by, permit=permit)


def _no_ground(row: Download, profile: Profile, ground: str) -> str:
    told = copies.purge(profile)
    if row.purge_by is None:
        return f"The text of {profile.title()} sets {row} no end. Nothing was changed."
    named = ", ".join(copies.GROUNDS.get(each, each) for each in told.grounds)
    return (
        f'"{copies.GROUNDS.get(ground, ground)}" is no ground in {profile.title()} to keep a copy '
        f"for longer; these are: {named or 'none'} ({', '.join(told.longer_by)}). Nothing was "
        "changed."
    )


def _day(at: datetime, profile: Profile) -> str:
    return f"{at.astimezone(profile.zone):%-d %b %Y, %H:%M}"
