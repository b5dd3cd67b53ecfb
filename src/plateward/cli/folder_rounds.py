"""Look at a folder again and again until told to stop, and say what came of it."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from plateward.capture.file_sightings import Opened
    from plateward.capture.folder import Folder, Take, Tally
    from plateward.cli.file_store import Counts

_AGAIN: Final = 30.0  # seconds until what could not be taken is tried again


def run(
    folder: "Folder",
    take: "Take",
    counts: "Counts | None",
    *,
    every: float,
    once: bool = False,
) -> None:
    """Until SIGTERM or Ctrl-C, which let the file in hand be finished; or `once`.

    Nothing that is said names a file: what is said may be kept, and a name may hold a plate.
    """
    said: set[str] = set()
    with _stopping() as stop:
        careful = _until(stop, take)
        if once:
            for wait in (folder.settling.still_for, 0):  # what stands still shows at a second look
                _say(_round(folder, careful), counts, said)
                stop.wait(wait)
            return
        click.echo(f"Watching {folder.root}. Stop with Ctrl-C.", err=True)
        while not stop.is_set():
            tally = _round(folder, careful)
            _say(tally, counts, said)
            stop.wait(_AGAIN if tally.waits else every)
    click.echo("Stopped. What is new by then is taken when this runs again.", err=True)


def _round(folder: "Folder", take: "Take") -> "Tally":
    from plateward.capture.folder import Tally

    try:
        return folder.round_once(take)
    except OSError as gone:
        return Tally(waits=f"{folder.root} cannot be opened ({gone.strerror}); trying again.")


def _say(tally: "Tally", counts: "Counts | None", said: set[str]) -> None:
    """What stays as it was is said once."""
    for why, often in tally.unread.items():
        click.echo(f"Not read ({often}): {why}", err=True)
    for why in (*tally.left.values(), tally.waits):
        if why and why not in said:
            click.echo(why, err=True)
    said |= set(tally.left.values()) | {tally.waits}
    if not tally.waits:
        said -= {why for why in said if why.endswith("trying again.")}
    if tally.taken and counts is not None:
        click.echo(f"{tally.taken} files now; since the start {counts.words()}.")


def _until(stop: threading.Event, take: "Take") -> "Take":
    from plateward.capture.folder import NotNow

    def careful(camera: str, one: "Opened") -> None:
        if stop.is_set():
            raise NotNow
        take(camera, one)

    return careful


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    stop = threading.Event()
    ways = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(way, _setting(stop)) for way in ways]
    try:
        yield stop
    finally:
        for way, handler in zip(ways, before, strict=True):
            signal.signal(way, handler)


def _setting(stop: threading.Event) -> Callable[..., None]:
    return lambda *_: stop.set()
