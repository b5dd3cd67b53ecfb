"""What runs on a machine of a cluster: one file in, its sightings out, both sealed on the way."""

import hashlib
import os
import pickle
import platform
import socket
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import IO, Any, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from plateward import __version__
from plateward.capture import file_sightings
from plateward.capture.file_sightings import Opened, Readers, Shown, Unreadable
from plateward.capture.picture_files import Kind, PictureFile
from plateward.recognition import ProviderProblem, WeightsProblem, weights

_NONCE: Final = 12
_IN_MEMORY: Final = 4  # a film may fill this part of the memory that is free: one in so many
_DECIDE_BITS: Final = ("onnxruntime", "numpy", "opencv-python-headless", "pillow", "av")


class Seal:
    """Values as bytes that only the two ends can read, under one key of one import."""

    def __init__(self, key: bytes) -> None:
        self.key = key

    @staticmethod
    def new() -> "Seal":
        return Seal(AESGCM.generate_key(256))

    def closed(self, value: object) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + AESGCM(self.key).encrypt(nonce, pickle.dumps(value), None)

    def opened(self, sealed: bytes) -> Any:
        """Raises InvalidTag where they were changed on the way."""
        content = AESGCM(self.key).decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
        return pickle.loads(content)  # noqa: S301 -- whoever has the key runs our code already


@dataclass(frozen=True, slots=True)
class Task:
    """One file to be read. `content` is empty for a film, which came before, in pieces."""

    file: PictureFile
    sha256: str
    content: bytes
    device: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """What the file shows; or, where that is None, why it cannot be read."""

    shown: Shown | None
    unreadable: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """A machine's own name, and the versions on which it depends what is read, bit for bit.

    `problem` says why its networks do not open.
    """

    machine: str
    versions: Mapping[str, str]
    problem: str = ""


def versions() -> dict[str, str]:
    """Of this program, its networks and whatever computes on pixels, as installed here."""
    found = {"plateward": __version__, "python": platform.python_version()}
    for name in _DECIDE_BITS:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "none"
    hashes = "".join(each.sha256 for each in weights.REGISTER)
    return found | {"networks": hashlib.sha256(hashes.encode()).hexdigest()[:12]}


class Worker:
    """Opens the networks once, then reads file after file. Ray makes an actor of it."""

    def __init__(self, opener: Callable[[], Readers], key: bytes) -> None:
        self._opener, self._seal = opener, Seal(key)
        self._readers: Readers | None = None
        self._film: _Film | None = None

    def ready(self) -> About:
        """Call it first."""
        about = About(socket.gethostname(), versions())
        try:
            self._readers = self._opener()
        except (WeightsProblem, ProviderProblem) as problem:
            return replace(about, problem=str(problem))
        return about

    def piece(self, sealed: bytes, size: int) -> None:
        """The next of a film of so many bytes. Raises OSError where there is no room for it."""
        if self._film is None:
            self._film = _Film(size)
        self._film.add(self._seal.opened(sealed))

    def shown(self, sealed: bytes) -> bytes:
        """The answer for a task, sealed as the task was."""
        film, self._film = self._film, None
        try:
            return self._seal.closed(self._answer(self._seal.opened(sealed), film))
        finally:
            if film is not None:
                film.close()

    def _answer(self, task: Task, film: "_Film | None") -> Answer:
        if self._readers is None:
            raise RuntimeError("ready() opens the networks and is called first")
        one = Opened(task.file, task.sha256, task.content)
        if task.file.kind is Kind.FILM:
            if film is None or film.sha256() != task.sha256:
                return Answer(None, "The file changed while it was read.")
            one = Opened(replace(task.file, path=film.path), task.sha256)
        try:
            return Answer(
                file_sightings.shown(one, device=task.device, at=task.at, readers=self._readers)
            )
        except Unreadable as why:
            return Answer(None, str(why))


class _Film:
    """A film that came in pieces. It has no name on any disk, and is gone with this process."""

    def __init__(self, size: int) -> None:
        self._file = _nameless(size)
        self._digest = hashlib.sha256()

    @property
    def path(self) -> Path:
        return Path(f"/proc/self/fd/{self._file.fileno()}")

    def add(self, piece: bytes) -> None:
        self._digest.update(piece)
        self._file.write(piece)

    def sha256(self) -> str:
        self._file.flush()
        return self._digest.hexdigest()

    def close(self) -> None:
        self._file.close()


def _nameless(size: int) -> IO[bytes]:
    """In memory where a part of what is free is enough, else on the machine's disk."""
    free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if size <= free // _IN_MEMORY:
        return os.fdopen(os.memfd_create("film"), "w+b")
    return tempfile.TemporaryFile()
