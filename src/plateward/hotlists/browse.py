"""Show the lists of a city, what stands on them, and which files brought it, under a permit."""

import csv
import gzip
import io
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from django.db.models import Count, Q, QuerySet

from plateward.gate.permit import Permit
from plateward.hotlists import fresh, kinds, withheld
from plateward.hotlists.models import Arrival, Hotlist, Wanted
from plateward.plates.text import PlateText
from plateward.policy.vocabulary import Act

MOST: Final = 50
SEEING: Final = (Act.ALERTS_SEE, Act.HOTLISTS_EDIT)
State = Literal["looked for", "begins later", "waits", "lapsed", "ended"]


@dataclass(frozen=True, slots=True)
class Line:
    """One list. `silent`: why it raises no alerts now, a sentence; empty where it does.

    `good_until` None: nothing says how long a file is good, or it is kept by hand.
    """

    id: int
    city: str
    name: str
    category: str
    source: str
    by_hand: bool
    refreshed_at: datetime | None
    good_until: datetime | None
    silent: str
    entries: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One plate on a list. Where it is `withheld`, what the source said of it stays unseen."""

    id: int
    city: str
    hotlist: str
    category: str
    by_hand: bool
    plate: PlateText
    state: str
    vehicle: str
    why: str
    case_number: str
    added_by: str
    added_at: datetime
    begins_at: datetime | None
    ends_at: datetime
    stands: State
    approved_by: str
    approved_at: datetime | None
    ended_by: str
    ended_why: str
    replaces: int | None
    withheld: bool


@dataclass(frozen=True, slots=True)
class Ask:
    """Which entries. `plate`: how it begins, empty for all. `before`: older than that number."""

    plate: str = ""
    hotlist: int | None = None
    waiting: bool = False
    ended: bool = False
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Newest first; `older` is what to ask `before` with for the next page, None at the end."""

    entries: tuple[Entry, ...]
    older: int | None


@dataclass(frozen=True, slots=True)
class File:
    """A file that was taken in, and what came of it."""

    id: int
    city: str
    feed: str
    source: str
    layout: str
    complete: bool
    at: datetime
    by: str
    rows: int
    added: int
    again: int
    ended: int
    refused: int


def lists(*, permit: Permit, now: datetime) -> list[Line]:
    """Every list of the permit's cities, with counts; no plates."""
    permit.require(*SEEING)
    rows = Hotlist.objects.filter(city__in=permit.cities).order_by("city", "name")
    counted = _counts(permit, now)
    return [_line(row, counted.get(row.pk, (0, 0)), now) for row in rows]


def _counts(permit: Permit, now: datetime) -> Mapping[int, tuple[int, int]]:
    """By list: how many are looked for, and how many wait for a second person."""
    held = Wanted.objects.filter(hotlist__city__in=permit.cities, ends_at__gt=now)
    counted = held.values("hotlist_id").annotate(
        here=Count("pk", filter=Q(pending=False)), waiting=Count("pk", filter=Q(pending=True))
    )
    return {each["hotlist_id"]: (each["here"], each["waiting"]) for each in counted}


def _line(row: Hotlist, counts: tuple[int, int], now: datetime) -> Line:
    until = fresh.good_until(row)
    return Line(
        id=row.pk,
        city=row.city,
        name=row.name,
        category=row.category,
        source=row.source,
        by_hand=not row.feed,
        refreshed_at=row.refreshed_at,
        good_until=until,
        silent=_silent(row, until, now),
        entries=counts[0],
        waiting=counts[1],
    )


def _silent(row: Hotlist, until: datetime | None, now: datetime) -> str:
    if not kinds.may_alert(row):
        return "The policy in force lets no list of this kind raise alerts."
    if until is not None and until <= now:
        return "Older than the policy or the list itself allows: not alerting."
    return ""


def entries(ask: Ask, *, permit: Permit, now: datetime) -> Page:
    """What stands on the lists, page by page. How many were shown is in the log."""
    permit.require(Act.HOTLISTS_EDIT)
    rows = list(_asked(ask, permit, now)[: MOST + 1])
    shown = [_entry(row, permit, now) for row in rows[:MOST]]
    _answered(shown, permit)
    return Page(tuple(shown), shown[-1].id if len(rows) > MOST else None)


def one(entry: int, *, permit: Permit, now: datetime) -> Entry | None:
    """None where there is none of that number in the permit's cities."""
    permit.require(Act.HOTLISTS_EDIT)
    row = _of(permit).filter(pk=entry).first()
    if row is None:
        return None
    shown = _entry(row, permit, now)
    _answered([shown], permit)
    return shown


def waiting(*, permit: Permit, now: datetime) -> int:
    """How many entries wait for a second person."""
    permit.require(*SEEING)
    return Wanted.objects.filter(
        hotlist__city__in=permit.cities, pending=True, ends_at__gt=now
    ).count()


def _of(permit: Permit) -> "QuerySet[Wanted]":
    return Wanted.objects.filter(hotlist__city__in=permit.cities).select_related("hotlist")


def _asked(ask: Ask, permit: Permit, now: datetime) -> "QuerySet[Wanted]":
    rows = _of(permit).order_by("-pk")
    rows = rows.filter(ends_at__lte=now) if ask.ended else rows.filter(ends_at__gt=now)
    if ask.waiting:
        rows = rows.filter(pending=True)
    if ask.plate:
        rows = rows.filter(plate__startswith=ask.plate)
    if ask.hotlist is not None:
        rows = rows.filter(hotlist=ask.hotlist)
    return rows if ask.before is None else rows.filter(pk__lt=ask.before)


def _answered(shown: Iterable[Entry], permit: Permit) -> None:
    cases: dict[str, list[str]] = {}
    for entry in shown:
        if entry.case_number:
            cases.setdefault(entry.city, []).append(entry.case_number)
    permit.answered(Counter(entry.city for entry in shown), cases=cases)


def _entry(row: Wanted, permit: Permit, now: datetime) -> Entry:
    hidden = withheld.is_withheld(row.hotlist, permit=permit)
    return Entry(
        id=row.pk,
        city=row.hotlist.city,
        hotlist=row.hotlist.name,
        category=row.hotlist.category,
        by_hand=not row.hotlist.feed,
        plate=PlateText(row.plate),
        state="" if hidden else row.state,
        vehicle="" if hidden else row.vehicle,
        why=withheld.WORDS if hidden else row.why,
        case_number="" if hidden else row.case_number,
        added_by=row.added_by,
        added_at=row.added_at,
        begins_at=row.begins_at,
        ends_at=row.ends_at,
        stands=_state(row, now),
        approved_by=row.approved_by,
        approved_at=row.approved_at,
        ended_by=row.ended_by,
        ended_why=row.ended_why,
        replaces=row.replaces_id,
        withheld=hidden,
    )


def _state(row: Wanted, now: datetime) -> State:
    if row.ends_at <= now:
        return "lapsed" if row.pending and not row.ended_by else "ended"
    if row.pending:
        return "waits"
    return "begins later" if row.begins_at is not None and row.begins_at > now else "looked for"


def files(*, permit: Permit, now: datetime) -> list[File]:
    """What came in as files, newest first, at most MOST."""
    permit.require(*SEEING)
    rows = Arrival.objects.filter(city__in=permit.cities, at__lte=now).defer("refused_rows")
    return [
        File(
            id=row.pk,
            city=row.city,
            feed=row.feed,
            source=row.source,
            layout=row.layout,
            complete=row.complete,
            at=row.at,
            by=row.by,
            rows=row.rows,
            added=row.added,
            again=row.again,
            ended=row.ended,
            refused=row.refused,
        )
        for row in rows.order_by("-at", "-pk")[:MOST]
    ]


def refused_rows(file: int, *, permit: Permit) -> list[tuple[int, str]] | None:
    """Line numbers and why each was left out; None where there is no such file."""
    permit.require(*SEEING)
    row = Arrival.objects.filter(city__in=permit.cities, pk=file).first()
    if row is None:
        return None
    text = gzip.decompress(bytes(row.refused_rows)).decode()
    return [(int(number), why) for number, why in csv.reader(io.StringIO(text))]
