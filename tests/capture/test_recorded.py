"""A film of a real car becomes one sighting, with its evidence; a damaged one says so."""

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image as Pillow

from plateward.capture import recorded, video
from plateward.capture.sieve import Sieve
from plateward.capture.speed import Course
from plateward.capture.stills import Frame
from plateward.capture.tracks import Tracker
from plateward.cli import read, read_video
from plateward.plates.sighting import Sighting
from plateward.recognition import Image, PlateReader, Reading, photos, samples
from tests.capture import film
from tests.capture.seen import GREY, NOON, frame, reading

VAN = Path(samples.__file__).parent / "nl-white-van.jpg"


@pytest.fixture(scope="module")
def reader() -> PlateReader:
    return PlateReader.default()


@pytest.fixture(scope="module")
def van(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six frames of a real van, which drives to the right as the camera pans."""
    pictures = film.panned(photos.load(VAN), frames=6, step=40, size=(600, 500))
    return film.save(pictures, tmp_path_factory.mktemp("film") / "van.mkv")


@pytest.fixture(scope="module")
def grey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty frames in which nothing is to be seen, three seconds long."""
    noise = np.random.default_rng(1)
    pictures = (np.asarray(noise.integers(0, 255, (240, 320, 3)), np.uint8) for _ in range(30))
    return film.save(pictures, tmp_path_factory.mktemp("film") / "grey.avi")


class Says:
    """A reader that reads in every frame what it was told."""

    def __init__(self, *each: list[Reading]) -> None:
        self._each = iter(each)

    def read(self, image: Image) -> list[Reading]:
        del image
        return next(self._each)


def told(
    frames: Iterable[Frame], reader: recorded.PictureReader, course: Course | None = None
) -> Iterator[Sighting]:
    for passage in recorded.passages(frames, reader, tracker=Tracker(), sieve=Sieve()):
        yield recorded.sighting(passage, course=course)


def test_a_real_van_that_drives_by_is_one_sighting(reader: PlateReader, van: Path) -> None:
    (one,) = told(video.frames(van, device="elm-st", began=NOON), reader)
    assert (one.plate, one.device, one.direction) == ("41RSTZ", "elm-st", "right")
    assert NOON <= one.seen_at <= NOON + timedelta(seconds=0.5)
    assert (one.confidence or 0) > 0.5
    assert one.photo
    assert one.crop
    (again,) = told(video.frames(van, device="elm-st", began=NOON), reader)
    assert again == one  # the same film at the same instant is the same event


def test_the_command_tells_a_vehicle_once(reader: PlateReader, van: Path) -> None:
    result = CliRunner().invoke(read.command, ["--json", str(van)])
    assert result.exit_code == 0, result.output
    said = json.loads(result.output)
    (vehicle,) = said["vehicles"]
    assert (vehicle["text"], vehicle["frames"], said["dropped"]) == ("41RSTZ", 6, {})
    assert len(vehicle["evidence"]["sha256"]) == 64
    text = "\n".join(read_video.lines(read_video.read(reader, str(van)), as_json=False))
    assert "1 vehicle passed" in text
    assert "41RSTZ" in text


def test_the_event_is_bound_to_the_picture_that_is_kept() -> None:
    other = np.full_like(GREY, 91)
    events = {
        next(told([frame(0, image)], Says([reading("TST4821")]))).event for image in (GREY, other)
    }
    assert len(events) == 2


def test_speed_is_told_only_where_a_course_is_given() -> None:
    looks = [[reading("TST4821", y=200 + 50 * n)] for n in range(9)]
    frames = [frame(n / 10) for n in range(9)]
    course = Course(((0.0, 300.0), (1280.0, 300.0)), ((0.0, 500.0), (1280.0, 500.0)), 10.0)
    assert [one.speed_kmh for one in told(frames, Says(*looks), course)] == [90.0]
    assert [one.speed_kmh for one in told(frames, Says(*looks))] == [None]


def test_frames_are_given_no_oftener_than_asked(grey: Path) -> None:
    seconds = [
        (one.seen_at - NOON).total_seconds()
        for one in video.frames(grey, device="x", began=NOON, every=timedelta(seconds=0.5))
    ]
    assert seconds == [0.0, 0.5, 1.0, 1.5, 2.0, 2.5]


@pytest.mark.parametrize("named", ["none.mp4", "words.mp4", "photo.mp4", "folder.mp4"])
def test_what_is_no_video_is_refused_by_name(named: str, tmp_path: Path) -> None:
    file = tmp_path / named
    if named.startswith("words"):
        file.write_text("not a film")
    elif named.startswith("photo"):
        Pillow.fromarray(GREY).save(tmp_path / "photo.jpg")
        file.write_bytes((tmp_path / "photo.jpg").read_bytes()[:200])
    elif named.startswith("folder"):
        file.mkdir()
    with pytest.raises(video.NotAVideo, match=named):
        list(video.frames(file, device="x", began=NOON))


def test_a_damaged_film_gives_what_it_has_or_says_why_not(grey: Path, tmp_path: Path) -> None:
    whole = grey.read_bytes()
    draw = np.random.default_rng(7)
    outcomes = set()
    for attempt in range(12):
        damaged = bytearray(whole[: draw.integers(200, len(whole))])
        for at in draw.integers(0, len(damaged), 200 * (attempt % 3)):
            damaged[at] ^= 0xFF
        file = tmp_path / f"{attempt}.avi"
        file.write_bytes(damaged)
        seen = 0
        try:
            for _ in video.frames(file, device="x", began=NOON):
                seen += 1
        except video.CutShort:
            outcomes.add("cut short" if seen else "nothing")
        except video.NotAVideo:
            assert not seen
        else:
            outcomes.add("read")
    assert outcomes >= {"read"}


def test_the_command_tells_what_passed_before_the_film_breaks_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object, **__: object) -> Iterator[Frame]:
        yield frame(0)
        raise video.CutShort("van.mp4 is damaged after 0.1 seconds (bad data).")

    monkeypatch.setattr(video, "frames", broken)
    reader = Says([reading("TST4821")])
    monkeypatch.setattr(reader, "provider", "cpu", raising=False)
    seen = read_video.read(reader, "van.mp4")  # type: ignore[arg-type]
    assert [one.told.plate for one in seen.vehicles] == ["TST4821"]
    first, *others = read_video.lines(seen, as_json=False)
    assert "damaged after 0.1 seconds" in first
    assert "1 vehicle passed" in others[0]


def test_without_the_decoder_it_says_what_to_install(
    grey: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(video.NotAVideo, match=r"plateward\[video\]"):
        list(video.frames(grey, device="x", began=NOON))
