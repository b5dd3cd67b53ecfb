"""A city adopts a version: every silence answered by name, for ever on record, and in the log."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from django.db import DatabaseError, IntegrityError, connection, transaction

from plateward.audit import log
from plateward.cli.policy import command
from plateward.policy import in_force, load
from plateward.policy.adopt import CannotAdopt, StillSilent, accept_all_defaults, adopt
from plateward.policy.models import Adoption
from plateward.policy.silence import Answer
from tests.policy.cities import ODESSA, WILLARD, by_default

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
TEXT = load.shipped_text(WILLARD)


UNDER_THE_LAW = load.load(TEXT, answers=by_default(WILLARD).answers.values(), overlays=["us-mo"])


def defaults(text: str = TEXT) -> tuple[Answer, ...]:
    return accept_all_defaults(load.draft(text), "Pat Lee")


def adopted(text: str = TEXT, **other: object) -> int:
    given = {
        "answers": defaults(text),
        "by": "Pat Lee",
        "instrument": "Ordinance 251110D",
        "now": NOW,
    } | other
    return adopt(text, **given)


def test_adopted_is_in_force():
    assert adopted() == 1
    profile = in_force.profile(WILLARD)
    assert (profile.id, profile.version) == (WILLARD, 1)
    assert profile.overlays == ("us-mo",)
    assert profile.digest == UNDER_THE_LAW.digest != by_default(WILLARD).digest
    assert profile.unanswered == ()
    assert in_force.cities() == [WILLARD]


def test_a_new_version_takes_over_and_the_old_one_stays_on_record():
    adopted()
    first = in_force.profile(WILLARD)
    assert adopted(TEXT.replace("P30D, anchor", "P20D, anchor")) == 2
    assert in_force.profile(WILLARD).retention_words() == "20 days"
    assert first.retention_words() == "30 days"
    assert [str(row) for row in in_force.history(WILLARD)] == [
        "willard-mo v2, by Pat Lee",
        "willard-mo v1, by Pat Lee",
    ]


def test_a_city_without_a_policy():
    with pytest.raises(in_force.NoPolicy, match="plateward policy check") as none:
        in_force.profile("atlantis")
    assert none.value.city == "atlantis"
    assert in_force.profiles(["atlantis", ""]) == {}


def test_every_silence_needs_a_named_persons_answer():
    with pytest.raises(StillSilent, match=r"access\.auth\.mfa") as silent:
        adopted(answers=defaults()[2:])
    assert {silence.path for silence in silent.value.silences} == {
        answer.path for answer in defaults()[:2]
    }
    assert Adoption.objects.count() == 0


@pytest.mark.parametrize(
    "other",
    [{"by": " "}, {"instrument": ""}, {"now": datetime(2026, 6, 1)}],  # noqa: DTZ001
)
def test_who_by_what_and_when_must_be_known(other):
    with pytest.raises(CannotAdopt):
        adopted(**other)
    assert Adoption.objects.count() == 0


def test_a_wrong_profile_is_not_adopted():
    with pytest.raises(load.WrongProfile):
        adopt(
            TEXT.replace("state: MO", "state: mo"),
            answers=defaults(),
            by="Pat Lee",
            instrument="Ordinance",
            now=NOW,
        )
    assert log.count(act="policy:profile:adopt") == 0


def test_the_log_says_who_adopted_what():
    adopted()
    entry = log.latest(limit=1, city=WILLARD)[0]
    assert (entry.actor, entry.act, entry.outcome) == ("Pat Lee", "policy:profile:adopt", "adopted")
    assert entry.facts["digest"] == UNDER_THE_LAW.digest
    assert (entry.facts["overlays"], entry.facts["suspended"]) == (["us-mo"], [])
    assert entry.facts["instrument"] == "Ordinance 251110D"
    assert {answer["path"] for answer in entry.facts["answers"]} == set(by_default(WILLARD).answers)


def test_an_answer_may_replace_a_default():
    replaced = [
        replace(answer, value="none", accepted_default=False, why="Order 12")
        if answer.path == "access.query_gate.case_reference"
        else answer
        for answer in defaults()
    ]
    adopted(answers=replaced)
    profile = in_force.profile(WILLARD)
    assert profile.gate.case_reference == "none"
    assert profile.answers["access.query_gate.case_reference"].why == "Order 12"


COLUMNS = "document, answers, digest, by, instrument, adopted_at"
INTO = f"INSERT INTO policy_adoption (city, version, {COLUMNS})"
GAP = f"{INTO} SELECT city, 3, {COLUMNS} FROM policy_adoption"  # no outside text


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE policy_adoption SET by = 'someone else'",
        "DELETE FROM policy_adoption",
        "TRUNCATE policy_adoption",
        GAP,
    ],
)
def test_the_database_refuses_to_change_what_was_adopted(statement):
    adopted()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert [row.by for row in in_force.history(WILLARD)] == ["Pat Lee"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("version", 0), ("by", ""), ("instrument", ""), ("digest", "short"), ("version", 1)],
)
def test_each_constraint_holds(field, value):
    adopted()
    row = in_force.history(WILLARD)[0]
    columns = {
        name: getattr(row, name)
        for name in ("city", "document", "answers", "digest", "by", "instrument", "adopted_at")
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Adoption.objects.create(**({"version": 2} | columns | {field: value}))


def test_two_at_once_one_is_told(monkeypatch):
    adopted()
    monkeypatch.setattr("plateward.policy.adopt._next_version", lambda city: 1)
    with pytest.raises(CannotAdopt, match="same moment"):
        adopted()
    assert log.count(act="policy:profile:adopt") == 1


def test_one_query_tells_which_version_is_in_force(django_assert_num_queries):
    adopted()
    adopted(load.shipped_text(ODESSA))
    in_force.profiles([WILLARD, ODESSA])
    with django_assert_num_queries(1):
        assert set(in_force.profiles([WILLARD, ODESSA])) == {WILLARD, ODESSA}


def test_what_does_not_match_its_digest_allows_nothing():
    adopted()
    Adoption.objects.create(
        city=WILLARD,
        version=2,
        document=TEXT,
        answers=[],
        digest="0" * 64,
        by="Mallory",
        instrument="none",
        adopted_at=NOW,
    )
    with pytest.raises(in_force.NoPolicy, match="does not match the digest"):
        in_force.profile(WILLARD)


def test_what_can_no_longer_be_read_allows_nothing():
    Adoption.objects.create(
        city=WILLARD,
        version=1,
        document="a: 1",
        answers=[],
        digest="0" * 64,
        by="Pat Lee",
        instrument="Ordinance",
        adopted_at=NOW,
    )
    with pytest.raises(in_force.NoPolicy, match="cannot read it"):
        in_force.profile(WILLARD)


def test_the_command_shows_what_is_in_force():
    nothing = CliRunner().invoke(command, ["show", WILLARD, "--in-force"])
    assert nothing.exit_code == 2
    assert "no policy in force" in nothing.stderr
    adopted()
    shown = CliRunner().invoke(command, ["show", WILLARD, "--in-force"])
    assert shown.exit_code == 0
    assert "(version 1)" in shown.stdout
    assert "access.auth.mfa: required (Pat Lee: CJIS" in shown.stdout
