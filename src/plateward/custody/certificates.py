"""A day's deletions of a city as one entry of the log, with a proof that anyone can check.

Each deletion is an entry of its own, there are thousands a day. A day's certificate adds them up,
is signed with the log, and is kept with its way up to the signed root: a resident who has it and
the log's published key needs nothing else from the city.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from django.db import transaction

from plateward.audit import checkpoints, excerpt, log
from plateward.audit.body import Fact
from plateward.audit.export import Showing
from plateward.audit.log import Entry, Filter
from plateward.custody import holds_keeper
from plateward.custody.certificate_models import Certificate as Row
from plateward.policy import in_force
from plateward.policy.vocabulary import Act

CERTIFIED: Final = "custody:deletion:certify"
# The acts that delete, and how their entries end.
PURGING: Final = (
    (Act.READS_PURGED, "done"),
    (Act.HITS_PURGED, "done"),
    (holds_keeper.DESTROYED, "destroyed"),
)
LOOK_BACK: Final = timedelta(days=31)
_PAGE: Final = 5000
_certified_until: dict[str, date] = {}
_SUMMED: Final = ("reads", "hits", "pictures", "keys")


@dataclass(frozen=True, slots=True)
class Certificate:
    """One UTC day. `reads`, `hits`, `pictures`, `keys`: how many went; `late_by`: in seconds, the
    latest of them. `digest`: SHA-256 over the digests of the day's deletions, in their order."""

    city: str
    day: date
    entry: int
    deletions: int
    reads: int
    hits: int
    pictures: int
    keys: int
    late_by: int
    digest: str


def issue(*, now: datetime) -> int:
    """Certify each day that is over and is not certified; how many were.

    Signs the log, so that each carries its proof. Raise CannotSign where it cannot be signed.
    """
    today = now.astimezone(UTC).date()
    cities = [each for each in in_force.cities() if _certified_until.get(each) != today]
    if not cities:
        return 0
    mark = excerpt.mark()
    with transaction.atomic():
        for city in cities:
            for day in _due(city, now):
                _certify(city, day)
    unproven = list(Row.objects.filter(proof=b"").order_by("entry"))
    if unproven:
        checkpoints.sign_news(now)
    for row in unproven:
        row.proof = excerpt.lines(row.entry, since=mark, showing=Showing())
        row.save(update_fields=["proof"])
    _certified_until.update(dict.fromkeys(cities, today))
    return len(unproven)


def of(city: str, *, since: date) -> list[Certificate]:
    """Newest first. Numbers only, so no permit is asked for."""
    rows = Row.objects.filter(city=city, day__gte=since).exclude(proof=b"").order_by("-day")
    return [
        Certificate(
            row.city,
            row.day,
            row.entry,
            row.deletions,
            row.reads,
            row.hits,
            row.pictures,
            row.keys,
            row.late_by,
            row.digest,
        )
        for row in rows
    ]


def proof(city: str, day: date) -> bytes | None:
    """The certificate as a file: four lines of JSON; None where the day has none."""
    row = Row.objects.filter(city=city, day=day).exclude(proof=b"").first()
    return bytes(row.proof) if row else None


def digest_of(digests: list[str]) -> str:
    """SHA-256, hexadecimal, over the day's digests as text, in order, each with a line's end."""
    return hashlib.sha256("".join(f"{each}\n" for each in digests).encode()).hexdigest()


def _due(city: str, now: datetime) -> Iterator[date]:
    """Days that are over, from the first on which the city had a policy, a month back at most."""
    today = now.astimezone(UTC).date()
    began = min(each.recorded_at for each in in_force.history(city)).astimezone(UTC).date()
    first = max(began, today - LOOK_BACK)
    done = set(Row.objects.filter(city=city, day__gte=first).values_list("day", flat=True))
    for ahead in range((today - first).days):
        if (day := first + timedelta(days=ahead)) not in done:
            yield day


def _certify(city: str, day: date) -> None:
    found = [entry for act, outcome in PURGING for entry in _deletions(city, act, outcome, day)]
    found.sort(key=lambda entry: entry.index)
    summed = {name: sum(_number(each, name) for each in found) for name in _SUMMED}
    late = max((_number(each, "lateness_seconds") for each in found), default=0)
    digest = digest_of([str(each.facts.get("digest", "")) for each in found])
    facts: dict[str, Fact] = {
        "day": day.isoformat(),
        "deletions": len(found),
        **summed,
        "lateness_seconds": late,
        "digest": digest,
    }
    if found:
        facts |= {"first": found[0].index, "last": found[-1].index}
    entry = log.append(actor="house", act=CERTIFIED, outcome="done", city=city, facts=facts)
    Row.objects.create(
        city=city,
        day=day,
        entry=entry,
        deletions=len(found),
        late_by=late,
        digest=digest,
        proof=b"",
        **summed,
    )


def _deletions(city: str, act: str, outcome: str, day: date) -> Iterator[Entry]:
    since = datetime.combine(day, time(), UTC)
    asked = Filter(
        city=city, act=act, outcome=outcome, since=since, until=since + timedelta(days=1)
    )
    while page := log.find(asked, limit=_PAGE):
        yield from page
        asked = replace(asked, below=page[-1].index)


def _number(entry: Entry, name: str) -> int:
    found = entry.facts.get(name, 0)
    return found if isinstance(found, int) else 0
