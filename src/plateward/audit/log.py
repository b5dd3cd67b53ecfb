"""Append to the log, and read it."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from django.db import transaction
from django.db.models import Count, Func, Min, QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.utils import DatabaseError, OperationalError
from django.utils import timezone

from plateward.audit import body, checkpoints, fields, frontier, leaf, origin, tree
from plateward.audit.body import Fact
from plateward.audit.models import Entry as Row
from plateward.audit.models import Frontier, Private, Sealed

ERASE: Final = "audit:log:erase"
NOTHING: Final[Mapping[str, Fact]] = MappingProxyType({})
MOST_WITHOUT_KEY: Final = 1000
_A_CLOCK_IS_WRONG = timedelta(minutes=1)
_logger = logging.getLogger(__name__)


class NotSigned(Exception):
    """Too much of the log is unsigned to go on; the message says what to do."""


class NotWritten(Exception):
    """The database refuses entries; the message says what to do. Nothing was done."""


class NoEntry(LookupError):
    """The log holds no entry of that index."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `private` is None where there was none, or where all of it has been erased.

    `erased`: the names of private fields that are gone, such as `query.plate`.
    """

    index: int
    at: datetime
    actor: str
    act: str
    outcome: str
    city: str | None
    facts: Mapping[str, Fact]
    private: Mapping[str, Fact] | None
    erased: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries; None asks for nothing. Up to, not including, `until` and index `below`."""

    city: str | None = None
    actor: str | None = None
    act: str | None = None
    outcome: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    below: int | None = None


def append(
    *,
    actor: str,
    act: str,
    outcome: str,
    city: str | None = None,
    facts: Mapping[str, Fact] = NOTHING,
    private: Mapping[str, Fact] = NOTHING,
) -> int:
    """Write one entry and return its index.

    Inside a transaction, the entry and the change it speaks of stand or fall together, and other
    writers wait until that transaction ends. `facts` may be published. Each name in `private`, and
    in a mapping in it (`query.plate`), is committed to apart, so that it can be withheld or erased
    apart; an entry made from a page names its session there. Raises `body.Unloggable` for facts
    that cannot be written in one way only, and `NotSigned` where the log went too long without its
    key.
    """
    row = Row(
        index=0,
        at=timezone.now(),  # this and the index are set again under the lock
        actor=str(actor),
        act=str(act),
        outcome=str(outcome),
        city=city,
        facts=body.plain(facts),
    )
    made_in = {origin.FIELD: origin.session()} if origin.session() else {}
    sealed = fields.seal(row.actor, {**made_in, **private})
    row.commitment = fields.digest(sealed)
    leaf.written(row)  # refuses what cannot be written, before the lock and without a trace
    try:
        _store(row, sealed)
    except OperationalError:
        raise  # the database is away, and whoever asked is told so
    except DatabaseError as error:
        raise NotWritten(
            "The log cannot be written, and nothing is done that cannot be recorded. Nothing was "
            "lost. The server's own log says why the database refuses entries."
        ) from error
    return row.index


def erase(
    indexes: int | Sequence[int],
    names: Sequence[str] | None,
    *,
    by: str,
    why: str,
    city: str | None = None,
) -> int:
    """Erase value and salt of the named private fields; None names all. Return how many entries.

    The entries stay, and every proof with them. An entry says what was done and `why`, which is
    published: name a rule or an order, never what was erased. The actor is not a private field
    alone: the entry itself names them. Of an entry of version 1 the private part goes whole, as it
    has one salt.
    """
    asked = [indexes] if isinstance(indexes, int) else list(indexes)
    names = None if names is None else sorted(fields.widened(names))
    if names is not None and fields.ACTOR in names:
        raise ValueError("The actor of an entry cannot be erased. Nothing was erased.")
    with transaction.atomic():
        gone = _erase_apart(asked, names) | _erase_whole(asked, names)
        if gone:
            said: dict[str, Fact] = {
                "entries": len(gone),
                "first": min(gone),
                "last": max(gone),
                "fields": sorted(set().union(*gone.values())),
                "why": why,
            }
            append(actor=by, act=ERASE, outcome="done", city=city, facts=said)
    return len(gone)


def entry(index: int) -> Entry:
    found = _values(Row.objects.filter(index=index))
    if not found:
        raise NoEntry(f"The log holds no entry {index}.")
    return found[0]


def latest(limit: int = 50, *, city: str | None = None, actor: str | None = None) -> list[Entry]:
    """Newest first."""
    return find(Filter(city=city, actor=actor), limit=limit)


def find(wanted: Filter, *, limit: int = 50) -> list[Entry]:
    """Newest first."""
    rows = Row.objects.order_by("-index")
    if wanted.city is not None or wanted.actor is not None:
        # The same order, as time never goes back; said so that the index by city or actor is used.
        rows = rows.order_by("-at", "-index")
    said = {
        "city": wanted.city,
        "actor": wanted.actor,
        "act": wanted.act,
        "outcome": wanted.outcome,
        "at__gte": wanted.since,
        "at__lt": wanted.until,
        "index__lt": wanted.below,
    }
    narrowed = {name: value for name, value in said.items() if value is not None}
    return _values(rows.filter(**narrowed)[:limit])


def count(
    *,
    act: str | None = None,
    outcome: str | None = None,
    city: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> int:
    """How many entries from `since` up to, not including, `until`."""
    return _narrowed(act=act, outcome=outcome, city=city, at__gte=since, at__lt=until).count()


def count_by(
    fact: str,
    *,
    act: str | None = None,
    outcome: str | None = None,
    city: str | None = None,
    since: datetime | None = None,
) -> dict[str, int]:
    """How many entries for each value of one public fact; entries without it are left out."""
    rows = _narrowed(act=act, outcome=outcome, city=city, at__gte=since, facts__has_key=fact)
    counted = (
        rows.annotate(value=KeyTextTransform(fact, "facts"))
        .values_list("value")
        .annotate(times=Count("index"))
        .order_by("value")
    )
    return {value: times for value, times in counted if value is not None}


def flagged(
    flag: str, *, act: str, outcome: str, city: str, after: datetime
) -> tuple[int, datetime | None]:
    """How many entries later than `after` carry the flag, and when the first was written."""
    found = _narrowed(act=act, outcome=outcome, city=city, at__gt=after)
    said = found.filter(facts__flags__contains=[flag]).aggregate(n=Count("index"), at=Min("at"))
    return said["n"], said["at"]


def count_clauses(city: str, *, since: datetime | None = None) -> dict[str, dict[str, int]]:
    """How many entries of the city cited each clause, outcome by outcome, in one query."""
    cited = Func(
        KeyTransform("clauses", "facts"),
        function="jsonb_array_elements_text",
        output_field=TextField(),
        set_returning=True,
    )
    counted = (
        _narrowed(city=city, at__gte=since, facts__clauses__0__isnull=False)
        .annotate(clause=cited)
        .values_list("clause", "outcome")
        .annotate(times=Count("index"))
        .order_by("clause", "outcome")
    )
    found: dict[str, dict[str, int]] = {}
    for clause, outcome, times in counted:
        found.setdefault(clause, {})[outcome] = times
    return found


def _erase_apart(indexes: Sequence[int], names: Sequence[str] | None) -> dict[int, set[str]]:
    """By index, which fields went."""
    found = {}
    for row in Sealed.objects.select_for_update().filter(index__in=indexes).order_by("index"):
        known = set(fields.known(row.fields)) - {fields.ACTOR}
        going = {name for name in known if names is None or fields.is_named(name, names)}
        if going:
            row.fields = fields.erased(row.fields, going)
            row.save(update_fields=["fields"])
            found[row.index] = going
    return found


def _erase_whole(indexes: Sequence[int], names: Sequence[str] | None) -> dict[int, set[str]]:
    found = {}
    for row in Private.objects.select_for_update().filter(index__in=indexes).order_by("index"):
        held = set(fields.flattened(row.value))
        if names is None or any(fields.is_named(name, names) for name in held):
            row.delete()
            found[row.index] = held
    return found


def _store(row: Row, sealed: Mapping[str, fields.Sealed]) -> None:
    with frontier.held() as end:
        _place(row, end, timezone.now())
        row.save(force_insert=True)
        Sealed.objects.create(index=row.index, fields=sealed)
        frontier.grow(end, bytes(row.leaf), row.at)
        end.save()
        checkpoints.sign_inline(end, row.clock or row.at)


def _place(row: Row, end: Frontier, now: datetime) -> None:
    """Give a row its index, its time and its leaf. Under the lock."""
    checkpoints.sign_inline(end, now)
    if end.size - end.signed >= MOST_WITHOUT_KEY:
        raise NotSigned(
            f"{end.size - end.signed} log entries are waiting for a signature, so nothing more is "
            "done until the log can be signed again. Nothing that was accepted is lost. The "
            "server's own log says what is wrong with the signing key."
        )
    behind = end.reached_at - now
    row.index, row.at = end.size, max(now, end.reached_at)
    row.clock = now if behind > timedelta() else None
    row.leaf = tree.leaf_hash(leaf.written(row))
    if behind > _A_CLOCK_IS_WRONG:
        _logger.error(
            "This machine's clock is %s behind the log's last entry. Entries keep the log's time "
            "and note the clock's; check the clock (for example with timedatectl).",
            behind,
        )


def _narrowed(**wanted: object) -> QuerySet[Row]:
    said = {name: value for name, value in wanted.items() if value is not None}
    return Row.objects.filter(**said)


def _values(rows: QuerySet[Row]) -> list[Entry]:
    found = list(rows)
    apart = Sealed.objects.in_bulk([row.index for row in found if row.version > 1])
    whole = Private.objects.in_bulk([row.index for row in found if row.version == 1])
    return [_value(row, apart.get(row.index), whole.get(row.index)) for row in found]


def _value(row: Row, apart: Sealed | None, whole: Private | None) -> Entry:
    private: Mapping[str, Fact] | None = None if whole is None else whole.value
    erased: tuple[str, ...] = ()
    if apart is not None:
        values = {**fields.known(apart.fields)}
        values.pop(fields.ACTOR, None)
        private = fields.nested(values) or None
        erased = tuple(name for name, sealed in apart.fields.items() if "salt" not in sealed)
    return Entry(
        index=row.index,
        at=row.at,
        actor=row.actor,
        act=row.act,
        outcome=row.outcome,
        city=row.city,
        facts=row.facts,
        private=private,
        erased=erased,
    )
