"""A camera's card: each picture once, at its own time, on record, resumed after a kill."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.conf import settings
from django.db import connection
from django.utils import timezone

from plateward.audit import log
from plateward.cameras import kinds
from plateward.cli import file_store, house, import_
from plateward.custody import media
from plateward.custody.models import Medium, MediumFile
from plateward.gate import door
from plateward.policy import in_force
from plateward.policy.vocabulary import Act
from plateward.reads.models import Read
from tests import cast
from tests.cli import cards

CARSON, WALNUT = "car-avalon", "wal-lemon"
YESTERDAY = timedelta(days=1)
STARTED = Path(__file__).with_name("import_that_waits.py")


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house, "open_up", lambda: None)
    monkeypatch.setattr(file_store, "readers", lambda provider: cards.readers())


@pytest.fixture
def card(tmp_path: Path) -> Path:
    (tmp_path / "card").mkdir()
    return tmp_path / "card"


@pytest.fixture
def eve(cameras: dict[str, str]) -> Any:
    return cast.enrolled("eve")


def wall_time(city: str, ago: timedelta = YESTERDAY) -> datetime:
    return (timezone.now() - ago).astimezone(in_force.profile(city).zone).replace(microsecond=0)


def imported(card: Path, *more: str, camera: str = CARSON, by: str = "eve") -> Result:
    words = [str(card), "--camera", camera, "--label", "Card 7", "--by", by, *more]
    return CliRunner().invoke(import_.command, words)


def on_record(city: str) -> list[media.Record]:
    permit = door.admit_house(Act.CAMERAS_MONITOR, "test", city=city)
    return media.of(city, permit=permit)


@pytest.mark.django_db
@pytest.mark.usefixtures("eve")
def test_each_picture_becomes_a_read_at_its_own_time_and_the_card_is_on_record(card: Path) -> None:
    taken = wall_time(cast.CARSON)
    cards.put(card, "IMG_1.JPG", cards.photo(100, taken))
    cards.put(card, "IMG_2.JPG", cards.photo(0, taken))
    cards.put(card, "notes.txt", b"not mine")
    ran = imported(card)
    assert ran.exit_code == 0, ran.output
    assert "2 files" in ran.output
    assert "1 new reads" in ran.output
    assert "1 files that are no pictures were passed over" in ran.output
    assert "erase it before it leaves your hands" in ran.output
    read = Read.objects.get()
    assert (read.plate, read.seen_at) == ("TST100", taken)
    (record,) = on_record(cast.CARSON)
    assert (record.files, record.reads, record.failures) == (2, 1, 0)
    assert (record.label, record.recorded_from, record.only_listed) == ("Card 7", taken, False)
    done, begun = log.find(log.Filter(act=media.IMPORTED))
    assert (begun.outcome, done.outcome) == ("begun", "done")
    assert done.facts["manifest"] == record.manifest
    assert "TST100" not in ran.output


@pytest.mark.django_db
@pytest.mark.usefixtures("eve")
def test_a_card_that_comes_back_brings_only_what_is_new_also_under_other_names(card: Path) -> None:
    taken = wall_time(cast.CARSON)
    old = cards.put(card, "IMG_1.JPG", cards.photo(100, taken))
    imported(card)
    old.rename(old.with_name("RENAMED.JPG"))
    cards.put(card, "IMG_2.JPG", cards.photo(120, taken))
    ran = imported(card)
    assert "1 new reads" in ran.output
    assert "1 dropped: imported before" in ran.output
    assert sorted(read.plate for read in Read.objects.all()) == ["TST100", "TST120"]


@pytest.mark.django_db
@pytest.mark.usefixtures("eve")
def test_what_has_no_time_is_from_the_future_or_too_old_is_dropped_unread_and_counted(
    card: Path,
) -> None:
    now = wall_time(cast.CARSON, timedelta(0))
    cards.put(card, "old.jpg", cards.photo(100, now - timedelta(days=3000)))
    cards.put(card, "ahead.jpg", cards.photo(101, now + timedelta(hours=2)))
    cards.put(card, "none.jpg", cards.photo(102))
    ran = imported(card, "--file-times", "refused")
    for why in ("too old", "in the future", "no time"):
        assert f"1 dropped: {why}" in ran.output
    assert not Read.objects.exists()
    assert ran.exit_code == 0


@pytest.mark.django_db
@pytest.mark.usefixtures("eve")
def test_an_offset_of_the_camera_is_believed_and_a_files_time_is_told_as_such(card: Path) -> None:
    taken = (timezone.now() - YESTERDAY).replace(microsecond=0)
    east = taken + timedelta(hours=9)
    cards.put(card, "a.jpg", cards.photo(100, east.replace(tzinfo=None), "+09:00"))
    bare = cards.put(card, "b.jpg", cards.photo(110))
    os.utime(bare, (taken.timestamp(), taken.timestamp()))
    ran = imported(card)
    assert set(Read.objects.values_list("seen_at", flat=True)) == {taken}
    assert "1 times told by the time of its file alone" in ran.output


@pytest.mark.django_db
@pytest.mark.usefixtures("eve")
def test_files_that_cannot_be_read_are_told_without_their_names_and_tried_again(card: Path) -> None:
    bad = cards.put(card, "TST9999.jpg", b"\xff\xd8\xff broken")
    cards.put(card, "good.jpg", cards.photo(100, wall_time(cast.CARSON)))
    ran = imported(card)
    assert ran.exit_code == 2
    assert "1 not read" in ran.output
    assert "Keep the card" in ran.output
    assert "TST9999" not in ran.output
    bad.write_bytes(cards.photo(120, wall_time(cast.CARSON)))
    assert "1 new reads" in imported(card).output


@pytest.mark.django_db
def test_walnuts_motion_cameras_keep_their_pictures_and_the_card_is_only_put_on_record(
    card: Path, cameras: dict[str, str]
) -> None:
    cast.enrolled("jo")
    taken = wall_time(cast.WALNUT)
    cards.put(card, "IMG_1.JPG", cards.photo(100, taken))
    refused = imported(card, camera=WALNUT, by="jo")
    assert "does not say what kind" in refused.output
    kinds.say(WALNUT, kinds.Kind.MOTION, by="test clerk")
    ran = imported(card, camera=WALNUT, by="jo")
    assert ran.exit_code == 0, ran.output
    assert "WAL-5.1" in ran.output
    kept_until = taken + timedelta(days=60)
    assert f"until {kept_until:%Y-%m-%d}: 60 days from the day of recording (WAL-8.1)" in ran.output
    assert not Read.objects.exists()
    (record,) = on_record(cast.WALNUT)
    assert (record.only_listed, record.files, record.recorded_from) == (True, 1, taken)
    kinds.say(WALNUT, kinds.Kind.FIXED, by="test clerk")
    assert "1 new reads" in imported(card, camera=WALNUT, by="jo").output


@pytest.mark.django_db
def test_a_card_that_changed_hands_in_walnut_needs_a_case(
    card: Path, cameras: dict[str, str]
) -> None:
    cast.enrolled("jo")
    kinds.say(WALNUT, kinds.Kind.MOTION, by="test clerk")
    cards.put(card, "IMG_1.JPG", cards.photo(100, wall_time(cast.WALNUT)))
    other = ("--taken-out-by", "Contractor Kay")
    refused = imported(card, *other, camera=WALNUT, by="jo")
    assert "WAL-5.2" in refused.output
    assert "--case" in refused.output
    assert not Medium.objects.exists()
    ran = imported(card, *other, "--case", "26-10377", camera=WALNUT, by="jo")
    assert ran.exit_code == 0, ran.output
    (record,) = on_record(cast.WALNUT)
    assert (record.case_number, record.taken_out_by) == ("26-10377", "Contractor Kay")


@pytest.mark.django_db
@pytest.mark.usefixtures("cameras")
def test_who_may_not_look_after_cameras_imports_nothing_and_the_log_says_so(card: Path) -> None:
    cast.enrolled("gus")
    cards.put(card, "IMG_1.JPG", cards.photo(100, wall_time(cast.CARSON)))
    ran = imported(card, by="gus")
    assert ran.exit_code == 1
    assert "may not" in ran.output
    assert log.find(log.Filter(actor="LASD-5521", outcome="refused"))
    assert not Medium.objects.exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("eve")
def test_what_is_no_card_or_no_camera_is_said_before_anything_is_done(card: Path) -> None:
    assert "holds no picture and no film" in imported(card).output
    cards.put(card, "IMG_1.JPG", cards.photo(100))
    assert "No camera 'elm'" in imported(card, camera="elm").output
    ahead = f"{wall_time(cast.CARSON, timedelta(days=-2)):%Y-%m-%d}"
    assert "still to come" in imported(card, "--taken-out", ahead).output
    assert not Medium.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"label": ""},
        {"taken_out_by": ""},
        {"imported_by": ""},
        {"ended_at": datetime(2000, 1, 1, tzinfo=UTC), "manifest": "x"},
        {"ended_at": datetime(3000, 1, 1, tzinfo=UTC)},
    ],
)
@pytest.mark.django_db
def test_a_record_that_cannot_be_is_refused_by_the_table(
    cameras: dict[str, str], wrong: dict[str, Any]
) -> None:
    from django.db import IntegrityError

    from plateward.cameras import register

    good = {
        "city": cast.CARSON,
        "camera_id": register.named(CARSON).key,
        "label": "Card 7",
        "only_listed": False,
        "taken_out_by": "Eve",
        "taken_out_at": timezone.now(),
        "imported_by": "CON-008",
        "entry": 0,
    }
    with pytest.raises(IntegrityError):
        Medium.objects.create(**good | wrong)


@pytest.fixture
def waiting(card: Path, eve: Any) -> Iterator["subprocess.Popen[str]"]:
    """An import in a process of its own that stops before its third picture, for ever."""
    del eve
    for n in range(5):
        cards.put(card, f"IMG_{n}.JPG", cards.photo(100 + 10 * n, wall_time(cast.CARSON)))
    named = connection.settings_dict["NAME"]
    # Its pictures are opened here again: the same key, whatever folder another test named last.
    environment = os.environ | {
        "PLATEWARD_TEST_NAME": str(named),
        "PLATEWARD_PICTURE_KEY": settings.PICTURE_KEY,
    }
    words = [sys.executable, "-m", "tests.cli.import_that_waits", str(card)]
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True) as process:
        yield process
        if process.poll() is None:
            process.kill()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_it_goes_on_and_each_file_is_read_once(
    card: Path, waiting: "subprocess.Popen[str]"
) -> None:
    assert waiting.stdout is not None
    assert any("waits" in line for line in waiting.stdout)
    waiting.send_signal(signal.SIGKILL)
    waiting.wait()
    done = set(MediumFile.objects.values_list("sha256", flat=True))
    assert (len(done), Read.objects.count()) == (2, 2)
    assert Medium.objects.get().ended_at is None
    ran = imported(card)
    assert ran.exit_code == 0, (ran.output, ran.exception)
    assert "was cut off and goes on" in ran.output
    assert "5 files" in ran.output
    assert "5 new reads" in ran.output
    assert (Read.objects.count(), MediumFile.objects.count()) == (5, 5)
    assert Medium.objects.get().ended_at is not None
    assert [each.outcome for each in log.find(log.Filter(act=media.IMPORTED))] == [
        *("done", "resumed", "begun")
    ]
