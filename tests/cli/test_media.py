"""`plateward media`: the register of drives at the console, by a person whom the text names."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from plateward.cameras import kinds
from plateward.cli import house, media
from tests import cast
from tests.cli import cards
from tests.cli.test_import import imported, wall_time

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch, cameras: dict[str, str]) -> None:
    monkeypatch.setattr(house, "open_up", lambda: None)
    kinds.say("wal-lemon", kinds.Kind.MOTION, by="test clerk")
    cast.enrolled("jo")


def run(*words: str, city: str = cast.WALNUT) -> Result:
    return CliRunner().invoke(media.command, [words[0], city, *words[1:]])


def test_a_listed_card_enters_the_register_and_goes_back_no_sooner_than_the_text_says(
    tmp_path: Path,
) -> None:
    taken = wall_time(cast.WALNUT)
    cards.put(tmp_path, "IMG_1.JPG", cards.photo(100, taken))
    assert imported(tmp_path, camera="wal-lemon", by="jo").exit_code == 0
    stored = run("record", "Card 7", "stored", "--place", "vault", "--by", "jo")
    assert stored.exit_code == 0, stored.output
    early = run("record", "Card 7", "put-in", "--camera", "wal-lemon", "--by", "jo")
    assert early.exit_code == 1
    assert "(WAL-8.1, WAL-8.2)" in early.output
    listed = run("list", "--by", "jo").output
    assert f"Card 7; kept at vault; wal-lemon {taken:%Y-%m-%d} to {taken:%Y-%m-%d}" in listed
    shown = run("show", "Card 7", "--by", "jo").output
    number = shown.splitlines()[-1].split()[0]
    fixed = run("correct", "Card 7", number, "--place", "safe", "--why", "typo", "--by", "jo")
    assert fixed.exit_code == 0, fixed.output
    assert "kept at safe" in run("list", "--by", "jo").output
    assert "[corrected]" in run("show", "Card 7", "--by", "jo").output


def test_a_card_that_the_register_has_elsewhere_is_not_taken_for_another(tmp_path: Path) -> None:
    run("add", "Card 7", "--by", "jo")
    put = run("record", "Card 7", "put-in", "--camera", "wal-valley", "--by", "jo")
    assert put.exit_code == 0, put.output
    cards.put(tmp_path, "IMG_1.JPG", cards.photo(100, wall_time(cast.WALNUT)))
    other = imported(tmp_path, camera="wal-lemon", by="jo")
    assert other.exit_code == 1
    assert "in camera wal-valley" in other.output
    assert "Nothing was read" in other.output


def test_where_a_role_keeps_drives_the_console_alone_does_not(tmp_path: Path) -> None:
    assert "a person answers for this" in run("add", "Card 9").output
    assert "You have no role" in run("add", "Card 9", "--by", "jo", city=cast.CARSON).output
    assert run("add", "Card 9", city=cast.WILLARD).exit_code == 0
    assert "no policy" in run("list", city="nowhere").output
