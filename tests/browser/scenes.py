"""Draw a car from behind, with a plate that can be read, as the camera's JPEG."""

from dataclasses import dataclass
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw, ImageFilter, ImageFont

WIDTH, HEIGHT = 960, 600
PAINTS = (
    (126, 32, 32),
    (38, 70, 112),
    (190, 192, 190),
    (44, 46, 50),
    (224, 222, 214),
    (58, 92, 66),
)
BOX = (385, 392, 190, 62)


@dataclass(frozen=True, slots=True)
class Scene:
    photo: bytes
    crop: bytes
    box: tuple[int, int, int, int]


def scene(plate: str, random: Random) -> Scene:
    image = Image.new("RGB", (WIDTH, HEIGHT), (168, 184, 198))
    draw = ImageDraw.Draw(image)
    _street(draw)
    _car(draw, random.choice(PAINTS))
    _plate(draw, plate)
    photo = image.filter(ImageFilter.GaussianBlur(0.7))
    x, y, width, height = BOX
    crop = photo.crop((x - 6, y - 6, x + width + 6, y + height + 6))
    return Scene(_jpeg(photo), _jpeg(crop), BOX)


def _street(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((0, 210, WIDTH, HEIGHT), fill=(118, 132, 110))
    draw.polygon([(330, 230), (630, 230), (1100, HEIGHT), (-140, HEIGHT)], fill=(84, 86, 90))
    for top, wide in ((240, 3), (275, 5), (320, 8)):
        draw.rectangle((480 - wide, top, 480 + wide, top + wide * 4), fill=(214, 206, 160))


def _car(draw: ImageDraw.ImageDraw, paint: tuple[int, int, int]) -> None:
    dark = tuple(part // 2 for part in paint)
    draw.ellipse((230, 505, 730, 560), fill=(58, 60, 63))
    draw.rounded_rectangle((255, 470, 320, 545), 12, fill=(24, 24, 26))
    draw.rounded_rectangle((640, 470, 705, 545), 12, fill=(24, 24, 26))
    draw.polygon([(335, 210), (625, 210), (690, 340), (270, 340)], fill=paint)
    draw.polygon([(355, 226), (605, 226), (652, 326), (308, 326)], fill=(52, 64, 74))
    draw.rounded_rectangle((245, 325, 715, 520), 34, fill=paint)
    draw.rectangle((260, 470, 700, 500), fill=dark)
    for left in (258, 632):
        draw.rounded_rectangle((left, 352, left + 70, 396), 10, fill=(168, 22, 22))


def _plate(draw: ImageDraw.ImageDraw, plate: str) -> None:
    x, y, width, height = BOX
    draw.rounded_rectangle(
        (x, y, x + width, y + height), 7, fill=(240, 240, 232), outline=(40, 40, 44), width=3
    )
    draw.text(
        (x + width / 2, y + 11),
        "MISSOURI",
        fill=(40, 70, 130),
        font=ImageFont.load_default(11),
        anchor="mm",
    )
    draw.text(
        (x + width / 2, y + 38),
        plate,
        fill=(28, 42, 88),
        font=ImageFont.load_default(38),
        anchor="mm",
    )


def _jpeg(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()
