"""List every clause of a city: how it stands, by which rule and test, with evidence of today."""

import json
import sys
from typing import TYPE_CHECKING

import click

from plateward.cli import house

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plateward.oversight.trace import Count, Evidence, Trace, Traced
    from plateward.policy.mechanisms import Status

_WRONG = 2
_STANDS = {
    "enforced": "enforced",
    "supported": "supported",
    "manual": "by people",
    "context": "context",
    "waits": "NOT BUILT YET",
    "suspended": "SUSPENDED",
}


@click.command("trace")
@click.argument("city")
@click.option("--json", "as_json", is_flag=True, help="For a program instead of a person.")
def trace(city: str, as_json: bool) -> None:  # noqa: FBT001  # click passes flags so
    """List every clause of CITY, as its policy is in force now.

    Enforced, supported or by people; by which rule and which test; how often the log cited it;
    which duty is next. What this version does not carry yet says what it waits for. A city that
    ships and was not adopted here is listed from its text, without evidence.
    """
    found, without = _found(city)
    from plateward.oversight import trace as tracing

    if as_json:
        click.echo(json.dumps(_as_data(found), indent=2, ensure_ascii=False))
        return
    _say(found, tracing.counted(found.clauses), without)


def _found(city: str) -> tuple["Trace", str]:
    """With the evidence there is, or why there is none: then the text that ships is enough."""
    import django

    from plateward.policy import load

    ships = city in load.shipped()
    try:
        house.open_up()
    except click.ClickException as away:
        if not ships:
            raise
        django.setup()
        return _as_shipped(city), f"no database could be asked. {away.message}"
    from django.utils import timezone

    from plateward.oversight import cities
    from plateward.oversight import trace as tracing
    from plateward.policy import in_force

    try:
        return tracing.of(city, now=timezone.now()), ""
    except cities.NoSuchCity as none:
        if ships and not in_force.history(city):
            return _as_shipped(city), "nothing was adopted here."
        click.echo(f"{none} Adopt its policy first: plateward policy adopt {city}", err=True)
        sys.exit(_WRONG)


def _as_shipped(city: str) -> "Trace":
    from plateward.oversight import trace as tracing

    return tracing.as_shipped(city)


def _say(found: "Trace", counted: "Mapping[Status, int]", without: str) -> None:
    numbers = ", ".join(f"{number} {_STANDS[status]}" for status, number in counted.items())
    version = f"version {found.version} by {found.instrument}"
    if without:
        version = "as shipped"
    click.echo(f"{found.title}, {version}: {numbers}.")
    if without:
        click.echo(f"There is no evidence: {without}")
    for clause in found.clauses:
        click.echo(f"\n{clause.id}  {_STANDS[clause.status]}\n  {clause.paraphrase}")
        for line in _lines(clause, found.evidence[clause.id]):
            click.echo(f"    {line}")


def _lines(clause: "Traced", evidence: "Evidence") -> list[str]:
    lines = [f"rule {rule.id}: {rule.words}" for rule in clause.rules]
    lines += [f"test {test}" for test in clause.tests]
    if clause.waits_for:
        word = "suspended by" if clause.status == "suspended" else "waits for"
        lines.append(f"{word} {clause.waits_for}")
    if evidence.ever.all:
        lately = evidence.lately
        lines.append(
            f"log: 30 days {lately.admitted} allowed, {lately.refused} refused; "
            f"cited {evidence.ever.all} times in all"
        )
    for task in evidence.tasks:
        due = f"due {task.next_due}" if task.next_due else "when it arises"
        lines.append(
            f"duty {task.duty}: last {task.last_done or 'never'}, {due}"
            f"{' OVERDUE' if task.overdue else ''}"
        )
    return lines


def _as_data(found: "Trace") -> dict[str, object]:
    return {
        "city": found.city,
        "version": found.version,
        "adopted_at": found.adopted_at.isoformat() if found.adopted_at else None,
        "instrument": found.instrument,
        "clauses": [_clause_data(each, found.evidence[each.id]) for each in found.clauses],
    }


def _clause_data(clause: "Traced", evidence: "Evidence") -> dict[str, object]:
    return {
        "id": clause.id,
        "status": clause.status,
        "claimed": clause.claimed,
        "paraphrase": clause.paraphrase,
        "rule": [
            {"id": rule.id, "words": rule.words, "where": list(rule.where)} for rule in clause.rules
        ],
        "tests": list(clause.tests),
        "waits_for": clause.waits_for or None,
        "evidence": {
            "last_30_days": _count_data(evidence.lately),
            "ever": _count_data(evidence.ever),
            "duties": [
                {
                    "duty": task.duty,
                    "last_done": task.last_done.isoformat() if task.last_done else None,
                    "next_due": task.next_due.isoformat() if task.next_due else None,
                    "overdue": task.overdue,
                }
                for task in evidence.tasks
            ],
        },
    }


def _count_data(count: "Count") -> dict[str, int]:
    return {"admitted": count.admitted, "refused": count.refused, "other": count.other}
