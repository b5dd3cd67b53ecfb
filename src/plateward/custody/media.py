"""The record of a camera's card or drive: who took it out, what was on it, what became of it."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.db import transaction
from django.db.models import Count, Max, Min, Sum

from plateward.audit import log
from plateward.audit.body import Fact
from plateward.cameras.register import Registered
from plateward.custody import media_register_imports
from plateward.custody.models import Medium, MediumFile
from plateward.gate.permit import Permit
from plateward.policy.vocabulary import Act

IMPORTED: Final = "custody:media:import"
# Who looks after cameras takes their cards out; where the text names nobody, who may see reads.
ACTS: Final = (Act.CAMERAS_MONITOR, Act.CAMERAS_MAINTAIN, Act.READS_VIEW)
LONGEST_LABEL: Final = 120


class NotTheSame(ValueError):
    """An import of a medium of that label goes on under other circumstances. Nothing was read."""


class Outcome(StrEnum):
    """What became of one file."""

    READ = "read"
    LISTED = "listed"
    TOO_OLD = "too old"
    AHEAD = "in the future"
    NO_TIME = "no time"
    UNREADABLE = "unreadable"


# These stay as they are; of the others, another try may make more.
_FINAL: Final = (Outcome.READ, Outcome.TOO_OLD)
_DROPPED: Final = (Outcome.TOO_OLD, Outcome.AHEAD, Outcome.NO_TIME)


@dataclass(frozen=True, slots=True)
class Taking:
    """A medium as it comes in. `only_listed`: the city's text keeps its pictures on it."""

    camera: Registered
    label: str
    only_listed: bool
    taken_out_by: str
    taken_out_at: datetime
    case_number: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """`told_by`: who says when it was taken; `reads` what it brought that was not there before."""

    sha256: str
    bytes: int
    outcome: Outcome
    taken_at: datetime | None = None
    told_by: str = ""
    reads: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """What lay on the medium. `manifest`: SHA-256 over its list of hashes.

    `before`: files of it that an earlier import had; `unopened`: those the medium would not give.
    """

    files: int
    bytes: int
    manifest: str
    before: int = 0
    unopened: int = 0


@dataclass(frozen=True, slots=True)
class Record:
    """What the register of media holds of one import. `dropped`: why, and how many files.

    `goes_on`: it had been begun before and was cut off.
    """

    number: int
    city: str
    camera: str
    label: str
    only_listed: bool
    taken_out_by: str
    taken_out_at: datetime
    imported_by: str
    case_number: str
    began_at: datetime
    ended_at: datetime | None
    recorded_from: datetime | None
    recorded_until: datetime | None
    files: int
    bytes: int
    reads: int
    failures: int
    manifest: str
    dropped: dict[str, int] = field(default_factory=dict)
    goes_on: bool = False


@transaction.atomic
def begin(taking: Taking, *, permit: Permit) -> Record:
    """Put the medium on record, or go on with the import of it that was cut off.

    Raise NotTheSame where what goes on was begun for another purpose, NotRecorded where the
    register has the drive of that label elsewhere.
    """
    permit.require(*ACTS)
    camera = taking.camera
    media_register_imports.check(camera, taking.label)
    row, new = Medium.objects.select_for_update().get_or_create(
        camera_id=camera.key,
        label=taking.label,
        ended_at=None,
        defaults={
            "city": camera.city,
            "only_listed": taking.only_listed,
            "taken_out_by": taking.taken_out_by,
            "taken_out_at": taking.taken_out_at,
            "imported_by": permit.actor,
            "case_number": taking.case_number,
            "entry": permit.entries[camera.city],
        },
    )
    if row.only_listed != taking.only_listed:
        raise NotTheSame(
            f"An import of {taking.label} from {camera.code} was cut off, and the rules for its "
            "pictures have changed since. Nothing was read. Give the medium another label."
        )
    _write(row, camera.code, permit, "begun" if new else "resumed")
    return replace(_record(row, camera.code), goes_on=not new)


def known(camera: Registered, sha256: str, *, only_listed: bool) -> int | None:
    """The medium that had this file of this camera, when nothing more can be made of it."""
    final = (*_FINAL, Outcome.LISTED) if only_listed else _FINAL
    done = MediumFile.objects.filter(camera_id=camera.key, sha256=sha256, outcome__in=final)
    return done.values_list("medium_id", flat=True).first()


def note(number: int, camera: Registered, file: File) -> None:
    """What became of one file. Call it in the transaction that stores its reads."""
    MediumFile.objects.update_or_create(
        camera_id=camera.key,
        sha256=file.sha256,
        defaults={
            "medium_id": number,
            "bytes": file.bytes,
            "taken_at": file.taken_at,
            "told_by": file.told_by,
            "outcome": file.outcome,
            "reads": file.reads,
        },
    )


@transaction.atomic
def end(number: int, camera: Registered, found: Found, *, permit: Permit, now: datetime) -> Record:
    """Close the record with what was counted, from the first start of the import on."""
    permit.require(*ACTS)
    row = Medium.objects.select_for_update().get(pk=number, camera_id=camera.key, ended_at=None)
    files = MediumFile.objects.filter(medium_id=number)
    told = files.aggregate(reads=Sum("reads"), first=Min("taken_at"), last=Max("taken_at"))
    became = Counter(dict(files.values_list("outcome").annotate(Count("pk"))))
    row.files, row.bytes, row.manifest = found.files, found.bytes, found.manifest
    row.reads = told["reads"] or 0
    row.recorded_from, row.recorded_until = told["first"], told["last"]
    row.failures = became[Outcome.UNREADABLE] + found.unopened
    dropped = {str(why): became[why] for why in _DROPPED if became[why]}
    row.dropped = dropped | ({"imported before": found.before} if found.before else {})
    row.ended_at = max(now, row.began_at)
    row.save()
    _write(row, camera.code, permit, "done")
    media_register_imports.note(row, camera.code, permit=permit)
    return _record(row, camera.code)


def of(city: str, *, permit: Permit) -> list[Record]:
    """Newest first; none of a city that the permit is not for."""
    permit.require(*ACTS)
    if city not in permit.cities:
        return []
    rows = Medium.objects.filter(city=city).select_related("camera").order_by("-pk")
    return [_record(row, row.camera.code) for row in rows]


def _write(row: Medium, camera: str, permit: Permit, outcome: str) -> None:
    facts: dict[str, Fact] = {
        "medium": row.pk,
        "camera": camera,
        "only_listed": row.only_listed,
        "asked": permit.entries[row.city],
    }
    if outcome == "done":
        facts |= {
            "files": row.files,
            "bytes": row.bytes,
            "reads": row.reads,
            "failures": row.failures,
            "dropped": sum(row.dropped.values()),
            "manifest": row.manifest,
        }
    private: dict[str, Fact] = {"label": row.label, "taken_out_by": row.taken_out_by}
    if row.case_number:
        private["case_number"] = row.case_number
    log.append(
        actor=permit.actor,
        act=IMPORTED,
        outcome=outcome,
        city=row.city,
        facts=facts,
        private=private,
    )


def _record(row: Medium, camera: str) -> Record:
    row.refresh_from_db()
    return Record(
        number=row.pk,
        city=row.city,
        camera=camera,
        label=row.label,
        only_listed=row.only_listed,
        taken_out_by=row.taken_out_by,
        taken_out_at=row.taken_out_at,
        imported_by=row.imported_by,
        case_number=row.case_number,
        began_at=row.began_at,
        ended_at=row.ended_at,
        recorded_from=row.recorded_from,
        recorded_until=row.recorded_until,
        files=row.files,
        bytes=row.bytes,
        reads=row.reads,
        failures=row.failures,
        dropped=dict(row.dropped),
        manifest=row.manifest,
    )
