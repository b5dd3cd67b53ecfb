"""Against a real RTSP camera: it is watched, and whatever it does has a name and an end."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import islice

import numpy as np
import pytest
from PIL import Image as Pillow

from plateward.capture import faults, live, rtsp
from plateward.capture.address import Address
from plateward.capture.live import Asked, State, Stream
from plateward.capture.stills import Frame
from tests.capture import camera_server
from tests.capture.camera_server import PASSWORD, Playing

pytestmark = pytest.mark.skipif(
    camera_server.why_none() is not None, reason=str(camera_server.why_none())
)
QUICK = Asked(fps=10, frozen_after=0.5, wait=0.1, longest_wait=0.3)
SOON = 20.0
"""Seconds that a loaded machine may need; nothing waits for them to be over."""


@pytest.fixture(scope="module")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playing]:
    folder = tmp_path_factory.mktemp("pictures")
    for n in range(8):
        picture = np.full((96, 160, 3), 60, np.uint8)
        picture[20:60, 10 + 16 * n : 30 + 16 * n] = 220
        Pillow.fromarray(picture).save(folder / f"{n}.jpg")
    with camera_server.playing(folder, "160x96") as playing:
        yield playing


def watched(camera: Playing, asked: Asked = QUICK, timeout: float = 4.0) -> Stream:
    return live.camera(camera.url, device="elm-st", timeout=timeout, asked=asked)


def until(stream: Stream, holds: Callable[[live.Status], bool]) -> live.Status:
    """The status as soon as it `holds`, while its frames are taken."""
    ends = time.monotonic() + SOON
    for _ in stream:
        status = stream.status()
        if holds(status):
            return status
        assert time.monotonic() < ends, status
    raise AssertionError("the stream ended")


def fault(url: str, transport: rtsp.Transport = "tcp", timeout: float = 2.0) -> faults.CameraFault:
    """What one connection ends by; no part of it may know the password."""
    with pytest.raises(faults.CameraFault) as caught:
        list(rtsp.pictures(Address.parse(url), transport=transport, timeout=timeout))
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    assert PASSWORD not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_it_is_connected_and_read(camera: Playing, transport: rtsp.Transport) -> None:
    url = Address.parse(camera.url)
    with closing(rtsp.pictures(url, transport=transport, timeout=5)) as pictures:
        seen = list(islice(pictures, 3))
    assert [one.image().shape for one in seen] == [(96, 160, 3)] * 3
    seconds = [one.seconds or 0.0 for one in seen]
    assert seconds == sorted(set(seconds))


def test_frames_have_their_camera_their_instant_and_their_place_in_the_stream(
    camera: Playing,
) -> None:
    with watched(camera) as stream:
        frames = list(islice((one for one in stream if isinstance(one, Frame)), 4))
        assert stream.status().state is State.CONNECTED
    assert {one.device for one in frames} == {"elm-st"}
    instants = [one.seen_at for one in frames]
    assert instants == sorted(instants)
    assert frames[0].stream_seconds is not None
    assert stream.status().state is State.CLOSED


def test_a_killed_camera_is_told_and_read_again_when_it_is_back(camera: Playing) -> None:
    with watched(camera) as stream:
        until(stream, lambda status: status.frames > 0)
        camera.kill()
        lost = until(stream, lambda status: status.state is State.RECONNECTING)
        assert lost.code in {"stream-ended", "unreachable"}
        refused = until(stream, lambda status: status.code == "unreachable")
        assert refused.again_at
        assert "power and network" in (refused.fault or "")
        camera.start()
        back = until(stream, lambda status: status.state is State.CONNECTED)
    assert (back.connections, back.fault) == (2, None)


def test_a_camera_that_freezes_is_told_and_not_read_until_it_moves(camera: Playing) -> None:
    with watched(camera) as stream:
        until(stream, lambda status: status.frames > 2)
        camera.told("freeze")
        frozen = until(stream, lambda status: status.code == "frozen")
        assert frozen.state is State.RECONNECTING
        time.sleep(1)  # it is asked again meanwhile, and shows the same picture
        again = stream.status()
        assert (again.code, again.connections) == ("frozen", frozen.connections)
        camera.told("play")
        until(stream, lambda status: status.state is State.CONNECTED)


def test_a_camera_that_falls_silent_is_told(camera: Playing) -> None:
    with watched(camera, timeout=2.0) as stream:
        until(stream, lambda status: status.frames > 2)
        camera.told("pause")
        silent = until(stream, lambda status: status.state is State.RECONNECTING)
        assert silent.code == "no-pictures"
        camera.told("play")
        until(stream, lambda status: status.state is State.CONNECTED)


def test_who_is_refused_or_finds_nothing_is_told_which(camera: Playing) -> None:
    assert isinstance(fault(camera.url.replace("ana:", "bob:")), faults.WrongPassword)
    assert isinstance(fault(camera.url.replace("/main", "/none")), faults.NoSuchPath)
    assert isinstance(fault(camera.url.replace("/main", "/sound")), faults.NotVideo)
    assert isinstance(fault("rtsp://no-such-camera.invalid/main"), faults.UnknownName)
    closed = f"rtsp://127.0.0.1:{camera_server.free_port()}/main"
    assert isinstance(fault(closed), faults.Unreachable)


@contextmanager
def answering(said: bytes | None) -> Iterator[str]:
    """A peer that takes the connection and says this; None: it stays silent."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                if said is None:
                    done.wait(SOON)
                else:
                    connection.sendall(said)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"rtsp://ana:p%40ss%2Fw%3A1%23%3F@127.0.0.1:{server.getsockname()[1]}/main"
        done.set()
        thread.join()


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (None, faults.NoAnswer),
        (b"SSH-2.0-OpenSSH_9.2\r\n", faults.NotVideo),
        (b"", faults.NotVideo),
        (b"RTSP/1.0 453 Not Enough Bandwidth\r\nCSeq: 1\r\n\r\n", faults.Refused),
        (b"RTSP/1.0 302 Moved\r\nLocation: file:///etc/hosts\r\n\r\n", faults.NotVideo),
    ],
)
def test_a_peer_that_is_no_camera_does_not_hold_us_up(
    said: bytes | None, kind: type[faults.CameraFault]
) -> None:
    with answering(said) as url:
        assert isinstance(fault(url, timeout=1.0), kind)
