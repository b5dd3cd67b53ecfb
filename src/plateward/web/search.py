"""Search the reads: the page most people here use most."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from plateward.gate import door
from plateward.gate.permit import Permit, Refusal, Refused
from plateward.people.models import Person
from plateward.policy import in_force
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act
from plateward.reads import search
from plateward.web import reasons
from plateward.web.search_form import Question, SearchForm
from plateward.web.signed_in import person_of, used_second_factor

FLAGS: Final = {
    "case_unknown": "The case number is not in the list of open cases. Check it.",
    "case_closed": "The case is closed in the list of cases. Check it.",
    "case_unreachable": "The list of open cases could not be asked.",
    "emergency_without_case": "It was made in an emergency without a case number: somebody reviews "
    "it afterwards.",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One read in the table, with its city's clock."""

    read: search.Found
    city_title: str
    zone: str


@dataclass(frozen=True, slots=True)
class Flag:
    """What a city's auditor will look at, in words."""

    city_title: str
    words: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a search. `slip` carries its reason to the reads; `entries` are in the log."""

    rows: tuple[Row, ...]
    more: bool
    refusals: tuple[Refusal, ...]
    flags: tuple[Flag, ...]
    admitted: tuple[str, ...]
    entries: tuple[int, ...]
    slip: str
    query: search.Query | None


@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """By POST, so that no plate and no case number is ever part of an address."""
    person = person_of(request)
    if request.method != "POST":
        return _page(request, SearchForm(person=person))
    form = SearchForm(request.POST, person=person)
    question = form.question()
    if question is None:
        return _page(request, form, status=400)
    try:
        permit = _admit(request, person, question)
    except Refused as refused:
        return _page(request, form, _nothing(refused.refusals), status=403)
    results = search.find(question.query, permit=permit)
    return _page(request, form, _outcome(results, permit, person, question.query))


def _admit(request: HttpRequest, person: Person, question: Question) -> Permit:
    return door.admit(
        person,
        Act.READS_SEARCH,
        question.reason,
        cities=question.cities,
        query=question.query.facts(),
        breadth=question.query.breadth(now=timezone.now()),
        second_factor=used_second_factor(request),
    )


def _outcome(
    results: search.Results, permit: Permit, person: Person, query: search.Query
) -> Outcome:
    profiles = in_force.profiles(permit.cities)
    rows = (
        Row(found, profiles[found.city].title(), profiles[found.city].timezone)
        for found in results.found
    )
    return Outcome(
        rows=tuple(rows),
        more=results.more,
        refusals=permit.refusals,
        flags=_flags(permit, profiles),
        admitted=tuple(profiles[city].title() for city in permit.cities),
        entries=tuple(permit.entries.values()),
        slip=reasons.carry(permit.reason, search=permit.entry, person=person),
        query=query,
    )


def _nothing(refusals: tuple[Refusal, ...]) -> Outcome:
    return Outcome((), False, refusals, (), (), (), "", None)


def _flags(permit: Permit, profiles: Mapping[str, Profile]) -> tuple[Flag, ...]:
    return tuple(
        Flag(profiles[city].title(), " ".join(FLAGS.get(code, code) for code in codes))
        for city, codes in permit.flags.items()
    )


def _page(
    request: HttpRequest, form: SearchForm, outcome: Outcome | None = None, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "outcome": outcome}
    return render(request, "staff/search.html", context, status=status)
