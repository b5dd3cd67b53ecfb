"""Store what a picture file showed: all of its sightings and the word that it was read, or none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from plateward.cameras import kinds, register
from plateward.cameras.register import Registered
from plateward.custody import media
from plateward.custody.media import File
from plateward.intake import receive
from plateward.intake.receive import StaysOnItsMedium
from plateward.plates.sighting import Sighting
from plateward.policy import in_force, removable
from plateward.policy.profile import Profile
from plateward.policy.removable import Removable

__all__ = [
    "KindUnknown",
    "Source",
    "StaysOnItsMedium",
    "Stored",
    "for_reading",
    "source",
    "store",
    "store_of_medium",
]


class KindUnknown(Exception):
    """Nobody has said what kind the camera is, and the city's text makes a difference."""


@dataclass(frozen=True, slots=True)
class Source:
    """A camera whose files come in, and the rules for them."""

    camera: Registered
    profile: Profile
    removable: Removable

    def is_over(self, at: datetime, now: datetime) -> bool:
        """Whether a read of that instant would be past its time."""
        return self.profile.reads_expire_at(seen_at=at, recorded_at=now) <= now


@dataclass(frozen=True, slots=True)
class Stored:
    """`late`: came when their time was over already. `refused`: why, once for each."""

    new: int = 0
    again: int = 0
    late: int = 0
    alerts: int = 0
    refused: tuple[str, ...] = ()


def source(code: str) -> Source:
    """Raise UnknownCamera, NoPolicy, or KindUnknown where it must be known first."""
    camera = register.named(code)
    profile = in_force.profile(camera.city)
    kind = kinds.of(code)
    if kind is None and removable.has_rules_for_motion(profile):
        raise KindUnknown(
            f"{profile.title()} keeps the pictures of motion detection cameras on their cards, and "
            f"the register does not say what kind {code} is. Nothing was read. Say it with: "
            f"plateward cameras kind {code} motion_detection (or fixed, or mobile)"
        )
    return Source(camera, profile, removable.of(profile, kind))


def for_reading(code: str) -> Source:
    """As `source`; raise StaysOnItsMedium where its pictures may not be read into a database."""
    found = source(code)
    if found.removable.stays_on_it:
        clauses = ", ".join(found.removable.stays_on_it)
        raise StaysOnItsMedium(
            f"{code} is a motion detection camera, and {found.profile.title()} keeps the pictures "
            f"of those on their own cards and drives ({clauses}). Nothing was read; the files are "
            "as they were. Keep them on the card, and put it on record with: plateward import"
        )
    return found


@transaction.atomic
def store(sightings: Sequence[Sighting]) -> Stored:
    """Through the one door in, all of them or none. Raise Stopped or NoPolicy."""
    stored, refused = Stored(), list[str]()
    for sighting in sightings:
        try:
            receipt = receive.receive(sighting)
        except receive.NotASighting as wrong:
            refused.append(str(wrong))
            continue
        stored = replace(
            stored,
            new=stored.new + receipt.new,
            again=stored.again + (receipt.read is not None and not receipt.new),
            late=stored.late + (receipt.read is None),
            alerts=stored.alerts + receipt.alerts,
        )
    return replace(stored, refused=tuple(refused))


@transaction.atomic
def store_of_medium(
    number: int, source: Source, file: File, sightings: Sequence[Sighting]
) -> Stored:
    """The reads of one file of a medium, and the note that it is done: a kill parts them never."""
    stored = store(sightings)
    media.note(number, source.camera, replace(file, reads=stored.new))
    return stored
