"""Legal review: a use on no list opens nothing until the city's attorney has approved it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from plateward.audit import log
from plateward.gate import door, reviews
from plateward.gate.models import LegalReview
from plateward.gate.permit import Permit, Refused
from plateward.people.models import Person
from plateward.policy.circumstances import Breadth
from plateward.policy.decide import Reason
from plateward.policy.vocabulary import Act
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cities")]

USE, WHY, NOTE = "find a stray herd", "cattle on US 160", "the herd seen near Jackson St"
OPINION = "within section 3 as public safety"


def admitted(person: Person, act: Act, reason: Reason, **told: Any) -> Permit:
    return door.admit(person, act, reason, cities=[cast.WILLARD], second_factor=True, **told)


def ask(person: Person, **told: str) -> str:
    permit = admitted(person, Act.REVIEW_ASK, Reason(note=USE))
    words = {"purpose_words": USE, "why": WHY, "case_number": ""} | told
    return reviews.ask(cast.WILLARD, by=person, permit=permit, now=timezone.now(), **words)


def decide(reference: str, by: Person, *, approved: bool, days: int = 30, **told: str) -> None:
    reviews.decide(
        reference,
        approved=approved,
        opinion=told.get("opinion", OPINION),
        until=timezone.localdate() + timedelta(days=days),
        by=by,
        permit=admitted(by, Act.LEGAL_REVIEW, Reason()),
        now=timezone.now(),
    )


def search(person: Person, review: str) -> Permit:
    breadth = Breadth(plate="ABC1234", known_characters=7)
    reason = Reason(purpose="other", note=NOTE, review=review)
    return admitted(person, Act.READS_SEARCH, reason, breadth=breadth, query={"plate": "ABC1234"})


@pytest.fixture
def ana() -> Person:
    return cast.enrolled("ana")


@pytest.fixture
def mia() -> Person:
    return cast.enrolled("mia")


def test_nothing_is_searched_before_the_attorney_approves(ana: Person, mia: Person) -> None:
    reference = ask(ana)
    for review in ("", reference):
        with pytest.raises(Refused) as told:
            search(ana, review)
        assert told.value.refusals[0].rule == "purpose_needs_legal_review"
        assert "WIL-5.3" in told.value.refusals[0].clauses
    decide(reference, mia, approved=True)
    permit = search(ana, reference)
    assert log.entry(permit.entry).facts["review"] == reference


def test_a_refused_review_opens_nothing(ana: Person, mia: Person) -> None:
    reference = ask(ana)
    decide(reference, mia, approved=False)
    with pytest.raises(Refused):
        search(ana, reference)
    (line,) = reviews.of_person(ana, today=timezone.localdate())
    assert (line.state, line.opinion, line.until) == ("refused", OPINION, None)


def test_an_approval_is_for_the_person_who_asked(ana: Person, mia: Person) -> None:
    reference = ask(ana)
    decide(reference, mia, approved=True)
    LegalReview.objects.update(asked_by=cast.enrolled("ben"))
    with pytest.raises(Refused):
        search(ana, reference)


def test_an_approval_ends(ana: Person, mia: Person) -> None:
    decide(ask(ana), mia, approved=True)
    today = timezone.localdate()
    assert reviews.approved_for(ana, cast.WILLARD, today=today) != []
    assert reviews.approved_for(ana, cast.WILLARD, today=today + timedelta(days=32)) == []


def test_the_decision_is_in_writing_and_made_once(ana: Person, mia: Person) -> None:
    reference = ask(ana)
    with pytest.raises(reviews.WrongReview, match="in writing"):
        decide(reference, mia, approved=False, opinion=" ")
    with pytest.raises(reviews.WrongReview, match="last day"):
        decide(reference, mia, approved=True, days=reviews.MOST_DAYS + 2)
    decide(reference, mia, approved=False)
    with pytest.raises(reviews.NoSuchReview):
        decide(reference, mia, approved=True)


def test_only_the_attorney_decides(ana: Person) -> None:
    reference = ask(ana)
    with pytest.raises(Refused):
        decide(reference, ana, approved=True)


def test_nobody_is_asked_an_empty_question(ana: Person) -> None:
    with pytest.raises(reviews.WrongReview) as told:
        ask(ana, why="  ")
    assert told.value.field == "why"
    assert not LegalReview.objects.exists()


def test_each_step_is_in_the_log_and_what_it_is_about_stays_private(
    ana: Person, mia: Person
) -> None:
    decide(ask(ana), mia, approved=True)
    steps = [e for e in reversed(log.latest(20)) if "step" in e.facts]
    assert [(e.facts["step"], e.actor) for e in steps] == [
        ("asked", ana.badge),
        ("approved", mia.badge),
    ]
    for entry in log.latest(30):
        assert USE not in str(entry.facts)
        assert OPINION not in str(entry.facts)


def test_the_list_of_what_waits_does_not_say_what_it_is_about(ana: Person, mia: Person) -> None:
    ask(ana)
    waiting = reviews.waiting([cast.WILLARD], but_not_of=mia)
    assert len(waiting) == 1
    assert USE not in repr(waiting)
    assert reviews.waiting([cast.WILLARD], but_not_of=ana) == []


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"why": ""}, "review_says_what_for"),
        ({"purpose_words": ""}, "review_says_what_for"),
        ({"approved": False}, "review_is_decided_in_writing"),
        ({"approved": True, "opinion": "x"}, "approved_review_comes_to_an_end|decided_in_writing"),
    ],
)
def test_the_table_refuses_what_must_not_be(
    ana: Person, changed: dict[str, Any], constraint: str
) -> None:
    told = {"city": cast.WILLARD, "agency": "A", "purpose_words": USE, "why": WHY} | changed
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        LegalReview.objects.create(asked_by=ana, asked_at=timezone.now(), **told)
