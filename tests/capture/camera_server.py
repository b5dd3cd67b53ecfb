"""A real RTSP camera for tests: GStreamer's, in a process of its own, which fails when told to."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Self

from tools import test_camera

USER, PASSWORD = "ana", "p@ss/w:1#?"
_NEEDED = (
    "import gi; gi.require_version('Gst', '1.0'); gi.require_version('GstRtspServer', '1.0')\n"
    "from gi.repository import Gst, GstRtspServer; Gst.init(None)\n"
    "raise SystemExit(not all(Gst.ElementFactory.find(e) for e in ('appsrc', 'rtpjpegpay')))"
)


@cache
def why_none() -> str | None:
    """What is missing for an RTSP camera; None where there can be one."""
    python = shutil.which(test_camera.SYSTEM_PYTHON)
    if python and not subprocess.call([python, "-c", _NEEDED], stderr=subprocess.DEVNULL):
        return None
    return (
        "NO RTSP CAMERA CAN BE PLAYED (apt-get install gir1.2-gst-rtsp-server-1.0 "
        "gstreamer1.0-plugins-base gstreamer1.0-plugins-good python3-gi)."
    )


class Playing:
    """`url` has the right user and password. `kill` and `start` again keep the port."""

    def __init__(self, folder: Path, size: str, port: int) -> None:
        self._command = [test_camera.SYSTEM_PYTHON, str(test_camera.SERVER), str(folder)]
        self._command += ["--size", size, "--port", str(port)]
        self._command += ["--user", USER, "--password", PASSWORD]
        self.port = port
        self.start()

    def start(self) -> Self:
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline().startswith("ready")
        return self

    def kill(self) -> None:
        with self._process:
            self._process.kill()

    def told(self, order: str) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{order}\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline().startswith("done")

    @property
    def url(self) -> str:
        return f"rtsp://ana:p%40ss%2Fw%3A1%23%3F@127.0.0.1:{self.port}/main"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def playing(folder: Path, size: str) -> Iterator[Playing]:
    camera = Playing(folder, size, free_port())
    try:
        yield camera
    finally:
        camera.kill()
