"""What `plateward read` does with a recorded video: one line a vehicle."""

import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from plateward.capture.picture_files import FILMS
from plateward.cli.printable import printable

if TYPE_CHECKING:
    from plateward.capture.tracks import Passage
    from plateward.recognition import PlateReader

_START: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Of every video: a file does not say when it was taken, so seconds are counted from here."""


@dataclass(frozen=True, slots=True)
class Film:
    """`error` says why the video was not read, or not to its end; `vehicles` passed before that."""

    file: str
    milliseconds: int = 0
    provider: str | None = None
    vehicles: tuple["Passage", ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)
    error: str | None = None


def is_video(file: str) -> bool:
    """By its name: a video is not opened to find out."""
    return Path(file).suffix.lower() in FILMS


def read(reader: "PlateReader", file: str) -> Film:
    """Read it to its end, or to where it breaks off. It is never changed."""
    from plateward.capture import recorded, video
    from plateward.capture.sieve import Sieve
    from plateward.capture.tracks import Passage, Tracker

    began = time.perf_counter()
    seen: list[Passage] = []
    tracker, sieve, error = Tracker(), Sieve(), None
    try:
        frames = video.frames(Path(file), device=file, began=_START)
        # What passed before a fault stays in the list.
        seen.extend(recorded.passages(frames, reader, tracker=tracker, sieve=sieve))
    except video.NotAVideo as refusal:
        seen += sieve.through(tracker.finish())
        error = str(refusal)
    dropped = {why.value: times for why, times in sorted(sieve.dropped.items())}
    took = round(1000 * (time.perf_counter() - began))
    return Film(file, took, reader.provider, tuple(seen), dropped, error)


def lines(film: Film, *, as_json: bool) -> Iterator[str]:
    """For the terminal, or one JSON object."""
    return _as_json(film) if as_json else _as_text(film)


def _as_json(film: Film) -> Iterator[str]:
    said: dict[str, object] = {
        "file": film.file,
        "ms": film.milliseconds,
        "provider": film.provider,
        "vehicles": [_vehicle(passage) for passage in film.vehicles],
        "dropped": dict(film.dropped),
    }
    yield json.dumps(said if film.error is None else {**said, "error": film.error})


def _vehicle(passage: "Passage") -> dict[str, object]:
    from plateward.capture import recorded

    told, shown = passage.told, passage.evidence
    box = shown.reading.box
    kept = recorded.sighting(passage)
    return {
        "text": told.plate,
        "confidence": told.confidence,
        "characters": [asdict(each) for each in told.characters],
        "agreement": round(told.agreement, 4),
        "direction": passage.direction,
        "frames": len(passage.looks),
        "from": _second(passage.began),
        "to": _second(passage.ended),
        "evidence": {
            "at": _second(shown.frame.seen_at),
            "box": [box.left, box.top, box.width, box.height],
            "sha256": hashlib.sha256(kept.photo or b"").hexdigest(),
        },
    }


def _as_text(film: Film) -> Iterator[str]:
    took = f"({film.milliseconds} ms, {film.provider})"
    if film.error is not None:
        yield printable(f"Not read: {film.error}")
    if film.error is None or film.vehicles:
        passed = {0: "no vehicle passed", 1: "1 vehicle passed"}
        count = passed.get(len(film.vehicles), f"{len(film.vehicles)} vehicles passed")
        yield f"{printable(film.file)}: {count} {took}"
    for passage in film.vehicles:
        told = passage.told
        went = f", {passage.direction}" if passage.direction else ""
        yield (
            f"  {told.plate:<10} confidence {told.confidence:.2f}   "
            f"{_second(passage.began):.1f} s to {_second(passage.ended):.1f} s, "
            f"{len(passage.looks)} frames{went}"
        )
    if film.dropped:
        why = ", ".join(f"{times} {reason}" for reason, times in film.dropped.items())
        yield f"  not told: {why}"


def _second(at: datetime) -> float:
    return round((at - _START).total_seconds(), 3)
