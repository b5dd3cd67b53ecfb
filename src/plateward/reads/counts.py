"""Count reads: numbers only, so no permit is asked for."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import connections, transaction
from django.db.models import Count, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from plateward.reads import shelves
from plateward.reads.models import DayCount, GoneCount, Read

SCHEDULED_DAYS: Final = 31
_FOLDING: Final = 7_201_945  # the advisory lock of whoever folds
_FOLD: Final = """
WITH several AS (
    SELECT city, camera_id, day FROM reads_daycount WHERE day < %s
    GROUP BY 1, 2, 3 HAVING count(*) > 1
), gone AS (
    DELETE FROM reads_daycount d USING several s
    WHERE (d.city, d.camera_id, d.day) = (s.city, s.camera_id, s.day)
    RETURNING d.city, d.camera_id, d.day, d.reads
), folded AS (
    INSERT INTO reads_daycount (city, camera_id, day, reads)
    SELECT city, camera_id, day, sum(reads) FROM gone GROUP BY 1, 2, 3 RETURNING 1
)
SELECT (SELECT count(*) FROM gone) - (SELECT count(*) FROM folded)
"""


def city_of(read: int) -> str | None:
    """Whose read it is, so that the right policy can be asked. None once it has expired."""
    live = shelves.numbered([read]).filter(expires_at__gt=timezone.now())
    return live.values_list("city", flat=True).first()


def camera_of(read: int) -> str | None:
    """The code of the camera that saw it. None once it is deleted."""
    return shelves.numbered([read]).values_list("camera__code", flat=True).first()


def camera_title_of(read: int) -> str:
    """The title of the camera that saw it; empty once it is deleted."""
    titles = shelves.numbered([read]).values_list("camera__title", flat=True)
    return titles.first() or ""


def by_day(city: str, *, since: datetime) -> dict[date, int]:
    """Reads of each day (UTC), the deleted ones too: counted when stored, never scanned."""
    rows = DayCount.objects.filter(city=city, day__gte=since.astimezone(UTC).date())
    by_day = rows.values("day").annotate(n=Sum("reads")).order_by("day")
    return dict(by_day.values_list("day", "n"))


@transaction.atomic
def fold(*, now: datetime) -> int:
    """Add up the rows of days that are over for an hour; how many rows that saves.

    A day's own rows are added by whoever stores reads, without waiting for each other.
    """
    before = (now - timedelta(hours=1)).astimezone(UTC).date()
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_FOLDING])
        if not cursor.fetchone()[0]:
            return 0  # another keeper does
        cursor.execute(_FOLD, [before])
        return int(cursor.fetchone()[0])


def gone_since(city: str, since: datetime) -> int:
    """Reads deleted on schedule since then."""
    gone = GoneCount.objects.filter(city=city, gone_at__gte=since)
    return gone.aggregate(n=Sum("reads"))["n"] or 0


def oldest_expiry(city: str, *, before: datetime) -> datetime | None:
    """The expiry of the oldest read that ended before then; there is one only while the sweeper is
    late, so hardly a shelf is asked."""
    ends = Read.objects.filter(city=city, expires_at__lt=before).order_by("expires_at")
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


def last_seen(city: str, camera: int) -> datetime | None:
    """When a camera, by its key in the register, last saw anything that is still kept."""
    seen = Read.objects.filter(city=city, camera=camera).order_by("-seen_at")
    return seen.values_list("seen_at", flat=True).first()


def first_seen_after(city: str, camera: int, moment: datetime) -> datetime | None:
    """When a camera was first heard again."""
    seen = Read.objects.filter(city=city, camera=camera, seen_at__gt=moment).order_by("seen_at")
    return seen.values_list("seen_at", flat=True).first()
