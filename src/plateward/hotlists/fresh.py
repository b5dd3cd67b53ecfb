"""Whether a list that comes as a file is still good: an old one stops cars that are long free."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from plateward.gate.permit import Permit
from plateward.hotlists import kinds
from plateward.hotlists.models import Hotlist
from plateward.policy import in_force
from plateward.policy.periods import Period, moment_after
from plateward.policy.vocabulary import Act


@dataclass(frozen=True, slots=True)
class Stale:
    """A list that raises no alerts any more, and since when."""

    city: str
    name: str
    refreshed_at: datetime
    since: datetime


def may_alert(hotlist: Hotlist, *, now: datetime) -> bool:
    """Whether a list may raise alerts now: of a kind that the policy allows, and not too old."""
    until = good_until(hotlist)
    return (until is None or until > now) and kinds.may_alert(hotlist)


def good_until(hotlist: Hotlist) -> datetime | None:
    """None for a list kept by hand, or one that no period is set for.

    Both the city's policy and the list itself may set one; the shorter counts.
    """
    if hotlist.refreshed_at is None:
        return None
    profile = in_force.profile(hotlist.city)
    written = (profile.at("hotlists").get("fresh_for"), hotlist.fresh_for)
    start = hotlist.refreshed_at.astimezone(profile.zone)
    return min((moment_after(start, Period.parse(each)) for each in written if each), default=None)


def stale(*, permit: Permit, now: datetime) -> Sequence[Stale]:
    """The lists of the permit's cities that raise no alerts because they are too old."""
    permit.require(Act.ALERTS_SEE, Act.HOTLISTS_EDIT)
    return [each for city in sorted(permit.cities) for each in grown_old(city, now=now)]


def grown_old(city: str, *, now: datetime) -> Sequence[Stale]:
    """The same of one city, for the house to open a fault: names of lists, and no plates."""
    files = Hotlist.objects.filter(city=city, refreshed_at__isnull=False).order_by("name")
    return [
        Stale(each.city, each.name, each.refreshed_at, until)
        for each in files
        if each.refreshed_at and (until := good_until(each)) is not None and until <= now
    ]
