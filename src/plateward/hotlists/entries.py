"""Put plates on a hotlist."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connections, transaction
from django.utils import timezone

from plateward.audit import log
from plateward.gate.permit import Permit
from plateward.hotlists.models import Edition, Hotlist, Wanted
from plateward.plates import wildcards
from plateward.plates.likeness import state_of
from plateward.plates.text import LONGEST, PlateText, normalise
from plateward.policy import in_force
from plateward.policy.vocabulary import Act


class CategoryNotAllowed(ValueError):
    """The city's policy does not name that kind of hotlist."""


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
def add(listing: Listing, *, permit: Permit) -> None:
    """Look for a plate in every city the permit names.

    Raise CategoryNotAllowed, NotAPattern for wildcards that would fit nearly every plate, or
    ValueError for a text that is no plate.
    """
    permit.require(Act.HOTLISTS_EDIT)
    check(listing)
    for city in permit.cities:
        check_category(city, listing.category)
        hotlist, _ = Hotlist.objects.get_or_create(
            city=city, name=listing.hotlist, defaults={"category": listing.category}
        )
        Wanted.objects.create(
            hotlist=hotlist,
            plate=listing.plate,
            why=listing.why,
            case_number=listing.case_number,
            state=state_of(listing.state),
            vehicle=listing.vehicle,
            added_by=permit.actor,
            edition=next_edition(city),
            begins_at=listing.begins_at,
            ends_at=listing.ends_at,
        )
        log.append(
            actor=permit.actor,
            act=Act.HOTLISTS_EDIT,
            outcome="done",
            city=city,
            facts={"hotlist": hotlist.name, "asked": permit.entries[city]},
            private={"plate": listing.plate, "why": listing.why, "case": listing.case_number},
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


def check_category(city: str, category: str) -> None:
    profile = in_force.profile(city)
    allowed = profile.at("hotlists.categories")
    if allowed and category not in allowed:
        clauses = ", ".join(profile.clauses_for("hotlists.categories"))
        raise CategoryNotAllowed(
            f"{profile.city} names no hotlist for {category.replace('_', ' ')} ({clauses}). "
            f"Allowed: {', '.join(sorted(allowed)).replace('_', ' ')}. Nothing was added."
        )
