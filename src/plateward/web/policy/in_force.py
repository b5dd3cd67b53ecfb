"""A city's policy to whoever configures it: what is in force, and every version before it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from plateward.policy import in_force
from plateward.policy.models import Adoption
from plateward.policy.profile import Profile
from plateward.web.policy import door
from plateward.web.policy import draft as policy_draft
from plateward.web.policy import told as policy_told


@never_cache
@require_GET
def page(request: HttpRequest, city: str) -> HttpResponse:
    try:
        profile, permit = door.opened(request, city)
    except door.NotOpen as closed:
        return closed.answer
    versions = policy_told.history(in_force.history(city))
    context = {
        "city": city,
        "city_title": profile.title(),
        "zone": profile.timezone,
        "version": versions[0],
        "versions": versions,
        "laws": policy_told.laws(profile),
        "answers": policy_told.answers(profile),
        "suspended": policy_told.suspended(profile),
        "clauses": [each for each in profile.clauses if each.city == city],
        "draft": policy_draft.kept(request.session, city, by=permit.actor),
    }
    return render(request, "staff/policy.html", context)


@never_cache
@require_GET
def version(request: HttpRequest, city: str, number: int) -> HttpResponse:
    """One version, to be read, and what it changed of the one before it."""
    try:
        profile, _ = door.opened(request, city)
    except door.NotOpen as closed:
        return closed.answer
    rows = {row.version: row for row in in_force.history(city)}
    if number not in rows:
        return door.missing(request).answer
    context: dict[str, object] = {
        "city": city,
        "city_title": profile.title(),
        "zone": profile.timezone,
        "version": policy_told.history([rows[number]])[0],
        "is_in_force": number == profile.version,
        "text": rows[number].document,
    }
    try:
        context |= _read_out(rows[number], rows.get(number - 1))
    except in_force.NoPolicy as unreadable:
        context |= {"unreadable": unreadable}
    return render(request, "staff/policy_version.html", context)


def _read_out(row: Adoption, row_before: Adoption | None) -> dict[str, object]:
    read = in_force.version(row.city, row.version)
    told: dict[str, object] = {"sections": policy_told.read_out(read)}
    if row_before is not None:
        before: Profile = in_force.version(row.city, row_before.version)
        told |= {"before": row_before.version, "changes": policy_told.changes(before, read)}
    return told
