"""Every version stays: laws and suspensions go with it, and earlier ones read as before."""

import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from plateward.audit import log
from plateward.cli.policy import command
from plateward.policy import in_force, load, overlays
from plateward.policy.adopt import (
    CannotAdopt,
    adopt,
    completed,
    resume,
    suspend,
    would_adopt,
    would_resume,
    would_suspend,
)
from plateward.policy.models import Adoption
from tests.policy.cities import CARSON, WALNUT, WILLARD

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ORDER = {"reference": "Court order 26-CV-118", "by": "Kim Roe", "now": NOW}


def adopted(city: str = WILLARD, *, named: tuple[str, ...] = (), text: str = "") -> int:
    text = text or load.shipped_text(city)
    answers = completed(text, [], by="Pat Lee", named=named)
    return adopt(text, answers=answers, by="Pat Lee", instrument="Test", now=NOW, named=named)


def run(*words: str):
    return CliRunner().invoke(command, list(words))


pytestmark = pytest.mark.django_db


def test_the_laws_a_city_names_are_adopted_with_it_and_cjis_when_named():
    adopted(CARSON, named=("us-cjis",))
    carson = in_force.profile(CARSON)
    assert carson.overlays == ("us-ca", "us-cjis")
    assert carson.answers["legal_notes.CA-GOV-34090"].by == "Pat Lee"
    assert carson.at("access.session.lock_after") == "PT30M"
    entry = log.latest(limit=1, city=CARSON)[0]
    assert entry.facts["overlays"] == ["us-ca", "us-cjis"]


def test_a_law_stays_as_it_was_adopted_even_when_the_product_ships_another(monkeypatch):
    adopted(CARSON)
    in_force._adopted.cache_clear()
    monkeypatch.setattr(overlays, "one", lambda _id: pytest.fail("the stored text counts"))
    assert in_force.profile(CARSON).at("sharing.sale") == "forbidden"


def test_california_asks_more_of_a_policy_than_silence():
    text = load.shipped_text(WALNUT).replace("by: [asd, contractor]", "by: []")
    with pytest.raises(CannotAdopt, match="Civil Code 1798") as refused:
        adopted(WALNUT, text=text)
    assert "monitoring.by" in str(refused.value)
    assert not Adoption.objects.exists()


def test_suspending_is_a_version_of_its_own_and_resuming_another():
    adopted()
    version, profile = suspend(WILLARD, "WIL-3.2a", **ORDER)
    assert version == 2
    assert "crime_person_or_property" not in profile.purposes.labels
    now = in_force.profile(WILLARD)
    assert (now.version, tuple(now.suspended)) == (2, ("WIL-3.2a",))
    assert now.suspended["WIL-3.2a"].since == "2026-06-01"
    assert in_force.version(WILLARD, 1).suspended == {}
    entry = log.latest(limit=1, city=WILLARD)[0]
    assert (entry.act, entry.outcome, entry.actor) == (
        "policy:clause:suspend",
        "suspended",
        "Kim Roe",
    )
    assert (entry.facts["clause"], entry.facts["instrument"]) == ("WIL-3.2a", ORDER["reference"])
    assert resume(WILLARD, "WIL-3.2a", **ORDER)[0] == 3
    assert in_force.profile(WILLARD).digest == in_force.version(WILLARD, 1).digest
    assert log.latest(limit=1, city=WILLARD)[0].outcome == "resumed"


def test_what_is_suspended_stays_so_when_the_text_is_adopted_again():
    adopted()
    suspend(WILLARD, "WIL-9.1", **ORDER)
    assert adopted() == 3
    assert tuple(in_force.profile(WILLARD).suspended) == ("WIL-9.1",)


def test_what_cannot_be_suspended_or_resumed_changes_nothing():
    adopted()
    suspend(WILLARD, "WIL-9.1", **ORDER)
    with pytest.raises(CannotAdopt, match="suspended already"):
        suspend(WILLARD, "WIL-9.1", **ORDER)
    with pytest.raises(CannotAdopt, match='Did you mean "WIL-'):
        suspend(WILLARD, "WIL-91", **ORDER)
    with pytest.raises(CannotAdopt, match="is not suspended"):
        resume(WILLARD, "WIL-3.2a", **ORDER)
    with pytest.raises(CannotAdopt, match="instrument"):
        suspend(WILLARD, "WIL-3.2a", **(ORDER | {"reference": " "}))
    with pytest.raises(in_force.NoPolicy):
        suspend(CARSON, "CAR-5.2", **ORDER)
    assert Adoption.objects.count() == 2


def test_a_version_that_never_was():
    adopted()
    with pytest.raises(in_force.NoPolicy):
        in_force.version(WILLARD, 2)


def test_the_commands_suspend_resume_and_list():
    adopted()
    said = ("--reference", ORDER["reference"], "--by", "Kim Roe")
    done = run("suspend", WILLARD, "WIL-3.2a", *said)
    assert "WIL-3.2a is suspended. Version 2 of Willard, MO is in force now." in done.stdout
    again = run("suspend", WILLARD, "WIL-3.2a", *said)
    assert (again.exit_code, "suspended already" in again.stderr) == (2, True)
    listed = run("history", WILLARD).stdout
    assert "Version 2 (in force): Court order 26-CV-118" in listed
    assert "Version 1 (read only): Test" in listed
    assert "under us-mo" in listed
    assert "WIL-3.2a suspended by Court order 26-CV-118 (recorded by Kim Roe)" in listed
    rows = json.loads(run("history", WILLARD, "--json").stdout)
    assert [row["version"] for row in rows] == [2, 1]
    assert "WIL-3.2a: Court order" in run("show", WILLARD, "--in-force").stdout
    assert "is back. Version 3" in run("resume", WILLARD, "WIL-3.2a", *said).stdout
    assert "no policy in force" in run("history", "atlantis").stderr


def test_the_command_adopts_under_a_named_law():
    words = ("--by", "Pat Lee", "--instrument", "Order 1", "--accept-proposals")
    wrong = run("adopt", WILLARD, *words, "--law", "us-cijs")
    assert (wrong.exit_code, 'Did you mean "us-cjis"' in wrong.stderr) == (2, True)
    assert run("adopt", WILLARD, *words, "--law", "us-cjis").exit_code == 0
    assert in_force.profile(WILLARD).overlays == ("us-mo", "us-cjis")


OLD = """
INSERT INTO policy_adoption
    (city, version, document, answers, digest, by, instrument, adopted_at)
VALUES (%s, 1, %s, %s, %s, 'Pat Lee', 'Ordinance 251110D', now())
"""


@pytest.mark.django_db(transaction=True)
def test_what_was_adopted_before_laws_and_suspensions_is_read_as_it_was():
    text = load.shipped_text(WILLARD)
    answers = completed(text, [], by="Pat Lee")
    before = load.load(text, answers=answers)
    rows = [
        {
            "path": answer.path,
            "value": answer.value,
            "by": answer.by,
            "why": answer.why,
            "accepted_default": answer.accepted_default,
        }
        for answer in answers
    ]
    executor = MigrationExecutor(connection)
    latest = [key for key in executor.loader.graph.leaf_nodes() if key[0] == "policy"]
    try:
        executor.migrate([("policy", "0002_append_only")])
        with connection.cursor() as cursor:
            cursor.execute(OLD, [WILLARD, text, json.dumps(rows), before.digest])
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(latest)
    profile = in_force.profile(WILLARD)
    assert (profile.digest, profile.overlays, dict(profile.suspended)) == (before.digest, (), {})
    assert suspend(WILLARD, "WIL-9.1", **ORDER)[0] == 2


def test_what_is_said_beforehand_is_what_is_adopted_and_nothing_is_recorded():
    adopted()
    before = log.count()
    named = ("us-cjis",)
    text = load.shipped_text(WILLARD)
    answers = completed(text, (), by="Pat Lee", named=named)
    would = would_adopt(text, answers=answers, named=named)
    without = would_suspend(WILLARD, "WIL-3.2a")
    assert (Adoption.objects.count(), log.count()) == (1, before)
    assert suspend(WILLARD, "WIL-3.2a", **ORDER)[1].digest == without.digest
    assert would_resume(WILLARD, "WIL-3.2a").digest == in_force.version(WILLARD, 1).digest
    with pytest.raises(CannotAdopt, match="suspended already"):
        would_suspend(WILLARD, "WIL-3.2a")
    with pytest.raises(CannotAdopt, match="is not suspended"):
        would_resume(WILLARD, "WIL-9.1")
    resume(WILLARD, "WIL-3.2a", **ORDER)
    said = {"by": "Pat Lee", "instrument": "Order 2", "now": ORDER["now"]}
    adopt(text, answers=answers, named=named, **said)
    assert in_force.profile(WILLARD).digest == would.digest


def test_a_draft_keeps_what_is_suspended_and_its_silences():
    adopted()
    suspend(WILLARD, "WIL-9.1", **ORDER)
    would = would_adopt(load.shipped_text(WILLARD))
    assert tuple(would.suspended) == ("WIL-9.1",)
    assert would.unanswered
