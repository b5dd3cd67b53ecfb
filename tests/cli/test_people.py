"""`plateward people`: every act an operator can do, and what wrong input gets."""

import pytest
from click.testing import CliRunner, Result
from django.utils import timezone

from plateward.audit import log
from plateward.cli.people import command
from plateward.people import standing
from plateward.people.models import Person
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cities")]
TODAY = timezone.localdate()


def run(*words: str) -> Result:
    return CliRunner().invoke(command, list(words))


def ok(*words: str) -> str:
    told = run(*words)
    assert told.exit_code == 0, told.output
    return told.output


def stands(name: str, city: str):  # type: ignore[no-untyped-def]
    person = Person.objects.get(username=name)
    return standing.of(person, city, second_factor=True, today=TODAY)


def test_an_operator_does_it_all_and_the_log_has_it() -> None:
    ok("agencies", "--name", "Los Angeles County Sheriff", "--kind", "sheriff", "--state", "CA")
    ok(
        *("enrol", "nia", "--name", "Nia Park", "--badge", "LASD-7", "--password", cast.PASSWORD),
        *("--agency", "Los Angeles County Sheriff"),
    )
    assert Person.objects.get(username="nia").must_change_password
    ok("appoint", "nia", cast.CARSON, "lasd_sworn", "--document", "roster", "--sworn")
    ok("train", "nia", cast.CARSON, "--evidence", "course 4", "--provider", "the contractor")
    assert not stands("nia", cast.CARSON).attested
    word = "lasd_policy_compliance"
    ok("attest", "nia", cast.CARSON, word, "--document", "signed roster")
    assert stands("nia", cast.CARSON).attested == {word}
    ok("good-standing", "nia", cast.CARSON, "--no", "--why", "under review")
    told = ok("standing", "nia")
    assert "good standing: no" in told
    assert word in told
    assert "nia" in ok("list", cast.CARSON)
    assert "Nobody" not in ok("review", cast.CARSON)
    ok("review", cast.CARSON, "nia", "--keep", "--note", "still there")
    ok("attest", "nia", cast.CARSON, word, "--withdraw")
    ok("revoke", "nia", cast.CARSON, "--why", "moved")
    assert stands("nia", cast.CARSON).role is None
    assert "Sessions ended: 0" in ok("terminate", "nia", "--why", "left")
    assert "(closed)" in ok("list")
    ok("reinstate", "nia", "--why", "came back")
    acts = {entry.act for entry in log.latest(30)}
    assert {
        "people:agency:register",
        "people:role:revoke",
        "people:precondition:attest",
        "people:precondition:withdraw",
        "people:standing:record",
        "people:account:review",
        "people:account:close",
        "people:account:reopen",
    } <= acts


def test_a_contractor_is_permitted_from_the_command_line() -> None:
    cast.enrolled("eve")
    ok(
        *("permit", "eve", cast.CARSON, "--document", "letter", "--crime", "26-1"),
        "--until",
        "2999-01-01",
    )
    assert stands("eve", cast.CARSON).permitted_until is not None
    ok("permit", "eve", cast.CARSON, "--withdraw")
    assert stands("eve", cast.CARSON).permitted_until is None


def test_a_change_says_whether_training_ends_by_it() -> None:
    told = ok("change", cast.CALABASAS, "--kind", "legal_change", "--what", "a new act")
    assert "no longer counts" in told
    told = ok("change", cast.WILLARD, "--kind", "legal_change", "--what", "a new act")
    assert "does not ask" in told


def test_in_walnut_the_paper_names_the_director() -> None:
    cast.enrolled("ana")
    cast.enrolled("jo")
    wanted = ("appoint", "ana", cast.WALNUT, "other_agency", "--document", "letter", "--sworn")
    refused = run(*wanted)
    assert refused.exit_code == 1
    assert "WAL-5.6" in refused.output
    ok(*wanted, "--issued-by", "jo")
    assert stands("ana", cast.WALNUT).role == "other_agency"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("appoint", "finn", cast.WILLARD, "sworn_officer", "--document", "o", "--sworn"),
            "--despite",
        ),
        (("appoint", "finn", cast.WILLARD, "chief", "--document", "o"), "sworn"),
        (("revoke", "finn", cast.WILLARD, "--why", "x"), "holds no role"),
        (("train", "finn", cast.WILLARD, "--evidence", "x", "--topic", "cooking"), "no topic"),
        (("terminate", "finn", "--why", " "), "Say why"),
        (("reinstate", "finn", "--why", "x"), "open already"),
        (("review", cast.WILLARD, "finn"), "--keep or --close"),
        (("agencies", "--name", "X", "--kind", "club"), "no kind of agency"),
        (("review", "atlantis-xx"), "no policy in force"),
    ],
)
def test_what_cannot_be_done_is_said_in_words(words: tuple[str, ...], said: str) -> None:
    cast.enrolled("finn")
    told = run(*words)
    assert told.exit_code == 1, told.output
    assert said in told.output
