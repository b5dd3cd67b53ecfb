"""Count what policy kept out: numbers only."""

from datetime import datetime

from django.db.models import Count

from plateward.intake.models import Dropped


def dropped(city: str, *, since: datetime) -> dict[str, int]:
    """How often each field, or a late read, was dropped since then."""
    rows = Dropped.objects.filter(city=city, at__gte=since).values("what").annotate(n=Count("pk"))
    return {row["what"]: row["n"] for row in rows}
