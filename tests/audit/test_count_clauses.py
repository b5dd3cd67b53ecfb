"""How often the log cited each clause: the sums are those of the entries themselves."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from plateward.audit import log

pytestmark = pytest.mark.django_db

CITED = (
    ("willard-mo", "admitted", ["WIL-5.1", "WIL-9.1"]),
    ("willard-mo", "admitted", ["WIL-5.1"]),
    ("willard-mo", "refused", ["WIL-5.1", "WIL-3.3c"]),
    ("odessa-mo", "refused", ["ODE-20"]),
    ("willard-mo", "answered", None),
    ("willard-mo", "refused", []),
)


def test_each_clause_is_counted_by_outcome_in_its_own_city_alone() -> None:
    for city, outcome, clauses in CITED:
        facts = {} if clauses is None else {"clauses": clauses}
        log.append(actor="x", act="reads:plate:search", outcome=outcome, city=city, facts=facts)
    log.append(actor="x", act="a:b:c", outcome="done", city="willard-mo", facts={"clauses": "none"})
    found = log.count_clauses("willard-mo")
    by_hand: dict[str, Counter[str]] = {}
    for city, outcome, clauses in CITED:
        for clause in clauses or []:
            if city == "willard-mo":
                by_hand.setdefault(clause, Counter())[outcome] += 1
    assert found == by_hand
    assert found["WIL-5.1"] == {"admitted": 2, "refused": 1}
    assert log.count_clauses("odessa-mo") == {"ODE-20": {"refused": 1}}


def test_only_what_was_written_since_then_counts() -> None:
    log.append(
        actor="x", act="a:b:c", outcome="admitted", city="odessa-mo", facts={"clauses": ["Z"]}
    )
    later = timezone.now() + timedelta(seconds=1)
    assert log.count_clauses("odessa-mo", since=later) == {}
    assert log.count_clauses("odessa-mo", since=later - timedelta(days=1)) == {"Z": {"admitted": 1}}
