"""A photo may be anything: what is refused, and what the refusal says."""

from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from plateward.recognition import NotAPhoto, photos
from tests.recognition.hostile import encoded, noise, png_claiming


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"ABC 123 is not a picture\n" * 40, "not a photo"),
        (bytes(5000), "not a photo"),
        (encoded(noise(), "JPEG")[:800], "damaged or incomplete"),
        (encoded(noise(), "PNG")[:3000], "damaged or incomplete"),
        (png_claiming(9000, 9000), "9000 x 9000 pixels"),
        (png_claiming(60000, 60000), "60000 x 60000 pixels"),
    ],
    ids=["empty", "text", "zeros", "cut-jpeg", "cut-png", "bomb", "great-bomb"],
)
def test_what_is_no_photo_is_refused_in_words(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "photo.jpg"
    file.write_bytes(content)
    with pytest.raises(NotAPhoto, match=said) as refusal:
        photos.load(file)
    assert str(refusal.value).startswith(str(file))
    assert str(refusal.value).endswith(".")


def test_a_missing_file_a_folder_and_a_device_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NotAPhoto, match="does not exist"):
        photos.load(tmp_path / "none.jpg")
    with pytest.raises(NotAPhoto, match=r"is an empty folder\. There is nothing"):
        photos.load(tmp_path)
    (tmp_path / "photo.jpg").touch()
    with pytest.raises(NotAPhoto, match=r"is a folder\. Name the photos in it, as in .*\*\.jpg"):
        photos.load(tmp_path)
    with pytest.raises(NotAPhoto, match="not a file"):
        photos.load("/dev/zero")
    for name in ("a\0b.jpg", "a" * 300):
        with pytest.raises(NotAPhoto, match=r"cannot be opened: .* try again\."):
            photos.load(name)


def test_more_bytes_than_the_cap_are_never_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    content = encoded(noise(), "JPEG")
    monkeypatch.setattr(photos, "MOST_BYTES", len(content))
    assert photos.load(content).shape == (48, 64, 3)
    monkeypatch.setattr(photos, "MOST_BYTES", len(content) - 1)
    with pytest.raises(NotAPhoto, match="larger than"):
        photos.load(content)


def test_the_pixel_cap_is_checked_before_decoding(monkeypatch: pytest.MonkeyPatch) -> None:
    def decode(self: PIL.Image.Image) -> None:
        raise AssertionError("decoded")

    content = encoded(noise(100, 100), "PNG")
    monkeypatch.setattr(photos, "MOST_PIXELS", 9999)
    monkeypatch.setattr("PIL.PngImagePlugin.PngImageFile.load", decode)
    with pytest.raises(NotAPhoto, match="100 x 100"):
        photos.load(content)


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "P", "1", "CMYK", "I", "I;16", "F"])
def test_every_kind_of_pixel_becomes_rgb(mode: str) -> None:
    if mode == "I;16":
        picture = PIL.Image.fromarray(np.full((20, 30), 0x8000, np.uint16))
    else:
        picture = PIL.Image.new("RGB", (30, 20), (128, 128, 128)).convert(mode)
    image = photos.load(encoded(picture, "TIFF"))
    assert image.shape == (20, 30, 3)
    assert image.dtype == np.uint8
    # A one-bit picture knows no grey: black and white in turn.
    assert abs(float(image.mean()) - 128) < (3 if mode != "1" else 10)


def test_what_is_see_through_is_paper_white() -> None:
    glass = PIL.Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    assert photos.load(encoded(glass, "PNG")).min() == 255


def test_a_photo_held_sideways_is_turned_upright() -> None:
    picture = PIL.Image.new("RGB", (40, 20), "black")
    picture.paste((255, 255, 255), (0, 0, 20, 20))
    notes = PIL.Image.Exif()
    notes[0x0112] = 6  # the camera was turned: its left side is up
    image = photos.load(encoded(picture, "JPEG", exif=notes.tobytes(), quality=95))
    assert image.shape == (40, 20, 3)
    assert image[:15].mean() > 240
    assert image[-15:].mean() < 15


def test_broken_notes_beside_good_pixels_do_no_harm() -> None:
    content = encoded(noise(), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\xee" * 40)
    assert photos.load(content).shape == (48, 64, 3)
