"""Delete what is past its time, and log each deletion: count, digest, keys destroyed, lateness."""

import logging
from datetime import datetime, timedelta
from typing import Final

from django.db import OperationalError, transaction

from plateward.audit import log
from plateward.audit.body import Fact
from plateward.gate import door
from plateward.gate.permit import Permit
from plateward.policy import in_force
from plateward.policy.vocabulary import Act
from plateward.reads import purge, shelves
from plateward.reads.purge import Purged

_logger = logging.getLogger(__name__)
_WHY: Final = "retention period is over"
_AHEAD: Final = timedelta(days=2)


def sweep(*, now: datetime) -> int:
    """Delete every expired read of every city. Return how many went.

    Whole shelves go as files; what ended today goes row by row, half a minute after it ended at the
    latest, and its keys with it.
    """
    gone = sum(_sweep_city(city, now) for city in in_force.cities())
    _make_room(now)
    purge.names(now=now)
    return gone


def _sweep_city(city: str, now: datetime) -> int:
    gone = _shelves_of(city, now)
    while True:
        batch = _one_batch(city, now)
        gone += batch
        if batch < purge.BATCH:
            return gone


def _shelves_of(city: str, now: datetime) -> int:
    gone = 0
    for shelf in shelves.over(city, now=now):
        try:
            with transaction.atomic():
                if not shelves.claim(shelf):
                    continue
                permit = door.admit_house(Act.READS_PURGED, _WHY, city=city)
                purged = purge.shelf(shelf, now=now, permit=permit)
                _certify(city, purged, permit)
        except OperationalError:
            _logger.warning(
                "A part of the store that is over (%s) is being read: it goes with the next "
                "round. Nothing on it can be seen any more.",
                shelf.name,
            )
        else:
            gone += purged.reads
    return gone


@transaction.atomic
def _one_batch(city: str, now: datetime) -> int:
    if not purge.due(city, now=now):
        return 0
    permit = door.admit_house(Act.READS_PURGED, _WHY, city=city)
    purged = purge.expired(city, now=now, permit=permit)
    _certify(city, purged, permit)
    return purged.reads


def _certify(city: str, purged: Purged, permit: Permit) -> None:
    facts: dict[str, Fact] = {
        "class": "reads",
        "asked": permit.entry,
        "reads": purged.reads,
        "pictures": purged.pictures,
        "keys": purged.keys,
        "digest": purged.digest,
        "lateness_seconds": purged.lateness_seconds,
    }
    if purged.ended_from and purged.ended_until:
        facts["ended_from"] = purged.ended_from.isoformat()
        facts["ended_until"] = purged.ended_until.isoformat()
    if purged.shelf:
        facts["shelf"] = purged.shelf
    log.append(actor="house", act=Act.READS_PURGED, outcome="done", city=city, facts=facts)


@transaction.atomic
def _make_room(now: datetime) -> None:
    """The shelves of what is seen today and in two days, so that no camera waits for them."""
    for city in in_force.cities():
        try:
            profile = in_force.profile(city)
        except in_force.NoPolicy:
            continue
        for seen in (now, now + _AHEAD):
            ends = profile.reads_expire_at(seen_at=seen, recorded_at=seen)
            shelves.ensure([shelves.Place(city, ends, ends - seen)])
