"""Whether the house may work now: each policy posted, the clock right, the log writable."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils import timezone

from plateward.audit import clock
from plateward.policy import in_force, watched
from plateward.policy.profile import Profile
from plateward.postgres import room

# A law that wants the policy posted is not broken by a web server that restarts, or by a night's
# maintenance; a page that nobody could read for a day is no posting. It also leaves whoever runs
# the city's web site one working day to notice the alarm, which sounds at once.
GRACE: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class ServiceState:
    """None: not known, which refuses wherever a profile asks for it."""

    policy_posted: bool | None
    clock_trusted: bool | None
    log_writable: bool | None = True
    disk_has_room: bool = True


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is wrong now, for people. `stops`: searches and what cameras send."""

    what: str
    title: str
    happened: str
    do_next: str
    since: datetime | None
    stops: bool


def state(city: str) -> ServiceState:
    """What the house knows of itself for one city, now."""
    return states([city])[city]


def states(cities: Collection[str]) -> dict[str, ServiceState]:
    """The same for each of many cities; what is true of the whole house is looked at once."""
    looks, now = watched.lasts(cities), timezone.now()
    log, trusted = looks.get((watched.LOG, "")), clock.doubt() is None
    has_room = _short_of() is None
    return {
        city: ServiceState(
            policy_posted=_posted(city, looks.get((watched.POLICY, city)), now),
            clock_trusted=trusted,
            log_writable=log is None or log.good,
            disk_has_room=has_room,
        )
        for city in cities
    }


def troubles(cities: Iterable[str]) -> tuple[Trouble, ...]:
    """What is wrong with the house, or with one of these cities."""
    found = [_clock(), _log(), _disk(), _deletion()]
    for city in cities:
        try:
            found.append(_policy(in_force.profile(city), timezone.now()))
        except in_force.Unreadable as unreadable:
            found.append(_profile(city, unreadable))
        except in_force.NoPolicy:
            continue
    return tuple(trouble for trouble in found if trouble is not None)


def _posted(city: str, found: watched.Found | None, now: datetime) -> bool | None:
    if found is None:
        # Our own page is made by the program that asks; another's must be seen first.
        return True if watched.address(city) == watched.own_page(city) else None
    if abs(now - found.checked_at) > GRACE:
        return None  # nobody looks any more
    return found.good or (found.good_at is not None and now - found.good_at <= GRACE)


def _policy(profile: Profile, now: datetime) -> Trouble | None:
    found = watched.last(watched.POLICY, profile.id)
    posted = _posted(profile.id, found, now)
    if posted and (found is None or found.good):
        return None
    where, why = watched.address(profile.id), "nobody has looked yet" if not found else found.why
    stops = profile.gate.posting_required and posted is not True
    happened = f"The policy of {profile.title()} cannot be read at {where}: {why}."
    if stops:
        happened += " Its law lets nobody collect or look at reads without a posted policy."
    elif profile.gate.posting_required and found and found.good_at:
        happened += f" From {_time(found.good_at + GRACE)} nothing is collected or searched."
    return Trouble(
        watched.POLICY,
        f"{profile.title()}'s policy is not posted",
        happened,
        "Put the page back, or name the right address in PLATEWARD_POSTED_AT. It is looked for "
        "every five minutes, and work goes on by itself. Cameras keep what they see.",
        None if found is None else found.since,
        stops=stops,
    )


def _profile(city: str, unreadable: in_force.Unreadable) -> Trouble:
    return Trouble(
        "profile",
        f"The policy of {city} cannot be read",
        str(unreadable),
        "Restore the program version that adopted it, or adopt a readable version. Cameras keep "
        "what they see; nothing was lost.",
        None,
        stops=True,
    )


def _clock() -> Trouble | None:
    doubt = clock.doubt()
    if doubt is None:
        return None
    happened = f"{doubt.why} How old a read is could not be told. Nothing was lost."
    title = "The clock is not right"
    return Trouble("clock", title, happened, doubt.do_next, clock.doubted_since(), stops=True)


def _log() -> Trouble | None:
    found = watched.last(watched.LOG)
    if found is None or found.good:
        return None
    return Trouble(
        watched.LOG,
        "The log cannot be written",
        f"Nothing is done that cannot be recorded: {found.why}. Nothing was lost.",
        "Whoever runs the system finds the cause in the server's own log. It is tried again every "
        "few seconds, and work goes on by itself. Cameras keep what they see.",
        found.since,
        stops=True,
    )


def _short_of() -> tuple[Path, int] | None:
    """The disk of the built-in server, where there is one, and that of the keys."""
    return room.short_of([Path(settings.HOME) / "postgres", Path(settings.KEYS)])


def _disk() -> Trouble | None:
    found = _short_of()
    if found is None:
        return None
    folder, free = found
    return Trouble(
        "disk",
        "The disk is nearly full: cameras wait",
        f"{free // 1024**2} MiB are left, and they are kept for the log and for deletion, which "
        "go on. Nothing more is taken from cameras: they keep what they see. Nothing was lost.",
        f"Free some space under {folder}, or move it to a larger disk. Cameras are heard again by "
        "themselves.",
        None,
        stops=False,
    )


def _deletion() -> Trouble | None:
    found = watched.last(watched.DELETION)
    if found is None or found.good or clock.doubt():
        return None  # of a clock that is wrong now, one word is enough
    what, do_next = watched.DELETION, "Deletion goes on by itself once the clock is believed."
    return Trouble(what, "Nothing is deleted", found.why, do_next, found.since, stops=False)


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
