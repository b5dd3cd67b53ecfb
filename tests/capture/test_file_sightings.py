"""Real photos and films as files: read once from their disk, told by their hash, without names."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from plateward.capture import file_sightings, picture_files
from plateward.capture.file_sightings import Opened, Readers, Unreadable
from plateward.recognition import PlateReader, photos, samples
from tests.capture import film

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def lying(folder: Path) -> Opened:
    (file,) = picture_files.walk(folder)
    return file_sightings.opened(file)


@pytest.fixture(scope="module")
def readers() -> Readers:
    return Readers(PlateReader.default())


@pytest.mark.recognition
@pytest.mark.slow
def test_a_real_photo_shows_its_plate_and_the_same_event_each_time(
    readers: Readers, tmp_path: Path
) -> None:
    content = (samples.FOLDER / "us-michigan-pickup.jpg").read_bytes()
    (tmp_path / "a.jpg").write_bytes(content)
    one = lying(tmp_path)
    assert one.sha256 == hashlib.sha256(content).hexdigest()
    first, again = (
        file_sightings.shown(one, device="elm", at=NOON, readers=readers).sightings
        for _ in range(2)
    )
    assert [sighting.plate for sighting in first] == ["BBX3499"]
    assert [sighting.event for sighting in first] == [sighting.event for sighting in again]


@pytest.mark.recognition
@pytest.mark.slow
def test_a_real_film_shows_one_vehicle(readers: Readers, tmp_path: Path) -> None:
    van = photos.load(samples.FOLDER / "nl-white-van.jpg")
    pictures = film.panned(van, frames=4, step=40, size=(600, 500))
    film.save(pictures, tmp_path / "van.mp4")
    shown = file_sightings.shown(lying(tmp_path), device="elm", at=NOON, readers=readers)
    assert len(shown.sightings) == 1
    assert shown.sightings[0].seen_at >= NOON


@pytest.mark.parametrize("name", ["TST4821.jpg", "TST4821.mp4"])
def test_what_shows_nothing_is_told_without_its_name(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"neither photo nor film")
    nobody = Readers(plates=None)  # type: ignore[arg-type]  # it is never asked
    with pytest.raises(Unreadable) as refused:
        file_sightings.shown(lying(tmp_path), device="elm", at=NOON, readers=nobody)
    assert "TST4821" not in str(refused.value)
