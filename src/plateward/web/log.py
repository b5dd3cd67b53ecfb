"""What the log holds: about oneself for everyone, about a city for those who audit it."""

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from plateward.audit import log
from plateward.gate import door
from plateward.gate.permit import Refused
from plateward.people import standing
from plateward.policy import in_force
from plateward.policy.decide import Reason
from plateward.policy.vocabulary import Act
from plateward.web import faults, words
from plateward.web.signed_in import person_of, used_second_factor

MOST: Final = 50


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as the page shows it. `details` are (name, value) in words."""

    entry: log.Entry
    city_title: str
    zone: str
    details: tuple[tuple[str, str], ...]


@never_cache
@require_GET
def own(request: HttpRequest) -> HttpResponse:
    """The person's own entries, so that everyone sees that the log is real."""
    person = person_of(request)
    entries = log.latest(MOST, actor=person.badge)
    audited = [
        (held.city, in_force.profile(held.city).title())
        for held in standing.held_by(person)
        if _may_audit(held)
    ]
    return render(request, "staff/log.html", {"lines": _lines(entries), "audited": audited})


@never_cache
@require_GET
def of_city(request: HttpRequest, city: str) -> HttpResponse:
    if city not in in_force.cities():
        return faults.page(request, faults.NOT_FOUND)
    context = {"city": city, "city_title": in_force.profile(city).title()}
    try:
        permit = door.admit(
            person_of(request),
            Act.AUDIT_READ,
            Reason(),
            cities=[city],
            second_factor=used_second_factor(request),
        )
    except Refused as refused:
        refusals = {"refusals": refused.refusals}
        return render(request, "staff/log_city.html", context | refusals, status=403)
    lines = _lines(log.latest(MOST, city=city))
    permit.answered({city: len(lines)})
    return render(request, "staff/log_city.html", context | {"lines": lines})


def _may_audit(held: standing.Held) -> bool:
    role = in_force.profile(held.city).role(held.role)
    return role is not None and Act.AUDIT_READ in role.acts


def _lines(entries: list[log.Entry]) -> list[Line]:
    served = in_force.profiles(entry.city for entry in entries if entry.city)
    lines = []
    for entry in entries:
        profile = served.get(entry.city or "")
        title, zone = (profile.title(), profile.timezone) if profile else ("", "UTC")
        lines.append(Line(entry, title, zone, _details(entry)))
    return lines


def _details(entry: log.Entry) -> tuple[tuple[str, str], ...]:
    private = entry.private or {}
    query = private.get("query")
    asked = query if isinstance(query, dict) else {}
    clauses = entry.facts.get("clauses")
    said = (
        ("Purpose", _purpose(entry)),
        ("Case", private.get("case")),
        ("Plate", asked.get("plate")),
        ("Read", asked.get("read")),
        ("Found by", _number(asked.get("search"))),
        ("Camera", asked.get("camera")),
        ("Note", private.get("note")),
        ("Clauses", ", ".join(map(str, clauses)) if isinstance(clauses, list) else ""),
        ("Found", entry.facts.get("found")),
        ("Answer to", _number(entry.facts.get("asked"))),
        ("Factor", entry.facts.get("factor")),
        ("Alert", str(entry.facts.get("category", "")).replace("_", " ")),
        ("Reads deleted", entry.facts.get("reads")),
    )
    return tuple((name, str(value)) for name, value in said if value not in (None, ""))


def _purpose(entry: log.Entry) -> str:
    code = entry.facts.get("purpose")
    return words.purpose(str(code)) if code else ""


def _number(index: object) -> str:
    return f"#{index}" if index not in (None, "") else ""
