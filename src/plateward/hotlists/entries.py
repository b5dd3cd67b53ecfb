"""Put plates on a hotlist."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from plateward.audit import log
from plateward.gate.permit import Permit
from plateward.hotlists.models import Hotlist, Wanted
from plateward.plates.text import PlateText
from plateward.policy import in_force
from plateward.policy.vocabulary import Act


class CategoryNotAllowed(ValueError):
    """The city's policy does not name that kind of hotlist."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One plate to look for. `ends_at` is required: nothing is looked for without end."""

    hotlist: str
    category: str
    plate: PlateText
    why: str
    case_number: str
    ends_at: datetime


@transaction.atomic
def add(listing: Listing, *, permit: Permit) -> None:
    """Look for a plate in every city the permit names."""
    permit.require(Act.HOTLISTS_EDIT)
    for city in permit.cities:
        _check_category(city, listing.category)
        hotlist, _ = Hotlist.objects.get_or_create(
            city=city, name=listing.hotlist, defaults={"category": listing.category}
        )
        Wanted.objects.create(
            hotlist=hotlist,
            plate=listing.plate,
            why=listing.why,
            case_number=listing.case_number,
            added_by=permit.actor,
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


def _check_category(city: str, category: str) -> None:
    profile = in_force.profile(city)
    allowed = profile.at("hotlists.categories")
    if allowed and category not in allowed:
        clauses = ", ".join(profile.clauses_for("hotlists.categories"))
        raise CategoryNotAllowed(
            f"{profile.city} names no hotlist for {category.replace('_', ' ')} ({clauses}). "
            f"Allowed: {', '.join(sorted(allowed)).replace('_', ' ')}. Nothing was added."
        )
