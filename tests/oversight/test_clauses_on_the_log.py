"""What clauses on the access log ask: who, when, why, what, for which agency, every time."""

import pytest
from django.utils import timezone

from plateward.audit import log
from plateward.gate import door
from plateward.gate.permit import Refused
from plateward.intake import receive
from plateward.people import training
from plateward.people.models import Person
from plateward.policy.decide import Reason
from plateward.policy.vocabulary import Act
from plateward.reads import search
from tests import cast

pytestmark = pytest.mark.django_db(transaction=True)
REASON = Reason(
    purpose="criminal_investigation", case_number="26-104233", note="burglary on Elm Street"
)


def asked(person: Person, city: str, plate: str = "TST4821") -> log.Entry:
    """Ask for a plate and give back the entry that the door wrote, whatever it decided."""
    query = search.Query.parse(plate=plate)
    try:
        permit = door.admit(
            person,
            Act.READS_SEARCH,
            REASON,
            cities=[city],
            query=query.facts(),
            breadth=query.breadth(now=timezone.now()),
            second_factor=True,
        )
        return log.entry(permit.entry)
    except Refused as refused:
        return log.entry(refused.refusals[0].entry)


@pytest.mark.parametrize(
    ("city", "name"),
    [
        (cast.CALABASAS, "gus"),
        (cast.CARSON, "gus"),
        (cast.WALNUT, "gus"),
        (cast.ODESSA, "dee"),
        (cast.WILLARD, "ana"),
    ],
)
def test_each_access_is_written_with_date_query_person_agency_and_purpose(
    cameras: dict[str, str], city: str, name: str
) -> None:
    person = cast.enrolled(name)
    entry = asked(person, city)
    assert entry.private is not None
    assert (entry.city, entry.actor) == (city, person.badge)
    assert (timezone.now() - entry.at).total_seconds() < 60
    assert entry.private["name"] == person.get_full_name()
    assert entry.private["agency"] == person.agency
    assert entry.private["query"]["plate"] == "TST4821"  # type: ignore[index,call-overload]
    assert entry.private["purpose"] == "criminal_investigation"
    assert entry.private["case"] == "26-104233"
    assert entry.private["note"] == "burglary on Elm Street"


def test_the_query_in_the_log_run_again_finds_the_same_reads(cameras: dict[str, str]) -> None:
    for plate in ("TST4821", "TST4822", "ABC1234"):
        receive.receive(cast.sighting(plate, device="cal-parkway"))
    gus = cast.enrolled("gus")
    query = search.Query.parse(plate="TST48*")
    found = []
    for asked_for in (query, None):
        again = asked_for or search.Query.parse(plate=str(_kept(gus)["plate"]))
        permit = door.admit(
            gus,
            Act.READS_SEARCH,
            REASON,
            cities=[cast.CALABASAS],
            query=again.facts(),
            breadth=again.breadth(now=timezone.now()),
            second_factor=True,
        )
        found.append({read.id for read in search.find(again, permit=permit).found})
    assert found[0] == found[1]
    assert len(found[0]) == 2


def _kept(person: Person) -> dict[str, object]:
    """The query of this person's last admitted search, as the log keeps it."""
    entry = next(each for each in log.latest(actor=person.badge) if each.outcome == "admitted")
    assert entry.private is not None
    query = entry.private["query"]
    assert isinstance(query, dict)
    return query


def test_a_course_is_on_record_with_who_gave_it(cities: tuple[str, ...]) -> None:
    gus = cast.enrolled("gus")
    course = training.Course(
        cast.WALNUT, timezone.localdate(), "certificate 9", provider="asd with lasd"
    )
    training.record(gus, course, by="test clerk")
    newest = max(training.courses(gus, cast.WALNUT), key=lambda each: each.completed_on)
    assert newest.provider == "asd with lasd"
    entry = log.latest(1, city=cast.WALNUT)[0]
    assert entry.facts["provider"] == "asd with lasd"
