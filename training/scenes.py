"""Street scenes with plates in known places: real frames, some with drawn plates over the real.

Corners of real plates: the box is upstream's, the tilt is what the untrained corner finder saw
there. Every fifth frame is kept for judging and never trained on.
"""

import csv
import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

import cv2
import numpy as np
import numpy.typing as npt

from training import lookalikes
from training.backgrounds import ALLOWED
from training.camera import dealer_frame, dirt, lens, light, sensor
from training.lettering import Letters
from training.plate import draw
from training.priors import likeness, targets

Image = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Place = tuple[str, str, str]
"""A plate of the pool: its file, and its left and top as the pool's table writes them."""
Point = npt.NDArray[np.floating]
SIDE = 320
LURED = 0.25  # share of the views that are taken of something that was wrongly found
WITH_PLATE = 0.6  # and of a plate; the rest are of anything
FILLED = 0.7  # share of the views that are moved into the picture
SMALLEST = 9.0  # pixels of width under which a plate is not judged


def _none() -> Floats:
    return np.zeros((0, 4, 2), np.float32)


@dataclass(frozen=True, slots=True)
class Scene:
    """Red, green, blue; quads (plates, 4, 2), top left first; `source` is the folder's name.

    `texts` are the plates' serials, empty where unknown. `doubts` (any, 4, 2) may be plates that
    nobody labelled, `lures` are none, though the finder took them for plates.
    """

    image: Image
    quads: Floats
    source: str
    texts: tuple[str, ...] = ()
    doubts: Floats = field(default_factory=_none)
    lures: Floats = field(default_factory=_none)


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody saw in the frames: the plates' own corners; and by file, what may be a plate
    without a label (`doubts`), and what a finder wrongly took for one (`lures`)."""

    corners: Mapping[Place, Floats] = field(default_factory=dict)
    doubts: Mapping[str, list[Floats]] = field(default_factory=dict)
    lures: Mapping[str, list[Floats]] = field(default_factory=dict)


def held_out(name: str) -> bool:
    return zlib.crc32(name.encode()) % 5 == 0


def load(
    plates: Path,
    tilts: Mapping[str, list[Floats]],
    *,
    judging: bool,
    texts: Mapping[Place, str] = MappingProxyType({}),
    seen: Seen | None = None,
) -> list[Scene]:
    """`tilts`: by file, the quads of the untrained finder; `texts`: serials of real plates."""
    seen = seen or Seen()
    rows: dict[str, list[dict[str, str]]] = defaultdict(list)
    with (plates / "labels.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            mine = row["file"].startswith(ALLOWED) and row["plate_w"]
            if mine and held_out(row["file"]) == judging:
                rows[row["file"]].append(row)
    scenes = []
    for name, its in sorted(rows.items()):
        image = cv2.imread(str(plates / name))
        if image is None:
            continue
        boxes = [[float(r[k]) for k in ("plate_x", "plate_y", "plate_w", "plate_h")] for r in its]
        quads = [
            seen.corners.get(
                (name, row["plate_x"], row["plate_y"]), _quad(box, tilts.get(name, []))
            )
            for row, box in zip(its, np.array(boxes, np.float32), strict=True)
        ]
        picture = np.ascontiguousarray(image[..., ::-1], np.uint8)
        known = tuple(texts.get((name, r["plate_x"], r["plate_y"]), "") for r in its)
        scenes.append(
            Scene(
                picture,
                _together(quads),
                name.split("/")[1],
                known,
                _together(seen.doubts.get(name, [])),
                _together(seen.lures.get(name, [])),
            )
        )
    return scenes


def looked_at(labels: Path) -> Seen:
    """What `labels/` says."""
    corners: dict[Place, Floats] = {}
    doubts: dict[str, list[Floats]] = defaultdict(list)
    with (labels / "corners.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            places = [float(row[f"{axis}{n}"]) for n in range(1, 5) for axis in "xy"]
            corners[row["file"], row["x"], row["y"]] = np.array(places, np.float32).reshape(4, 2)
    with (labels / "doubts.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            doubts[row["file"]].append(_square(*(float(row[k]) for k in "xywh")))
    return Seen(corners, dict(doubts))


def _together(quads: Sequence[Floats]) -> Floats:
    return np.array(quads, np.float32).reshape(-1, 4, 2)


def _square(left: float, top: float, wide: float, high: float) -> Floats:
    right, bottom = left + wide, top + high
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)


def _turn(angle: float) -> Floats:
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], np.float32)


def _quad(box: Floats, seen: list[Floats]) -> Floats:
    """The box's corners, tilted as the best quad seen there is."""
    left, top, wide, high = box
    edges = np.array([left, top, left + wide, top + high], np.float32)
    best, alike = None, 0.45
    for quad in seen:
        its = np.concatenate([quad.min(axis=0), quad.max(axis=0)])
        if (like := likeness(its, edges)) > alike:
            best, alike = quad, like
    if best is None:
        return np.array([edges[:2], edges[[2, 1]], edges[2:], edges[[0, 3]]], np.float32)
    low, size = best.min(axis=0), np.ptp(best, axis=0)
    return np.asarray((best - low) / size * (wide, high) + (left, top), np.float32)


def paste(scene: Scene, letters: Letters, rng: np.random.Generator) -> Scene:
    """Some plates drawn over the real ones, and sometimes one where none was."""
    image, quads = scene.image.copy(), list(scene.quads)
    texts = list(scene.texts or [""] * len(quads))
    for at, quad in enumerate(quads):
        if rng.random() < 0.55:
            quads[at], texts[at] = _over(image, quad, letters, rng)
    if rng.random() < 0.25:
        wide = float(np.exp(rng.uniform(np.log(24), np.log(160))))
        high = wide / rng.uniform(1.4, 5)
        x = rng.uniform(0, max(1, image.shape[1] - wide))
        y = rng.uniform(0, max(1, image.shape[0] - high))
        turn = _turn(rng.normal(0, 0.1))
        quad = np.asarray(_square(0, 0, wide, high) @ turn.T + (x, y), np.float32)
        box = np.concatenate([quad.min(axis=0), quad.max(axis=0)])
        others = [np.concatenate([q.min(axis=0), q.max(axis=0)]) for q in quads]
        if all(likeness(box, other) == 0 for other in others):
            drawn, text = _over(image, quad, letters, rng)
            quads.append(drawn)
            texts.append(text)
    return replace(scene, image=image, quads=_together(quads), texts=tuple(texts))


def distract(scene: Scene, letters: Letters, rng: np.random.Generator) -> Scene:
    """One to three things that are no plates, half of them near a plate, none upon one."""
    image, lures = scene.image.copy(), list(scene.lures)
    kept = [*scene.quads, *scene.doubts]
    for _ in range(int(rng.integers(1, 4))):
        drawn, mask = lookalikes.draw(letters, rng)
        wide = float(np.exp(rng.uniform(np.log(20), np.log(180))))
        centre = rng.uniform(0, 1, 2) * image.shape[1::-1]
        if len(scene.quads) and rng.random() < 0.5:
            quad = scene.quads[int(rng.integers(len(scene.quads)))]
            size = float(np.ptp(quad[:, 0]))
            wide = size * float(np.exp(rng.uniform(-0.8, 0.8)))
            centre = quad.mean(axis=0) + rng.normal(0, 1.5 * size, 2)
        high = wide * drawn.shape[0] / drawn.shape[1]
        flat = _square(-wide / 2, -high / 2, wide, high)
        outline = flat @ _turn(rng.normal(0, 0.1)).T + centre + rng.normal(0, 0.03, (4, 2)) * wide
        low, far = outline.min(axis=0) - 4, outline.max(axis=0) + 4
        clear = all((q.max(axis=0) < low).any() or (q.min(axis=0) > far).any() for q in kept)
        if clear and _lay(image, drawn, np.asarray(outline, np.float32), rng, mask):
            lures.append(outline)
    return replace(scene, image=image, lures=_together(lures))


def _over(
    image: Image, quad: Floats, letters: Letters, rng: np.random.Generator
) -> tuple[Floats, str]:
    """Covers the quad with a drawn plate of a like shape and light; says where, and its serial."""
    plate = draw(letters, rng)
    flat, text = plate.image, "".join(plate.lines)
    if rng.random() < 0.1:
        dirt(flat, rng)
    bent = _outline(quad, flat.shape[1] / flat.shape[0], rng)
    outline = bent
    if rng.random() < 0.2:  # a frame stands out round the plate; the corners stay the plate's
        framed = dealer_frame(flat, letters, rng)
        grown = 0.5 * (np.array(framed.shape[:2]) / flat.shape[:2] - 1)
        outline = bent + (bent - bent.mean(axis=0)) * (2 * float(grown.mean()))
        flat = framed
    wide = max(12, round(1.3 * float(np.linalg.norm(bent[1] - bent[0]))))
    high = max(6, round(wide * flat.shape[0] / flat.shape[1]))
    small = np.asarray(cv2.resize(flat, (wide, high), interpolation=cv2.INTER_AREA), np.uint8)
    return (bent, text) if _lay(image, small, outline, rng) else (quad, "")


def _outline(quad: Floats, shape: float, rng: np.random.Generator) -> Floats:
    """A quad round the same centre, `shape` times as wide as high, a little out of square."""
    wide = float(np.linalg.norm(quad[1] - quad[0]))
    high = float(np.linalg.norm(quad[3] - quad[0]))
    # Keeps the place's width where shapes are alike, else its area.
    alike = 0.7 < shape / max(0.2, wide / high) < 1.5
    new_wide = wide if alike else wide * float(np.sqrt(shape * high / wide))
    across = (quad[1] - quad[0]) / max(wide, 1) * new_wide / 2
    down = (quad[3] - quad[0]) / max(high, 1) * new_wide / shape / 2
    centre = quad.mean(axis=0)
    sides = [-across - down, across - down, across + down, down - across]
    bent = np.array([centre + side for side in sides], np.float32)
    return np.asarray(bent + rng.normal(0, 0.015, (4, 2)) * new_wide, np.float32)


def _lay(
    image: Image,
    small: Image,
    outline: Floats,
    rng: np.random.Generator,
    mask: Image | None = None,
) -> bool:
    """Bend the picture into the outline, as light as what was there; false where it has no room.

    `mask`: how much of it covers what was there, 0 to 255; all where left out.
    """
    x0, y0 = np.maximum(np.floor(outline.min(axis=0)).astype(int) - 2, 0)
    x1, y1 = np.minimum(np.ceil(outline.max(axis=0)).astype(int) + 3, image.shape[1::-1])
    if x1 - x0 < 4 or y1 - y0 < 4:
        return False
    part = image[y0:y1, x0:x1].astype(np.float32)
    if rng.random() < 0.8:
        level = part.mean(axis=(0, 1)) if rng.random() < 0.4 else np.full(3, part.mean())
        lit = small.astype(np.float32)
        lit = lit * (level + rng.uniform(0, 60)) / max(40.0, float(lit.mean()))
        small = np.clip(lit, 0, 255).astype(np.uint8)
    tall, broad = small.shape[:2]
    source = np.array([(0, 0), (broad, 0), (broad, tall), (0, tall)], np.float32)
    matrix = cv2.getPerspectiveTransform(source, (outline - (x0, y0)).astype(np.float32))
    size = (int(x1 - x0), int(y1 - y0))
    warped = cv2.warpPerspective(small, matrix, size, flags=cv2.INTER_LINEAR)
    covers = np.full((tall, broad), 255, np.uint8) if mask is None else mask
    alpha = cv2.warpPerspective(covers, matrix, size)
    share = cv2.GaussianBlur(alpha, (3, 3), 0)[..., None].astype(np.float32) / 255
    if rng.random() < 0.5:
        warped = cv2.GaussianBlur(warped, (0, 0), rng.uniform(0.3, 1.2))
    image[y0:y1, x0:x1] = (part + (warped - part) * share).astype(np.uint8)
    return True


def view(scene: Scene, rng: np.random.Generator) -> tuple[Image, Floats, Floats]:
    """A square of the scene, moved, scaled, turned and taken by another camera.

    With it the plates in it and the doubts, as quads.
    """
    scale, centre, aim = _aimed(scene, rng)
    stretch = float(np.exp(rng.normal(0, 0.12)))
    linear = _turn(rng.normal(0, 0.06)) @ np.diag([scale * stretch, scale / stretch])
    if flip := rng.random() < 0.3:
        linear[:, 0] *= -1
    move = aim - linear @ centre
    if rng.random() < FILLED:
        move = filled(move, linear @ scene.image.shape[1::-1])
    matrix = np.hstack([linear, move[:, None]]).astype(np.float32)
    soft = scene.image
    if scale < 0.6:
        soft = np.asarray(cv2.GaussianBlur(soft, (0, 0), 0.45 / scale), np.uint8)
    fill = [int(v) for v in rng.integers(0, 160, 3)]  # mirrored edges would show plates unlabelled
    size = (SIDE, SIDE)
    out = np.asarray(cv2.warpAffine(soft, matrix, size, borderValue=fill), np.uint8)
    moved, doubts = (
        (quads @ linear.T + move).reshape(-1, 4, 2) for quads in (scene.quads, scene.doubts)
    )
    if flip:
        moved = moved[:, [1, 0, 3, 2]]
    for change, share in ((light, 0.5), (lens, 0.25), (sensor, 0.3)):
        if rng.random() < share:
            out = change(out, rng)
    return out, np.asarray(moved, np.float32), np.asarray(doubts, np.float32)


def filled(move: Point, size: Point) -> Point:
    """Another place for the picture's first corner, so that the view lies in it as far as it can.

    `size`: from that corner to the far one, in the view; negative where the picture is mirrored.
    """
    low, high = np.minimum(move, move + size), np.maximum(move, move + size)
    right = np.clip(SIDE - high, 0, np.maximum(-low, 0))
    left = np.clip(low, 0, np.maximum(high - SIDE, 0))
    return np.asarray(move + right - left)


def asked(quads: Floats, doubts: Floats, at: Floats) -> tuple[npt.NDArray[np.int64], Floats]:
    """As `targets`, for the plates of one view.

    What is cut off, tiny or doubtful counts as neither a plate nor none.
    """
    low, high = quads.min(axis=1), quads.max(axis=1)
    inside = np.minimum(high, SIDE) - np.maximum(low, 0)
    seen = np.clip(inside, 0, None).prod(-1) / (high - low).prod(-1)
    judged = (seen > 0.7) & ((high - low)[:, 0] >= SMALLEST)
    wanted, corners = targets(quads[judged], at)
    for quad in (*quads[(~judged) & (seen > 0)], *doubts):
        after = (at[:, :2] >= quad.min(axis=0) - 8).all(1)
        before = (at[:, :2] <= quad.max(axis=0) + 8).all(1)
        wanted[after & before & (wanted == 0)] = -1
    return wanted, corners


def _aimed(scene: Scene, rng: np.random.Generator) -> tuple[float, Point, Point]:
    """Scale, the place looked at, and where in the view it comes: mostly one of the plates."""
    high, wide = scene.image.shape[:2]
    of = rng.random()
    lured = of >= 1 - LURED
    aims = scene.lures if lured else scene.quads
    if not len(aims) or WITH_PLATE <= of < 1 - LURED:
        scale = SIDE / min(high, wide) * float(np.exp(rng.uniform(-0.2, 1.0)))
        return scale, rng.uniform(0, 1, 2) * (wide, high), np.array((SIDE / 2, SIDE / 2))
    quad = aims[int(rng.integers(len(aims)))]
    its = float(np.linalg.norm(quad[1] - quad[0]))
    goal = float(np.exp(rng.uniform(np.log(15), np.log(290))))
    scale = min(goal / max(its, 4.0), 2.5 if its > 25 else 1.6)
    scale = max(scale, 0.8 * SIDE / max(high, wide))
    half = 0.5 * min(goal, SIDE - 1)
    return scale, quad.mean(axis=0), rng.uniform(half, SIDE - half, 2)
