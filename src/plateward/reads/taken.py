"""Reads taken as copies, whole, with their pictures; and how much that would be."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from plateward.gate.permit import Permit
from plateward.policy.circumstances import Breadth
from plateward.policy.vocabulary import Act
from plateward.reads import detail, shelves
from plateward.reads.detail import Detail


def whole(reads: Sequence[int], *, permit: Permit) -> list[Detail]:
    """In the order of when they were seen. One that has expired, or is of another city than the
    permit's, is not among them."""
    permit.require(Act.EXPORTS_DOWNLOAD, Act.READS_HELD)
    rows = (
        shelves.numbered(reads, cities=permit.cities)
        .filter(expires_at__gt=timezone.now())
        .select_related("camera")
        .order_by("seen_at", "pk")
    )
    found = [detail.of_row(row, permit=permit) for row in rows]
    permit.answered({city: sum(each.city == city for each in found) for city in permit.cities})
    return found


def breadth_of(reads: Sequence[int]) -> Breadth | None:
    """What taking these reads would show, for the city's policy to judge, and for nothing else.

    Reads of several plates name none: a request for named plates then covers none of them.
    """
    now = timezone.now()
    rows = list(shelves.numbered(reads).filter(expires_at__gt=now))
    if not rows:
        return None
    plates = {row.plate for row in rows}
    plate = plates.pop() if len(plates) == 1 else ""
    first, last = min(row.seen_at for row in rows), max(row.seen_at for row in rows)
    return Breadth(
        plate=plate,
        known_characters=len(plate),
        camera=True,
        seen_from=first,
        seen_to=last,
        oldest=max(now - first, timedelta()),
    )
