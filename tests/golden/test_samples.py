"""What the bundled photos must read: accuracy may rise, never fall."""

import json
from pathlib import Path

import PIL.Image
import pytest

from plateward.recognition import PlateReader, Reading, photos
from plateward.recognition.samples import FOLDER, Sample, samples

SAMPLES = samples()


@pytest.fixture(scope="module")
def reader() -> PlateReader:
    return PlateReader.default()


@pytest.fixture(scope="module")
def readings(reader: PlateReader) -> dict[str, list[Reading]]:
    return {sample.photo.name: reader.read(photos.load(sample.photo)) for sample in SAMPLES}


@pytest.mark.slow
@pytest.mark.recognition
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.photo.stem)
def test_the_surest_reading_is_what_a_person_reads(
    sample: Sample, readings: dict[str, list[Reading]]
) -> None:
    found = readings[sample.photo.name]
    assert tuple(one.plate for one in found[: len(sample.plates)]) == sample.plates


@pytest.mark.slow
@pytest.mark.recognition
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.photo.stem)
def test_every_reading_accounts_for_itself(
    sample: Sample, readings: dict[str, list[Reading]]
) -> None:
    with PIL.Image.open(sample.photo) as picture:
        width, height = picture.size
    for one in readings[sample.photo.name]:
        assert "".join(each.text for each in one.characters) == one.plate
        assert 0 < one.confidence <= 1
        assert all(0 <= each.confidence <= 1 for each in one.characters)
        assert 0 <= one.box.left < one.box.right <= width
        assert 0 <= one.box.top < one.box.bottom <= height


@pytest.mark.slow
@pytest.mark.recognition
def test_sure_readings_beside_the_plates_stay_few(readings: dict[str, list[Reading]]) -> None:
    beside = [
        one.plate
        for sample in SAMPLES
        for one in readings[sample.photo.name]
        if one.plate not in sample.plates and one.confidence >= 0.8
    ]
    assert len(beside) <= 1, beside


def test_every_photo_has_a_label_and_its_source() -> None:
    there = {path.name for path in Path(FOLDER).glob("*.jpg")}
    credited = (FOLDER / "ATTRIBUTION.md").read_text(encoding="utf-8")
    labelled = {each["file"] for each in json.loads((FOLDER / "labels.json").read_text())}
    assert there == labelled
    assert [name for name in there if name not in credited] == []
    assert len(there) <= 12
    assert max(path.stat().st_size for path in Path(FOLDER).glob("*.jpg")) <= 300_000
