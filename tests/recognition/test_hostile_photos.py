"""Files made to harm: none crashes, none takes more memory than is set aside for it."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from plateward.recognition import NotAPhoto, photos
from tests.recognition import hostile

SPARE = 120 * 1024**2
"""What a file that is small inside may take, its bytes and Pillow's tables included."""

# Bytes a pixel that the costliest photos may take. Measured at 50 million pixels: 11.5 and 15.3.
COSTLY = {"JPEG": 13, "WEBP": 17}

# Opens each file with so much more memory than the libraries take; tells what came of each.
OPENS = """
import json, resource, sys
from plateward.recognition import NotAPhoto, photos
photos.load(sys.argv[2])
taken = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (taken + int(sys.argv[1]),) * 2)
for file in sys.argv[3:]:
    try:
        found = photos.load(file).shape[:2]
    except NotAPhoto as refusal:
        found = str(refusal)
    print(json.dumps(found), flush=True)
"""


def opened(files: list[Path], *, spare: int) -> list[list[int] | str]:
    """What a process with little memory says of each: height and width, or the refusal."""
    small = files[0].with_name("small.png")
    PIL.Image.new("RGB", (8, 8)).save(small)
    command = [sys.executable, "-c", OPENS, str(spare), str(small), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited as Linux does it")
def test_small_files_with_huge_insides_take_little_memory(tmp_path: Path) -> None:
    made = {name: make for name, (make, _) in (hostile.REFUSED | hostile.READ).items()}
    files = []
    for at, make in enumerate(made.values()):
        files.append(tmp_path / f"{at}.photo")
        files[-1].write_bytes(make())
        assert files[-1].stat().st_size < photos.MOST_BYTES  # so it is their insides that are met
    found = dict(zip(made, opened(files, spare=SPARE), strict=True))
    for name, (_, said) in hostile.REFUSED.items():
        assert said in str(found[name]), name
        assert "try again" in str(found[name]), name
    for name, (_, shape) in hostile.READ.items():
        assert found[name] == list(shape), name


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited as Linux does it")
@pytest.mark.parametrize("kind", COSTLY)
def test_memory_grows_with_the_pixels_as_promised(tmp_path: Path, kind: str) -> None:
    width, height = 4000, 3000
    great = tmp_path / "great.photo"
    picture = PIL.Image.new("CMYK" if kind == "JPEG" else "RGBA", (width, height))
    picture.save(great, kind, progressive=True, lossless=True, quality=0, method=0)
    spare = COSTLY[kind] * width * height + 30 * 1024**2
    assert opened([great], spare=spare) == [[height, width]]


def test_without_memory_it_says_that(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(kind: str, stripped: object, name: str) -> None:
        raise MemoryError

    monkeypatch.setattr(photos, "_decoded", no_room)
    with pytest.raises(NotAPhoto, match=r"needs more memory than there is\. Save it smaller"):
        photos.load(hostile.encoded(hostile.noise(), "JPEG"))


@pytest.mark.parametrize("make", [hostile.tiff_of_odd_offsets, hostile.tiff_of_loud_colours])
def test_what_fuzzing_found_is_refused_as_damaged(make: Callable[[], bytes]) -> None:
    with pytest.raises(NotAPhoto, match="is damaged or incomplete"):
        photos.load(make())


def test_what_goes_with_the_first_page_or_frame_is_the_first_page_or_frame() -> None:
    first = np.asarray(hostile.noise())
    assert np.array_equal(photos.load(hostile.animated_png()), first)
    assert np.array_equal(photos.load(hostile.animated_webp()), first)
    grey = np.asarray(hostile.noise().convert("L"))
    assert np.array_equal(photos.load(hostile.tiff_of_pages())[:, :, 0], grey)
    ramp = np.arange(64, dtype=np.uint8).reshape(8, 8)
    assert np.array_equal(photos.load(hostile.tiff_notes_bomb())[:, :, 1], ramp)


BOX = b"\0\0\0\x18ftyp%s\0\0\0\0mif1heic" + bytes(100)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (BOX % b"heic", "HEIC photo.*Save it as JPEG.*Most Compatible"),
        (BOX % b"mif1", "HEIC photo"),
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + bytes(100), "AVIF picture.*JPEG or PNG"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf" + bytes(100), "AVIF picture"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1miaf" + bytes(100), "HEIF picture"),
        (b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + bytes(100), "video.*Take a still picture"),
        (b"RIFF\0\0\0\0AVI LIST" + bytes(100), "video"),
        (b"GIF89a" + bytes(100), "GIF.*Save it as JPEG or PNG"),
        (hostile.encoded(hostile.noise(), "GIF"), "GIF"),
        (b"II+\0\x08\0\0\0" + bytes(100), "BigTIFF.*Save it as JPEG or PNG"),
        (b"\xff\x0a" + bytes(100), "JPEG XL"),
        (b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(100), "JPEG 2000"),
        (b"%PDF-1.7\n" + bytes(100), "PDF.*Save the picture on its page"),
        (b"8BPS\0\1" + bytes(100), "Photoshop"),
        (b"PK\x03\x04" + bytes(100), "archive.*Unpack it"),
        (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a photo.*Use a JPEG, PNG"),
        (b"RIFF", "not a photo"),
        (b"BM and other words that begin so", "not a photo"),
        (b"\xff", "not a photo"),
    ],
)
def test_what_is_not_read_says_what_it_is_and_what_to_do(content: bytes, said: str) -> None:
    with pytest.raises(NotAPhoto, match=said):
        photos.load(content)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_however_the_camera_was_held_the_photo_is_upright(kind: str, orientation: int) -> None:
    upright = np.zeros((48, 80, 3), np.uint8)
    upright[:24, :40] = (250, 0, 0)
    upright[:24, 40:] = (0, 250, 0)
    upright[24:, :40] = (0, 0, 250)
    as_held = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, 1),
        7: upright[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }[orientation]
    picture = PIL.Image.fromarray(np.ascontiguousarray(as_held))
    notes = PIL.Image.Exif()
    notes[0x0112] = orientation
    image = photos.load(hostile.encoded(picture, kind, exif=notes, quality=95))
    assert image.shape == upright.shape
    assert image.flags.c_contiguous
    assert np.abs(image.astype(int) - upright).mean() < 6


@pytest.mark.parametrize("notes", [b"", b"II", b"MM\0*\xff\xff\xff\xff", hostile.turned(99)])
def test_notes_that_do_not_say_how_it_was_held_leave_it_as_it_is(notes: bytes) -> None:
    photo = hostile.jpeg_with(hostile.segment(0xE1, b"Exif\0\0" + notes))
    assert photos.load(photo).shape == (48, 64, 3)
    assert photos.load(hostile.png_with(hostile.chunk(b"eXIf", notes))).shape == (48, 64, 3)


def test_notes_are_read_wherever_they_stand() -> None:
    notes = hostile.segment(0xE1, b"Exif\0\0" + hostile.turned(6))
    first = hostile.segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x/>")
    assert photos.load(hostile.jpeg_with(first, b"\0junk", notes)).shape == (64, 48, 3)
    late = hostile.encoded(hostile.noise(), "PNG")
    late = late[:-12] + hostile.chunk(b"eXIf", hostile.turned(8)) + late[-12:]
    assert photos.load(late).shape == (64, 48, 3)


@pytest.mark.parametrize("profile", [b"", b"not a profile", bytes(128), b"\xff" * 100_000], ids=len)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_colour_profile_changes_nothing(kind: str, profile: bytes) -> None:
    plain = photos.load(hostile.encoded(hostile.noise(), kind))
    image = photos.load(hostile.encoded(hostile.noise(), kind, icc_profile=profile))
    assert np.array_equal(image, plain)


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "RGB"), ("PNG", "L"), ("BMP", "RGB"), ("TIFF", "L")]
)
@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1)])
def test_a_photo_of_one_pixel_is_a_photo(kind: str, mode: str, size: tuple[int, int]) -> None:
    image = photos.load(hostile.encoded(PIL.Image.new(mode, size, "white"), kind))
    assert image.shape == (size[1], size[0], 3)
    assert image.min() == 255


def test_the_colours_of_four_inks_come_out_as_a_printer_mixes_them() -> None:
    ink = PIL.Image.new("CMYK", (16, 16), (0, 255, 255, 0))
    red = photos.load(hostile.encoded(ink, "JPEG", quality=95))
    assert np.abs(red.astype(int) - (255, 0, 0)).max() < 12


def test_sixteen_bits_keep_their_order_and_their_range() -> None:
    deep = np.array([[0, 256, 30_000, 65_535]], np.uint16)
    for kind in ("PNG", "TIFF"):
        image = photos.load(hostile.encoded(PIL.Image.fromarray(deep), kind))
        black, nearly, middle, white = image[0, :, 0].tolist()
        assert (black, white) == (0, 255)
        assert nearly <= 1
        assert middle in (116, 117)


def test_numbers_that_are_none_become_black_or_white() -> None:
    odd = np.array([[0.0, np.nan, np.inf, -np.inf, 128.0, 255.0]], np.float32)
    image = photos.load(hostile.encoded(PIL.Image.fromarray(odd), "TIFF"))
    assert image[0, :, 0].tolist() == [0, 0, 255, 0, 128, 255]
    complaining = np.full((2, 2), 0x7F800001, np.uint32).view(np.float32)
    for nothing in (np.full((2, 2), np.nan, np.float32), complaining):
        assert photos.load(hostile.encoded(PIL.Image.fromarray(nothing), "TIFF")).max() == 0


def test_a_palette_with_holes_is_laid_on_white() -> None:
    picture = PIL.Image.new("P", (4, 4), 1)
    picture.putpalette([10, 20, 30, 200, 100, 50])
    image = photos.load(hostile.encoded(picture, "PNG", transparency=b"\xff\0"))
    assert image.min() == 255


def test_the_bytes_given_are_not_written_into() -> None:
    photo = hostile.encoded(hostile.noise(), "JPEG")
    before = bytes(bytearray(photo))
    photos.load(photo)
    assert photo == before
