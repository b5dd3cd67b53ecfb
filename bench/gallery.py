"""A page of every miss: where the plate is, what it says, what was read, and how sure.

One HTML file with its pictures inside, in `bench/out`, which git ignores: the pictures are of real
plates, many under licences that let them be measured and not passed on.
"""

import base64
import string
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from bench import conditions, counting
from bench.counting import NOTHING
from bench.scoring import Judged, Label, Numbers, Outcome, Plate, fold
from plateward.recognition import Image, NotAPhoto, photos

NOT_FOUND: Final = "not found"
BOX_OFF: Final = "read, box off"
MISREAD: Final = "misread"
SURE_MISREAD: Final = "sure misread"
EXTRA: Final = "extra"
ON_NONE: Final = "extra, no plate there"
HEADS: Final = ("Where", "Plate", "Truth", "Read", "Sure", "Characters", "What", "Source", "Seen")

_TEMPLATE: Final = Path(__file__).with_name("gallery.html")
_MET: Final = 0.3
_AROUND: Final = 1.0  # plate widths of surroundings on each side
_SMALLEST_VIEW: Final = 160  # pixels of the picture
_WIDE, _NARROW = 320, 220
_GREEN, _RED = (26, 200, 80), (235, 40, 60)


@dataclass(frozen=True, slots=True)
class Miss:
    """`label` None: nothing is labelled there; `plate` None: nothing was found there."""

    kind: str
    file: str
    source: str
    label: Label | None
    plate: Plate | None

    @property
    def truth(self) -> str:
        return self.label.text if self.label else ""


def misses(judged: Judged, on_none: Mapping[str, Sequence[Plate]]) -> list[Miss]:
    """`on_none`: what was found in pictures without plates. Surest faults first."""
    found = [
        *(_miss(one, kind) for one in judged.outcomes if (kind := kind_of(one))),
        *(Miss(EXTRA, file, file.split("/")[1], None, plate) for file, plate in judged.extra),
        *(Miss(ON_NONE, f, "negatives", None, p) for f, plates in on_none.items() for p in plates),
    ]
    order = (SURE_MISREAD, ON_NONE, MISREAD, NOT_FOUND, BOX_OFF, EXTRA)
    return sorted(found, key=lambda miss: (order.index(miss.kind), -_confidence(miss)))


def kind_of(outcome: Outcome) -> str | None:
    """None when there is nothing to complain of."""
    if outcome.label.box and outcome.overlap < _MET:
        return NOT_FOUND
    if outcome.label.text and not outcome.right:
        return SURE_MISREAD if outcome.sure else MISREAD
    return BOX_OFF if outcome.label.box and not outcome.captured else None


def write(
    out: Path, found: Sequence[Miss], greys: Mapping[str, float], folders: Mapping[str, Path]
) -> Path:
    """`folders`: where pictures of a source lie; "" stands for every other source."""
    rows = "\n".join(row(miss, greys.get(miss.file), _picture(miss, folders)) for miss in found)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(page(found, rows), encoding="utf-8")
    return out


def page(found: Sequence[Miss], rows: str) -> str:
    kinds = Counter(miss.kind for miss in found)
    told = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    return string.Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(
        summary=escape(f"{told or 'Nothing'}."),
        kinds=_options(kinds),
        sources=_options(miss.source for miss in found),
        heads="".join(f'<th><button type="button">{head}</button></th>' for head in HEADS),
        rows=rows,
    )


def row(miss: Miss, grey: float | None, image: Image | None) -> str:
    truth, read = marked(miss)
    sure = f"{_confidence(miss):.3f}" if miss.plate else NOTHING
    cells = [
        _image(_view(image, miss), "the plate and its surroundings"),
        _image(_close(image, miss), "the plate alone"),
        f'<span class="text">{truth}</span>',
        f'<span class="text">{read}</span>',
        f'<span class="sure">{sure}</span>' if miss.kind == SURE_MISREAD else sure,
        f'<span class="signs">{_signs(miss.plate)}</span>',
        escape(miss.kind),
        escape(conditions.SOURCES.get(miss.source, miss.source)),
        _seen(miss, grey),
    ]
    values = {0: miss.file, 1: f"{_width(miss):07.1f}", 4: sure, 8: f"{_width(miss):07.1f}"}
    inside = "".join(
        f'<td data-value="{escape(values[at])}">{cell}</td>' if at in values else f"<td>{cell}</td>"
        for at, cell in enumerate(cells)
    )
    return f'<tr data-kind="{escape(miss.kind)}" data-source="{escape(miss.source)}">{inside}</tr>'


def marked(miss: Miss) -> tuple[str, str]:
    """Truth and read as HTML, the characters that differ under a mark."""
    read = "".join(sign for sign in (miss.plate.text if miss.plate else "") if sign.isalnum())
    if not miss.truth or not read:
        return escape(miss.truth) or NOTHING, escape(read) or NOTHING
    steps = counting.aligned(fold(miss.truth), fold(read))
    return _with_marks(miss.truth, steps, side=0), _with_marks(read, steps, side=1)


def _with_marks(text: str, steps: Iterable[tuple[str, str]], *, side: int) -> str:
    signs = iter(text)
    shown = ((next(signs), step[0] != step[1]) for step in steps if step[side] != NOTHING)
    return "".join(
        f'<span class="wrong">{escape(sign)}</span>' if wrong else escape(sign)
        for sign, wrong in shown
    )


def _miss(outcome: Outcome, kind: str) -> Miss:
    label = outcome.label
    plate = None if kind == NOT_FOUND else outcome.plate
    return Miss(kind, label.file, label.source, label, plate)


def _confidence(miss: Miss) -> float:
    return miss.plate.confidence if miss.plate else 0.0


def _width(miss: Miss) -> float:
    return _box(miss)[2]


def _box(miss: Miss) -> Numbers:
    if miss.label and miss.label.box:
        return miss.label.box
    return miss.plate.box if miss.plate else (0.0, 0.0, 0.0, 0.0)


def _seen(miss: Miss, grey: float | None) -> str:
    _, _, wide, high = _box(miss)
    tilt = conditions.tilt_of(Outcome(miss.label, miss.plate, 0.0)) if miss.label else None
    told = [
        f"{wide:.0f} × {high:.0f} px",  # noqa: RUF001 -- as a person writes a size
        f"IoU below {_MET}" if miss.kind == NOT_FOUND else "",
        conditions.light_band(grey) if grey is not None else "",
        f"tilt {tilt:.0f}°" if tilt is not None else "",
        " ".join((miss.label.country, miss.label.region)).strip() if miss.label else "",
    ]
    lines = "<br>".join(escape(line) for line in told if line)
    return f'{lines}<div class="file">{escape(miss.file)}</div>'


def _signs(plate: Plate | None) -> str:
    if plate is None or not plate.characters:
        return "not recorded" if plate else NOTHING
    lines = []
    for sign, confidence, others in plate.characters:
        may_be = " ".join(f"{escape(other)} {chance:.2f}" for other, chance in others if other)
        lines.append(f"<b>{escape(sign)}</b> {confidence:.2f} {may_be}".rstrip())
    return "<br>".join(lines)


def _picture(miss: Miss, folders: Mapping[str, Path]) -> Image | None:
    try:
        return photos.load(folders.get(miss.source, folders[""]) / miss.file)
    except NotAPhoto:
        return None


def _view(image: Image | None, miss: Miss) -> str:
    """The plate and what is around it, with both boxes drawn."""
    if image is None:
        return ""
    left, top, wide, high = _box(miss)
    across = max(_SMALLEST_VIEW, wide * (1 + 2 * _AROUND))
    cut, corner = _window(image, left + wide / 2, top + high / 2, (across, 0.75 * across))
    scale = _WIDE / max(1, cut.shape[1])
    canvas = _scaled(cut, scale)
    if miss.label and miss.label.box and miss.label.kind == "frame":
        _draw(canvas, miss.label.box, corner, scale, _GREEN)
    if miss.plate and not (miss.label and miss.label.kind == "crop"):
        _draw(canvas, miss.plate.box, corner, scale, _RED)
    return _encoded(canvas)


def _close(image: Image | None, miss: Miss) -> str:
    if image is None:
        return ""
    left, top, wide, high = _box(miss)
    middle = (left + wide / 2, top + high / 2)
    cut, _ = _window(image, *middle, (max(8.0, wide * 1.08), max(4.0, high * 1.15)))
    return _encoded(_scaled(cut, _NARROW / max(1, cut.shape[1])))


def _window(
    image: Image, x: float, y: float, size: tuple[float, float]
) -> tuple[Image, tuple[int, int]]:
    """The part of `size` around a point, as far as the picture goes, and its left and top."""
    height, width = image.shape[:2]
    left, top = (
        int(np.clip(x - size[0] / 2, 0, width - 1)),
        int(np.clip(y - size[1] / 2, 0, height - 1)),
    )
    right, bottom = max(left + 1, int(x + size[0] / 2)), max(top + 1, int(y + size[1] / 2))
    return image[top:bottom, left:right], (left, top)


def _scaled(image: Image, scale: float) -> Image:
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(np.ascontiguousarray(image), size, interpolation=how), np.uint8)


def _draw(
    canvas: Image, box: Numbers, corner: tuple[int, int], scale: float, colour: tuple[int, int, int]
) -> None:
    """On `canvas` itself: a picture made for this page alone."""
    x, y, wide, high = box
    ends = ((x - corner[0], y - corner[1]), (x + wide - corner[0], y + high - corner[1]))
    first, last = ((round(scale * across), round(scale * down)) for across, down in ends)
    cv2.rectangle(canvas, first, last, colour, 2, cv2.LINE_AA)


def _encoded(image: Image) -> str:
    blue_first = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    jpeg = cv2.imencode(".jpg", blue_first, [cv2.IMWRITE_JPEG_QUALITY, 80])[1]
    return base64.b64encode(jpeg.tobytes()).decode()


def _image(encoded: str, words: str) -> str:
    if not encoded:
        return "picture not there"
    return f'<img src="data:image/jpeg;base64,{encoded}" alt="{words}" loading="lazy">'


def _options(names: Iterable[str]) -> str:
    return "".join(f"<option>{escape(name)}</option>" for name in sorted(set(names)))
