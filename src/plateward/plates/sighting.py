"""What a camera hands to the system: one vehicle, seen once."""

from dataclasses import dataclass, field
from datetime import datetime

from plateward.plates.text import PlateText


@dataclass(frozen=True, slots=True)
class Character:
    """One character as read: its confidence and what else it may be, likeliest first."""

    text: str
    confidence: float
    alternatives: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Vehicle:
    """What can be said of the vehicle. None: the source does not know.

    `confidences`: for each field whose source says how sure it is, its name and 0 to 1.
    """

    make: str | None = None
    model: str | None = None
    color: str | None = None
    body_type: str | None = None
    features: tuple[str, ...] = ()
    confidences: tuple[tuple[str, float], ...] = ()

    def confidence_of(self, name: str) -> float | None:
        """How sure the source is of the field `name`; None where it does not say."""
        return dict(self.confidences).get(name)


@dataclass(frozen=True, slots=True)
class Sighting:
    """`(source, device, event)` names it for ever, so that sending it twice stores it once.

    `seen_at` is an aware instant. `confidence` is 0 to 1. `box` is x, y, width, height in pixels
    of `photo`. `photo` and `crop` are JPEG bytes: the scene, and the plate cut out of it.
    `provisional`: the source may send the same event again, read better.
    """

    source: str
    device: str
    event: str
    plate: PlateText
    seen_at: datetime
    confidence: float | None = None
    characters: tuple[Character, ...] = ()
    box: tuple[int, int, int, int] | None = None
    region: str | None = None
    vehicle: Vehicle = field(default_factory=Vehicle)
    direction: str | None = None
    speed_kmh: float | None = None
    place: tuple[float, float] | None = None
    photo: bytes | None = None
    crop: bytes | None = None
    provisional: bool = False
