"""The register of duties: what is due in a city, and what was done about it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Max

from plateward.audit import log
from plateward.gate.permit import Permit
from plateward.policy import in_force
from plateward.policy.profile import Profile
from plateward.upkeep import after_review, duties, faults
from plateward.upkeep.duty import Duty
from plateward.upkeep.machine_duties import DOWNLOAD, PURGE_DOWNLOADS
from plateward.upkeep.models import Done as Row
from plateward.upkeep.rhythm import next_due

LOG_ACT: Final = "upkeep:duty:record"
SOON: Final = timedelta(days=30)
LONGEST: Final = 2000
_FAULTS_ARE_ITS_DUE_DAY: Final = "correct-faults"
_A_WEEK: Final = timedelta(days=7)


class NotRecorded(ValueError):
    """Nothing was recorded; the message says what to correct."""


@dataclass(frozen=True, slots=True)
class Due:
    """A duty and its next day. `next_due` None: it waits for something to happen.

    `now`: what waits at this moment, in words; "" where nothing does.
    """

    duty: Duty
    last_done: date | None
    next_due: date | None
    overdue: bool
    soon: bool
    now: str = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """What a person says they did: on which day, what they found, where the proof is."""

    duty: str
    done_on: date
    found: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """A deed as it was recorded."""

    duty: str
    done_on: date
    by: str
    found: str
    evidence: str
    entry: int


def due(city: str, *, today: date) -> list[Due]:
    """Every duty of the city: overdue first, then by day, those without a day last.

    `today` is the city's own day. Raise NoPolicy where the city has no policy in force.
    """
    profile = in_force.profile(city)
    last = _last_done(city)
    start = started(profile)
    found = [
        _due(duty, profile, last.get(duty.code), start=start, today=today)
        for duty in duties.of(profile)
    ]
    return sorted(found, key=lambda each: (each.next_due or date.max, each.duty.code))


def started(profile: Profile) -> date:
    """The first day on which the city was under a policy here: no duty is older than that."""
    adopted = in_force.history(profile.id)[-1].adopted_at.astimezone(profile.zone).date()
    in_force_from = profile.gate.in_force_from
    return max(adopted, in_force_from) if in_force_from else adopted


def done(deed: Deed, *, by: str, permit: Permit, today: date) -> None:
    """Write one deed for the one city of the permit, and log it with the row."""
    city = _city(permit)
    profile = in_force.profile(city)
    duty = duties.one(profile, deed.duty)
    if duty is None:
        raise NotRecorded(f"{profile.title()} has no duty {deed.duty!r}. Nothing was recorded.")
    permit.require(duty.act)
    check(deed, today=today)
    with transaction.atomic():
        Row.objects.create(
            city=city,
            duty=duty.code,
            done_on=deed.done_on,
            by=by,
            found=deed.found.strip(),
            evidence=deed.evidence.strip(),
            entry=permit.entries[city],
        )
        log.append(
            actor=by,
            act=LOG_ACT,
            outcome="done",
            city=city,
            facts={
                "duty": duty.code,
                "done_on": deed.done_on.isoformat(),
                "clauses": list(duty.clauses),
                "asked": permit.entries[city],
            },
            private={"found": deed.found.strip(), "evidence": deed.evidence.strip()},
        )


def check(deed: Deed, *, today: date) -> None:
    """Raise NotRecorded where the deed cannot be written down; asked before the door is."""
    if deed.done_on > today:
        raise NotRecorded(f"{deed.done_on} is still to come in this city. Nothing was recorded.")
    if not deed.found.strip():
        raise NotRecorded("Say what was done and found. Nothing was recorded.")
    if max(len(deed.found), len(deed.evidence)) > LONGEST:
        raise NotRecorded(
            f"This is longer than {LONGEST} characters. Nothing was recorded: put the long version "
            "in a document, and say here where it is."
        )


def history(city: str, duty: str, *, limit: int = 20) -> list[Done]:
    """What was done about one duty, newest first."""
    rows = Row.objects.filter(city=city, duty=duty).order_by("-done_on", "-pk")[:limit]
    return [Done(row.duty, row.done_on, row.by, row.found, row.evidence, row.entry) for row in rows]


def _last_done(city: str) -> dict[str, date]:
    rows = Row.objects.filter(city=city).values_list("duty").annotate(latest=Max("done_on"))
    return dict(rows)


def _due(duty: Duty, profile: Profile, last_done: date | None, *, start: date, today: date) -> Due:
    now = ""
    if duty.code == _FAULTS_ARE_ITS_DUE_DAY:
        due_on = _a_week_after(faults.oldest_open(profile.id), profile)
    elif duty.code == PURGE_DOWNLOADS:
        due_on, now = _copies_not_purged(profile)
    elif duty.code == after_review.DUTY:
        waiting = after_review.waiting(profile, start=datetime.combine(start, time(), profile.zone))
        due_on, now = _a_week_after(waiting.since, profile), waiting.words()
    else:
        due_on = next_due(
            duty.rhythm, duty.every, start=start, last_done=last_done, anchor=duty.anchor
        )
    overdue = due_on is not None and today > due_on
    soon = due_on is not None and not overdue and today >= due_on - SOON
    return Due(duty, last_done, due_on, overdue, soon, now)


def _copies_not_purged(profile: Profile) -> tuple[date | None, str]:
    """The day before the oldest was found past its day: it is overdue from the first."""
    oldest = faults.oldest_open(profile.id, about=DOWNLOAD)
    if oldest is None:
        return None, ""
    late = faults.count_open(profile.id, about=DOWNLOAD)
    day = oldest.astimezone(profile.zone).date() - timedelta(days=1)
    return day, f"{late} cop{'y' if late == 1 else 'ies'} past the day to be purged"


def _a_week_after(oldest: datetime | None, profile: Profile) -> date | None:
    return oldest.astimezone(profile.zone).date() + _A_WEEK if oldest else None


def _city(permit: Permit) -> str:
    if len(permit.cities) != 1:
        raise NotRecorded("A duty is recorded for one city at a time. Nothing was recorded.")
    return permit.cities[0]
