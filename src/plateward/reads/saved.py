"""Queries kept for a case: what a person asks again and again. Every look takes a permit.

A saved query finds nothing. It fills in the form of a search, which then asks the gate like any
other. What it asks for is sealed under a key of its own, and that key is destroyed with it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet

from plateward.audit import log
from plateward.gate.permit import Permit
from plateward.people.models import Person
from plateward.policy.reasons import is_a_number
from plateward.policy.vocabulary import Act
from plateward.reads import keyring, sealing
from plateward.reads.saved_models import SavedQuery

LONGEST_FOR: Final = timedelta(days=90)
_DELETED: Final = "reads:query:delete"
_LETTER: Final = "Q-"

What = Mapping[str, tuple[str, ...]]


class NotSaved(ValueError):
    """It cannot be kept as it stands. `field` says where the mistake is."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class NoSuchQuery(LookupError):
    """There is none of that number that this person may see."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A query as its list shows it. `what`: the fields of the form, by name; None: its key is gone.

    `case_number` and `what` name a matter and a vehicle, so they stay out of every log line.
    """

    reference: str
    city: str
    case_number: str = field(repr=False)
    owner_badge: str
    is_own: bool
    is_shared: bool
    saved_at: datetime
    ends_at: datetime
    what: What | None = field(repr=False)


def keep(
    what: What, *, shared: bool, ends_at: datetime, by: Person, permit: Permit, now: datetime
) -> str:
    """Keep it for the case that the permit's reason names. Raise NotSaved."""
    permit.require(Act.QUERIES_SAVE)
    case = permit.reason.case_number
    _check(case, ends_at, now)
    city = permit.cities[0]
    with transaction.atomic():
        row = SavedQuery.objects.create(
            city=city,
            owner=by,
            agency=by.agency,
            case_number=case,
            is_shared=shared,
            saved_at=now,
            ends_at=ends_at,
        )
        row.sealed = sealing.seal(_packed(what), keyring.named(city, _key(row)), bound=_bound(row))
        row.save(update_fields=["sealed"])
        log.append(
            actor=permit.actor,
            act=Act.QUERIES_SAVE,
            outcome="done",
            city=city,
            facts={
                "query": str(row),
                "asked": permit.entries[city],
                "shared": shared,
                "ends_at": ends_at.isoformat(),
            },
            private={"case": case, "agency": by.agency},
        )
    return str(row)


def own(*, by: Person, permit: Permit, now: datetime) -> list[Saved]:
    """What this person keeps in the permit's cities, newest first."""
    permit.require(Act.QUERIES_SEE)
    return _told(_alive(permit, now).filter(owner=by), by)


def of_case(*, by: Person, permit: Permit, now: datetime) -> list[Saved]:
    """What colleagues of the same agency share of the case that the permit's reason names."""
    permit.require(Act.QUERIES_SEE)
    named = permit.reason.case_number
    rows = _alive(permit, now).filter(_shared_with(by), case_number__iexact=named)
    return _told(rows.exclude(owner=by), by) if named else []


def one(reference: str, *, by: Person, permit: Permit, now: datetime) -> Saved:
    """One's own, or a colleague's whose case the permit's reason names. Raise NoSuchQuery."""
    permit.require(Act.QUERIES_SEE)
    named = permit.reason.case_number
    allowed = Q(owner=by) | _shared_with(by) & Q(case_number__iexact=named)
    found = _told(_alive(permit, now).filter(allowed, pk=_number(reference)), by)
    if not found:
        raise _no_such(reference)
    return found[0]


def delete(reference: str, *, by: Person, permit: Permit) -> None:
    """Destroy its key, then the row. Only its owner may. Raise NoSuchQuery."""
    permit.require(Act.QUERIES_SEE)
    rows = SavedQuery.objects.filter(city__in=permit.cities, owner=by, pk=_number(reference))
    if (row := rows.first()) is None:
        raise _no_such(reference)
    _destroy(row, actor=permit.actor, why="its owner deleted it")


def clear(*, now: datetime) -> int:
    """Destroy those whose last day is over; how many."""
    over = list(SavedQuery.objects.filter(ends_at__lte=now))
    for row in over:
        _destroy(row, actor="house", why="its last day was over")
    return len(over)


def city_of(reference: str) -> str | None:
    """Whose policy is to be asked before it is shown; None where there is none of that number."""
    rows = SavedQuery.objects.filter(pk=_number(reference))
    return rows.values_list("city", flat=True).first()


def _check(case: str, ends_at: datetime, now: datetime) -> None:
    if not is_a_number(case):
        raise NotSaved(
            "case_number",
            "A saved query belongs to a case: search again with its number, then save. Nothing "
            "was saved.",
        )
    if not now < ends_at <= now + LONGEST_FOR:
        raise NotSaved(
            "last_day",
            f"Choose a last day from today to {LONGEST_FOR.days - 1} days ahead. Nothing was "
            "saved.",
        )


def _destroy(row: SavedQuery, *, actor: str, why: str) -> None:
    """The key first: should this be cut off, what is left can be opened by nobody."""
    keyring.destroy_named(row.city, _key(row))
    with transaction.atomic():
        gone, _ = SavedQuery.objects.filter(pk=row.pk).delete()
        if gone:  # else another keeper was first, and wrote it
            log.append(
                actor=actor,
                act=_DELETED,
                outcome="done",
                city=row.city,
                facts={"query": str(row), "why": why},
                private={"case": row.case_number},
            )


def _alive(permit: Permit, now: datetime) -> "QuerySet[SavedQuery]":
    return SavedQuery.objects.filter(city__in=permit.cities, ends_at__gt=now)


def _shared_with(by: Person) -> Q:
    return Q(is_shared=True, agency=by.agency)


def _told(rows: "QuerySet[SavedQuery]", by: Person) -> list[Saved]:
    return [
        Saved(
            reference=str(row),
            city=row.city,
            case_number=row.case_number,
            owner_badge=row.owner.badge,
            is_own=row.owner_id == by.pk,
            is_shared=row.is_shared,
            saved_at=row.saved_at,
            ends_at=row.ends_at,
            what=_opened(row),
        )
        for row in rows.select_related("owner").order_by("-saved_at")
    ]


def _opened(row: SavedQuery) -> What | None:
    try:
        key = keyring.kept_named(row.city, _key(row))
        clear = sealing.unseal(bytes(row.sealed), key, bound=_bound(row))
    except (keyring.Gone, sealing.NotOpened):
        return None
    return {name: tuple(values) for name, values in json.loads(clear).items()}


def _packed(what: What) -> bytes:
    return json.dumps({name: list(values) for name, values in what.items()}).encode()


def _key(row: SavedQuery) -> str:
    return f"saved-{row.pk}"


def _bound(row: SavedQuery) -> str:
    return f"plateward saved query 1|{row.city}|{row.pk}"


def _number(reference: str) -> int:
    """-1, which no row has, for what is no reference of ours."""
    digits = reference.strip().upper().removeprefix(_LETTER)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else -1


def _no_such(reference: str) -> NoSuchQuery:
    return NoSuchQuery(
        f"There is no saved query {reference[:20]} that you may see: it may have been deleted, be "
        "past its last day, or belong to a case you did not name. Nothing was changed."
    )
