"""The lists of a city: whose, of what kind, how old, how many plates; and the files that came."""

import csv

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from plateward.hotlists import browse
from plateward.hotlists.kinds import SOURCES, Kinds
from plateward.policy.profile import Profile
from plateward.web.hotlists import door


@never_cache
@require_GET
def page(request: HttpRequest, city: str) -> HttpResponse:
    try:
        profile, permit = door.counts(request, city)
    except door.NotOpen as closed:
        return closed.answer
    now = timezone.now()
    lines = browse.lists(permit=permit, now=now)
    context = context_of(profile) | {
        "lines": [(line, Kinds.words(line.category), _whose(line)) for line in lines],
        "silent": [line for line in lines if line.silent],
        "waiting": sum(line.waiting for line in lines),
        "files": browse.files(permit=permit, now=now),
        "keepers": door.keeping(profile),
    }
    return render(request, "staff/hotlists.html", context)


@never_cache
@require_GET
def report(request: HttpRequest, city: str, number: int) -> HttpResponse:
    """Every row of a file that was left out: its number and why. No plate stands in it."""
    try:
        _, permit = door.counts(request, city)
    except door.NotOpen as closed:
        return closed.answer
    rows = browse.refused_rows(number, permit=permit)
    if rows is None:
        return door.missing(request).answer
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="refused-rows-{number}.csv"'
    table = csv.writer(answer)
    table.writerow(["row", "why"])
    table.writerows(rows)
    return answer


def context_of(profile: Profile) -> dict[str, object]:
    """What every page about a city's lists says."""
    return {
        "city": profile.id,
        "city_title": profile.title(),
        "zone": profile.timezone,
        "kinds": Kinds.of(profile).in_words(),
    }


def _whose(line: browse.Line) -> str:
    if line.by_hand:
        return "entered by hand"
    return SOURCES.get(line.source, line.source) if line.source else "a file, source not said"
