"""Every clause of a city for its staff: how it stands, and how often the log cited it."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from plateward.gate import door
from plateward.gate.permit import Refused
from plateward.oversight import trace
from plateward.people import standing
from plateward.people.models import Person
from plateward.policy import in_force
from plateward.policy.decide import Reason
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act
from plateward.web import faults
from plateward.web.signed_in import person_of, used_second_factor


@dataclass(frozen=True, slots=True)
class Row:
    """A clause with its counts as the person may see them."""

    clause: trace.Traced
    admitted: str
    refused: str
    ever: str
    tasks: tuple[trace.Task, ...]


@never_cache
@require_GET
def page(request: HttpRequest, city: str) -> HttpResponse:
    """Counts are no plates; whoever may see counts of this city may see these."""
    profile = in_force.profiles([city]).get(city)
    if profile is None:
        return faults.page(request, faults.NOT_FOUND)
    context: dict[str, object] = {"city": city, "city_title": profile.title()}
    person = person_of(request)
    try:
        permit = door.admit(
            person,
            Act.AGGREGATE_SEE,
            Reason(),
            cities=[city],
            second_factor=used_second_factor(request),
        )
    except Refused as refused:
        context |= {"refusals": refused.refusals}
        return render(request, "staff/trace.html", context, status=403)
    found = trace.of(city, now=timezone.now())
    exact = not _keeps_the_machine_running(person, profile)
    rows = [_row(found, clause, exact=exact) for clause in found.clauses]
    permit.answered({city: len(rows)})
    context |= {
        "trace": found,
        "rows": rows,
        "counted": trace.counted(found.clauses),
        "exact": exact,
        "smallest": trace.SMALLEST_CELL,
        "days": trace.WINDOW.days,
    }
    return render(request, "staff/trace.html", context)


def _row(found: trace.Trace, clause: trace.Traced, *, exact: bool) -> Row:
    evidence = found.evidence[clause.id]
    say = str if exact else trace.coarse
    return Row(
        clause=clause,
        admitted=say(evidence.lately.admitted),
        refused=say(evidence.lately.refused),
        ever=say(evidence.ever.all),
        tasks=evidence.tasks,
    )


def _keeps_the_machine_running(person: Person, profile: Profile) -> bool:
    """A vendor's role: it sees counts, and no small ones."""
    held = {post.city: post.role for post in standing.held_by(person)}
    role = profile.role(held.get(profile.id, ""))
    return role is None or role.upkeep_only
