"""What becomes of the files of watched folders and drops: read, and stored where they may be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Final

import click

from plateward.capture import file_sightings
from plateward.capture.file_sightings import Opened, Readers, Unreadable
from plateward.capture.folder import NotNow, NotThisCamera
from plateward.capture.picture_files import Kind
from plateward.capture.taken_at import Believing, Clock
from plateward.recognition import ProviderProblem, WeightsProblem

GENETEC: Final = "genetec"
"""Whose messages come as files, unless said otherwise."""

_XML: Final = "application/xml"
_JSON: Final = "application/json"


@dataclass(slots=True)
class Counts:
    """What was stored since the start, in numbers."""

    files: int = 0
    reads: int = 0
    again: int = 0
    late: int = 0
    alerts: int = 0

    def words(self) -> str:
        said = f"{self.files} files, {self.reads} new reads"
        more = {"stored before": self.again, "past their time": self.late, "alerts": self.alerts}
        return said + "".join(f", {count} {what}" for what, count in more.items() if count)


def readers(provider: str | None) -> Readers:
    """As `file_sightings.shipped`; a refusal in plain words where it cannot start."""
    try:
        return file_sightings.shipped(provider)
    except (WeightsProblem, ProviderProblem) as problem:
        raise click.ClickException(str(problem)) from None


@dataclass(slots=True)
class Store:
    """`vendors`: whose messages a camera's files are, where it is not `vendor`."""

    readers: Readers
    films: Clock = Clock.UTC
    files: Clock = Clock.UTC
    vendor: str = GENETEC
    vendors: Mapping[str, str] = field(default_factory=dict)
    counts: Counts = field(default_factory=Counts)

    def take(self, camera: str, one: Opened) -> None:
        """Raise Unreadable, NotNow or NotThisCamera."""
        if one.file.kind is Kind.MESSAGE:
            _with_the_store(lambda: self._message(camera, one))
        else:
            _with_the_store(lambda: self._pictures(camera, one))
        self.counts.files += 1

    def _message(self, camera: str, one: Opened) -> None:
        from django.utils import timezone

        from plateward.intake import picture_files, vendors
        from plateward.intake.adapters.message import Message, Refused

        picture_files.for_reading(camera)
        kind = _JSON if one.file.path.suffix.lower() == ".json" else _XML
        message = Message(
            one.content, timezone.now(), content_type=kind, filename=one.file.path.name
        )
        try:
            vendor = self.vendors.get(camera, self.vendor)
            outcome = vendors.hand_in(vendor, message, sender=camera)
        except Refused as refused:
            raise Unreadable(str(refused)) from None
        self.counts.reads += outcome.stored
        self.counts.again += outcome.duplicates + outcome.revised
        self.counts.late += outcome.late
        self.counts.alerts += outcome.alerts
        if not outcome.understood:
            raise Unreadable(_not_understood(outcome.refused))

    def _pictures(self, camera: str, one: Opened) -> None:
        from django.utils import timezone

        from plateward.intake import picture_files

        source = picture_files.for_reading(camera)
        taken = file_sightings.taken(one, self._believing(source.profile.zone))
        if taken.at is None:
            raise Unreadable("Nothing says when it was taken: neither the picture nor its file.")
        if source.is_over(taken.at, timezone.now()):
            self.counts.late += 1
            return
        shown = file_sightings.shown(one, device=camera, at=taken.at, readers=self.readers)
        stored = picture_files.store(shown.sightings)
        self.counts.reads += stored.new
        self.counts.again += stored.again
        self.counts.late += stored.late
        self.counts.alerts += stored.alerts
        if stored.refused:
            raise Unreadable(stored.refused[0])

    def _believing(self, zone: tzinfo) -> Believing:
        return Believing(zone, self.films, self.files)


def _with_the_store(act: Callable[[], None]) -> None:
    """What the house refuses for now is waited for; what it refuses of a camera is left."""
    from django.db import DatabaseError, close_old_connections

    from plateward.cameras.register import UnknownCamera
    from plateward.intake.picture_files import KindUnknown, StaysOnItsMedium
    from plateward.intake.receive import Stopped
    from plateward.policy.in_force import NoPolicy

    try:
        act()
    except (UnknownCamera, KindUnknown, StaysOnItsMedium) as refused:
        raise NotThisCamera(str(refused)) from None
    except (Stopped, NoPolicy) as stopped:
        raise NotNow(str(stopped)) from None
    except DatabaseError as away:
        close_old_connections()
        # Its text may quote what was to be stored.
        raise NotNow(
            f"The database says no ({type(away).__name__}). Nothing is lost: the files stay and "
            "are tried again."
        ) from None


def _not_understood(refused: list[str]) -> str:
    if refused:
        return refused[0]
    return "It is about a device that is linked to no camera: plateward intake link"
