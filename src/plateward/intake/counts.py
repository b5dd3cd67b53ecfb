"""Count what policy kept out, and what of vendors' messages was no read: numbers only."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db.models import Sum

from plateward.intake.models import Dropped

# Marks what a vendor's message held that is no read, apart from what field policy dropped.
_MESSAGE: Final = "message:"
_LONGEST: Final = 40
# What of a message is kept out by policy, whatever the city: no profile can allow it.
_BY_POLICY: Final = frozenset({"face", "person"})


def dropped(city: str, *, since: datetime) -> dict[str, int]:
    """How often each field, or a late read, was dropped since then."""
    rows = Dropped.objects.filter(city=city, at__gte=since).exclude(what__startswith=_MESSAGE)
    return {row["what"]: row["n"] for row in rows.values("what").annotate(n=Sum("often"))}


def left_out(city: str, *, since: datetime) -> dict[str, int]:
    """How often messages held what is no read, by rule, such as a vehicle without a plate."""
    rows = Dropped.objects.filter(city=city, at__gte=since, what__startswith=_MESSAGE)
    counted = rows.values("what").annotate(n=Sum("often"))
    return {row["what"].removeprefix(_MESSAGE): row["n"] for row in counted}


def leave_out(city: str, rules: Mapping[str, int], *, now: datetime) -> None:
    """Count what a message held that was not stored, by rule."""
    names = {rule: rule if rule in _BY_POLICY else _MESSAGE + rule for rule in rules}
    Dropped.objects.bulk_create(
        Dropped(city=city, at=now, what=names[rule][:_LONGEST], often=often)
        for rule, often in rules.items()
    )
