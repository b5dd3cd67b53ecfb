"""What a council member types to see what a change would mean."""

import pytest
from click.testing import CliRunner

from plateward.cli import policy
from plateward.plates.sighting import Vehicle
from tests import cast


def run(*words: str):  # type: ignore[no-untyped-def]
    return CliRunner().invoke(policy.command, ["diff", *words])


def test_two_cities_side_by_side_with_the_clauses_of_each():
    told = run("willard-mo", "carson-ca")
    assert told.exit_code == 0
    assert "- 30 days  [WIL-6.1" in told.output
    assert "+ 5 years  [" in told.output
    assert "The last" not in told.output  # no store was named


def test_the_same_twice_changes_nothing():
    assert "Nothing changes" in run("odessa-mo", "odessa-mo").output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("atlantis", "odessa-mo"), "atlantis"),
        (("odessa-mo", "odessa-mo", "--role", "pd_member"), "OLD=NEW"),
    ],
)
def test_what_cannot_be_compared_is_said(words, said):
    told = run(*words)
    assert told.exit_code == 2
    assert said in told.output


@pytest.mark.django_db
@pytest.mark.parametrize("version", ["now", "1"])
def test_against_the_store_the_last_quarter_is_counted(cameras, tmp_path, version):
    from plateward.intake.receive import receive
    from plateward.policy import load

    receive(cast.sighting("TST4821", vehicle=Vehicle(make="Ford")))
    stricter = tmp_path / "stricter.yaml"
    text = load.shipped_text(cast.WILLARD).replace("make: allowed", "make: forbidden", 1)
    stricter.write_text(text)
    told = run(f"{cast.WILLARD}@{version}", str(stricter))
    assert told.exit_code == 0, told.output
    assert "The last 91 days of willard-mo" in told.output
    assert "1 hold a field that would not be kept: make" in told.output
    assert "TST4821" not in told.output


@pytest.mark.django_db
def test_a_version_that_never_was(cities):
    told = run(f"{cast.WILLARD}@9", "odessa-mo")
    assert told.exit_code == 2
    assert "plateward policy history" in told.output
