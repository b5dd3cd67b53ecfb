"""Make a sighting of the camera that the register knows out of a vendor's read. Pure."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from plateward.intake import vendor_fields
from plateward.intake.adapters.canonical import Vehicle as Told
from plateward.intake.adapters.canonical import VendorRead
from plateward.plates.sighting import Character, Sighting, Vehicle

_EVENT = re.compile(r"[\w.:\-]{1,120}", re.ASCII)
_WORD: Final = 40  # letters in a field of the store
_DIRECTION: Final = 20
_LARGEST: Final = 100_000  # pixels
_FASTEST: Final = 500.0  # kilometres an hour
_US: Final = "US-"
_POLICY_NAMES: Final = {"body": "body_type", "make": "make", "model": "model", "color": "color"}


def events(reads: Iterable[VendorRead]) -> list[str]:
    """What names each read for ever, in order.

    Two plates of one message under one event of the vendor's stay two reads: each event then holds
    a hash of its plate.
    """
    each = list(reads)
    often = Counter((read.device_ref, read.event()) for read in each)
    return [_event(read, alone=often[read.device_ref, read.event()] == 1) for read in each]


def of(read: VendorRead, *, camera: str, event: str) -> Sighting:
    """`camera` is its code in the register. Where the camera stands, the register says."""
    outline = read.outline.box() if read.outline and read.photo_is_frame else None
    speed = vendor_fields.kmh(read.speeds)
    return Sighting(
        source=read.source,
        device=camera,
        event=event,
        plate=read.plate_norm,
        seen_at=read.captured_at,
        confidence=read.plate_conf,
        characters=_characters(read),
        box=outline if outline and all(abs(side) <= _LARGEST for side in outline) else None,
        region=_region(read.region),
        vehicle=_vehicle(read.vehicle),
        direction=_direction(read),
        speed_kmh=speed if speed is not None and 0 <= speed <= _FASTEST else None,
        photo=read.picture(read.photo),
        crop=read.picture(read.crop),
        provisional=read.phase in ("preview", "update"),
    )


def _event(read: VendorRead, *, alone: bool) -> str:
    event = read.event()
    if alone and _EVENT.fullmatch(event):
        return event
    told = event if alone else f"{event}|{read.plate_norm}"
    return "sha256:" + hashlib.sha256(told.encode()).hexdigest()


def _characters(read: VendorRead) -> tuple[Character, ...]:
    """Only where each confidence is known to be of which character."""
    if len(read.char_conf) != len(read.plate_norm):
        return ()
    return tuple(map(Character, read.plate_norm, read.char_conf))


def _region(region: str | None) -> str | None:
    """A state of the US by its letters alone, as our own reader writes it."""
    short = (region or "").removeprefix(_US)
    return short if 0 < len(short) <= 8 else None


def _vehicle(told: Told) -> Vehicle:
    features = (
        told.year and f"year {told.year}",
        told.size and f"size {told.size}",
        told.orientation and f"seen from the {told.orientation}",
    )
    return Vehicle(
        make=_word(told.make),
        model=_word(told.model),
        color=_word(told.color),
        body_type=_word(told.body),
        features=tuple(each[:_WORD] for each in features if each),
        confidences=tuple(
            (_POLICY_NAMES[name], sure) for name, sure in told.confidences if name in _POLICY_NAMES
        ),
    )


def _word(said: str | None) -> str | None:
    return said[:_WORD] if said else None


def _direction(read: VendorRead) -> str | None:
    if read.direction_label:
        return read.direction_label[:_DIRECTION]
    return None if read.direction_deg is None else f"{read.direction_deg:g}°"
