"""The page on using the reader alone: what it shows is run, as it stands there."""

import re
import shutil
from pathlib import Path

import pytest

from plateward.recognition import photos, providers
from plateward.recognition.samples import samples

HOUSE = Path(__file__).parents[2]
PAGE = (HOUSE / "docs/how-tos/use-the-reader-as-a-library.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.slow
@pytest.mark.recognition
def test_what_the_page_shows_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sample = samples()[0]
    shutil.copy(sample.photo, tmp_path / "car.jpg")
    (tmp_path / "notes.txt").write_text("ABC 123")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(providers.SETTING, raising=False)
    exec(compile("\n".join(SHOWN), "the page", "exec"), {"__name__": "the page"})  # noqa: S102 -- our own page
    said = capsys.readouterr().out
    assert sample.plates[0] in said
    assert "notes.txt is not a photo" in said
    assert "gone.jpg does not exist" in said
    assert "cpu of ['cpu'" in said
    assert "There is no execution provider 'no-such-provider'" in said


def test_the_page_shows_something() -> None:
    assert len(SHOWN) == 4


def test_its_figures_are_those_of_the_code() -> None:
    assert f"At most {photos.MOST_BYTES // 1024**2} MB" in PAGE
    assert f"{photos.MOST_PIXELS // 1_000_000} million pixels" in PAGE
    assert f"({photos.MOST_PIXELS // 2_000_000} in WebP)" in PAGE
    assert f"{photos.MOST_SIDE:,} on a side" in PAGE


def test_its_table_names_every_provider_and_how_it_is_installed() -> None:
    for each in providers.KNOWN:
        (row,) = re.findall(rf"^\| `{each.name}` \| (.*) \|$", PAGE, re.MULTILINE)
        assert row == each.remedy.replace("`pip install onnxruntime`", "nothing more")
