"""What the log holds: about oneself for everyone, about a city for those who audit it."""

import tempfile
from typing import Any, Final

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from plateward.audit import attempts, checkpoints, export, keys, log
from plateward.gate import door
from plateward.gate.permit import Permit, Refused
from plateward.people import standing
from plateward.policy import in_force
from plateward.policy.decide import Reason
from plateward.policy.vocabulary import Act
from plateward.web import faults, log_entry
from plateward.web.log_form import ExportForm, FilterForm
from plateward.web.presence import recently_confirmed
from plateward.web.signed_in import person_of, used_second_factor

MOST: Final = 50
_IN_MEMORY: Final = 8 * 1024 * 1024


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
    context = {"lines": log_entry.lines(entries), "audited": audited}
    _log_own_look(person.badge, len(entries))
    return render(request, "staff/log.html", context)


@never_cache
@require_GET
def own_entry(request: HttpRequest, index: int) -> HttpResponse:
    person = person_of(request)
    entry = _entry(index)
    if entry is None or entry.actor != person.badge:
        return faults.page(request, faults.NOT_FOUND)
    _log_own_look(person.badge, 1)
    return render(request, "staff/log_entry.html", {"whole": log_entry.whole(entry)})


@never_cache
@require_http_methods(["GET", "POST"])
def of_city(request: HttpRequest, city: str) -> HttpResponse:
    """By POST with a filter, so that no name is ever part of an address."""
    if city not in in_force.cities():
        return faults.page(request, faults.NOT_FOUND)
    form = FilterForm(request.POST if request.method == "POST" else None)
    context = _context(city) | {"form": form, "export": ExportForm()}
    if form.is_bound and not form.is_valid():
        return render(request, "staff/log_city.html", context, status=400)
    try:
        permit = _admit(request, city, form.asked())
    except Refused as refused:
        refusals = {"refusals": refused.refusals}
        return render(request, "staff/log_city.html", context | refusals, status=403)
    wanted = form.wanted(city, in_force.profile(city).zone)
    found = log.find(wanted, limit=MOST + 1)
    shown = found[:MOST]
    permit.answered({city: len(shown)})
    more = shown[-1].index if len(found) > MOST else None
    lines = {"lines": log_entry.lines(shown), "admitted": True, "more": more}
    return render(request, "staff/log_city.html", context | lines)


@never_cache
@require_GET
def city_entry(request: HttpRequest, city: str, index: int) -> HttpResponse:
    entry = _entry(index) if city in in_force.cities() else None
    if entry is None or entry.city != city:
        return faults.page(request, faults.NOT_FOUND)
    try:
        permit = _admit(request, city, {"entry": str(index)})
    except Refused as refused:
        context = _context(city) | {"refusals": refused.refusals}
        return render(request, "staff/log_city.html", context, status=403)
    permit.answered({city: 1})
    context = _context(city) | {"whole": log_entry.whole(entry)}
    return render(request, "staff/log_entry.html", context)


@never_cache
@require_POST
@recently_confirmed
def download(request: HttpRequest, city: str) -> HttpResponseBase:
    """The log as a file that proves itself; what it shows is itself an entry."""
    if city not in in_force.cities():
        return faults.page(request, faults.NOT_FOUND)
    form = ExportForm(request.POST)
    context = _context(city) | {"form": FilterForm(), "export": form}
    if not form.is_valid():
        return render(request, "staff/log_city.html", context, status=400)
    showing = form.showing()
    said = {"for": form.cleaned_data["audience"], **showing.facts()}
    try:
        permit = _admit(request, city, {"export": form.cleaned_data["audience"]})
    except Refused as refused:
        refusals = {"refusals": refused.refusals}
        return render(request, "staff/log_city.html", context | refusals, status=403)
    log.append(actor=permit.actor, act=Act.AUDIT_READ, outcome="exported", city=city, facts=said)
    return _file(request, city, showing, context)


def _file(
    request: HttpRequest, city: str, showing: export.Showing, context: dict[str, Any]
) -> HttpResponseBase:
    """Proven to its last entry; without its key the log leaves as far as it is signed."""
    attempts.report()
    try:
        checkpoints.sign_news(timezone.now())
    except keys.CannotSign as cannot:
        context = context | {"trouble": str(cannot)}
    try:
        size = export.size()
    except export.NothingSigned as nothing:
        trouble = {"trouble": str(nothing)}
        return render(request, "staff/log_city.html", context | trouble, status=503)
    file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - the response closes it
    for line in export.lines(size, city=city, showing=showing):
        file.write(line)
    file.seek(0)
    return FileResponse(
        file,
        as_attachment=True,
        filename=f"plateward-log-{city}-{size}.jsonl",
        content_type="application/jsonl",
    )


def _admit(request: HttpRequest, city: str, query: dict[str, str]) -> Permit:
    return door.admit(
        person_of(request),
        Act.AUDIT_READ,
        Reason(),
        cities=[city],
        query=query,
        second_factor=used_second_factor(request),
    )


def _log_own_look(badge: str, shown: int) -> None:
    """Who may see their own entries is everyone, so no gate is asked; it is an entry even so."""
    facts = {"own": True, "found": shown}
    log.append(actor=badge, act=Act.AUDIT_READ, outcome="answered", facts=facts)


def _entry(index: int) -> log.Entry | None:
    try:
        return log.entry(index)
    except log.NoEntry:
        return None


def _context(city: str) -> dict[str, Any]:
    return {"city": city, "city_title": in_force.profile(city).title()}


def _may_audit(held: standing.Held) -> bool:
    role = in_force.profile(held.city).role(held.role)
    return role is not None and Act.AUDIT_READ in role.acts
