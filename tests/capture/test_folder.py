"""A watched folder: each file once, whole, and what cannot be read is put aside with the reason."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from plateward.capture import folder as folders
from plateward.capture.already_read import AlreadyRead, CannotRemember
from plateward.capture.file_sightings import Opened, Unreadable
from plateward.capture.folder import ASIDE, Folder, NotNow, NotThisCamera, Then
from plateward.capture.whole import Settling, is_written_to


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Taker:
    """Remembers what it took; refuses what it is told to."""

    def __init__(self) -> None:
        self.took: list[tuple[str, bytes]] = []
        self.refuses: Exception | None = None

    def __call__(self, camera: str, one: Opened) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.took.append((camera, one.content))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "drop" / "elm").mkdir(parents=True)
    return tmp_path / "drop"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def known(tmp_path: Path) -> Iterator[AlreadyRead]:
    with AlreadyRead(tmp_path / "state.sqlite3") as opened:
        yield opened


@pytest.fixture
def taker() -> Taker:
    return Taker()


def watched(root: Path, known: AlreadyRead, clock: Clock, then: Then = Then.KEEP) -> Folder:
    return Folder(root, known, then=then, settling=Settling(3.0, clock))


def rounds(folder: Folder, taker: Taker, clock: Clock, often: int = 2) -> folders.Tally:
    """As many looks, each long enough after the one before."""
    for _ in range(often):
        tally = folder.round_once(taker)
        clock.seconds += 3
    return tally


def test_a_new_file_is_taken_once_also_after_a_restart(
    root: Path, known: AlreadyRead, clock: Clock, taker: Taker, tmp_path: Path
) -> None:
    (root / "elm" / "a.jpg").write_bytes(b"one")
    rounds(watched(root, known, clock), taker, clock, 3)
    assert taker.took == [("elm", b"one")]
    with AlreadyRead(tmp_path / "state.sqlite3") as again:
        rounds(watched(root, again, clock), taker, clock, 3)
    assert len(taker.took) == 1


def test_a_file_copied_again_is_the_same_and_one_written_anew_is_not(
    root: Path, known: AlreadyRead, clock: Clock, taker: Taker
) -> None:
    file, folder = root / "elm" / "now.jpg", watched(root, known, clock)
    for content, at in ((b"one", 1_000), (b"one", 2_000), (b"two", 3_000)):
        file.write_bytes(content)
        os.utime(file, (at, at))
        rounds(folder, taker, clock)
    assert [content for _, content in taker.took] == [b"one", b"two"]


def test_a_file_that_still_grows_is_waited_for(
    root: Path, known: AlreadyRead, clock: Clock, taker: Taker
) -> None:
    file, folder = root / "elm" / "slow.jpg", watched(root, known, clock)
    for content in (b"h", b"ha", b"hal"):
        file.write_bytes(content)
        rounds(folder, taker, clock, 1)
    assert taker.took == []
    rounds(folder, taker, clock, 1)
    assert taker.took == [("elm", b"hal")]


def test_a_file_that_somebody_has_open_for_writing_is_waited_for_though_it_stands_still(
    root: Path, known: AlreadyRead, clock: Clock, taker: Taker
) -> None:
    file, folder = root / "elm" / "open.jpg", watched(root, known, clock)
    with file.open("wb") as writing:
        writing.write(b"half")
        writing.flush()
        if not is_written_to(file):
            pytest.skip("this file system does not tell who writes")
        rounds(folder, taker, clock, 3)
        assert taker.took == []
    rounds(folder, taker, clock, 1)
    assert taker.took == [("elm", b"half")]


def test_a_name_that_is_no_pictures_waits_for_its_renaming(
    root: Path, known: AlreadyRead, clock: Clock, taker: Taker
) -> None:
    file, folder = root / "elm" / "a.jpg.tmp", watched(root, known, clock)
    file.write_bytes(b"one")
    rounds(folder, taker, clock)
    assert taker.took == []
    file.rename(root / "elm" / "a.jpg")
    rounds(folder, taker, clock)
    assert taker.took == [("elm", b"one")]


def test_links_hidden_files_and_files_of_no_camera_are_not_taken(
    root: Path, known: AlreadyRead, clock: Clock, taker: Taker, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.jpg"
    secret.write_bytes(b"not yours")
    (root / "elm" / "link.jpg").symlink_to(secret)
    (root / "other").symlink_to(tmp_path)
    (root / "elm" / ".half.jpg").write_bytes(b"x")
    (root / "stray.jpg").write_bytes(b"whose?")
    tally = rounds(watched(root, known, clock), taker, clock)
    assert taker.took == []
    assert "of no camera" in tally.left[""]


def test_what_cannot_be_read_is_put_aside_with_the_reason_where_files_are_deleted(
    root: Path, known: AlreadyRead, clock: Clock, taker: Taker
) -> None:
    (root / "elm" / "bad.jpg").write_bytes(b"no picture")
    taker.refuses = Unreadable("It is damaged.")
    tally = rounds(watched(root, known, clock, Then.DELETE), taker, clock)
    assert tally.unread == {"It is damaged.": 1}
    aside = sorted((root / ASIDE / "elm").iterdir())
    assert [path.read_bytes() for path in aside] == [b"no picture", b"It is damaged.\n"]
    assert not (root / "elm" / "bad.jpg").exists()


def test_what_cannot_be_read_is_listed_once_where_files_are_kept(
    root: Path, known: AlreadyRead, clock: Clock, taker: Taker
) -> None:
    (root / "elm" / "bad.jpg").write_bytes(b"no picture")
    taker.refuses, folder = Unreadable("It is damaged."), watched(root, known, clock)
    assert rounds(folder, taker, clock).unread == {"It is damaged.": 1}
    assert rounds(folder, taker, clock).unread == {}
    assert (root / "elm" / "bad.jpg").exists()


def test_a_file_that_was_read_is_deleted_only_where_that_was_said(
    root: Path, known: AlreadyRead, clock: Clock, taker: Taker
) -> None:
    file = root / "elm" / "a.jpg"
    file.write_bytes(b"one")
    rounds(watched(root, known, clock), taker, clock)
    assert file.exists()
    file.with_name("b.jpg").write_bytes(b"two")
    rounds(watched(root, known, clock, Then.DELETE), taker, clock)
    assert not file.with_name("b.jpg").exists()


@pytest.mark.parametrize("refusal", [NotNow("The log is full."), NotThisCamera("No such camera.")])
def test_what_is_not_taken_now_stays_and_is_taken_later(
    root: Path, known: AlreadyRead, clock: Clock, taker: Taker, refusal: Exception
) -> None:
    (root / "elm" / "a.jpg").write_bytes(b"one")
    folder, taker.refuses = watched(root, known, clock, Then.DELETE), refusal
    tally = rounds(folder, taker, clock)
    assert str(refusal) in (tally.waits, tally.left.get("elm"))
    taker.refuses = None
    rounds(folder, taker, clock)
    assert taker.took == [("elm", b"one")]


def test_what_lies_aside_never_grows_beyond_its_share_of_the_disk(
    root: Path, known: AlreadyRead, clock: Clock, taker: Taker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "MOST_ASIDE_BYTES", 50)
    taker.refuses, folder = Unreadable("No."), watched(root, known, clock, Then.DELETE)
    for n in range(9):
        (root / "elm" / f"{n}.jpg").write_bytes(b"0123456789" + bytes([n]))
    rounds(folder, taker, clock)
    left = [path for path in (root / ASIDE / "elm").iterdir() if path.suffix == ".jpg"]
    assert 0 < sum(path.stat().st_size for path in left) <= 50
    assert max(left).read_bytes().endswith(bytes([8]))


def test_what_was_read_is_remembered_without_a_name(
    root: Path, known: AlreadyRead, clock: Clock, taker: Taker, tmp_path: Path
) -> None:
    (root / "elm" / "TST4821.jpg").write_bytes(b"one")
    rounds(watched(root, known, clock), taker, clock)
    assert b"TST4821" not in (tmp_path / "state.sqlite3").read_bytes()


def test_a_memory_that_cannot_be_opened_says_so(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file, no folder")
    with pytest.raises(CannotRemember, match="No file was read"):
        AlreadyRead(tmp_path / "state" / "x.sqlite3")
