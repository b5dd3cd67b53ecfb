"""Look at holds: the register without plates, what is asked, and what is held, under the hold."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal

from django.db.models import Min

from plateward.audit import log
from plateward.custody import chain, documents, held, holds_rows
from plateward.custody.chain import Step
from plateward.custody.documents import Attached
from plateward.custody.holds_models import HeldRead, Hold, HoldStep
from plateward.custody.holds_rows import NoSuchHold
from plateward.gate.permit import Permit
from plateward.people.models import Person
from plateward.policy import in_force
from plateward.policy.holds import DataClass
from plateward.policy.reasons import same_case
from plateward.policy.verdict import HOUSE_RULE, Objection
from plateward.policy.vocabulary import Act
from plateward.reads.detail import Detail

__all__ = ["Copy", "Held", "Line", "NoSuchHold", "Step", "Whole", "of", "one", "opened"]

State = Literal["waiting", "in force", "refused", "released", "gone"]
PAGE: Final = 20
_MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Line:
    """One hold as the register shows it, without a plate. `reads`: copies it keeps now; `named`:
    reads it was asked for by number. `own`: the key of the person who asked for it."""

    number: int
    reference: str
    city: str
    preservation: bool
    ground: str
    clauses: tuple[str, ...]
    data: DataClass
    asked_reference: str
    case_number: str
    why: str
    scope: str
    reads: int
    named: int
    drive: int | None
    agency: str
    asked_by: str
    own: int
    asked_at: datetime
    decided_by: str
    decided_at: datetime | None
    answer: str
    review_on: date
    grows_until: datetime | None
    released_by: str
    released_at: datetime | None
    release_why: str
    state: State
    first_end: datetime | None


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy, without what says a plate. `sha256`: what it, or its end, is checked by."""

    read: int
    camera: str
    seen_at: datetime
    ends_at: datetime
    copied_at: datetime
    sha256: str
    pictures: bool


@dataclass(frozen=True, slots=True)
class Whole:
    """A hold with its history and the list of what it keeps."""

    line: Line
    steps: tuple[Step, ...]
    copies: tuple[Copy, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """What is held, opened. `damaged`: reads whose copy does not open any more."""

    line: Line
    reads: tuple[Detail, ...] = field(repr=False)
    damaged: tuple[int, ...]
    page: int
    pages: int
    entry: int


@dataclass(frozen=True, slots=True)
class Question:
    """What a hold by question asks for, for whoever decides about it."""

    plate: str = field(repr=False)
    cameras: tuple[str, ...]
    since: datetime | None
    until: datetime | None


def of(city: str, *, permit: Permit) -> list[Line]:
    """Waiting ones first, then those in force by their review, then the rest, newest first."""
    permit.require(Act.HOLDS_SEE)
    if city not in permit.cities:
        return []
    rows = Hold.objects.filter(city=city).select_related("asked_by", "decided_by", "released_by")
    lines = [_line(row) for row in rows.order_by("-asked_at")[:_MOST]]
    order: list[State] = ["waiting", "in force", "released", "refused", "gone"]
    return sorted(
        lines,
        key=lambda each: (
            order.index(each.state),
            each.review_on if each.state == "in force" else date.max,
        ),
    )


def one(number: int, *, permit: Permit) -> Whole:
    """Raise NoSuchHold."""
    permit.require(Act.HOLDS_SEE, Act.HOLDS_APPROVE, Act.HOLDS_RELEASE, Act.PRESERVE)
    hold = _row(number, permit)
    steps = HoldStep.objects.filter(hold=hold).order_by("at", "pk")
    copies = HeldRead.objects.filter(hold=hold).order_by("-seen_at", "-read")
    return Whole(
        line=_line(hold),
        steps=chain.told(steps),
        copies=tuple(
            Copy(c.read, c.camera, c.seen_at, c.ends_at, c.copied_at, c.sha256, c.crop is not None)
            for c in copies.defer("sealed", "photo")
        ),
    )


def question(number: int, *, permit: Permit) -> Question | None:
    """What it asks for, plate and all; None where it names reads. Raise NoSuchHold."""
    permit.require(Act.HOLDS_APPROVE)
    hold = _row(number, permit)
    if hold.asked_for is None:
        return None
    try:
        asked = held.question(hold)
    except held.Damaged as lost:
        raise NoSuchHold(f"{lost} Refuse the hold, and have it asked for anew.") from lost
    return Question(asked.plate, asked.cameras, asked.since, asked.until)


def paper(number: int, *, permit: Permit) -> Attached:
    """The document it rests on. Raise NoSuchHold or NoSuchDocument."""
    permit.require(Act.HOLDS_APPROVE, Act.PRESERVE)
    hold = _row(number, permit)
    attached = documents.take(hold.document_id, permit=permit)
    log.append(
        actor=permit.actor,
        act=permit.act,
        outcome="answered",
        city=hold.city,
        facts={"hold": str(hold), "asked": permit.entries[hold.city], "document": attached.sha256},
    )
    return attached


def opened(number: int, *, page: int, permit: Permit, now: datetime) -> Held:
    """What it holds, whole, newest first. Raise Refused, NoSuchHold.

    Only while it is in force, and only for its own case or reference.
    """
    permit.require(Act.HOLDS_OPEN, Act.PRESERVED_OPEN)
    hold = _row(number, permit)
    if hold.preservation is not (permit.act is Act.PRESERVED_OPEN) or hold.gone_at is not None:
        raise holds_rows.no_such(number)
    _check_open(hold, permit)
    rows = HeldRead.objects.filter(hold=hold).order_by("-seen_at", "-read")
    total = rows.count()
    pages = max(1, -(-total // PAGE))
    at = min(max(page, 1), pages)
    reads, damaged = [], []
    for row in rows[(at - 1) * PAGE : at * PAGE]:
        try:
            reads.append(held.opened(row, hold))
        except held.Damaged:
            damaged.append(row.read)
    permit.answered({hold.city: len(reads)})
    entry = holds_rows.note(
        hold,
        "opened",
        act=permit.act,
        by=permit.actor,
        now=now,
        words=permit.reason.note[:500],
        outcome="answered",
        facts={"reads": len(reads), "asked": permit.entries[hold.city]},
    )
    return Held(_line(hold), tuple(reads), tuple(damaged), at, pages, entry)


def _check_open(hold: Hold, permit: Permit) -> None:
    """Raise Refused, which the log then holds."""
    given = permit.reason.case_number
    objection = None
    if hold.approved is not True or hold.released_at is not None:
        objection = Objection(
            "hold_in_force",
            f"{hold} is not in force, so nothing opens under it. {HOUSE_RULE}",
            "Search the reads themselves while their own time lasts.",
        )
    elif not any(same_case(own, given) for own in (hold.case_number, hold.reference)):
        objection = Objection(
            "hold_case",
            f"{hold} is kept for one matter, and the number given is not its case or reference. "
            f"{HOUSE_RULE}",
            "Give the case number or the reference of the hold, then try again.",
        )
    if objection is not None:
        profile = in_force.profile(hold.city)
        raise holds_rows.refused(profile, (objection,), act=permit.act, permit=permit)


def _row(number: int, permit: Permit) -> Hold:
    rows = Hold.objects.filter(pk=number, city__in=permit.cities)
    row = rows.select_related("asked_by", "decided_by", "released_by").first()
    if row is None:
        raise holds_rows.no_such(number)
    return row


def _line(row: Hold) -> Line:
    copies = HeldRead.objects.filter(hold=row)
    return Line(
        number=row.pk,
        reference=str(row),
        city=row.city,
        preservation=row.preservation,
        ground=row.ground,
        clauses=tuple(row.clauses),
        data=DataClass(row.data_class),
        asked_reference=row.reference,
        case_number=row.case_number,
        why=row.why,
        scope=row.scope,
        reads=copies.count(),
        named=len(row.reads),
        drive=row.drive,
        agency=row.agency,
        asked_by=_name(row.asked_by),
        own=row.asked_by_id,
        asked_at=row.asked_at,
        decided_by=_name(row.decided_by),
        decided_at=row.decided_at,
        answer=row.answer,
        review_on=row.review_on,
        grows_until=row.grows_until,
        released_by=_name(row.released_by),
        released_at=row.released_at,
        release_why=row.release_why,
        state=_state(row),
        first_end=copies.aggregate(at=Min("ends_at"))["at"],
    )


def _state(row: Hold) -> State:
    if row.approved is None:
        return "waiting"
    if not row.approved:
        return "refused"
    if row.released_at is None:
        return "in force"
    return "gone" if row.gone_at is not None else "released"


def _name(person: Person | None) -> str:
    return f"{person.get_full_name()}, {person.badge}" if person is not None else ""
