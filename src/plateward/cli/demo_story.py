"""What has happened in the demo region before anyone signs in, through the same doors as ever."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from django.utils import timezone

from plateward.cli.demo_region import CLERK
from plateward.gate import cases, door, requests, reviews
from plateward.gate.permit import Refused
from plateward.people.models import Person
from plateward.policy import in_force
from plateward.policy.decide import Reason
from plateward.policy.vocabulary import Act
from plateward.reads import search
from plateward.upkeep import duties, register
from plateward.upkeep.register import Deed

CASE, DISPATCH = "26-004417", "CAD 26-10377"
AID: Final = "aid_investigation_and_prosecution"


@dataclass(frozen=True, slots=True)
class Search:
    """One search of the past days; whether it was refused is for the city's policy to say."""

    who: str
    city: str
    reason: Reason


_SEARCHES: Final = (
    Search("ana", "willard-mo", Reason("crime_person_or_property", CASE, "burglary, 4th Street")),
    Search("ana", "odessa-mo", Reason("crime_person_or_property", "", "burglary, 4th Street")),
    Search("dee", "odessa-mo", Reason("crime_associated_vehicle", DISPATCH, "pursuit on I-70")),
    Search("kim", "calabasas-ca", Reason("code_enforcement_investigation", "CE-118", "dumping")),
    Search("ben", "willard-mo", Reason("crime_person_or_property", CASE, "burglary, 4th Street")),
    Search("gus", "carson-ca", Reason(AID, CASE, "robbery on Avalon Blvd")),
    Search("gus", "calabasas-ca", Reason("criminal_investigation", CASE, "robbery, Avalon Blvd")),
    Search("ana", "willard-mo", Reason("crime_person_or_property", "", "test")),
    Search("cy", "willard-mo", Reason("crime_person_or_property", CASE, "burglary, 4th Street")),
)


@dataclass(frozen=True, slots=True)
class Done:
    """A duty somebody did, and how long ago: once a period later it is overdue again."""

    who: str
    city: str
    duty: str
    days_ago: int
    found: str


_DONE: Final = (
    Done("eve", "carson-ca", "health-check", 45, "All cameras answer; Avalon Blvd lost its focus."),
    Done("jo", "walnut-ca", "health-check", 12, "Both cameras answer, the clocks are right."),
    Done("cy", "willard-mo", "audit", 20, "Ten searches looked at, drawn at random; all in order."),
)
# How each agency writes its case numbers, where its city has put that on record.
_FORMATS: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {("odessa-mo", "Odessa Police Department"): '"CAD "YY-NNNNN or YY-NNNNNN'}
)


def tell(plate: str) -> None:
    """All of it, once: what an interrupted run wrote already stays as it is."""
    for (city, agency), written in _FORMATS.items():
        if cases.format_of(city, agency) is None:
            source = cases.Source(city, agency, written, "", "")
            cases.put(source, by=CLERK, now=timezone.now())
    for done in _DONE:
        if not register.history(done.city, done.duty):
            _record(done)
    _ask_walnut(plate)
    _ask_the_attorney()
    for asked in _SEARCHES:
        _search(asked, plate)


def _record(done: Done) -> None:
    person, profile = _person(done.who), in_force.profile(done.city)
    duty = duties.one(profile, done.duty)
    if duty is None:
        raise LookupError(f"{done.city} has no duty {done.duty}.")
    permit = door.admit(
        person, duty.act, Reason(note=duty.title), cities=[done.city], second_factor=True
    )
    today = _today(done.city)
    deed = Deed(done.duty, today - timedelta(days=done.days_ago), done.found, "demonstration")
    register.done(deed, by=person.badge, permit=permit, today=today)


def _ask_walnut(plate: str) -> None:
    """The Sheriff's request, waiting for Walnut's director."""
    gus, city, why = _person("gus"), "walnut-ca", "robbery on Lemon Ave"
    if requests.of_agency(gus.agency, today=_today(city)):
        return
    reason = Reason(AID, CASE, why)
    permit = door.admit(gus, Act.REQUEST_OPEN, reason, cities=[city], second_factor=True)
    asked = requests.Asked(AID, CASE, why, plates=(plate,))
    requests.ask(asked, by=gus, profile=in_force.profile(city), permit=permit, now=timezone.now())


def _ask_the_attorney() -> None:
    """A use on no list of Willard's, waiting for its attorney."""
    ana, city, words = _person("ana"), "willard-mo", "find the owner of a stray herd"
    if reviews.has_asked(ana):
        return
    why = "cattle loose on US 160; no listed purpose fits"
    reason = Reason("other", note=why)
    permit = door.admit(ana, Act.REVIEW_ASK, reason, cities=[city], second_factor=True)
    reviews.ask(
        city,
        purpose_words=words,
        why=why,
        case_number="",
        by=ana,
        permit=permit,
        now=timezone.now(),
    )


def _search(asked: Search, plate: str) -> None:
    query = search.Query.parse(plate=plate)
    try:
        permit = door.admit(
            _person(asked.who),
            Act.READS_SEARCH,
            asked.reason,
            cities=[asked.city],
            query=query.facts(),
            breadth=query.breadth(now=timezone.now()),
            second_factor=True,
        )
    except Refused:
        return  # the log has it, with the clause
    search.find(query, permit=permit)


def _person(name: str) -> Person:
    return Person.objects.get(username=name)


def _today(city: str) -> date:
    return timezone.now().astimezone(in_force.profile(city).zone).date()
