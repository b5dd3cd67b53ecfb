"""Count reads: numbers only, so no permit is asked for."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Count, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from plateward.reads.models import GoneCount, Read

SCHEDULED_DAYS: Final = 31


def city_of(read: int) -> str | None:
    """Whose read it is, so that the right policy can be asked. None once it has expired."""
    live = Read.objects.filter(pk=read, expires_at__gt=timezone.now())
    return live.values_list("city", flat=True).first()


def camera_of(read: int) -> str | None:
    """The code of the camera that saw it. None once it is deleted."""
    return Read.objects.filter(pk=read).values_list("camera__code", flat=True).first()


def by_day(city: str, *, since: datetime) -> dict[date, int]:
    """Reads of each day (UTC), the deleted ones too: counts survive deletion."""
    total: Counter[date] = Counter()
    live = Read.objects.filter(city=city, seen_at__gte=since)
    by_day = live.annotate(day=TruncDate("seen_at")).values("day").annotate(n=Count("pk"))
    total.update(dict(by_day.values_list("day", "n")))
    gone = GoneCount.objects.filter(city=city, seen_on__gte=since.date())
    gone_by_day = gone.values("seen_on").annotate(n=Sum("reads"))
    total.update(dict(gone_by_day.values_list("seen_on", "n")))
    return dict(total)


def gone_since(city: str, since: datetime) -> int:
    """Reads deleted on schedule since then."""
    gone = GoneCount.objects.filter(city=city, gone_at__gte=since)
    return gone.aggregate(n=Sum("reads"))["n"] or 0


def oldest_expiry(city: str) -> datetime | None:
    """The expiry of the read that should go next: in the past only while the sweeper is late."""
    ends = Read.objects.filter(city=city).order_by("expires_at")
    return ends.values_list("expires_at", flat=True).first()


def ending_by_day(city: str, zone: ZoneInfo, *, now: datetime) -> dict[date, int]:
    """How many reads end on each of the city's next 31 days, as things stand; today is the first.

    Days on which none ends are there too, with 0.
    """
    today = now.astimezone(zone).date()
    days = {today + timedelta(days=ahead): 0 for ahead in range(SCHEDULED_DAYS)}
    after = datetime.combine(today + timedelta(days=SCHEDULED_DAYS), time(), zone)
    ending = Read.objects.filter(city=city, expires_at__gt=now, expires_at__lt=after)
    by_day = ending.annotate(day=TruncDate("expires_at", tzinfo=zone)).values("day")
    return days | dict(by_day.annotate(n=Count("pk")).values_list("day", "n"))


def last_seen(camera: int) -> datetime | None:
    """When a camera, by its key in the register, last saw anything that is still kept."""
    seen = Read.objects.filter(camera=camera).order_by("-seen_at")
    return seen.values_list("seen_at", flat=True).first()


def first_seen_after(camera: int, moment: datetime) -> datetime | None:
    """When a camera was first heard again."""
    seen = Read.objects.filter(camera=camera, seen_at__gt=moment).order_by("seen_at")
    return seen.values_list("seen_at", flat=True).first()
