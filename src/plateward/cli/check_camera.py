"""Say whether a camera is set up to read plates: how large, sharp and often it shows them."""

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from plateward.cli.printable import printable

if TYPE_CHECKING:
    from plateward.capture.live import Stream
    from plateward.capture.siting import Finding, Pace, Plate
    from plateward.capture.stills import Frame, Quiet
    from plateward.recognition import PlateReader

_HELP: Final = """Say whether a camera is set up to read plates: how large, sharp and often it shows
them.

SOURCE is the address of a live camera (rtsp://USER:PASSWORD@HOST/PATH), a video, a photo or a
folder of photos. Put an address that holds a password into PLATEWARD_CHECK_CAMERA_SOURCE instead:
a command line can be seen by everyone on the machine. No plate is shown and nothing is kept.

What is said of each thing is good, marginal or bad, with what to change. The exit code is 0 when
nothing is bad and a plate was seen, 1 when something is bad or none was, and 2 when the source
could not be read."""
_START: Final = datetime(2000, 1, 1, tzinfo=UTC)
_APART: Final = timedelta(hours=1)
"""Between photos of a folder, each of which is taken for another vehicle."""


@dataclass(frozen=True, slots=True)
class _Checked:
    """`size` is of the last picture, width and height. `pace` is None for photos.

    `trouble`: what was wrong with a live camera in the end, in a sentence.
    """

    pictures: int
    size: tuple[int, int]
    pace: "Pace | None"
    plates: "Sequence[Plate]"
    trouble: str = ""


class _Unreadable(Exception):
    """Says what is wrong with the source and what to do."""


class _Passing:
    """Frames, counted as they go by until it is over."""

    def __init__(
        self, frames: "Iterable[Frame | Quiet]", over: "Callable[[_Passing], bool]"
    ) -> None:
        self._frames = frames
        self._over = over
        self.count = 0
        self.size = (0, 0)
        self.began_at: float | None = None
        """When the first came, as `time.monotonic`."""
        self.instants: list[datetime] = []
        """Of the first and of the last."""

    def __iter__(self) -> "Iterator[Frame | Quiet]":
        from plateward.capture.stills import Frame

        for each in self._frames:
            if self._over(self):
                return
            if isinstance(each, Frame):
                self.count += 1
                self.size = (each.image.shape[1], each.image.shape[0])
                self.began_at = self.began_at or time.monotonic()
                self.instants = [*self.instants[:1], each.seen_at]
            yield each


@click.command(help=_HELP)
@click.argument("source", envvar="PLATEWARD_CHECK_CAMERA_SOURCE")
@click.option("--seconds", type=click.FloatRange(1, 3600), default=20.0, show_default=True)
@click.option("--fps", type=click.FloatRange(0.5, 60), default=10.0, show_default=True)
@click.option("--udp", is_flag=True, help="Ask for UDP. Default: TCP, which loses nothing.")
@click.option("--timeout", type=click.FloatRange(1, 120), default=10.0, show_default=True)
@click.option("--provider", metavar="NAME", help="What runs the networks: cpu, cuda, openvino, …")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(source: str, as_json: bool, provider: str | None, **said: Any) -> None:  # noqa: FBT001 -- click passes the flag
    from plateward.capture import siting
    from plateward.cli.read import plate_reader

    try:
        checked = _checked(source, plate_reader(provider), said)
    except _Unreadable as wrong:
        told = json.dumps({"error": str(wrong)}) if as_json else printable(f"Not read: {wrong}")
        click.echo(told, err=not as_json)
        sys.exit(2)
    found = siting.judged(checked.plates, checked.pace)
    for line in _as_json(checked, found) if as_json else _as_text(checked, found):
        click.echo(line)
    bad = any(one.grade is siting.Grade.BAD for one in found)
    sys.exit(1 if bad or not checked.plates else 0)


def _checked(source: str, reader: "PlateReader", said: dict[str, Any]) -> _Checked:
    from plateward.capture import address

    if not address.is_camera(source):
        return _recorded(Path(source), reader, seconds=said["seconds"], fps=said["fps"])
    with _stream(source, said) as stream:
        return _live(stream, reader, said)


def _stream(source: str, said: dict[str, Any]) -> "Stream":
    from plateward.capture import faults, live

    try:
        return live.camera(
            source,
            device="checked",
            transport="udp" if said["udp"] else "tcp",
            timeout=said["timeout"],
            asked=live.Asked(fps=said["fps"]),
        )
    except faults.BadAddress as wrong:
        raise _Unreadable(str(wrong)) from None


def _live(stream: "Stream", reader: "PlateReader", said: dict[str, Any]) -> _Checked:
    """For so many seconds from the first picture on; what goes wrong before that ends it."""
    from plateward.capture import faults, siting

    seconds: float = said["seconds"]

    def over(passing: _Passing) -> bool:
        if passing.began_at is None:
            return stream.status().fault is not None and not stream.status().frames
        return time.monotonic() - passing.began_at > seconds

    passing = _Passing(stream, over)
    plates = siting.plates(passing, reader)
    status = stream.status()
    if passing.began_at is None:
        raise _Unreadable(status.fault or "the camera sent no picture. Try again.")
    lasted = max(time.monotonic() - passing.began_at, 1.0)
    pace = siting.Pace(status.frames / lasted, said["fps"], passing.count / lasted)
    slow = status.code == faults.TooSlow.code  # the findings say it better
    trouble = "" if slow else status.fault or ""
    return _Checked(passing.count, passing.size, pace, plates, trouble)


def _recorded(source: Path, reader: "PlateReader", *, seconds: float, fps: float) -> _Checked:
    from plateward.capture import picture_files, siting, video
    from plateward.recognition import NotAPhoto

    film = source.is_file() and picture_files.kind_of(source.name) is picture_files.Kind.FILM
    every = timedelta(seconds=1 / fps)
    frames = video.frames(source, device="checked", began=_START, every=every)
    passing = _Passing(
        frames if film else _photos(source), lambda its: film and its.count > seconds * fps
    )
    try:
        plates = siting.plates(passing, reader)
    except (video.NotAVideo, NotAPhoto, OSError) as wrong:
        raise _Unreadable(str(wrong)) from None
    if not passing.count:
        raise _Unreadable(f"{source} holds no photo. Name a camera, a video, or photos.")
    lasted = (passing.instants[-1] - passing.instants[0]).total_seconds()
    came = (passing.count - 1) / lasted if lasted > 0 else fps
    pace = siting.Pace(came, fps, came) if film else None  # a film waits for its reader
    return _Checked(passing.count, passing.size, pace, plates)


def _photos(source: Path) -> "Iterator[Frame]":
    """Each so long after the one before it that no vehicle is taken for another."""
    from plateward.capture import picture_files
    from plateward.capture.stills import Frame
    from plateward.recognition import photos

    files = [source]
    if source.is_dir():
        found = picture_files.walk(source)
        files = [one.path for one in found if one.kind is picture_files.Kind.PHOTO]
    for number, file in enumerate(files):
        yield Frame("checked", _START + number * _APART, photos.load(file))


def _as_json(checked: _Checked, found: "Sequence[Finding]") -> Iterator[str]:
    yield json.dumps(
        {
            "pictures": checked.pictures,
            "width": checked.size[0],
            "height": checked.size[1],
            "fps": None if checked.pace is None else round(checked.pace.came, 1),
            "trouble": checked.trouble or None,
            "plates": [asdict(plate) for plate in checked.plates],
            "findings": [asdict(finding) for finding in found],
        }
    )


def _as_text(checked: _Checked, found: "Sequence[Finding]") -> Iterator[str]:
    width, height = checked.size
    yield f"Pictures read: {checked.pictures}, of {width} x {height} pixels."
    if checked.trouble:
        yield printable(checked.trouble)
    for finding in found:
        yield f"{finding.grade.upper():9} {finding.about}: {finding.words}"
