"""The mark on every picture that people look at outside: whose copy it is, and which."""

from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from plateward.gate.permit import Permit
from plateward.policy.vocabulary import Act

LONGEST_SIDE: Final = 1600  # pixels; the untouched original goes along beside it
_NARROWEST: Final = 400  # a plate cut out is drawn larger, or its mark could not be read
_SMALLEST: Final = 12  # of the letters, in pixels
_QUALITY: Final = 85
_FAINT: Final = 70  # of 255


class NotAPicture(ValueError):
    """It cannot be opened, so it cannot be marked."""


def marked(picture: bytes, words: str, *, permit: Permit) -> bytes:
    """A JPEG of it with `words` on a strip below and faintly across. Raise NotAPicture.

    The strip is added and covers nothing; what lies across can be seen through.
    """
    permit.require(Act.EXPORTS_DOWNLOAD)
    try:
        with Image.open(BytesIO(picture)) as opened:
            image = opened.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise NotAPicture(f"The picture cannot be opened ({error}).") from error
    if image.width < _NARROWEST:
        image = image.resize((_NARROWEST, max(1, image.height * _NARROWEST // image.width)))
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    across = _across(image, words)
    done = _with_strip(Image.composite(Image.new("RGB", image.size, "white"), image, across), words)
    written = BytesIO()
    done.save(written, "JPEG", quality=_QUALITY)
    return written.getvalue()


def _across(image: Image.Image, words: str) -> Image.Image:
    """How white each pixel becomes: the words, again and again, where the picture is cut up too."""
    mask = Image.new("L", image.size)
    size = max(_SMALLEST, image.width // 40)
    drawn, font = ImageDraw.Draw(mask), ImageFont.load_default(size)
    for line, top in enumerate(range(size, image.height, 6 * size)):
        for left in range(
            -line * 5 * size, image.width, int(drawn.textlength(words, font)) + 4 * size
        ):
            drawn.text((left, top), words, fill=_FAINT, font=font)
    return mask


def _with_strip(image: Image.Image, words: str) -> Image.Image:
    width = image.width
    size = max(_SMALLEST, width // 45)
    font = ImageFont.load_default(size)
    length = ImageDraw.Draw(image).textlength(words, font)
    if length > width - size:
        size = max(8, int(size * (width - size) / length))
        font = ImageFont.load_default(size)
    whole = Image.new("RGB", (width, image.height + 2 * size), "black")
    whole.paste(image)
    ImageDraw.Draw(whole).text((size // 2, image.height + size // 2), words, "white", font)
    return whole
