"""What came of alerts, in numbers: for those who may see counts."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from plateward.gate import door
from plateward.gate.permit import Refused
from plateward.hotlists import counts, review
from plateward.people import standing
from plateward.policy import in_force
from plateward.policy.decide import Reason
from plateward.policy.vocabulary import Act
from plateward.web.signed_in import person_of, used_second_factor

DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class Counted:
    """One city's. `rejected` and `outcomes`: in words, with how often."""

    title: str
    raised: int
    reviewed: counts.Reviewed
    rejected: tuple[tuple[str, int], ...]
    outcomes: tuple[tuple[str, int], ...]


@never_cache
@require_GET
def page(request: HttpRequest, city: str = "") -> HttpResponse:
    """Of one city, or of each in which the person holds a role."""
    person = person_of(request)
    asked = [city] if city else [post.city for post in standing.held_by(person)]
    try:
        permit = door.admit(
            person,
            Act.AGGREGATE_SEE,
            Reason(),
            cities=asked or in_force.cities(),
            second_factor=used_second_factor(request),
        )
    except Refused as refused:
        refusals = {"refusals": refused.refusals}
        return render(request, "staff/alert_counts.html", refusals, status=403)
    context = {
        "cities": [_counted(city) for city in permit.cities],
        "days": DAYS,
        "refusals": permit.refusals,
    }
    return render(request, "staff/alert_counts.html", context)


def _counted(city: str) -> Counted:
    since = timezone.now() - timedelta(days=DAYS)
    reviewed = counts.reviewed(city, since=since)
    return Counted(
        title=in_force.profile(city).title(),
        raised=counts.raised(city, since=since),
        reviewed=reviewed,
        rejected=tuple((review.REASONS[each], n) for each, n in reviewed.rejected.items()),
        outcomes=tuple((review.OUTCOMES[each], n) for each, n in reviewed.outcomes.items()),
    )
