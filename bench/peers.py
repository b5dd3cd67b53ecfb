"""Other readers, where a person has them: the same pictures, timed in turn with ours.

A peer is never fetched and never shipped. It is named in the environment:

    PLATEWARD_PEER_OPENALPR   OpenALPR's command, with options if it needs any
    PLATEWARD_PEER_OCR_ONNX   a fast-plate-ocr network; its configuration lies beside it as YAML,
                              or is named in PLATEWARD_PEER_OCR_CONFIG
"""

import json
import os
import shlex
import shutil
import statistics
import subprocess
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime
import yaml

from bench.predicting import Line
from bench.scoring import Label
from plateward.recognition import Image, photos

OPENALPR: Final = "PLATEWARD_PEER_OPENALPR"
OCR: Final = "PLATEWARD_PEER_OCR_ONNX"
_CONFIG: Final = "PLATEWARD_PEER_OCR_CONFIG"
HOW: Final = {
    OPENALPR: f"OpenALPR: not measured. Name its command: {OPENALPR}=/usr/bin/alpr",
    OCR: f"fast-plate-ocr: not measured. Name a network of it: {OCR}=/path/to/model.onnx",
}
_AT_ONCE: Final = 40  # pictures a call: its networks load once, and the command line stays short
_COUNTRIES: Final = {"US": "us", "BR": "br", "AU": "au"}
_RESIZE: Final = {
    "nearest": cv2.INTER_NEAREST,
    "linear": cv2.INTER_LINEAR,
    "cubic": cv2.INTER_CUBIC,
    "area": cv2.INTER_AREA,
    "lanczos4": cv2.INTER_LANCZOS4,
}


class PeerProblem(Exception):
    """A peer was named and cannot be asked. The message says what to do."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """Medians, in milliseconds, over the same pictures read in turn."""

    ours: float
    theirs: float

    @property
    def times_faster(self) -> float:
        return self.theirs / self.ours


@dataclass(frozen=True, slots=True)
class OpenAlpr:
    """Finds and reads. Its own clock is taken, so that starting the program does not count."""

    command: tuple[str, ...]

    def read(self, files: Sequence[Path], country: str) -> list[Line]:
        asked = [*self.command, "-j", "-n", "1", "-c", country, *map(str, files)]
        answer = subprocess.run(asked, check=False, capture_output=True, text=True)
        told = [line for line in answer.stdout.splitlines() if line.startswith("{")]
        if answer.returncode or len(told) != len(files):
            raise PeerProblem(
                f"{self.command[0]} answered for {len(told)} of {len(files)} pictures, exit code "
                f"{answer.returncode}: {answer.stderr.strip()[:300]} "
                f"Our own figures are not touched. Correct {OPENALPR}, or unset it."
            )
        return [self._line(file, json.loads(one)) for file, one in zip(files, told, strict=True)]

    def predict(self, labels: Sequence[Label], folder: Path) -> Iterator[Line]:
        """Whole frames only, each country by its own setting, all others by the European one."""
        countries = {one.file: one.country for one in labels if one.kind == "frame"}
        by_setting: dict[str, list[str]] = defaultdict(list)
        for file, country in countries.items():
            by_setting[_COUNTRIES.get(country, "eu")].append(file)
        for setting, files in by_setting.items():
            for start in range(0, len(files), _AT_ONCE):
                some = files[start : start + _AT_ONCE]
                read = self.read([folder / file for file in some], setting)
                yield from ({**line, "file": file} for file, line in zip(some, read, strict=True))

    def milliseconds(self, file: Path) -> float:
        """What its own clock says of one picture, read as a US plate."""
        return float(self.read([file], "us")[0]["ms"])

    @staticmethod
    def _line(file: Path, told: dict[str, Any]) -> Line:
        plates = [
            {
                "text": one["plate"],
                "confidence": one["confidence"] / 100,
                "box": _around(one["coordinates"]),
            }
            for one in told["results"]
        ]
        return {"file": str(file), "ms": told["processing_time_ms"], "plates": plates}


@dataclass(frozen=True, slots=True)
class PlateOcr:
    """Reads one plate that is already cut out; it finds none."""

    session: onnxruntime.InferenceSession
    config: dict[str, Any]

    def read(self, crop: Image) -> tuple[str, float]:
        """The text, and how likely all of it is right: the product over its places."""
        tensor = prepared(crop, self.config)[None]
        outputs = self.session.run(None, {self.session.get_inputs()[0].name: tensor})
        return decoded(outputs, self.config)

    def predict(self, labels: Sequence[Label], folder: Path) -> Iterator[Line]:
        """Frames are cut at the labelled box: what it would do behind a perfect finder."""
        by_file: dict[str, list[Label]] = defaultdict(list)
        for label in labels:
            by_file[label.file].append(label)
        for file, there in by_file.items():
            image = photos.load(folder / file)
            began = time.perf_counter()
            plates = [self._plate(image, one) for one in there if one.box is not None]
            spent = 1000 * (time.perf_counter() - began)
            yield {"file": file, "ms": round(spent, 2), "plates": plates}

    def _plate(self, image: Image, label: Label) -> dict[str, object]:
        text, confidence = self.read(cut(image, label))
        return {"text": text, "confidence": confidence, "box": label.box}


def openalpr() -> OpenAlpr | None:
    """None when no one named it."""
    named = shlex.split(os.environ.get(OPENALPR, ""))
    if not named:
        return None
    if shutil.which(named[0]) is None:
        raise PeerProblem(f"{OPENALPR} names {named[0]}, which is no program. Correct or unset it.")
    return OpenAlpr(tuple(named))


def plate_ocr() -> PlateOcr | None:
    """None when no one named it. Its input is uint8, N x height x width x channels."""
    named = os.environ.get(OCR)
    if not named:
        return None
    model = Path(named)
    config = _config_of(model)
    if not model.is_file() or config is None:
        raise PeerProblem(
            f"{OCR} needs a network, and its configuration as a .yaml file beside it or in "
            f"{_CONFIG}; one of them is missing at {model}. Correct or unset it."
        )
    session = onnxruntime.InferenceSession(model.read_bytes(), providers=["CPUExecutionProvider"])
    return PlateOcr(session, yaml.safe_load(config.read_text(encoding="utf-8")))


def cut(image: Image, label: Label) -> Image:
    """The labelled plate; all of a picture that is one already."""
    if label.kind == "crop" or label.box is None:
        return image
    x, y, wide, high = label.box
    top, left = max(0, round(y)), max(0, round(x))
    return image[top : max(top + 1, round(y + high)), left : max(left + 1, round(x + wide))]


def prepared(crop: Image, config: dict[str, Any]) -> npt.NDArray[np.uint8]:
    """Height x width x channels, as the network's configuration wants it."""
    grey = config.get("image_color_mode", "grayscale") == "grayscale"
    picture = np.asarray(cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY) if grey else crop, np.uint8)
    size = (int(config["img_width"]), int(config["img_height"]))
    if config.get("keep_aspect_ratio", False):
        picture = _padded(picture, size[0] / size[1], config.get("padding_color", 114))
    how = _RESIZE[config.get("interpolation", "linear")]
    scaled = cv2.resize(np.ascontiguousarray(picture), size, interpolation=how)
    return np.asarray(scaled, np.uint8).reshape(size[1], size[0], -1)


def decoded(outputs: Sequence[Any], config: dict[str, Any]) -> tuple[str, float]:
    """Newer networks also name a region: the text is the output with a place for each sign."""
    alphabet, places = str(config["alphabet"]), int(config["max_plate_slots"])
    size = places * len(alphabet)
    chances = next(np.asarray(one) for one in outputs if np.asarray(one).size == size)
    chances = chances.reshape(places, len(alphabet))
    text = "".join(alphabet[int(best)] for best in chances.argmax(axis=1))
    sure = float(np.prod(chances.max(axis=1)))
    return text.replace(str(config["pad_char"]), ""), min(1.0, max(0.0, sure))


def in_turn(
    things: Sequence[Any], ours: Callable[[Any], float], theirs: Callable[[Any], float]
) -> Ratio:
    """Each tells its milliseconds. One after the other, so that both meet the same machine."""
    ours(things[0]), theirs(things[0])
    both = [(ours(thing), theirs(thing)) for thing in things]
    mine, other = zip(*both, strict=True)
    return Ratio(statistics.median(mine), statistics.median(other))


def _config_of(model: Path) -> Path | None:
    named = os.environ.get(_CONFIG)
    beside = [Path(named)] if named else [*model.parent.glob("*.yaml")]
    return beside[0] if len(beside) == 1 and beside[0].is_file() else None


def _padded(picture: Image, shape: float, colour: float | Sequence[float]) -> Image:
    high, wide = picture.shape[:2]
    above, beside = max(0.0, wide / shape - high) / 2, max(0.0, high * shape - wide) / 2
    shades = [colour] * 3 if isinstance(colour, int | float) else list(colour)
    top, bottom, left, right = int(above), round(above), int(beside), round(beside)
    framed = cv2.copyMakeBorder(
        np.ascontiguousarray(picture), top, bottom, left, right, cv2.BORDER_CONSTANT, value=shades
    )
    return np.asarray(framed, np.uint8)


def _around(corners: Sequence[dict[str, float]]) -> list[float]:
    across, down = [one["x"] for one in corners], [one["y"] for one in corners]
    return [min(across), min(down), max(across) - min(across), max(down) - min(down)]
