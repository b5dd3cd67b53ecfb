"""What the house does with holds by itself: lets them grow, deletes what was released, checks."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from plateward.audit.body import Fact
from plateward.custody import held, holds_rows
from plateward.custody.holds_models import HeldRead, Hold
from plateward.custody.holds_rows import OfCase, WrongHold
from plateward.gate import door
from plateward.policy import in_force
from plateward.policy.vocabulary import Act

HOUSE: Final = "house"
DESTROYED: Final = "custody:hold:destroy"
LOOK_EVERY: Final = timedelta(hours=1)
# A picture or a whole read may come late; what comes later still, the day's whole look finds.
_LATE: Final = timedelta(hours=26)
_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Due:
    """A hold whose review is due or near. `preservation`: an emergency copy."""

    number: int
    preservation: bool
    review_on: date
    overdue: bool


def keep(*, now: datetime, of_case: OfCase) -> int:
    """One round: what has come since joins, what was released goes; how many copies went."""
    for hold in _growing(now):
        _grow(hold, now, of_case)
    return sum(_delete_due(hold, now) for hold in _released(now))


def due(city: str, *, today: date, within: timedelta = timedelta(days=30)) -> list[Due]:
    """Reviews that are due or come soon, the longest overdue first. `today` is the city's own."""
    rows = Hold.objects.filter(
        city=city, approved=True, released_at=None, review_on__lte=today + within
    )
    return [
        Due(row.pk, row.preservation, row.review_on, overdue=row.review_on < today)
        for row in rows.order_by("review_on", "pk")
    ]


def damaged(city: str) -> tuple[int, tuple[int, ...]]:
    """Open every copy there is, and show none: how many are whole, the reads whose copy is not."""
    whole, wrong = 0, []
    for row in HeldRead.objects.filter(hold__city=city).select_related("hold").order_by("pk"):
        try:
            held.opened(row, row.hold)
            whole += 1
        except held.Damaged:
            wrong.append(row.read)
    return whole, tuple(wrong)


def _growing(now: datetime) -> list[Hold]:
    rows = Hold.objects.filter(approved=True, released_at=None, grows_until__isnull=False)
    due_now = Q(looked_at=None) | Q(looked_at__lte=now - LOOK_EVERY)
    return list(rows.filter(due_now).order_by("pk"))


def _grow(hold: Hold, now: datetime, of_case: OfCase) -> None:
    """Add what fits and is not held yet. The last look comes a day after its time is over."""
    is_last = hold.grows_until is not None and now >= hold.grows_until + _LATE
    try:
        rows = _new_copies(hold, now, of_case, everything=is_last or _first_of_the_day(hold, now))
    except (WrongHold, held.TooMany, held.Damaged):
        rows = []  # more than a hold takes, or its key is lost: what it has stays as it is
    with transaction.atomic():
        row = holds_rows.locked(hold)
        if row.released_at is not None:
            return
        added = held.store(rows)
        row.looked_at, row.grows_until = now, None if is_last else row.grows_until
        row.save(update_fields=["looked_at", "grows_until"])
        if added:
            facts: dict[str, Fact] = {"reads": added, "digest": held.digest_of(rows)}
            holds_rows.note(row, "grew", act=Act.READS_HELD, by=HOUSE, now=now, facts=facts)


def _new_copies(hold: Hold, now: datetime, of_case: OfCase, *, everything: bool) -> list[HeldRead]:
    permit = door.admit_house(Act.READS_HELD, f"{hold} looks for more", city=hold.city)
    if hold.scope == "case":
        reads = set(of_case(hold.city, hold.case_number))
    else:
        query = held.question(hold)
        since = query.since if everything else max(now - _LATE, query.since or now - _LATE)
        reads = set(held.found(replace(query, since=since), permit=permit))
    reads -= set(HeldRead.objects.filter(hold=hold).values_list("read", flat=True))
    room = held.MOST - HeldRead.objects.filter(hold=hold).count()
    return held.copies(hold, sorted(reads)[:room], permit=permit, now=now) if reads else []


def _first_of_the_day(hold: Hold, now: datetime) -> bool:
    zone = in_force.profile(hold.city).zone
    return hold.looked_at is None or (
        hold.looked_at.astimezone(zone).date() != now.astimezone(zone).date()
    )


def _released(now: datetime) -> Iterator[Hold]:
    """Those of which something is to go now, or of which nothing is left to go."""
    ended = Hold.objects.filter(released_at__isnull=False, gone_at=None).order_by("pk")
    for hold in ended:
        rest = HeldRead.objects.filter(hold=hold)
        if hold.preservation or rest.filter(ends_at__lte=now).exists() or not rest.exists():
            yield hold


@transaction.atomic
def _delete_due(hold: Hold, now: datetime) -> int:
    """Delete the copies whose own time is over, and certify it.

    An emergency copy has no other time to wait for: it goes whole.
    """
    row = holds_rows.locked(hold)
    if row.gone_at is not None:
        return 0  # another keeper was first
    over = HeldRead.objects.filter(hold=row)
    if not row.preservation:
        over = over.filter(ends_at__lte=now)
    rows = list(over.order_by("pk")[:_BATCH].only("pk", "read", "sha256", "ends_at"))
    gone = held.delete(row, rows)
    left = HeldRead.objects.filter(hold=row).count()
    if not left:
        row.gone_at = now
        row.save(update_fields=["gone_at"])
    since = [max(each.ends_at, row.released_at or now) for each in rows]
    holds_rows.note(
        row,
        "destroyed",
        act=DESTROYED,
        by=HOUSE,
        now=now,
        words=f"{gone.copies} copies deleted, {left} left. SHA-256 {gone.digest}.",
        facts={
            "reads": gone.copies,
            "left": left,
            "digest": gone.digest,
            "key_destroyed": gone.key_destroyed or not left,
            "lateness_seconds": int((now - min(since)).total_seconds()) if since else 0,
        },
    )
    return gone.copies
