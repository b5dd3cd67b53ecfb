"""The trace agrees with the log, the register and what is in force; sums are the log's own."""

import json
from collections import Counter
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.utils import timezone

from plateward.audit import log
from plateward.cli import house, policy
from plateward.gate import door
from plateward.oversight import cities, trace
from plateward.policy import adopt, in_force, mechanisms
from plateward.policy.vocabulary import Act
from plateward.upkeep import register
from tests import cast

pytestmark = pytest.mark.usefixtures("cities")


def entries() -> None:
    for number, (outcome, clauses) in enumerate(
        [
            ("admitted", ["WIL-2.5", "WIL-9.1", "WIL-3.2a"]),
            ("refused", ["WIL-9.1"]),
            ("refused", ["WIL-9.1", "WIL-2.5"]),
            ("done", ["WIL-4.2"]),
        ]
    ):
        log.append(
            actor=f"x{number}",
            act="reads:plate:search",
            outcome=outcome,
            city=cast.WILLARD,
            facts={"clauses": clauses},
        )


def test_the_sums_are_those_of_the_log_entry_by_entry() -> None:
    entries()
    found = trace.of(cast.WILLARD, now=timezone.now())
    by_hand: Counter[tuple[str, str]] = Counter()
    for entry in log.latest(10_000, city=cast.WILLARD):
        clauses = entry.facts.get("clauses")
        for clause in clauses if isinstance(clauses, list) else []:
            by_hand[str(clause), entry.outcome] += 1
    assert by_hand
    for clause, evidence in found.evidence.items():
        counted = {outcome: times for (cited, outcome), times in by_hand.items() if cited == clause}
        assert evidence.ever.admitted == counted.get("admitted", 0), clause
        assert evidence.ever.refused == counted.get("refused", 0), clause
        assert evidence.ever.all == sum(counted.values()), clause
        assert evidence.lately == evidence.ever
    assert found.evidence["WIL-9.1"].ever == trace.Count(admitted=1, refused=2)


def test_what_is_older_than_thirty_days_is_counted_in_all_but_not_lately() -> None:
    entries()
    later = timezone.now() + trace.WINDOW + timedelta(minutes=1)
    evidence = trace.of(cast.WILLARD, now=later).evidence["WIL-9.1"]
    assert (evidence.lately.all, evidence.ever.all) == (0, 3)


def test_every_clause_of_the_text_and_of_the_laws_over_it_is_there_once() -> None:
    for city in cast.demo_region.CITIES:
        traced = [clause.id for clause in trace.clauses_of(city)]
        assert traced == [clause.id for clause in in_force.profile(city).clauses]
        assert len(traced) == len(set(traced))


def test_the_duty_behind_a_clause_stands_with_its_days() -> None:
    now = timezone.now()
    today = now.astimezone(in_force.profile(cast.WILLARD).zone).date()
    permit = door.admit_house(Act.ATTEST, "test", city=cast.WILLARD)
    register.done(
        register.Deed("attestation", today, "in place"), by="x", permit=permit, today=today
    )
    (task,) = trace.of(cast.WILLARD, now=now).evidence["WIL-4.2"].tasks
    assert (task.duty, task.last_done) == ("attestation", today)
    assert task.next_due == today + timedelta(days=365)
    assert not task.overdue


def test_a_suspended_clause_says_so_and_by_which_reference() -> None:
    adopt.suspend(
        cast.WILLARD,
        "WIL-3.2e",
        reference="Circuit court 26-CV-7",
        by="Pat Lee",
        now=timezone.now(),
    )
    clause = next(each for each in trace.clauses_of(cast.WILLARD) if each.id == "WIL-3.2e")
    assert (clause.status, clause.waits_for) == ("suspended", "Circuit court 26-CV-7")


def test_nothing_is_called_enforced_or_supported_that_nothing_carries() -> None:
    for city in cast.demo_region.CITIES:
        for clause in trace.clauses_of(city):
            if clause.status in ("enforced", "supported"):
                assert clause.tests, clause.id
                assert clause.status == clause.claimed
                assert not mechanisms.waits_for(clause.id)
            if clause.status == "waits":
                assert clause.waits_for, clause.id


def test_a_city_that_is_not_served_is_named_so() -> None:
    with pytest.raises(cities.NoSuchCity, match="atlantis"):
        trace.of("atlantis", now=timezone.now())


def test_the_command_lists_every_clause_for_people_and_for_programs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(house, "open_up", lambda: None)
    entries()
    said = CliRunner().invoke(policy.command, ["trace", cast.WILLARD])
    assert said.exit_code == 0, said.output
    assert "\nWIL-9.1  enforced\n" in said.output
    assert "log: 30 days 1 allowed, 2 refused; cited 3 times in all" in said.output
    assert "WIL-7.2  NOT BUILT YET" in said.output
    told = CliRunner().invoke(policy.command, ["trace", cast.WILLARD, "--json"])
    data = json.loads(told.output)
    rows = {row["id"]: row for row in data["clauses"]}
    assert len(rows) == len(in_force.profile(cast.WILLARD).clauses)
    assert rows["WIL-9.1"]["evidence"]["ever"] == {"admitted": 1, "refused": 2, "other": 0}
    assert rows["WIL-9.1"]["status"] == "enforced"
    assert rows["WIL-9.1"]["rule"][0]["id"] == "training-before-access"
    assert rows["WIL-7.2"]["waits_for"]
    gone = CliRunner().invoke(policy.command, ["trace", "atlantis"])
    assert (gone.exit_code, "atlantis" in gone.output) == (2, True)
