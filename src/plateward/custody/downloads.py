"""Take reads out as a signed package, on record: who, why, in whose custody, until when."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import transaction

from plateward.audit import checkpoints, excerpt, log, package
from plateward.audit.body import Fact
from plateward.audit.export import Showing
from plateward.audit.witness_proof import Peaks
from plateward.custody import packages
from plateward.custody.downloads_models import Download, DownloadStep
from plateward.custody.packages_contents import Contents, Link
from plateward.gate.permit import Permit
from plateward.people import standing
from plateward.people.models import Person
from plateward.policy import copies, in_force
from plateward.policy.profile import Profile, Role
from plateward.policy.vocabulary import Act
from plateward.reads import keyring, taken
from plateward.reads.detail import Detail

MOST_READS: Final = 50
LONGEST: Final = 60  # of a property number
# Of the entry that admitted a download, this stays in the log: it says how its taker stands.
_NOT_SHOWN: Final = ("standing", "circumstances", "asked_about", "session")


class NotTaken(ValueError):
    """Nothing was downloaded; the message says what to correct."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What to take and how. `evidence`: it is to be booked, under `property_number` if there is
    one already. `recipient`: who receives it at the agency that asked for it."""

    reads: tuple[int, ...]
    sealed: bool = True
    evidence: bool = False
    property_number: str = ""
    recipient: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """The package, to be handed out and not kept. `left_out`: how many reads were gone already."""

    number: int
    filename: str
    content: bytes = field(repr=False)
    left_out: int


def take(chosen: Chosen, *, by: Person, permit: Permit, since: Peaks, now: datetime) -> Taken:
    """Make the package and put it on record. `since`: a mark of the log from before the permit.

    Raise NotTaken where nothing can be taken, and CannotSign or NothingSigned where the log cannot
    vouch for it.
    """
    permit.require(Act.EXPORTS_DOWNLOAD)
    (city,) = permit.cities
    profile = in_force.profile(city)
    _check(chosen, profile, permit)
    reads = taken.whole(chosen.reads, permit=permit)
    if not reads:
        raise NotTaken(
            "None of these reads is there any more: they were deleted on schedule. Nothing was "
            "downloaded."
        )
    checkpoints.sign_news(now)
    proof = excerpt.lines(
        permit.entries[city], since=since, showing=Showing(None, withheld=_NOT_SHOWN)
    )
    with transaction.atomic():
        row = _row(chosen, profile, [read.id for read in reads], by, permit, now)
        content = _packed(row, chosen, profile, reads, proof, permit)
        _write(row, "taken", _words(row), permit)
    ending = "sealed" if row.sealed else "zip"
    return Taken(row.pk, f"{row}-{city}.{ending}", content, len(chosen.reads) - len(reads))


def is_always_sealed(profile: Profile) -> bool:
    """Where the text sets a day by which a copy is gone, its key must be able to go that day."""
    return copies.purge(profile).period is not None


def _check(chosen: Chosen, profile: Profile, permit: Permit) -> None:
    if not 0 < len(set(chosen.reads)) <= MOST_READS:
        raise NotTaken(
            f"A package holds 1 to {MOST_READS} reads. Nothing was downloaded: choose fewer, and "
            "take the rest in another."
        )
    booking = copies.booking(profile)
    if chosen.evidence and booking is None:
        raise NotTaken(
            f"The text of {profile.title()} does not say how copies are booked into evidence. "
            "Nothing was downloaded."
        )
    if chosen.evidence and booking and booking.case and not permit.reason.case_number:
        raise NotTaken(
            "Evidence needs the number of the criminal case. Nothing was downloaded: give it and "
            f"try again ({', '.join(booking.by)})."
        )
    if len(chosen.property_number) > LONGEST:
        raise NotTaken("That property number is too long. Nothing was downloaded.")


def _row(  # noqa: PLR0917 -- one row, all of it
    chosen: Chosen,
    profile: Profile,
    reads: list[int],
    by: Person,
    permit: Permit,
    now: datetime,
) -> Download:
    under = permit.provided.get(profile.id)
    answers = under is not None and copies.transfer(profile) is not None
    purpose = permit.reason.purpose
    holder = copies.custodian(profile, purpose, _role(by, profile), by.agency).name
    number = chosen.property_number.strip()
    # What was handed over is the agency's: the city sets it no end.
    end = copies.purge_by(profile, taken_at=now, resolved_on=None)
    return Download.objects.create(
        city=profile.id,
        taken_by=permit.actor,
        name=by.get_full_name(),
        agency=by.agency,
        purpose=purpose,
        case_number=permit.reason.case_number,
        reads=reads,
        custody=under.provided_to if under and answers else holder,
        request=under.request if under and answers else "",
        taken_at=now,
        entry=permit.entries[profile.id],
        sealed=chosen.sealed or is_always_sealed(profile),
        purge_by=None if answers else end,
        evidence=chosen.evidence,
        property_number=number if chosen.evidence else "",
        booked_at=now if chosen.evidence and number else None,
    )


def _role(by: Person, profile: Profile) -> Role | None:
    held = next((each.role for each in standing.held_by(by) if each.city == profile.id), None)
    return profile.role(held) if held else None


def _packed(  # noqa: PLR0917 -- all that goes into a package
    row: Download,
    chosen: Chosen,
    profile: Profile,
    reads: Sequence[Detail],
    proof: bytes,
    permit: Permit,
) -> bytes:
    contents = _contents(row, chosen, profile, reads)
    files, pictures = packages.files(contents, permit=permit)
    said = packages.says(contents, pictures, row.purge_by, permit=permit)
    made = package.signed(said, {**files, "log.jsonl": proof})
    content = made.content
    if row.sealed:
        key = keyring.named(row.city, row.key_name)
        content = package.sealed(content, key=key, number=str(row))
    row.manifest, row.bytes = made.manifest, len(content)
    row.package = hashlib.sha256(content).hexdigest()
    row.save(update_fields=["manifest", "package", "bytes"])
    return content


def _contents(row: Download, chosen: Chosen, profile: Profile, reads: Sequence[Detail]) -> Contents:
    passing = copies.transfer(profile) if row.request else None
    return Contents(
        number=str(row),
        profile=profile,
        reads=reads,
        made_at=row.taken_at,
        name=row.name,
        badge=row.taken_by,
        agency=row.agency,
        purpose=row.purpose,
        case_number=row.case_number,
        custody=row.custody,
        ends=_ends(row, profile),
        entry=row.entry,
        chain=_chain(row, reads, chosen),
        hands_over=passing.words if passing else (),
        request=row.request,
        recipient=chosen.recipient,
        property_number=row.property_number,
    )


def _ends(row: Download, profile: Profile) -> str:
    if row.purge_by is None:
        return f"It is in the custody of {row.custody}."
    day = row.purge_by.astimezone(profile.zone)
    clauses = ", ".join(copies.purge(profile).by)
    return (
        f"Every copy of it is to be purged by {day:%-d %b %Y, %H:%M} and the purge attested "
        f"({clauses})."
    )


def _chain(row: Download, reads: Sequence[Detail], chosen: Chosen) -> list[Link]:
    house = f"The system of {row.city}"
    found = [Link(read.seen_at, f"Read {read.id} recorded", read.camera_title) for read in reads]
    found += [Link(read.received_at, f"Read {read.id} stored", house) for read in reads]
    found.sort(key=lambda link: link.at)
    who = f"{row.name}, badge {row.taken_by}, {row.agency}"
    found.append(Link(row.taken_at, f"Download {row} admitted and sealed", who, row.entry))
    if row.booked_at:
        found.append(Link(row.booked_at, f"To be booked as {row.property_number}", who))
    if row.request:
        to = f"{chosen.recipient}, {row.custody}" if chosen.recipient else row.custody
        found.append(Link(row.taken_at, f"Handed over in answer to {row.request}", to))
    return found


def _words(row: Download) -> str:
    return f"{len(row.reads)} read{'' if len(row.reads) == 1 else 's'}, custody: {row.custody}"


def _write(row: Download, step: str, words: str, permit: Permit) -> None:
    facts: dict[str, Fact] = {
        "download": row.pk,
        "step": step,
        "asked": permit.entries[row.city],
        "reads": len(row.reads),
        "manifest": row.manifest,
        "package": row.package,
        "sealed": row.sealed,
        "purge_by": row.purge_by.isoformat() if row.purge_by else "",
    }
    entry = log.append(
        actor=permit.actor,
        act=permit.act,
        outcome="done",
        city=row.city,
        facts=facts,
        private={"case": row.case_number, "custody": row.custody},
    )
    DownloadStep.objects.create(
        download=row, step=step, words=words, by=permit.actor, at=row.taken_at, entry=entry
    )
