"""Read the plates in photos and recorded video."""

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import click

from plateward.cli import read_state, read_vehicles, read_video
from plateward.cli.printable import printable

if TYPE_CHECKING:
    from plateward.recognition import PlateReader, Reading
    from plateward.recognition.vehicles import Described, Vehicles

_HELP = """Read the plates in photos and recorded video.

Each FILE is a photo or a video. A photo is a JPEG, PNG, WebP, BMP or TIFF file; of several pages or
frames the first is read. A video ends in .mp4, .mov, .mkv, .avi, .webm, .m4v, .mpg, .mpeg or .ts;
ten frames a second are read, and a vehicle seen in many is told once. The exit code is 0 when every
file was read, also if it shows no plate, and 2 when one could not be opened or breaks off; the
others are read all the same. It is 1 when the reader itself cannot start. No file is ever changed.

The networks run on the CPU, or on what --provider or PLATEWARD_PROVIDER names; what is not there
is an error, never replaced by the CPU.

With --json, one JSON object a line, one line a file, in the order given:

\b
{"file": "…", "ms": 210, "provider": "cpu", "plates": [
  {"text": "ABC123", "confidence": 0.97,
   "characters": [{"text": "A", "confidence": 0.99, "alternatives": [["4", 0.01]]}, …],
   "box": [x, y, width, height], "corners": [[x, y], … 4 from top-left, clockwise] or null}]}
{"file": "…", "error": "what is wrong and what to do"}

Boxes and corners are pixels of the photo the right way up. Confidence is 0 to 1.

A plate's "state" is null where the reader names none. Else it has "code" (a US state or DC, CANADA,
MEXICO, EUROPE, BRAZIL, ARGENTINA, OTHER, or "unknown"), "confidence", "alternatives", "evidence" in
words, and "formats": what was read, what serial formats would prefer and by which odds. Formats are
evidence: "text" is always what was read.

A plate's "vehicle" has "box" (null where no vehicle was found around it) and "colour", "body" and
"make", each with "value" (null is unknown), "confidence" and "alternatives".

A video's line has "vehicles" in place of "plates": each has "text", "confidence", "characters",
"agreement" (the share of the readings that say this text), "direction", "frames", "from" and "to"
in seconds, and "evidence" (its second, the plate's box, and the SHA-256 of the picture that would
be kept). "dropped" counts the passages that were not told, by why."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """`error` says why the photo was not read; then there is nothing else."""

    file: str
    milliseconds: int = 0
    provider: str | None = None
    readings: "tuple[Reading, ...]" = ()
    vehicles: "tuple[Described, ...]" = ()
    error: str | None = None


@click.command(help=_HELP)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, one line a file.")
@click.option("--provider", metavar="NAME", help="What runs the networks: cpu, cuda, openvino, …")
def command(files: tuple[str, ...], as_json: bool, provider: str | None) -> None:  # noqa: FBT001 -- click passes the flag
    reader, vehicles = readers(provider)
    unread = 0
    for file in files:
        error, lines = told(reader, vehicles, file, as_json=as_json)
        unread += error is not None
        for line in lines:
            click.echo(line, err=error is not None and not as_json)
    if unread and not as_json:
        click.echo(f"{unread} of {len(files)} not read; no file was changed.", err=True)
    sys.exit(2 if unread else 0)


def told(
    reader: "PlateReader", vehicles: "Vehicles", file: str, *, as_json: bool
) -> tuple[str | None, Iterator[str]]:
    """Why it was not read, if it was not, and the lines to print."""
    if read_video.is_video(file):
        film = read_video.read(reader, file)
        return film.error, read_video.lines(film, as_json=as_json)
    outcome = _read(reader, vehicles, file)
    return outcome.error, _as_json(outcome) if as_json else _as_text(outcome)


def readers(provider: str | None) -> "tuple[PlateReader, Vehicles]":
    """What reads, ready; a refusal in plain words where it cannot start."""
    return plate_reader(provider), _vehicles(provider)


def plate_reader(provider: str | None) -> "PlateReader":
    """What reads plates, ready; as `readers`."""
    from plateward.recognition import PlateReader, ProviderProblem, WeightsProblem

    try:
        return PlateReader.default(provider)
    except (WeightsProblem, ProviderProblem) as problem:
        raise click.ClickException(str(problem)) from None


def _vehicles(provider: str | None) -> "Vehicles":
    from plateward.recognition import ProviderProblem, WeightsProblem
    from plateward.recognition.vehicles import Vehicles

    try:
        return Vehicles.default(provider)
    except (WeightsProblem, ProviderProblem) as problem:
        raise click.ClickException(str(problem)) from None


def _read(reader: "PlateReader", vehicles: "Vehicles", file: str) -> _Outcome:
    from plateward.recognition import NotAPhoto, photos

    try:
        image = photos.load(file)
    except NotAPhoto as refusal:
        return _Outcome(file, error=str(refusal))
    began = time.perf_counter()
    readings = tuple(reader.read(image))
    described = tuple(vehicles.describe_all(image, [reading.box for reading in readings]))
    milliseconds = round(1000 * (time.perf_counter() - began))
    return _Outcome(file, milliseconds, reader.provider, readings, described)


def _as_json(outcome: _Outcome) -> Iterator[str]:
    if outcome.error is not None:
        yield json.dumps({"file": outcome.file, "error": outcome.error})
        return
    yield json.dumps(
        {
            "file": outcome.file,
            "ms": outcome.milliseconds,
            "provider": outcome.provider,
            "plates": [
                _plate(reading) | {"vehicle": read_vehicles.as_json(described)}
                for reading, described in zip(outcome.readings, outcome.vehicles, strict=True)
            ],
        }
    )


def _plate(reading: "Reading") -> dict[str, object]:
    box = reading.box
    return {
        "text": reading.plate,
        "confidence": reading.confidence,
        "characters": [asdict(each) for each in reading.characters],
        "box": [box.left, box.top, box.width, box.height],
        "corners": reading.corners,
        "state": read_state.as_json(reading.state),
    }


def _as_text(outcome: _Outcome) -> Iterator[str]:
    if outcome.error is not None:
        yield printable(f"Not read: {outcome.error}")
        return
    took = f"({outcome.milliseconds} ms, {outcome.provider})"
    if not outcome.readings:
        yield f"{printable(outcome.file)}: no plate found {took}"
        return
    yield f"{printable(outcome.file)} {took}"
    for reading, described in zip(outcome.readings, outcome.vehicles, strict=True):
        box = reading.box
        yield (
            f"  {reading.plate:<10} confidence {reading.confidence:.2f}   "
            f"box x {box.left} y {box.top} width {box.width} height {box.height}"
        )
        yield "    " + "  ".join(
            f"{each.text} {each.confidence:.2f}" + _others(each.alternatives)
            for each in reading.characters
        )
        for line in read_state.as_text(reading.state):
            yield f"    {line}"
        yield f"    {read_vehicles.as_text(described)}"


def _others(alternatives: tuple[tuple[str, float], ...]) -> str:
    likely = [f"{text} {chance:.2f}" for text, chance in alternatives if chance >= 0.05]
    return f" (or {', '.join(likely)})" if likely else ""
