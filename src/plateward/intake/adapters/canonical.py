"""What every vendor's message becomes: reads, heartbeats, and a count of what was left out."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Final, Literal

from plateward.intake.adapters.refused import Refused
from plateward.plates.text import PlateText

Basis = Literal["device_utc", "device_local_offset", "server"]
Phase = Literal["preview", "update", "final"]
MOST: Final = 5000
DOUBTFUL_CHARACTER: Final = 0.7
DOUBTFUL_STATE: Final = 0.5
# x, y of corners; left, top, right, bottom; left, top, width, height; and -1 to 1 with y upward.
Shape = Literal["polygon", "box", "box_xywh", "box_norm"]


@dataclass(frozen=True, slots=True)
class Outline:
    """Where the plate is in the picture. A polygon's numbers are x, y, x, y, and so on."""

    shape: Shape
    numbers: tuple[float, ...]

    def box(self) -> tuple[int, int, int, int] | None:
        """Left, top, width, height in pixels; None where the numbers are not pixels."""
        if self.shape == "box_norm":
            return None
        if self.shape == "box_xywh":
            left, top, width, height = self.numbers
        else:
            across, down = self.numbers[::2], self.numbers[1::2]
            left, top = min(across), min(down)
            width, height = max(across) - left, max(down) - top
        return round(left), round(top), round(width), round(height)


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG, and what the vendor calls it."""

    role: str
    jpeg: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.jpeg).hexdigest()


@dataclass(frozen=True, slots=True)
class Link:
    """Where a picture is that did not come along. It may be a key to it: no line may quote it."""

    kind: Literal["photo", "crop"]
    address: str


@dataclass(frozen=True, slots=True)
class Vehicle:
    """In the vendor's own words. `confidences`: 0 to 1, for the fields whose vendor says."""

    body: str | None = None
    make: str | None = None
    model: str | None = None
    color: str | None = None
    year: str | None = None
    orientation: str | None = None
    size: str | None = None
    confidences: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class ForeignAlert:
    """The vendor's own list matched. Not a hit of ours: our lists and verification still apply."""

    list: str
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Speed:
    """`field` is the vendor's name for it, which is told when policy drops it."""

    field: str
    kmh: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorRead:
    """One plate of one message. `captured_at` is an aware instant, confidences are 0 to 1.

    `photo` and `crop` are the roles in `pictures` that show the scene and the plate alone;
    `photo_is_frame`: the outline is in pixels of that photo, which is not itself cut out.
    `speeds` and `guarded` are what a policy may have to drop: `guarded` holds our name of what is
    guarded ("person", "face") and the vendor's field; its value is not kept at all.
    `ids_begin_again`: after a restart the vendor counts from 1, so that an id names its car for an
    hour and no longer.
    """

    source: str
    device_ref: str | None
    source_event_id: str | None
    captured_at: datetime
    captured_basis: Basis
    plate_raw: str
    plate_norm: PlateText
    plate_conf: float | None = None
    char_conf: tuple[float, ...] = ()
    candidates: tuple[tuple[str, float | None], ...] = ()
    region: str | None = None
    region_conf: float | None = None
    country: str | None = None
    outline: Outline | None = None
    vehicle: Vehicle = field(default_factory=Vehicle)
    direction_deg: float | None = None
    direction_label: str | None = None
    lane: int | None = None
    gps: tuple[float, float] | None = None
    parent_object: str | None = None
    pictures: tuple[Picture, ...] = ()
    links: tuple[Link, ...] = ()
    photo: str | None = None
    crop: str | None = None
    photo_is_frame: bool = True
    phase: Phase | None = None
    speeds: tuple[Speed, ...] = ()
    guarded: tuple[tuple[str, str], ...] = ()
    ids_begin_again: bool = False
    foreign_alerts: tuple[ForeignAlert, ...] = ()
    dropped_fields: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def event(self) -> str:
        """What names this read for ever: the vendor's id, or a hash of device, time, plate, box."""
        if self.source_event_id and self.ids_begin_again:
            return f"{self.source_event_id}@{self.captured_at.astimezone(UTC):%Y-%m-%dT%H}"
        if self.source_event_id:
            return self.source_event_id
        box = ",".join(f"{number:g}" for number in self.outline.numbers) if self.outline else ""
        told = (self.device_ref or "", self.captured_at.isoformat(), self.plate_raw, box)
        return "sha256:" + hashlib.sha256("|".join(told).encode()).hexdigest()

    def picture(self, role: str | None) -> bytes | None:
        return next((each.jpeg for each in self.pictures if each.role == role), None)

    def doubts(self) -> tuple[str, ...]:
        """What a person who looks at this read should know, beside the adapter's own warnings."""
        said = (
            ("no_confidence", self.plate_conf is None),
            ("low_char_conf", any(sure < DOUBTFUL_CHARACTER for sure in self.char_conf)),
            (
                "state_unverified",
                self.region_conf is not None and self.region_conf < DOUBTFUL_STATE,
            ),
        )
        return tuple(word for word, so in said if so)


@dataclass(frozen=True, slots=True)
class Health:
    """A camera that says it is well, or a system that says a camera of its own is not.

    `tampering`: it is about what the camera sees (covered, turned away, out of focus); `up` then
    says whether that is over. It works, but badly.
    """

    device_ref: str | None
    up: bool
    last_seen: datetime | None = None
    tampering: bool = False


@dataclass(frozen=True, slots=True)
class Dropped:
    """Something that is no read, by the rule that left it out. Of it only the count stays.

    Rules the house knows: `vehicle_only` (no plate), `not_a_plate`, `face`, `person`,
    `unknown_message`, `no_time`, `picture_not_jpeg`, `picture_too_large`.
    """

    rule: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What a message became. `oldest_kept`: of the oldest read the sender still keeps itself."""

    reads: tuple[VendorRead, ...] = ()
    health: tuple[Health, ...] = ()
    dropped: tuple[tuple[str, int], ...] = ()
    oldest_kept: datetime | None = None

    @classmethod
    def of(cls, things: Iterable[VendorRead | Health | Dropped]) -> "Taken":
        """Each in the order it came, what was dropped counted by rule.

        Raise Refused where there are more than MOST: a camera's message holds a few, and a day's
        file can be split.
        """
        each = list(islice(things, MOST + 1))
        if len(each) > MOST:
            raise Refused(f"It holds more than {MOST} vehicles", do="Split it, then resend.")
        counted = Counter(thing.rule for thing in each if isinstance(thing, Dropped))
        return cls(
            tuple(thing for thing in each if isinstance(thing, VendorRead)),
            tuple(thing for thing in each if isinstance(thing, Health)),
            tuple(sorted(counted.items())),
        )
