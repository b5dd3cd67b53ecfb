"""Put plates on a hotlist by hand, with a second person where the policy asks for one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connections, transaction
from django.utils import timezone

from plateward.audit import log
from plateward.audit.body import Fact
from plateward.gate.permit import Permit
from plateward.hotlists.kinds import CategoryNotAllowed, Kinds
from plateward.hotlists.models import Edition, Hotlist, Wanted
from plateward.plates import wildcards
from plateward.plates.likeness import state_of
from plateward.plates.text import LONGEST, PlateText, normalise
from plateward.policy import in_force
from plateward.policy.periods import Period, moment_after
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act

__all__ = ["CategoryNotAllowed", "Listing", "NotChanged", "add", "approve", "check", "end"]

LONGEST_WHY: Final = 200
_INSTANT: Final = timedelta(microseconds=1)


class NotChanged(ValueError):
    """The entry is as it was; the message says why."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One plate to look for. `ends_at` is required: nothing is looked for without end.

    `plate` may hold the wildcards `?` and `*`. `state` is empty where it is not known.
    """

    hotlist: str
    category: str
    plate: PlateText
    why: str
    case_number: str
    ends_at: datetime
    begins_at: datetime | None = None
    state: str = ""
    vehicle: str = ""


@transaction.atomic
def add(listing: Listing, *, permit: Permit) -> list[int]:
    """Look for a plate in every city the permit names, or have it wait there for a second person.

    Return the entries' numbers. Raise CategoryNotAllowed, NotAPattern for wildcards that would fit
    nearly every plate, NotChanged where it is listed already, or ValueError for a text that is no
    plate, and for what the city's policy asks of an entry.
    """
    permit.require(Act.HOTLISTS_EDIT)
    check(listing)
    return [_added(listing, city, permit, replaces=None).pk for city in permit.cities]


@transaction.atomic
def replace(entry: int, listing: Listing, *, permit: Permit) -> int:
    """Put a corrected entry in the place of one, which ends as the new one begins to hold.

    What was there stays on record. Raise as `add` does, and NotChanged for an entry that ended.
    """
    permit.require(Act.HOTLISTS_EDIT)
    check(listing)
    old = _held(entry, permit)
    if old.pending:
        raise NotChanged("It waits for a second person: end it, then enter it anew.")
    new = _added(listing, old.hotlist.city, permit, replaces=old)
    if not new.pending:
        _end(old, permit, f"replaced by entry {new.pk}", timezone.now())
    return new.pk


@transaction.atomic
def approve(entry: int, *, permit: Permit) -> None:
    """Agree to what another person entered: from now on it is looked for.

    Raise NotChanged for one's own entry, and for one that waits for nobody or has lapsed.
    """
    permit.require(Act.HOTLISTS_EDIT)
    row, now = _held(entry, permit), timezone.now()
    if not row.pending:
        raise NotChanged("It waits for nobody: it is looked for already. Nothing was changed.")
    if row.added_by == permit.actor:
        raise NotChanged(
            "You entered it yourself, so another person must agree to it. Nothing was changed."
        )
    Kinds.of(in_force.profile(row.hotlist.city)).check_category(row.hotlist.category)
    row.pending, row.approved_by, row.approved_at = False, permit.actor, now
    row.edition = next_edition(row.hotlist.city)
    row.save()
    if row.replaces is not None and row.replaces.ends_at > now:
        _end(row.replaces, permit, f"replaced by entry {row.pk}", now)
    _log(row, permit, {"did": "approve", "entered_by": row.added_by})


@transaction.atomic
def end(entry: int, why: str, *, permit: Permit) -> None:
    """Look for it no longer, or refuse what waits for a second person. Raise NotChanged."""
    permit.require(Act.HOTLISTS_EDIT)
    if not why.strip():
        raise NotChanged("Say why it ends early. Nothing was changed.")
    row = _held(entry, permit)
    _end(row, permit, why.strip()[:LONGEST_WHY], timezone.now())


def _held(entry: int, permit: Permit) -> Wanted:
    """Locked until the change is committed."""
    row = (
        Wanted.objects.select_for_update(of=("self",))
        .select_related("hotlist", "replaces__hotlist")
        .filter(pk=entry, hotlist__city__in=permit.cities)
        .first()
    )
    if row is None:
        raise NotChanged("There is no entry of that number here. Nothing was changed.")
    if row.ends_at <= timezone.now():
        said = "lapsed before a second person agreed" if row.pending else "has ended"
        raise NotChanged(f"That entry {said}. Enter it anew if it is needed still.")
    if row.hotlist.feed:
        raise NotChanged(
            "It came with a file, and the next file would bring it back. Tell whoever keeps that "
            "list; until they correct it, suppress its alerts. Nothing was changed."
        )
    return row


def _end(row: Wanted, permit: Permit, why: str, now: datetime) -> None:
    row.ends_at = max(now, row.added_at + _INSTANT)
    row.ended_by, row.ended_why = permit.actor, why
    row.save()
    _log(row, permit, {"did": "decline" if row.pending else "end"}, ended_why=why)


def _added(listing: Listing, city: str, permit: Permit, *, replaces: Wanted | None) -> Wanted:
    profile = in_force.profile(city)
    _check_policy(listing, profile)
    hotlist = _list_of(listing, city)
    _check_new(listing, hotlist, replaces)
    waits = profile.at("hotlists").get("second_person") == "required"
    row = Wanted.objects.create(
        hotlist=hotlist,
        plate=listing.plate,
        why=listing.why[:LONGEST_WHY],
        case_number=listing.case_number,
        state=state_of(listing.state),
        vehicle=listing.vehicle,
        added_by=permit.actor,
        edition=next_edition(city),
        begins_at=listing.begins_at,
        ends_at=listing.ends_at,
        pending=waits,
        replaces=replaces,
    )
    _log(row, permit, {"did": "propose" if waits else "add"})
    return row


def _list_of(listing: Listing, city: str) -> Hotlist:
    hotlist, _ = Hotlist.objects.get_or_create(
        city=city, name=listing.hotlist, defaults={"category": listing.category}
    )
    if hotlist.feed:
        raise NotChanged(
            f"{hotlist.name} comes as a file. Enter the plate on a list of your own. Nothing was "
            "added."
        )
    if hotlist.category != listing.category:
        raise NotChanged(
            f"{hotlist.name} is a list of another kind: {Kinds.words(hotlist.category)}. Nothing "
            "was added."
        )
    return hotlist


def _check_new(listing: Listing, hotlist: Hotlist, replaces: Wanted | None) -> None:
    same = Wanted.objects.filter(
        hotlist=hotlist,
        plate=listing.plate,
        state=state_of(listing.state),
        case_number=listing.case_number,
        ends_at__gt=timezone.now(),
    )
    if replaces is not None:
        same = same.exclude(pk=replaces.pk)
    if found := same.first():
        waits = ", waiting for a second person" if found.pending else ""
        raise NotChanged(
            f"That plate is on {hotlist.name} under that case already, as entry {found.pk}{waits}. "
            "Nothing was added."
        )


def _log(row: Wanted, permit: Permit, did: dict[str, Fact], ended_why: str = "") -> None:
    private: dict[str, Fact] = {"plate": row.plate, "why": row.why, "case": row.case_number}
    city = row.hotlist.city
    log.append(
        actor=permit.actor,
        act=Act.HOTLISTS_EDIT,
        outcome="done",
        city=city,
        facts={
            "hotlist": row.hotlist.name,
            "entry": row.pk,
            "asked": permit.entries[city],
            **({"replaces": row.replaces_id} if row.replaces_id else {}),
            **did,
        },
        private=private | ({"ended_why": ended_why} if ended_why else {}),
    )


def next_edition(city: str) -> int:
    """Number a change that adds plates. Other changes of the city wait until it is committed."""
    Edition.objects.get_or_create(city=city)
    row = Edition.objects.select_for_update().get(city=city)
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT nextval('hotlists_edition_number')")
        row.number = cursor.fetchone()[0]
    row.save()
    return row.number


def check(listing: Listing) -> None:
    """Raise NotAPattern or ValueError, in words that name no plate."""
    plate = listing.plate
    if wildcards.is_pattern(plate):
        wildcards.check(plate)
    elif not plate or plate != normalise(plate) or len(plate) > LONGEST:
        raise ValueError(f"A plate has 1 to {LONGEST} letters and digits. Nothing was added.")
    if listing.state and not state_of(listing.state):
        raise ValueError("That state is none that a reader can tell. Nothing was added.")
    if listing.ends_at <= timezone.now():
        raise ValueError("The last day of that entry is over. Nothing was added.")
    if listing.begins_at is not None and listing.begins_at >= listing.ends_at:
        raise ValueError("It would end before it takes effect. Nothing was added.")


def _check_policy(listing: Listing, profile: Profile) -> None:
    """What the city's text asks of an entry, beyond what it asks of whoever makes it."""
    Kinds.of(profile).check_category(listing.category)
    longest = profile.at("hotlists").get("max_entry_period")
    if longest is None:
        return
    period = Period.parse(longest)
    latest = moment_after(timezone.now().astimezone(profile.zone), period)
    if listing.ends_at > _end_of_day(latest.astimezone(profile.zone)):
        raise ValueError(
            f"{profile.title()} lets a plate that is entered by hand be looked for "
            f"{period.words()} at most{_clauses(profile)}. Nothing was added."
        )


def _clauses(profile: Profile) -> str:
    found = ", ".join(profile.clauses_for("hotlists.max_entry_period"))
    return f" ({found})" if found else ""


def _end_of_day(moment: datetime) -> datetime:
    """A period of days ends with its last day, as people name days and not hours."""
    return (moment + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
