"""How many decisions one core makes in a second: admissions, and refusals early, late and many.

Deciding and telling are two things: the second number also puts each decision into words.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

from bench import kept
from bench.kept import Line
from plateward.policy import load
from plateward.policy.answers import accept_all_defaults
from plateward.policy.circumstances import Breadth, Circumstances, OpenRequest
from plateward.policy.decide import Decision, Reason, Standing, decide
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act

NOW = datetime(2026, 6, 1, 17, 0, tzinfo=UTC)
COUNT = 50_000
LEAST = 200_000


@dataclass(frozen=True, slots=True)
class Question:
    """One decision, and what it must be for the number to mean anything."""

    name: str
    profile: Profile
    standing: Standing
    reason: Reason
    known: Circumstances
    allowed: bool


def profile_of(city: str) -> Profile:
    text = load.shipped_text(city)
    return load.load(text, answers=accept_all_defaults(load.load(text), "bench"))


def rate(work: Callable[[], object], count: int) -> float:
    """Processor time, the best of five: other work on the machine only ever slows it down."""
    best = 0.0
    for _ in range(5):
        start = time.process_time()
        for _ in range(count):
            work()
        best = max(best, count / (time.process_time() - start))
    return best


def asking(question: Question) -> Callable[[], Decision]:
    return partial(
        decide,
        question.profile,
        question.standing,
        Act.READS_SEARCH,
        question.reason,
        NOW,
        question.known,
    )


def _told(ask: Callable[[], Decision]) -> str:
    return ask().why


def questions() -> list[Question]:
    officer = Standing(
        role="sworn_officer",
        sworn=True,
        authorised=True,
        trained_on=date(2026, 3, 1),
        good_standing=True,
        signed_in_with_second_factor=True,
        agency="Willard Police Department",
    )
    reason = Reason("crime_person_or_property", "26-104233", "burglary on Elm Street")
    breadth = Breadth("7ABC123", known_characters=7, oldest=timedelta(days=3))
    known = Circumstances(
        case_check="open",
        case_format=True,
        breadth=breadth,
        policy_posted=True,
        clock_trusted=True,
    )
    willard, odessa, carson = (profile_of(c) for c in ("willard-mo", "odessa-mo", "carson-ca"))
    officer = replace(officer, trained_topics=frozenset(willard.training.topics))
    member = replace(officer, role="pd_member", agency="Odessa Police Department")
    deputy = replace(
        officer,
        role="lasd_sworn",
        agency="Los Angeles County Sheriff",
        attested=frozenset(carson.at("access.preconditions")),
    )
    requested = replace(known, request=_request(deputy))
    confirmed = replace(reason, confirmed=frozenset({"warrant"}))
    newcomer = replace(officer, trained_on=None, signed_in_with_second_factor=False)
    return [
        Question("Willard, admitted", willard, officer, reason, known, True),
        Question("Odessa, admitted", odessa, member, reason, known, True),
        Question("Carson, admitted under a request", carson, deputy, confirmed, requested, True),
        Question(
            "Odessa, refused: no case number",
            odessa,
            member,
            replace(reason, case_number=""),
            known,
            False,
        ),
        Question("Carson, refused: no request", carson, deputy, confirmed, known, False),
        Question("Willard, refused: no role", willard, Standing(), reason, known, False),
        Question(
            "Willard, refused: five objections",
            willard,
            newcomer,
            Reason(case_number="x"),
            replace(known, breadth=None),
            False,
        ),
    ]


def _request(of: Standing) -> OpenRequest:
    return OpenRequest(
        reference="REQ-7",
        agency=of.agency,
        purpose="",
        case_number="26-104233",
        plates=frozenset({"7A8C123"}),
        seen_from=None,
        seen_to=None,
        until=date(2026, 6, 30),
    )


def main() -> None:
    print(f"{'decisions a second on one core':40} {'decided':>10} {'and told':>10}")
    slow, lines = [], []
    for question in questions():
        ask = asking(question)
        decision = ask()
        if decision.allowed is not question.allowed:
            sys.exit(f"The bench asks the wrong question: {question.name}: {decision.why}")
        decided = rate(ask, COUNT)
        told = rate(partial(_told, ask), COUNT // 10)
        print(f"{question.name:40} {decided:>10,.0f} {told:>10,.0f}")
        lines.append(Line(question.name, decided, "a second", LEAST, note=f"worded {told:,.0f}"))
        if decided < LEAST:
            slow.append(question.name)
    slowest = min(lines, key=lambda line: line.value)
    rest = [line for line in lines if line is not slowest]
    kept.keep("decide", [replace(slowest, first=True), *rest], whole=True)
    if slow:
        sys.exit(f"Fewer than {LEAST:,} a second: {'; '.join(slow)}")


if __name__ == "__main__":
    main()
