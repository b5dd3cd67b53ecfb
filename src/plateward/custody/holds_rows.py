"""The register of holds and emergency copies, as its own files change it. Private to this room."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final, Literal, TypeAlias

from django.db import transaction

from plateward.audit import log
from plateward.audit.body import Fact
from plateward.custody import documents, held
from plateward.custody.documents import NotADocument
from plateward.custody.holds_models import HeldRead, Hold, HoldStep
from plateward.custody.media_register_models import Drive
from plateward.gate import door
from plateward.gate.permit import Permit, Refusal, Refused
from plateward.people.models import Person
from plateward.policy import in_force
from plateward.policy.holds import DataClass
from plateward.policy.profile import Profile
from plateward.policy.reasons import is_vague
from plateward.policy.verdict import Objection
from plateward.policy.vocabulary import NOTHING_DONE, Act
from plateward.reads import counts
from plateward.reads.query import Query

LONGEST_REVIEW: Final = timedelta(days=365)
LONGEST: Final = 500
LONGEST_REFERENCE: Final = 60
_NOTHING: Final = "Nothing is held."

# The reads behind a case's alerts: what a city and a case number lead to. Alerts live in a room
# beside this one, so whoever stands above both brings it.
OfCase: TypeAlias = Callable[[str, str], Collection[int]]


class WrongHold(ValueError):
    """It cannot be done as it stands. `field` says where the mistake is."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class NoSuchHold(LookupError):
    """There is none of that number in the permit's city to which this can be done."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What is to be held: reads by number, a question, the reads of a case's alerts, or a drive."""

    kind: Literal["reads", "query", "case", "drive"]
    reads: tuple[int, ...] = ()
    query: Query | None = None
    drive: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for. `ground`: a type of `policy.holds.TYPES` or the text's own word.

    `document`: the bytes of the paper and the name of its file; None where none was attached.
    """

    ground: str
    reference: str
    case_number: str
    why: str
    scope: Scope
    review_on: date | None
    document: tuple[bytes, str] | None = field(default=None, repr=False)
    data: DataClass = DataClass.READS


@dataclass(frozen=True, slots=True)
class Settled:
    """What the policy made of it: the city's own ground, and the clauses behind it."""

    ground: str
    clauses: tuple[str, ...]


def city_of(permit: Permit) -> str:
    """The one city that the permit is for."""
    if len(permit.cities) != 1:
        raise NoSuchHold(f"A hold is a matter of one city at a time. {_NOTHING}")
    return permit.cities[0]


def check(asked: Asked, profile: Profile, *, now: datetime) -> None:
    """Raise WrongHold, naming the field, for what no policy has to be asked about."""
    if not asked.reference.strip():
        raise WrongHold(
            "reference",
            "Give the number of the subpoena, order, request or evidence entry. " + _NOTHING,
        )
    for name, said, longest in (
        ("reference", asked.reference, LONGEST_REFERENCE),
        ("case_number", asked.case_number, LONGEST_REFERENCE),
        ("why", asked.why, LONGEST),
    ):
        if len(said) > longest:
            raise WrongHold(name, f"At most {longest} characters. {_NOTHING}")
    if is_vague(asked.why):
        raise WrongHold("why", f"Say in a few words what the reads are needed for. {_NOTHING}")
    check_review(asked.review_on, today=now.astimezone(profile.zone).date(), what=_NOTHING)
    if asked.document is not None:
        try:
            documents.check(asked.document[0])
        except NotADocument as wrong:
            raise WrongHold("document", f"{wrong} {_NOTHING}") from wrong
    _check_scope(asked.scope, profile, now)


def check_review(on: date | None, *, today: date, what: str) -> None:
    """A hold without a day on which somebody asks whether it is still needed would be for ever."""
    last = today + LONGEST_REVIEW
    if on is None or not today < on <= last:
        raise WrongHold(
            "review_on",
            f"Choose the day of its review, from tomorrow to {last:%-d %b %Y}: nothing is held "
            f"without an end. {what}",
        )


def refused(
    profile: Profile, objections: tuple[Objection, ...], *, act: Act, permit: Permit
) -> Refused:
    """The policy's no, written to the log; what a page shows of it."""
    first = objections[0]
    clauses = tuple(dict.fromkeys(each for one in objections for each in one.clauses))
    entry = log.append(
        actor=permit.actor,
        act=act,
        outcome="refused",
        city=profile.id,
        facts={
            "asked": permit.entries[profile.id],
            "rule": first.rule,
            "clauses": list(clauses),
        },
    )
    return Refused(
        (
            Refusal(
                city=profile.id,
                city_title=profile.title(),
                why=first.why,
                clauses=first.clauses,
                do_next=f"{first.do_next} {NOTHING_DONE.get(act, _NOTHING)}",
                entry=entry,
                rule=first.rule,
                also=objections[1:],
            ),
        )
    )


def create(
    asked: Asked, settled: Settled, *, preservation: bool, by: Person, permit: Permit, now: datetime
) -> Hold:
    """The row, its paper and its key, in the caller's transaction."""
    city, scope = city_of(permit), asked.scope
    data, name = asked.document or (b"", "")
    paper = documents.keep(city, data, name, by=permit.actor, now=now)
    hold = Hold(
        city=city,
        preservation=preservation,
        ground=settled.ground,
        clauses=list(settled.clauses),
        data_class=asked.data.value,
        reference=asked.reference.strip(),
        case_number=asked.case_number.strip(),
        why=asked.why.strip(),
        document_id=paper,
        scope=scope.kind,
        reads=list(scope.reads),
        drive=scope.drive,
        agency=by.agency,
        asked_by=by,
        asked_at=now,
        review_on=asked.review_on or now.date(),  # `check` has refused one without
    )
    if scope.query is not None:
        hold.asked_for = b""
        hold.grows_until = scope.query.until
        hold.save(force_insert=True)
        hold.asked_for = held.sealed_question(hold, scope.query)
        hold.save(update_fields=["asked_for"])
    else:
        hold.save(force_insert=True)
    return hold


def copies_of(hold: Hold, of_case: OfCase, *, now: datetime) -> list[HeldRead]:
    """What the hold holds as of now, copied and sealed, not yet stored. Raise WrongHold.

    The machine copies, under a permit of its own that names the hold: whoever approves one, and an
    attorney above all, need not be somebody who may look.
    """
    permit = door.admit_house(Act.READS_HELD, f"{hold} takes its copies", city=hold.city)
    try:
        if hold.scope == "query":
            reads = held.found(held.question(hold), permit=permit)
        elif hold.scope == "case":
            reads = sorted({*hold.reads, *of_case(hold.city, hold.case_number)})
        else:
            reads = list(hold.reads)
    except held.TooMany as many:
        raise WrongHold("scope", str(many)) from many
    if len(reads) > held.MOST:
        raise WrongHold("scope", f"More than {held.MOST} reads. {_NOTHING} Place several holds.")
    return held.copies(hold, reads, permit=permit, now=now)


def note(  # noqa: PLR0913 -- one step, all that is kept of it
    hold: Hold,
    step: str,
    *,
    act: str,
    by: str,
    now: datetime,
    words: str = "",
    facts: Mapping[str, Fact] | None = None,
    outcome: str = "done",
) -> int:
    """Write a step to the log and to the hold's history, in the caller's transaction."""
    entry = log.append(
        actor=by,
        act=act,
        outcome=outcome,
        city=hold.city,
        facts={
            "hold": str(hold),
            "step": step,
            "ground": hold.ground,
            "clauses": list(hold.clauses),
            **(facts or {}),
        },
        private={"case": hold.case_number, "document": hold.reference, "note": words},
    )
    HoldStep.objects.create(hold=hold, step=step, words=words, by=by, at=now, entry=entry)
    return entry


def grows_until(hold: Hold, now: datetime) -> datetime | None:
    """Until when reads that are still to come join it; None where it is complete.

    A question has its own end. A case has none, so its alerts join until the hold's next review.
    """
    if hold.scope == "case":
        return datetime.combine(hold.review_on, time(), in_force.profile(hold.city).zone)
    if hold.scope == "query" and hold.grows_until is not None and hold.grows_until > now:
        return hold.grows_until
    return None


def one_of(number: int, permit: Permit, *, preservation: bool) -> Hold:
    """The row, unlocked. Raise NoSuchHold."""
    rows = Hold.objects.filter(pk=number, city=city_of(permit), preservation=preservation)
    row = rows.select_related("asked_by", "decided_by", "released_by").first()
    if row is None:
        raise no_such(number)
    return row


def locked(hold: Hold) -> Hold:
    """The same row, and nobody else changes it until the transaction ends."""
    return Hold.objects.select_for_update().get(pk=hold.pk)


def no_such(number: int) -> NoSuchHold:
    return NoSuchHold(
        f"There is no hold {number} here to which this can be done. Nothing was changed."
    )


@transaction.atomic
def end(hold: Hold, *, why: str, act: Act, by: Person, permit: Permit, now: datetime) -> None:
    """Release it; the keeper deletes what it held, on time, and certifies it."""
    row = locked(hold)
    if row.approved is not True or row.released_at is not None:
        raise no_such(hold.pk)
    if not why.strip() or len(why) > LONGEST:
        raise WrongHold("why", f"Say why, in at most {LONGEST} characters. Nothing was released.")
    row.released_by, row.released_at, row.release_why = by, now, why.strip()
    row.save(update_fields=["released_by", "released_at", "release_why"])
    note(
        row,
        "released",
        act=act,
        by=permit.actor,
        now=now,
        words=why.strip(),
        facts={
            "asked": permit.entries[row.city],
            "reads": HeldRead.objects.filter(hold=row).count(),
        },
    )


@transaction.atomic
def reviewed(
    hold: Hold, *, review_on: date | None, words: str, act: Act, permit: Permit, now: datetime
) -> None:
    """Somebody asked whether it is still needed, and it is: the next day on which one asks."""
    row = locked(hold)
    if row.approved is not True or row.released_at is not None:
        raise no_such(hold.pk)
    today = now.astimezone(in_force.profile(row.city).zone).date()
    check_review(review_on, today=today, what="Nothing was changed.")
    if is_vague(words) or len(words) > LONGEST:
        raise WrongHold("words", "Say in a few words why it is still needed. Nothing was changed.")
    row.review_on = review_on or today
    row.grows_until = grows_until(row, now)
    row.save(update_fields=["review_on", "grows_until"])
    note(
        row,
        "reviewed",
        act=act,
        by=permit.actor,
        now=now,
        words=words.strip(),
        facts={"asked": permit.entries[row.city], "review_on": row.review_on.isoformat()},
    )


def _check_scope(scope: Scope, profile: Profile, now: datetime) -> None:
    if scope.kind == "query":
        _check_question(scope.query, now)
    elif scope.kind == "drive":
        if not Drive.objects.filter(pk=scope.drive or 0, city=profile.id).exists():
            raise WrongHold("drive", f"The register of drives has none of that number. {_NOTHING}")
    elif scope.kind == "reads":
        _check_reads(scope.reads, profile)


def _check_question(query: Query | None, now: datetime) -> None:
    if query is None or query.since is None or query.until is None:
        raise WrongHold("since", f"A hold by question needs a beginning and an end. {_NOTHING}")
    if query.until - now > LONGEST_REVIEW:
        raise WrongHold("until", f"Its time ends at most a year from now. {_NOTHING}")
    if query.match == "any" and not query.cameras:
        raise WrongHold("plate", f"Give a plate, or name cameras. {_NOTHING}")


def _check_reads(reads: Collection[int], profile: Profile) -> None:
    if not reads or len(reads) > held.MOST:
        raise WrongHold("reads", f"Name 1 to {held.MOST} reads by their numbers. {_NOTHING}")
    for read in reads:
        if counts.city_of(read) != profile.id:
            raise WrongHold(
                "reads",
                f"There is no read {read} in {profile.title()}; it may have ended. {_NOTHING}",
            )
