"""Access requests: who opens what, for how long, and what the log says of each step."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from plateward.audit import log
from plateward.gate import door, requests
from plateward.gate.models import AccessRequest
from plateward.gate.permit import Permit, Refused, WrongPermit
from plateward.people.models import Person
from plateward.policy import in_force
from plateward.policy.circumstances import Breadth
from plateward.policy.decide import Reason
from plateward.policy.vocabulary import Act
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cities")]

PURPOSE, CASE, PLATE = "aid_investigation_and_prosecution", "26-10412", "ABC1234"
WHY = "robbery at Avalon Blvd"
BREADTH = Breadth(plate=PLATE, known_characters=7)


def admitted(person: Person, act: Act, city: str, reason: Reason, **told: Any) -> Permit:
    return door.admit(person, act, reason, cities=[city], second_factor=True, **told)


def ask(person: Person, city: str, **told: Any) -> requests.Line:
    asked = requests.Asked(PURPOSE, CASE, WHY, **({"plates": (PLATE,)} | told))
    permit = admitted(person, Act.REQUEST_OPEN, city, Reason(PURPOSE, CASE, WHY))
    return requests.ask(
        asked, by=person, profile=in_force.profile(city), permit=permit, now=timezone.now()
    )


def search(person: Person, city: str, reference: str, breadth: Breadth = BREADTH) -> Permit:
    reason = Reason(PURPOSE, CASE, WHY, request=reference, confirmed=frozenset({"warrant"}))
    query = {"plate": breadth.plate}
    return admitted(person, Act.READS_SEARCH, city, reason, query=query, breadth=breadth)


def may_answer(person: Person) -> Permit:
    return admitted(person, Act.SHARING_APPROVE, cast.WALNUT, Reason(PURPOSE, CASE, WHY))


@pytest.fixture
def gus() -> Person:
    return cast.enrolled("gus")


@pytest.fixture
def jo() -> Person:
    return cast.enrolled("jo")


def grant(reference: str, by: Person, *, days: int = 14) -> None:
    ends_on = timezone.localdate() + timedelta(days=days)
    requests.grant(
        reference,
        answer="granted",
        ends_on=ends_on,
        by=by,
        permit=may_answer(by),
        now=timezone.now(),
    )


def test_in_walnut_nothing_opens_before_the_director_grants_it(gus: Person, jo: Person) -> None:
    line = ask(gus, cast.WALNUT)
    assert line.state == "waiting"
    with pytest.raises(Refused) as told:
        search(gus, cast.WALNUT, line.reference)
    assert "WAL-4.7" in told.value.refusals[0].clauses
    grant(line.reference, jo)
    assert search(gus, cast.WALNUT, line.reference).cities == (cast.WALNUT,)


def test_in_carson_it_stands_open_on_record_for_a_week(gus: Person) -> None:
    line = ask(gus, cast.CARSON)
    zone = in_force.profile(cast.CARSON).zone
    today = timezone.now().astimezone(zone).date()
    assert (line.state, line.ends_on) == ("open", today + timedelta(days=7))
    assert search(gus, cast.CARSON, line.reference).cities == (cast.CARSON,)


def test_without_a_criminal_case_carson_opens_nothing(gus: Person) -> None:
    for reason in (Reason(PURPOSE, "", WHY), Reason(PURPOSE, "CAD 1234", WHY)):
        with pytest.raises(Refused) as told:
            admitted(gus, Act.REQUEST_OPEN, cast.CARSON, reason)
        assert "CAR-5.2" in told.value.refusals[0].clauses


@pytest.mark.parametrize("plate", ["XYZ9999", "ABC*"])
def test_a_request_opens_the_plates_it_names_and_no_others(gus: Person, plate: str) -> None:
    line = ask(gus, cast.CARSON)
    with pytest.raises(Refused) as told:
        search(gus, cast.CARSON, line.reference, Breadth(plate=plate, known_characters=7))
    assert told.value.refusals[0].rule == "open_request"


def test_a_request_is_its_agencys_alone(gus: Person) -> None:
    line = ask(gus, cast.CARSON)
    assert requests.open_for("Another Agency", cast.CARSON, today=timezone.localdate()) == []
    other = AccessRequest.objects.get()
    other.agency = "Another Agency"
    other.save()
    with pytest.raises(Refused):
        search(gus, cast.CARSON, line.reference)


def test_it_ends_on_its_day_and_when_it_is_closed(gus: Person) -> None:
    line = ask(gus, cast.CARSON)
    today = timezone.localdate()
    later = today + timedelta(days=9)
    assert requests.open_for(gus.agency, cast.CARSON, today=today) != []
    assert requests.open_for(gus.agency, cast.CARSON, today=later) == []
    permit = admitted(gus, Act.REQUEST_OPEN, cast.CARSON, Reason(PURPOSE, CASE, WHY))
    requests.close(line.reference, by=gus, permit=permit, now=timezone.now())
    assert requests.open_for(gus.agency, cast.CARSON, today=today) == []
    with pytest.raises(requests.NoSuchRequest):
        requests.close(line.reference, by=gus, permit=permit, now=timezone.now())
    with pytest.raises(Refused):
        search(gus, cast.CARSON, line.reference)


def test_what_is_refused_opens_nothing_and_says_why(gus: Person, jo: Person) -> None:
    line = ask(gus, cast.WALNUT)
    now = timezone.now()
    with pytest.raises(requests.WrongRequest, match="Say why"):
        requests.refuse(line.reference, answer=" ", by=jo, permit=may_answer(jo), now=now)
    requests.refuse(line.reference, answer="no such case", by=jo, permit=may_answer(jo), now=now)
    (shown,) = requests.of_agency(gus.agency, today=timezone.localdate())
    assert (shown.state, shown.answer) == ("refused", "no such case")
    with pytest.raises(Refused):
        search(gus, cast.WALNUT, line.reference)
    with pytest.raises(requests.NoSuchRequest):
        grant(line.reference, jo)


@pytest.mark.parametrize("days", [-2, requests.MOST_DAYS + 2])
def test_a_grant_has_a_last_day_that_is_not_far(gus: Person, jo: Person, days: int) -> None:
    line = ask(gus, cast.WALNUT)
    with pytest.raises(requests.WrongRequest, match="last day"):
        grant(line.reference, jo, days=days)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"plates": ()}, "plates"),
        ({"plates": (" ", "")}, "plates"),
        ({"plates": ("?!",)}, "plates"),
        ({"plates": tuple(f"ABC{n}" for n in range(11))}, "plates"),
        ({"plates": ("A" * 17,)}, "plates"),
        ({"plates": (), "seen_from": timezone.now()}, "plates"),
        (
            {"seen_from": timezone.now(), "seen_to": timezone.now() - timedelta(days=1)},
            "seen_to",
        ),
    ],
)
def test_what_asks_for_too_much_is_not_recorded(
    gus: Person, asked: dict[str, Any], field: str
) -> None:
    with pytest.raises(requests.WrongRequest) as told:
        ask(gus, cast.CARSON, **asked)
    assert told.value.field == field
    assert not AccessRequest.objects.exists()


def test_each_step_is_in_the_log_without_plate_or_case_in_public(gus: Person, jo: Person) -> None:
    line = ask(gus, cast.WALNUT)
    grant(line.reference, jo)
    steps = [e for e in reversed(log.latest(20)) if "step" in e.facts]
    assert [(e.facts["step"], e.actor, e.act) for e in steps] == [
        ("asked", gus.badge, Act.REQUEST_OPEN),
        ("granted", jo.badge, Act.SHARING_APPROVE),
    ]
    granted = steps[1]
    assert granted.facts["requested_when"] == line.asked_at.isoformat()
    assert granted.facts["provided_when"]
    assert granted.facts["provided_to"] == gus.agency
    for entry in log.latest(50):
        assert PLATE not in str(entry.facts)
        assert CASE not in str(entry.facts)


def test_counts_say_how_many_and_nothing_else(gus: Person) -> None:
    ask(gus, cast.CARSON)
    ask(gus, cast.WALNUT)
    since, today = timezone.now() - timedelta(days=1), timezone.localdate()
    assert requests.counts(cast.CARSON, since=since, today=today) == requests.Counts(1, 1, 0, 0, 1)
    assert requests.counts(cast.WALNUT, since=since, today=today) == requests.Counts(1, 0, 0, 1, 0)


def test_whoever_does_not_grant_sees_no_plate_of_it(gus: Person) -> None:
    line = ask(gus, cast.WALNUT)
    assert PLATE not in repr(requests.of_agency(gus.agency, today=timezone.localdate()))
    permit = admitted(gus, Act.REQUEST_OPEN, cast.WALNUT, Reason(PURPOSE, CASE, WHY))
    with pytest.raises(WrongPermit):
        requests.whole(line.reference, today=timezone.localdate(), permit=permit)
    with pytest.raises(Refused):
        may_answer(gus)


def test_a_permit_of_one_city_answers_nothing_of_another(gus: Person, jo: Person) -> None:
    line = ask(gus, cast.CARSON)
    with pytest.raises(requests.NoSuchRequest):
        requests.whole(line.reference, today=timezone.localdate(), permit=may_answer(jo))


@pytest.mark.parametrize("reference", ["", "R-", "R-x", "R-99999999", "L-1", "R-" + "9" * 30])
def test_a_reference_that_is_none_finds_nothing(reference: str) -> None:
    with pytest.raises(requests.NoSuchRequest):
        requests.line(reference, today=timezone.localdate())


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"agency": ""}, "request_comes_from_an_agency"),
        ({"purpose": ""}, "request_has_a_purpose"),
        ({"plates": []}, "request_names_plates_or_a_time"),
        ({"granted": True, "ends_on": timezone.localdate()}, "request_is_decided_at_an_instant"),
        ({"granted": True, "decided_at": timezone.now()}, "granted_request_comes_to_an_end"),
    ],
)
def test_the_table_refuses_what_must_not_be(
    gus: Person, changed: dict[str, Any], constraint: str
) -> None:
    told = {"city": cast.WALNUT, "agency": "A", "purpose": PURPOSE, "plates": [PLATE]} | changed
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        AccessRequest.objects.create(asked_by=gus, asked_at=timezone.now(), **told)


def test_nobody_grants_their_own(gus: Person) -> None:
    row = AccessRequest(city=cast.WALNUT, agency="A", purpose=PURPOSE, plates=[PLATE])
    row.asked_by, row.asked_at = gus, timezone.now()
    row.decided_by, row.decided_at, row.granted = gus, timezone.now(), False
    with pytest.raises(IntegrityError, match="nobody_grants"), transaction.atomic():
        row.save()
