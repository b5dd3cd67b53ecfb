"""Tell of a hotlist that grew too old to raise alerts, once for each file that did."""

from datetime import datetime

from plateward.hotlists import fresh
from plateward.hotlists.models import Hotlist
from plateward.notices import word
from plateward.notices.word import Event, Word
from plateward.policy import in_force


def watch(*, now: datetime) -> int:
    """How many were told of. One that stays stale is told of again when its word is cleared away,
    which is a week later."""
    files = Hotlist.objects.filter(city__in=in_force.cities(), refreshed_at__isnull=False)
    found = [_word(each, until) for each in files if (until := _since(each, now))]
    new = [each for each in found if not word.is_told(each.key)]
    for each in new:
        word.tell(each)
    return len(new)


def _since(hotlist: Hotlist, now: datetime) -> datetime | None:
    """When it fell silent; None for one that has not."""
    until = fresh.good_until(hotlist)
    return until if until is not None and until <= now else None


def _word(hotlist: Hotlist, since: datetime) -> Word:
    facts = {
        "hotlist": hotlist.name,
        "category": hotlist.category,
        "since": f"{since:%Y-%m-%dT%H:%MZ}",
    }
    key = f"stale:{hotlist.pk}:{hotlist.refreshed_at:%Y%m%dT%H%M%S%f}"
    return Word(Event.LIST_STALE, hotlist.city, key, "/alerts/", facts)
