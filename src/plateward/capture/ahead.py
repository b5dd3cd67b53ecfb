"""Who reads picture files: this process, one after the other, or others, some files ahead."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from plateward.capture import file_sightings
from plateward.capture.file_sightings import Opened, Readers, Shown

Awaited = Callable[[], Shown]
"""Waits for what one file shows. Raises Unreadable, or OSError of the disk it lies on."""


class FileReader(Protocol):
    """Reads files in any order, and answers for each as if it had been read alone, here."""

    @property
    def ahead(self) -> int:
        """How many may be begun before the answer for the first is asked for."""
        ...

    def begin(self, one: Opened, *, device: str, at: datetime) -> Awaited:
        """Read it, now or later; `at` as in `file_sightings.shown`."""
        ...


@dataclass(frozen=True, slots=True)
class Here:
    """This process reads; each file when its answer is asked for."""

    readers: Readers

    @property
    def ahead(self) -> int:
        return 0

    def begin(self, one: Opened, *, device: str, at: datetime) -> Awaited:
        return partial(file_sightings.shown, one, device=device, at=at, readers=self.readers)
