"""Search the reads: the page most people here use most."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.core import signing
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
from plateward.reads import saved as saved_queries
from plateward.reads import search
from plateward.web import reasons, search_map
from plateward.web.downloads_take import may_take
from plateward.web.search_form import Question, SearchForm
from plateward.web.search_words import in_words
from plateward.web.signed_in import person_of, used_second_factor

FLAGS: Final = {
    "case_unknown": "The case number is not in the list of open cases. Check it.",
    "case_closed": "The case is closed in the list of cases. Check it.",
    "case_unreachable": "The list of open cases could not be asked.",
    "emergency_without_case": "It was made in an emergency without a case number: somebody reviews "
    "it afterwards.",
}
USUAL_DAYS: Final = 30  # that a saved query is kept, unless somebody chooses otherwise
DARK: Final = "plateward_search"  # the cookie by which a browser chose dark
_SAVED_SALT: Final = "plateward.web.search.saved"
_LATE: Final = (
    "The page before this one was opened too long ago, or by somebody else. Search again to begin "
    "with the newest reads. Nothing was searched."
)


@dataclass(frozen=True, slots=True)
class Turn:
    """Which page of a search is asked for. `asked_at`: when its first page was, from which "the
    last hour" counts; `first`: the log entry of that page, "" for the first itself."""

    asked_at: datetime
    page: str = ""
    number: int = 1
    first: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One read in the table, with its city's clock. `spot`: the number of its place on the map."""

    read: search.Found
    city_title: str
    zone: str
    spot: int | None

    @property
    def vehicle(self) -> str:
        told = self.read.vehicle
        return " ".join(filter(None, (told.color, told.make, told.model, told.body_type)))


@dataclass(frozen=True, slots=True)
class Flag:
    """What a city's auditor will look at, in words."""

    city_title: str
    words: str


@dataclass(frozen=True, slots=True)
class Admitted:
    """A city that answered, and how long it keeps reads."""

    id: str
    title: str
    kept: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a search. `slip` carries its reason to the reads; `entries` are in the log."""

    rows: tuple[Row, ...]
    refusals: tuple[Refusal, ...]
    turn: Turn
    flags: tuple[Flag, ...] = ()
    admitted: tuple[Admitted, ...] = ()
    entries: tuple[int, ...] = ()
    slip: str = ""
    next: str = ""
    case_number: str = ""
    said: tuple[str, ...] = ()
    map: Mapping[str, object] | None = None
    takes: frozenset[str] = frozenset()  # the cities whose reads this person may ask to download

    @property
    def titles(self) -> list[str]:
        return [city.title for city in self.admitted]


@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """By POST, so that no plate and no case number is ever part of an address."""
    person = person_of(request)
    if request.method != "POST":
        return shown(request, SearchForm(person=person))
    form = SearchForm(request.POST, person=person)
    turn = _turn(request, person)
    if turn.page and not turn.first:
        form.complain("page", _LATE)
    question = form.question(now=turn.asked_at, page=turn.page)
    if question is None:
        return shown(request, form, status=400)
    try:
        permit = _admit(request, person, question, turn)
        results = search.find(question.query, permit=permit)
    except Refused as refused:
        return shown(request, form, Outcome((), refused.refusals, turn), status=403)
    except search.BadQuery as wrong:
        form.complain(wrong.field, str(wrong))
        return shown(request, form, status=400)
    return shown(request, form, _outcome(results, permit, form, question, turn))


def shown(
    request: HttpRequest,
    form: SearchForm,
    outcome: Outcome | None = None,
    *,
    status: int = 200,
    saved: tuple[str, str] | None = None,
) -> HttpResponse:
    """`saved`: the reference and the case of a saved query that filled in the form."""
    person = person_of(request)
    token = request.POST.get("saved", "") if saved is None else _token(person, *saved)
    context = {
        "form": form,
        "outcome": outcome,
        "map": search_map.of_form(form.standing, form.of_city),
        "opened": form.opened(),
        "saved": token,
        "saved_as": _saved(token, person)[0],
        "last_day": timezone.localdate() + timedelta(days=USUAL_DAYS),
        "most_days": saved_queries.LONGEST_FOR.days - 1,
        "dark": request.COOKIES.get(DARK) == "dark",
    }
    return render(request, "staff/search.html", context, status=status)


def _turn(request: HttpRequest, person: Person) -> Turn:
    now, sent = timezone.now(), request.POST
    if not (page := sent.get("page", "")):
        return Turn(now)
    slip = reasons.carried(sent.get("first", ""), person=person)
    number = sent.get("number", "")
    return Turn(
        asked_at=_lately(sent.get("asked_at", ""), now) or now,
        page=page,
        number=int(number) if number.isascii() and number.isdigit() and len(number) < 5 else 2,
        first=slip.search if slip else "",
    )


def _lately(written: str, now: datetime) -> datetime | None:
    """An instant from which a slip would still be good; one from before begins no page."""
    try:
        instant = datetime.fromisoformat(written)
    except ValueError:
        return None
    earliest = now - timedelta(seconds=reasons.GOOD_FOR_SECONDS)
    return instant if instant.tzinfo and earliest <= instant <= now else None


def _admit(request: HttpRequest, person: Person, question: Question, turn: Turn) -> Permit:
    reference, case = _saved(request.POST.get("saved", ""), person)
    return door.admit(
        person,
        Act.READS_SEARCH,
        question.reason,
        cities=question.cities,
        query={
            **question.query.facts(),
            "page_of": turn.first,
            "saved": reference if case == question.reason.case_number else "",
        },
        breadth=question.query.breadth(now=timezone.now()),
        second_factor=used_second_factor(request),
    )


def _token(person: Person, reference: str, case: str) -> str:
    return signing.dumps([person.pk, reference, case], salt=_SAVED_SALT)


def _saved(token: str, person: Person) -> tuple[str, str]:
    """The saved query that filled in the form, and its case; both "" where none did."""
    try:
        whose, reference, case = signing.loads(token, salt=_SAVED_SALT)
    except signing.BadSignature:
        return "", ""
    return (str(reference), str(case)) if whose == person.pk else ("", "")


def _outcome(
    results: search.Results, permit: Permit, form: SearchForm, question: Question, turn: Turn
) -> Outcome:
    profiles = in_force.profiles(permit.cities)
    spots = search_map.Spots(results.found, form.standing)
    first = int(turn.first) if turn.first else permit.entry
    rows = (
        Row(found, profiles[found.city].title(), profiles[found.city].timezone, number)
        for found, number in zip(results.found, spots.numbers(), strict=True)
    )
    return Outcome(
        rows=tuple(rows),
        refusals=permit.refusals,
        turn=turn,
        flags=_flags(permit, profiles),
        admitted=tuple(
            Admitted(city, profiles[city].title(), profiles[city].retention_words())
            for city in permit.cities
        ),
        entries=tuple(permit.entries.values()),
        slip=reasons.carry(permit.reason, search=first, person=form.person),
        next=results.next,
        case_number=permit.reason.case_number,
        said=in_words(question.query, form.standing, profiles[permit.cities[0]].timezone),
        map=search_map.of_results(spots, form.standing, profiles, question.query.area),
        takes=may_take(form.person, profiles),
    )


def _flags(permit: Permit, profiles: Mapping[str, Profile]) -> tuple[Flag, ...]:
    return tuple(
        Flag(profiles[city].title(), " ".join(FLAGS.get(code, code) for code in codes))
        for city, codes in permit.flags.items()
    )
