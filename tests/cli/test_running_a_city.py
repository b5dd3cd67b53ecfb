"""From nothing to a person who may search: what an operator types, and what wrong input gets."""

import pytest
from click.testing import CliRunner, Result
from django.utils import timezone

from plateward.audit import log
from plateward.cameras import register
from plateward.cli import cameras, people, policy
from plateward.people import standing
from plateward.people.models import Appointment, Person
from plateward.policy import in_force

pytestmark = pytest.mark.django_db
CITY = "willard-mo"
ADOPT = ("adopt", CITY, "--by", "Pat Lee", "--instrument", "Ordinance 251110D")
ENROL = ("enrol", "ana", "--name", "Ana Ortiz", "--badge", "WPD-117", "--agency", "Willard PD")
PASSWORD = ("--password", "correct horse battery staple")
APPOINT = ("appoint", "ana", CITY, "sworn_officer", "--document", "order 9", "--sworn")
CAMERA = (
    *("add", "wil-1", "--city", CITY, "--place", "US 160", "--at", "37.3", "-93.4"),
    *("--approved-by", "Board of Aldermen", "--approved-on", "2026-01-05"),
)
STREET = ("--place-type", "public_right_of_way")


def run(command, *words: str) -> Result:  # type: ignore[no-untyped-def]
    return CliRunner().invoke(command, list(words))


def ok(command, *words: str) -> str:  # type: ignore[no-untyped-def]
    told = run(command, *words)
    assert told.exit_code == 0, told.output
    return told.output


def test_a_city_goes_live_from_the_command_line() -> None:
    ok(policy.command, *ADOPT, "--accept-proposals")
    secret = ok(cameras.command, *CAMERA, *STREET).splitlines()[-1]
    ok(people.command, *ENROL, *PASSWORD)
    ok(people.command, *APPOINT)
    ok(people.command, "train", "ana", CITY, "--evidence", "certificate 12")
    assert register.holding("wil-1", secret)
    assert "US 160" in ok(cameras.command, "list", CITY)
    ana = Person.objects.get(username="ana")
    stands = standing.of(ana, CITY, second_factor=True, today=timezone.localdate())
    assert (stands.role, stands.authorised) == ("sworn_officer", True)
    assert stands.trained_on == timezone.localdate()
    assert {entry.actor.partition(":")[0] for entry in log.latest(5)} <= {"console", "Pat Lee"}


def test_silences_that_nobody_answered_are_listed_and_nothing_is_adopted() -> None:
    told = run(policy.command, *ADOPT)
    assert told.exit_code == 2
    assert "access.query_gate.case_reference" in told.output
    assert in_force.cities() == []


def test_an_answer_replaces_a_proposal() -> None:
    answer = ("--answer", "access.query_gate.case_reference", "none", "a reason is enough")
    ok(policy.command, *ADOPT, "--accept-proposals", *answer)
    assert in_force.profile(CITY).gate.case_reference == "none"


@pytest.mark.parametrize(
    "answer",
    [
        ("no.such.path", "none", "why"),
        ("access.query_gate.case_reference", "whatever", "why"),
        ("access.query_gate.case_reference", "none", ""),
    ],
)
def test_a_wrong_answer_is_refused(answer: tuple[str, str, str]) -> None:
    told = run(policy.command, *ADOPT, "--accept-proposals", "--answer", *answer)
    assert told.exit_code == 2, told.output
    assert in_force.cities() == []


def test_a_role_the_policy_does_not_name_is_refused_with_those_it_does() -> None:
    ok(policy.command, *ADOPT, "--accept-proposals")
    ok(people.command, *ENROL, *PASSWORD)
    told = run(people.command, "appoint", "ana", CITY, "king", "--document", "order 9")
    assert told.exit_code == 1
    assert "sworn_officer" in told.output
    assert not Appointment.objects.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((*ENROL, "--password", "short"), "Nobody was enrolled"),
        (APPOINT, "no policy in force"),
        (("train", "nobody", CITY, "--evidence", "x"), "Nobody is enrolled as nobody"),
        (("train", "ana", CITY, "--on", "2999-01-01", "--evidence", "x"), "still to come"),
    ],
)
def test_what_cannot_be_done_is_said_in_words(words: tuple[str, ...], said: str) -> None:
    told = run(people.command, *words)
    assert told.exit_code == 1
    assert said in told.output


def test_a_badge_is_one_persons() -> None:
    ok(people.command, *ENROL, *PASSWORD)
    told = run(people.command, "enrol", "bob", *ENROL[2:], *PASSWORD)
    assert told.exit_code == 1
    assert "Nobody was enrolled" in told.output
    assert Person.objects.count() == 1


def test_a_camera_where_the_policy_allows_none_is_refused_with_its_clause() -> None:
    ok(policy.command, *ADOPT, "--accept-proposals")
    told = run(cameras.command, *CAMERA, "--place-type", "private_garden")
    assert told.exit_code == 1
    assert "WIL-" in told.output
    assert register.of(CITY) == []
    ok(cameras.command, *CAMERA, *STREET)
    assert "registered already" in run(cameras.command, *CAMERA, *STREET).output
