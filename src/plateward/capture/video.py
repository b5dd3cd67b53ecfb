"""The frames of a recorded video, each with its instant."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np

from plateward.capture.stills import Frame

MOST_PIXELS: Final = 52_000_000
"""Of one frame; as for photos."""

MISSING: Final = (
    "This installation cannot decode video. Install it with 'pip install \"plateward[video]\"'. "
    "No file was changed."
)

# Apple's tells its offset, the others mostly do not: the best is asked first.
_CREATED: Final = ("com.apple.quicktime.creationdate", "creation_time", "date", "icrd")


class NotAVideo(Exception):
    """Says what is wrong with the file and what to do. No file is ever changed."""


class CutShort(NotAVideo):
    """The file is damaged from some point on; the frames before it were given."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a film says of itself. `created` is naive where it names no zone, None where unsaid."""

    created: datetime | None
    lasts: timedelta


def can_decode() -> bool:
    """Whether this installation decodes video at all."""
    try:
        _decoder()
    except NotAVideo:
        return False
    return True


def said_of(path: Path) -> Said:
    """Without decoding a picture. Whether it is believed is for the caller. Raises NotAVideo."""
    av = _decoder()
    try:
        with av.open(str(path)) as container:
            tags = {name.lower(): str(value) for name, value in container.metadata.items()}
            for stream in container.streams.video[:1]:
                tags = {name.lower(): str(said) for name, said in stream.metadata.items()} | tags
            lasts = timedelta(microseconds=max(container.duration or 0, 0))
    except (av.error.FFmpegError, OSError) as error:
        raise NotAVideo(
            _no_video(path, f"is not a video that can be read ({_why(error)})")
        ) from None
    instants = (_instant(tags.get(name)) for name in _CREATED)
    return Said(next((each for each in instants if each), None), lasts)


def _instant(said: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat((said or "").strip())
    except ValueError:
        return None
    return at if "T" in str(said) or ":" in str(said) else None  # a day alone is no instant


def frames(
    path: Path, *, device: str, began: datetime, every: timedelta = timedelta(seconds=0.1)
) -> Iterator[Frame]:
    """The frames of `path`, at most one in `every`, in the order in which they were seen.

    `began` is the aware instant of its first frame: a file's own clock is not believed.
    Raises NotAVideo before the first frame, CutShort where the file breaks off.
    """
    av = _decoder()
    if not path.is_file():
        raise NotAVideo(f"{path} is not there, or is no file. Look at its name, and try again.")
    try:
        container = av.open(str(path))
    except (av.error.FFmpegError, OSError) as error:
        raise NotAVideo(
            _no_video(path, f"is not a video that can be read ({_why(error)})")
        ) from None
    with container:
        if not container.streams.video:
            raise NotAVideo(_no_video(path, "holds no pictures, as a sound recording does"))
        yield from _seen(av, container, path, device, began, every)


def _seen(  # noqa: PLR0917 -- the arguments of `frames`, with the open file
    av: Any, container: Any, path: Path, device: str, began: datetime, every: timedelta
) -> Iterator[Frame]:
    stream = container.streams.video[0]
    stream.thread_type = "AUTO"
    first: float | None = None
    due, last = timedelta(0), timedelta(0)
    try:
        for picture in container.decode(stream):
            if picture.time is None:
                continue
            first = picture.time if first is None else first
            since = last = timedelta(seconds=picture.time - first)
            if since < due:
                continue
            if picture.width * picture.height > MOST_PIXELS:
                raise NotAVideo(
                    f"{path} has pictures of more than {MOST_PIXELS // 10**6} million pixels."
                )
            due = since + every
            image = np.ascontiguousarray(picture.to_ndarray(format="rgb24"), np.uint8)
            yield Frame(device, began + since, image, since.total_seconds())
    except (av.error.FFmpegError, OSError) as error:
        if first is None:
            raise NotAVideo(_no_video(path, f"shows no picture ({_why(error)})")) from None
        raise CutShort(
            f"{path} is damaged after {last.total_seconds():.1f} seconds ({_why(error)}). "
            "What was seen before that was read; the file was not changed."
        ) from None
    if first is None:
        raise NotAVideo(_no_video(path, "shows no picture"))


def _decoder() -> Any:
    try:
        import av
    except ImportError:
        raise NotAVideo(MISSING) from None
    return av


def _no_video(path: Path, why: str) -> str:
    return f"{path} {why}. It was not changed. Copy it from the camera again, or export it as MP4."


def _why(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)
