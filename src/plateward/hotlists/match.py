"""Match one read against the hotlists of its city, and raise a hit for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q

from plateward.audit import log
from plateward.hotlists import fresh, suppress
from plateward.hotlists.following import FOLLOWED
from plateward.hotlists.models import Alert, Wanted
from plateward.notices import live, word
from plateward.plates.likeness import ALERTS_FROM, Match
from plateward.plates.sighting import Character
from plateward.plates.text import PlateText
from plateward.policy.vocabulary import Act

TOPIC = "alerts"
MOST: Final = 10  # hits of one read: more would be a list that fits everything


@dataclass(frozen=True, slots=True)
class Seen:
    """A stored read, as far as matching needs to know it."""

    read: int
    city: str
    plate: PlateText
    expires_at: datetime
    region: str | None = None
    characters: tuple[Character, ...] = ()


def raise_hits(seen: Seen, *, now: datetime) -> int:
    """Raise an alert for each entry that the read is likely enough to be, MOST of them at most.

    The row, the log entry and the live notice stand or fall together with the read. Call with the
    read's change.
    """
    near = {
        wanted: match
        for wanted, match in FOLLOWED.near(seen.city, seen.plate, seen.region, seen.characters)
        if match.likelihood >= ALERTS_FROM
    }
    wanted = _in_force(near, seen.city, now) if near else []
    if not wanted:
        return 0
    quiet = suppress.quiet(
        wanted, city=seen.city, read=seen.read, plate=seen.plate, until=seen.expires_at, now=now
    )
    return sum(
        _raised(entry, near[entry.pk], seen, now) for entry in wanted if entry.pk not in quiet
    )


def raise_hits_of(seen: Sequence[Seen], *, now: datetime) -> list[int]:
    """The same for each of many reads; only those near an entry are looked at one by one."""
    if len(seen) == 1:
        return [raise_hits(seen[0], now=now)]
    near = _near(seen)
    return [raise_hits(each, now=now) if at in near else 0 for at, each in enumerate(seen)]


def _near(seen: Sequence[Seen]) -> set[int]:
    """By their place: reads that some entry of their city is likely enough to be."""
    of_city: dict[str, list[int]] = {}
    for at, each in enumerate(seen):
        of_city.setdefault(each.city, []).append(at)
    asked = {
        city: [(seen[at].plate, seen[at].characters) for at in places]
        for city, places in of_city.items()
    }
    near = FOLLOWED.likely(asked, at_least=ALERTS_FROM)
    return {of_city[city][at] for city, places in near.items() for at in places}


def _in_force(near: Mapping[int, Match], city: str, now: datetime) -> list[Wanted]:
    """Those that hold now, the likeliest first: what is in memory may have ended since."""
    rows = Wanted.objects.filter(
        Q(begins_at__isnull=True) | Q(begins_at__lte=now),
        pk__in=near,
        hotlist__city=city,
        ends_at__gt=now,
        pending=False,
    )
    fresh_ones = [
        row for row in rows.select_related("hotlist") if fresh.may_alert(row.hotlist, now=now)
    ]
    return sorted(fresh_ones, key=lambda row: (-near[row.pk].likelihood, row.pk))[:MOST]


def _raised(entry: Wanted, match: Match, seen: Seen, now: datetime) -> bool:
    told = {
        "how": match.how,
        "differences": [[each.position, each.read, each.listed] for each in match.differences],
        "likelihood": match.likelihood,
        "other_state": match.other_state,
    }
    alert, new = Alert.objects.get_or_create(
        read_id=seen.read,
        wanted=entry,
        defaults={"city": seen.city, "raised_at": now, "expires_at": seen.expires_at, **told},
    )
    if not new:  # the read has been read better since
        Alert.objects.filter(pk=alert.pk).update(**told)
        live.publish(TOPIC, {"city": seen.city, "alert": str(alert.pk)})
        return False
    log.append(
        actor="house",
        act=Act.ALERT_RAISED,
        outcome="done",
        city=seen.city,
        facts={
            "hotlist": entry.hotlist.name,
            "category": entry.hotlist.category,
            "how": str(match.how),
            "other_state": match.other_state,
        },
        private={"plate": seen.plate, "read": seen.read, "listed": entry.plate},
    )
    # The notice names no plate: a page that hears it asks for the alert under its permit.
    live.publish(TOPIC, {"city": seen.city, "alert": str(alert.pk)})
    word.tell(word.alert_raised(alert.pk, city=seen.city, category=entry.hotlist.category))
    return True
