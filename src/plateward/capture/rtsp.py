"""One connection to an RTSP camera: its pictures as they arrive, and a named fault at its end."""

import socket
import threading
import time
import zlib
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from plateward.capture import faults
from plateward.capture.address import Address
from plateward.capture.video import MOST_PIXELS
from plateward.recognition import Image

TIMEOUT: Final = 10.0
"""Seconds within which a camera must answer, and send each next picture."""

# Nothing that a camera answers can make us open a file or ask a web server.
_PROTOCOLS: Final = "rtsp,rtp,srtp,udp,tcp,tls"
_EVERY_LINE: Final = 4
# The decoder's errors by name: it is there only where the extra is installed.
_REFUSED: Final = frozenset(("HTTPUnauthorizedError", "HTTPForbiddenError"))
_LATE: Final = frozenset(("ExitError", "TimeoutError", "BlockingIOError"))
_CLOSED: Final = frozenset(("EOFError", "ConnectionResetError", "BrokenPipeError"))


@dataclass(frozen=True, slots=True)
class Picture:
    """One decoded picture. `seconds` is its place in the stream, where the camera says it.

    `mark` is the same for two pictures only where they are the same. `image` is made when asked
    for, so that a picture that is dropped costs nothing more.
    """

    seconds: float | None
    mark: int
    image: Callable[[], Image]


Transport = Literal["tcp", "udp"]


def pictures(
    address: Address, *, transport: Transport = "tcp", timeout: float = TIMEOUT
) -> Generator[Picture, None, None]:
    """Every picture until the connection ends, which is always by a CameraFault.

    Nothing waits longer than `timeout` seconds: not the name and the answer together, nor any next
    picture.
    """
    av = _decoder(address)
    container = _opened(av, address, transport, timeout)
    try:
        yield from _decoded(av, container, address, timeout)
    finally:
        container.close()
    raise faults.StreamEnded(address.shown)


def _decoder(address: Address) -> Any:
    try:
        import av
    except ImportError:
        raise faults.NoDecoder(address.shown) from None
    return av


def _opened(av: Any, address: Address, transport: Transport, timeout: float) -> Any:
    began = time.monotonic()
    host = _resolved(address, timeout)
    # Opening is two steps, the answer and the first packets; each may take half of what is left.
    left = max(timeout - (time.monotonic() - began), timeout / 4)
    options = {
        "rtsp_transport": transport,
        "protocol_whitelist": _PROTOCOLS,
        "timeout": str(round(left * 1e6)),
        "analyzeduration": str(round(left / 2 * 1e6)),
        "fpsprobesize": "0",  # at the first picture, not after seconds of counting them
    }
    fault, began = None, time.monotonic()
    try:
        container = av.open(address.url(host), options=options, timeout=(left / 2, timeout))
    except (av.error.FFmpegError, OSError) as error:
        late = time.monotonic() - began >= 0.95 * left / 2  # the decoder may call it bad data
        fault = faults.NoAnswer(address.shown, seconds=timeout) if late else _named(error, address)
    if fault is not None:  # raised out here: the decoder's error knows the whole address
        raise fault
    if not container.streams.video or container.streams.video[0].codec_context is None:
        container.close()
        raise faults.NotVideo(address.shown, why="no picture in its stream")
    return container


def _decoded(av: Any, container: Any, address: Address, timeout: float) -> Iterator[Picture]:
    stream = container.streams.video[0]
    stream.thread_type = "SLICE"  # by frames, each thread would hold one back
    last = time.monotonic()
    packets = container.demux()  # sound too: while it is all that comes, there are no pictures
    while True:
        packet = fault = None
        try:
            packet = next(packets, None)
            seen = packet.decode() if packet and packet.stream is stream else []
        except av.error.InvalidDataError:
            seen = []  # a damaged packet; the next key picture mends it
        except (av.error.FFmpegError, OSError) as error:
            fault = _lost(error, address, timeout)
        if fault is not None:
            raise fault
        if packet is None:
            return
        for picture in seen:
            last = time.monotonic()
            yield _picture(picture, address)
        if time.monotonic() - last > timeout:
            raise faults.NoPictures(address.shown, seconds=timeout)


def _picture(picture: Any, address: Address) -> Picture:
    if picture.width * picture.height > MOST_PIXELS:
        raise faults.TooLarge(address.shown, millions=MOST_PIXELS // 10**6)

    def image() -> Image:
        return np.ascontiguousarray(picture.to_ndarray(format="rgb24"), np.uint8)

    plane = picture.planes[0]
    rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    mark = zlib.crc32(rows[::_EVERY_LINE, : picture.width].tobytes())  # lines end in waste
    return Picture(picture.time, mark, image)


def _resolved(address: Address, timeout: float) -> str:
    """The IP address. In a thread, because the system's own look-up can take a minute and more."""
    found: list[str] = []
    wrong: list[str] = []

    def look_up() -> None:
        try:
            every = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
            found.append(str(every[0][4][0]))
        except (OSError, UnicodeError) as error:
            wrong.append(getattr(error, "strerror", None) or "it is no host name")

    if address.scheme == "rtsps":
        return address.host  # its certificate is made out to the name
    looking = threading.Thread(target=look_up, name="camera-name", daemon=True)
    looking.start()
    looking.join(timeout)
    if not found:
        why = wrong[0] if wrong else f"no answer in {timeout:g} seconds"
        raise faults.UnknownName(address.shown, why=why)
    return found[0]


def _named(error: Exception, address: Address) -> faults.CameraFault:
    """Why it could not be opened. The decoder's own words may hold the password: `_why` repeats
    only those for the number of the error.
    """
    kind, shown = type(error).__name__, address.shown
    if kind in _REFUSED:
        return faults.WrongPassword(shown)
    if kind == "HTTPNotFoundError":
        return faults.NoSuchPath(shown)
    if isinstance(error, ValueError):  # InvalidDataError
        return faults.NotVideo(shown, why="what it says is no RTSP or no known video")
    if kind.startswith("HTTP"):  # RTSP's answers have HTTP's numbers
        return faults.Refused(shown, why=_why(error))
    return faults.Unreachable(shown, why=_why(error))


def _lost(error: Exception, address: Address, timeout: float) -> faults.CameraFault:
    """Why an open connection ended."""
    kind = type(error).__name__
    if kind in _LATE:
        return faults.NoPictures(address.shown, seconds=timeout)
    if kind in _CLOSED:
        return faults.StreamEnded(address.shown)
    return faults.CameraFault(address.shown, why=_why(error))


def _why(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or "the decoder does not say why").lower()
