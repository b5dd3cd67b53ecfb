"""One paper, five answers: what a city's text keeps longer, and on which ground.

Rows D05 to D07 of the table that `docs/reference/differential-tests.md` prints.
"""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.utils import timezone

from plateward.audit import log
from plateward.custody import holds, holds_shown, media_register, retention
from plateward.gate.permit import Permit, Refused
from plateward.policy import in_force
from plateward.policy.decide import Reason
from plateward.policy.holds import DataClass
from plateward.policy.vocabulary import Act
from tests import cast
from tests.cast import CALABASAS, CARSON, ODESSA, WALNUT, WILLARD
from tests.journeys import story
from tests.journeys.five_cities import CAMERA, CASE, CITIES, PLATE, SEARCHER, WHY, House

# Who approves where somebody else asked: in Odessa, whose text names nobody, another member.
AGREES = {WILLARD: "cy", ODESSA: "dee", CALABASAS: "lou", WALNUT: "jo"}


@pytest.fixture
def house(cameras: dict[str, str]) -> House:
    return House()


def allowed(house: House, city: str, act: Act, name: str) -> Permit:
    answer = house.ask(city, act, who=house.person(name))
    assert isinstance(answer, Permit), answer
    return answer


def asked(house: House, city: str, kind: str, read: int, **other: object) -> int | Refused:
    """The number of the hold, asked for by whoever searches there; or the refusal."""
    what: dict[str, object] = {
        "ground": kind,
        "reference": "24-CV-1077",
        "case_number": CASE,
        "why": WHY,
        "scope": holds.Scope("reads", (read,)),
        "review_on": timezone.localdate() + timedelta(days=30),
        "document": (b"%PDF-1.7\n%%EOF\n", "paper.pdf"),
    }
    try:
        return holds.ask(
            holds.Asked(**(what | other)),  # type: ignore[arg-type]
            by=house.person(SEARCHER[city]),
            profile=in_force.profile(city),
            permit=allowed(house, city, Act.HOLDS_PLACE, SEARCHER[city]),
            now=timezone.now(),
        )
    except Refused as refused:
        return refused


def outlives(house: House, city: str, number: int) -> bool:
    """Approved by another, it is there although the read's own time is over."""
    now = timezone.now()
    holds.approve(
        number,
        answer="in order",
        of_case=lambda _city, _case: (),
        by=house.person(AGREES[city]),
        permit=allowed(house, city, Act.HOLDS_APPROVE, AGREES[city]),
        now=now,
    )
    retention.sweep(now=now + timedelta(days=366 * 6))
    looking = Permit("B-1", Act.HOLDS_OPEN, {city: 1}, Reason(case_number=CASE))
    found = holds_shown.opened(number, page=1, permit=looking, now=now)
    return [each.plate for each in found.reads] == [PLATE]


def answers(house: House, kind: str) -> Mapping[str, str]:
    """By city the ground on which the read is kept, which it is, or the rule that refuses."""
    found = {}
    for city in CITIES:
        read = story.taken_in(cast.sighting(PLATE, device=CAMERA[city]))
        answer = asked(house, city, kind, read)
        if isinstance(answer, Refused):
            (refusal,) = answer.refusals
            assert log.entry(refusal.entry).facts["clauses"] == list(refusal.clauses) != []
            assert ("emergency" in refusal.do_next) is (city in (WALNUT, CARSON))
            found[city] = refusal.rule
        else:
            assert outlives(house, city, answer)
            seeing = allowed(house, city, Act.HOLDS_SEE, SEARCHER[city])
            found[city] = holds_shown.one(answer, permit=seeing).line.ground
    return found


def test_d05_a_subpoena_comes_for_a_read(house: House) -> None:
    assert answers(house, "subpoena") == {
        WILLARD: "subpoena",
        WALNUT: "no_hold_written",
        ODESSA: "ground_not_written",
        CALABASAS: "lawful_production",
        CARSON: "no_hold_written",
    }


def test_d06_discovery_in_a_civil_case(house: House) -> None:
    assert answers(house, "civil_discovery") == {
        WILLARD: "legal_hold",
        WALNUT: "no_hold_written",
        ODESSA: "ground_not_written",
        CALABASAS: "discovery_request",
        CARSON: "no_hold_written",
    }


def test_d07_a_read_is_evidence_of_a_crime(house: House) -> None:
    assert answers(house, "evidence_criminal") == {
        WILLARD: "ongoing_investigation",
        WALNUT: "no_hold_written",
        ODESSA: "entered_into_evidence_criminal_offence",
        CALABASAS: "criminal_evidence",
        CARSON: "no_hold_written",
    }
    keeping = allowed(house, WALNUT, media_register.act_of(in_force.profile(WALNUT)), "jo")
    drive = media_register.add(WALNUT, "Card 7", permit=keeping)
    on_drive = {"scope": holds.Scope("drive", drive=drive), "data": DataClass.MOTION_MEDIA}
    bare = asked(house, WALNUT, "evidence_criminal", 0, **on_drive, document=None)
    assert isinstance(bare, Refused)
    assert bare.refusals[0].clauses == ("WAL-8.3",)
    assert isinstance(asked(house, WALNUT, "evidence_criminal", 0, **on_drive), int)
