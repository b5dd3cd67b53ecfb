"""Look after copies that are out: remind in time, destroy keys on the day, forget who had them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from plateward.audit import log
from plateward.custody import downloads_register, log_retention
from plateward.custody.downloads_models import Download, DownloadStep
from plateward.notices import word
from plateward.policy import in_force
from plateward.policy.profile import Profile
from plateward.reads import keyring

REMIND: Final = "custody:download:remind"
LOCK: Final = "custody:download:lock"
FORGET: Final = "custody:download:forget"
STEPS: Final = (30, 7, 1)  # days before a copy is to be gone, each reminded of once
_HOUSE: Final = "house"


@dataclass(frozen=True, slots=True)
class Overdue:
    """A copy past its day that nobody attested to have purged."""

    number: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Out:
    """A download by its number, without who, why or which vehicle."""

    number: int
    reads: int
    taken_at: datetime
    purge_by: datetime | None


def watch(*, now: datetime) -> int:
    """Do what is due in every city; how many things were done. Asking again changes nothing."""
    done = 0
    for city in in_force.cities():
        try:
            profile = in_force.profile(city)
        except in_force.NoPolicy:
            continue  # one city's policy that cannot be read keeps no other from being looked after
        done += _lock(city, now) + _remind(profile, now) + _forget(profile, now)
    return done


def overdue(city: str, *, now: datetime) -> list[Overdue]:
    """The longest overdue first."""
    rows = Download.objects.filter(city=city, purged_at=None, purge_by__lte=now)
    return [Overdue(row.pk, row.purge_by) for row in rows.order_by("purge_by") if row.purge_by]


def numbers(city: str, *, shown: str, now: datetime) -> list[Out]:
    """For the machine's console: `shown` as `downloads_register.Shown` has it."""
    rows = downloads_register.FILTERS[downloads_register.Shown(shown)](
        Download.objects.filter(city=city), now
    )
    return [Out(row.pk, len(row.reads), row.taken_at, row.purge_by) for row in rows]


def _lock(city: str, now: datetime) -> int:
    """The key of each sealed copy goes when its time is over, attested or not."""
    rows = Download.objects.filter(city=city, sealed=True, key_gone_at=None, purge_by__lte=now)
    numbers = list(rows.values_list("pk", flat=True))
    for number in numbers:
        _destroy_key(number, now)
    return len(numbers)


@transaction.atomic
def _destroy_key(number: int, now: datetime) -> None:
    row = Download.objects.select_for_update().get(pk=number)
    keyring.destroy_named(row.city, row.key_name)
    row.key_gone_at = now
    row.save(update_fields=["key_gone_at"])
    _write(row, LOCK, "key gone", now, {})


def _remind(profile: Profile, now: datetime) -> int:
    """Once for each reminder that fell due; where several would, the nearest alone."""
    soon = now + timedelta(days=max(STEPS))
    rows = Download.objects.filter(
        city=profile.id, purged_at=None, purge_by__gt=now, purge_by__lte=soon
    )
    due = [(row, row.purge_by) for row in rows if row.purge_by]
    return sum(_remind_of(row, ends, now) for row, ends in due)


@transaction.atomic
def _remind_of(row: Download, ends: datetime, now: datetime) -> bool:
    left = (ends - now).days
    step = f"reminder {min(each for each in STEPS if left <= each)}"
    # Of this period alone: a copy that was confirmed for longer is reminded of anew.
    since = ends - timedelta(days=max(STEPS))
    if DownloadStep.objects.filter(download=row, step=step, at__gte=since).exists():
        return False
    _write(row, REMIND, step, now, {"purge_by": ends.isoformat()})
    word.tell(word.download_due(row.pk, city=row.city, due=ends, step=step))
    return True


def _forget(profile: Profile, now: datetime) -> int:
    """Who had a copy that is gone, and for which case, is forgotten with the log's own words."""
    most = profile.retention.audit_log_at_most
    if most is None:
        return 0
    before = log_retention.reached(most, profile.zone, now=now)
    over = Download.objects.filter(
        Q(purged_at__lt=before) | Q(received_at__lt=before), city=profile.id, forgotten_at=None
    )
    with transaction.atomic():
        numbers = list(over.select_for_update().values_list("pk", flat=True))
        if not numbers:
            return 0
        DownloadStep.objects.filter(download__in=numbers).update(words="")
        Download.objects.filter(pk__in=numbers).update(name="", case_number="", forgotten_at=now)
        log.append(
            actor=_HOUSE,
            act=FORGET,
            outcome="done",
            city=profile.id,
            facts={"downloads": numbers, "before": before.isoformat()},
        )
    return len(numbers)


def _write(row: Download, act: str, step: str, now: datetime, facts: dict[str, str]) -> None:
    entry = log.append(
        actor=_HOUSE,
        act=act,
        outcome="done",
        city=row.city,
        facts={"download": row.pk, "step": step, "badge": row.taken_by, **facts},
    )
    DownloadStep.objects.create(download=row, step=step, words="", by=_HOUSE, at=now, entry=entry)
