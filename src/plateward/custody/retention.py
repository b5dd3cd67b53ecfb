"""Delete what is past its time, and log each deletion with its count and lateness."""

from datetime import datetime

from django.db import transaction

from plateward.audit import log
from plateward.gate import door
from plateward.policy import in_force
from plateward.policy.vocabulary import Act
from plateward.reads import purge


def sweep(*, now: datetime) -> int:
    """Delete every expired read of every city, in batches. Return how many went."""
    return sum(_sweep_city(city, now) for city in in_force.cities())


def _sweep_city(city: str, now: datetime) -> int:
    gone = 0
    while purge.due(city, now=now):
        batch = _one_batch(city, now)
        gone += batch
        if batch < purge.BATCH:
            break
    return gone


@transaction.atomic
def _one_batch(city: str, now: datetime) -> int:
    permit = door.admit_house(Act.READS_PURGED, "retention period is over", city=city)
    purged = purge.expired(city, now=now, permit=permit)
    log.append(
        actor="house",
        act=Act.READS_PURGED,
        outcome="done",
        city=city,
        facts={
            "reads": purged.reads,
            "keys": purged.keys,
            "lateness_seconds": purged.lateness_seconds,
        },
    )
    return purged.reads
