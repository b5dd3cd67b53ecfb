"""When a picture was taken: its own word first, then the film's, then that of the file."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from plateward.capture import taken_at, video
from plateward.capture.picture_files import Kind, PictureFile
from plateward.capture.taken_at import Believing, Clock, Taken, ToldBy
from tests.cli import cards

ZONE = ZoneInfo("America/Los_Angeles")
NIGHT = datetime(2026, 11, 1, 1, 30)  # comes twice there: clocks go back at two  # noqa: DTZ001
MODIFIED = datetime(2026, 11, 5, 12, tzinfo=UTC)


def file(kind: Kind = Kind.PHOTO, path: Path = Path("a.jpg")) -> PictureFile:
    return PictureFile(path, path.name, kind, 1, int(MODIFIED.timestamp()) * 10**9)


def told(content: bytes, believing: Believing = Believing(ZONE)) -> Taken:  # noqa: B008 -- frozen
    return taken_at.of(file(), content, believing)


def test_wall_time_is_that_of_the_cameras_city() -> None:
    at = datetime(2026, 7, 1, 12)  # noqa: DTZ001
    assert told(cards.photo(9, at)) == Taken(datetime(2026, 7, 1, 19, tzinfo=UTC), ToldBy.PHOTO)


def test_an_hour_that_comes_twice_is_the_earlier_so_that_nothing_is_kept_longer() -> None:
    assert told(cards.photo(9, NIGHT)).at == datetime(2026, 11, 1, 8, 30, tzinfo=UTC)
    assert told(cards.photo(9, NIGHT, "-08:00")).at == datetime(2026, 11, 1, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("content", [b"", b"no picture", cards.photo(9), cards.photo(9)[:300]])
def test_where_the_picture_says_nothing_its_file_does_unless_that_is_refused(
    content: bytes,
) -> None:
    assert told(content) == Taken(MODIFIED, ToldBy.FILE)
    wall = told(content, Believing(ZONE, files=Clock.CAMERA))
    assert wall.at == MODIFIED.replace(tzinfo=ZONE)
    assert told(content, Believing(ZONE, files=Clock.REFUSED)) == Taken(None, ToldBy.NOBODY)


def film_of(path: Path, **said: str) -> Path:
    import av

    with av.open(str(path), "w") as container:
        container.metadata.update(said)
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height = 64, 48
        for _ in range(20):
            frame = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24")
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return path


def test_a_film_says_when_it_began_in_utc_or_by_the_cameras_clock(tmp_path: Path) -> None:
    path = film_of(tmp_path / "a.mp4", creation_time="2026-11-04T10:00:00Z")
    one = file(Kind.FILM, path)
    began = datetime(2026, 11, 4, 10, tzinfo=UTC)
    assert taken_at.of(one, b"", Believing(ZONE)) == Taken(began, ToldBy.FILM)
    wall = taken_at.of(one, b"", Believing(ZONE, films=Clock.CAMERA))
    assert wall.at == began.replace(tzinfo=ZONE)


def test_a_film_that_says_nothing_began_before_its_file_was_closed(tmp_path: Path) -> None:
    one = file(Kind.FILM, film_of(tmp_path / "a.avi"))
    assert taken_at.of(one, b"", Believing(ZONE)) == Taken(
        MODIFIED - timedelta(seconds=2), ToldBy.FILE
    )


def test_a_film_that_is_none_has_no_time(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"no film")
    assert taken_at.of(file(Kind.FILM, path), b"", Believing(ZONE)).at is None
    with pytest.raises(video.NotAVideo):
        video.said_of(path)
