"""A chain of custody: what was done with a thing, by whom, and the log entry that says so."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import models


class Link(models.Model):
    """One step. Rows are only added."""

    step = models.CharField(max_length=12)
    words = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    entry = models.PositiveBigIntegerField()

    class Meta:
        abstract = True


@dataclass(frozen=True, slots=True)
class Step:
    """What was done with it. `entry`: of the log."""

    step: str
    words: str
    by: str
    at: datetime
    entry: int


def told(links: Iterable[Link]) -> tuple[Step, ...]:
    """The steps in the order given."""
    return tuple(Step(each.step, each.words, each.by, each.at, each.entry) for each in links)
