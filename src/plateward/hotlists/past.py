"""Look for a new entry among the reads that are kept: a search, under a search's permit."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from plateward.gate.permit import Permit
from plateward.plates import differs
from plateward.plates.likeness import ALERTS_FROM, Match
from plateward.plates.lookup import Index
from plateward.policy.vocabulary import Act
from plateward.reads import glance, near
from plateward.reads.near import Spelled

MOST: Final = 50


@dataclass(frozen=True, slots=True)
class Hit:
    """A read that the entry would have raised an alert for, and how it differs, in sentences."""

    id: int
    city: str
    seen: glance.Glance
    how: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """Newest first; `more` when the list was cut."""

    hits: tuple[Hit, ...]
    more: bool


def find(plate: str, state: str, *, since: datetime, until: datetime, permit: Permit) -> Past:
    """The reads of that span that match as alerts do, in the permit's cities.

    Of a read whose source doubted several characters at once, only the text is compared.
    """
    permit.require(Act.READS_SEARCH)
    index = Index([plate], [state])
    spelled = near.plates(since=since, until=until, permit=permit)
    close = {spelled[at] for at in index.match_many(spelled).read.tolist()}
    reads = near.of_plates(close, since=since, until=until, permit=permit)
    likely = [(read, match) for read in reads if (match := _match(index, read)) is not None]
    shown = likely[:MOST]
    seen = glance.at([read.read for read, _ in shown], permit=permit)
    hits = tuple(
        Hit(read.read, read.city, seen[read.read], _how(match, state))
        for read, match in shown
        if read.read in seen
    )
    permit.answered(Counter(hit.city for hit in hits))
    return Past(hits, more=len(likely) > MOST or len(reads) == near.MOST)


def _match(index: Index, read: Spelled) -> Match | None:
    found = index.match(read.plate, region=read.region, characters=read.characters)
    return next((match for match in found if match.likelihood >= ALERTS_FROM), None)


def _how(match: Match, state: str) -> tuple[str, ...]:
    return differs.in_words(match.how, match.differences, state if match.other_state else "")
