"""What each city publishes about its plate readers. No sign-in, and no way to a plate."""

from collections.abc import Callable
from datetime import UTC, date
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from plateward.oversight import answers, cities, month, places, proof, rules, trace
from plateward.oversight import deletions as oversight_deletions
from plateward.oversight.stopped import what_stopped
from plateward.web.public import drawing

Page = Callable[..., HttpResponse]


def public(view: Page) -> Page:
    """Open to everyone; a city that is not served here is no page."""

    @wraps(view)
    def opened(request: HttpRequest, **names: Any) -> HttpResponse:
        try:
            return view(request, **names)
        except cities.NoSuchCity as none:
            raise Http404(str(none)) from none

    return login_not_required(require_safe(opened))


@public
def everywhere(request: HttpRequest) -> HttpResponse:
    return render(request, "public/cities.html", {"cities": cities.served()})


@public
def city(request: HttpRequest, city: str) -> HttpResponse:
    counted = month.of(city, now=timezone.now())
    context = {
        "city": cities.one(city),
        "month": counted,
        "chart": drawing.chart(counted.days),
        "rules": rules.of(city),
        "checkpoint": proof.latest(),
        "stopped": what_stopped(city),
    }
    return render(request, "public/city.html", context)


@public
def policy(request: HttpRequest, city: str) -> HttpResponse:
    clauses = trace.clauses_of(city)
    context = {
        "city": cities.one(city),
        "rules": rules.of(city),
        "papers": rules.papers(city),
        "watched": rules.watched(city),
        "answers": answers.of(city),
        "laws": answers.laws(city),
        "clauses": clauses,
        "counted": trace.counted(clauses),
    }
    return render(request, "public/policy.html", context)


@public
def deletions(request: HttpRequest, city: str) -> HttpResponse:
    today = timezone.now().astimezone(UTC).date()
    context = {
        "city": cities.one(city),
        "months": oversight_deletions.of(city, today=today),
        "checkpoint": proof.latest(),
    }
    return render(request, "public/deletions.html", context)


@public
def deletion(request: HttpRequest, city: str, day: str) -> HttpResponse:
    """A day's certificate, as a file."""
    try:
        found = oversight_deletions.proof(city, date.fromisoformat(day))
    except ValueError:
        found = None
    if found is None:
        raise Http404(f"No deletions of {city} are certified for {day}.")
    return HttpResponse(
        found,
        content_type="application/jsonl",
        headers={"Content-Disposition": f'attachment; filename="deletions-{city}-{day}.jsonl"'},
    )


@public
def cameras(request: HttpRequest, city: str) -> HttpResponse:
    standing = places.of(city)
    context = {"city": cities.one(city), "places": standing, "plan": drawing.plan(standing)}
    return render(request, "public/cameras.html", context)
