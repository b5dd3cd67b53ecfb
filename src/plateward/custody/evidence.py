"""Copies that change hands: booked into evidence under a number, received by an agency."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from plateward.custody import documents, downloads_steps
from plateward.custody.downloads_steps import LONGEST, NotDone
from plateward.gate.permit import Permit
from plateward.people.models import Person
from plateward.policy import copies, in_force
from plateward.policy.vocabulary import Act

LONGEST_NUMBER: Final = 60


@dataclass(frozen=True, slots=True)
class Receipt:
    """Who received it at the agency, and the paper they signed, if it was scanned."""

    who: str
    paper: bytes = b""
    name: str = ""


@transaction.atomic
def book(
    number: int,
    property_number: str,
    medium: str,
    *,
    by: Person,
    permit: Permit,
    now: datetime,
) -> None:
    """The copy lies in evidence, on `medium`, under its property number. Raise NotDone."""
    permit.require(Act.DOWNLOADS_KEEP)
    row = downloads_steps.holder(number, by, permit=permit)
    profile = in_force.profile(row.city)
    booking = copies.booking(profile)
    written = property_number.strip()
    if booking is None:
        raise NotDone(
            f"The text of {profile.title()} does not say how copies are booked into evidence. "
            "Nothing was changed."
        )
    by_clause = ", ".join(booking.by)
    if booking.case and not row.case_number:
        raise NotDone(f"{row} names no criminal case ({by_clause}). Nothing was changed.")
    if not written or len(written) > LONGEST_NUMBER:
        raise NotDone(f"Give the property number it is booked under ({by_clause}).")
    if booking.medium and not medium.strip():
        raise NotDone(f"Say on which portable medium it lies ({by_clause}). Nothing was changed.")
    if len(medium) > LONGEST:
        raise NotDone(f"Keep it under {LONGEST} characters. Nothing was changed.")
    row.evidence, row.property_number, row.booked_at = True, written, now
    row.save(update_fields=["evidence", "property_number", "booked_at"])
    words = f"property number {written}" + (f", on {medium.strip()}" if medium.strip() else "")
    downloads_steps.write(row, "booked", words, permit=permit, now=now)


@transaction.atomic
def receive(number: int, receipt: Receipt, *, by: Person, permit: Permit, now: datetime) -> None:
    """The agency that asked for it acknowledged in writing that it has it. Raise NotDone, or
    NotADocument where the paper cannot be kept."""
    permit.require(Act.DOWNLOADS_KEEP)
    row = downloads_steps.holder(number, by, permit=permit)
    if not row.request:
        raise NotDone(f"{row} answered no request, so nobody received it. Nothing was changed.")
    if row.received_at is not None:
        raise NotDone(f"The receipt of {row} is on record already. Nothing was changed.")
    who = receipt.who.strip()
    if not who or len(who) > LONGEST:
        raise NotDone("Say who signed the receipt, with badge or title. Nothing was changed.")
    if receipt.paper:
        row.receipt_id = documents.keep(
            row.city, receipt.paper, receipt.name, by=permit.actor, now=now
        )
    row.received_at = now
    row.save(update_fields=["received_at", "receipt"])
    clauses = copies.transfer(in_force.profile(row.city))
    downloads_steps.write(
        row,
        "received",
        f"{who}, {row.custody}, acknowledged in writing",
        permit=permit,
        now=now,
        facts={"package": row.package, "clauses": list(clauses.by) if clauses else []},
    )
