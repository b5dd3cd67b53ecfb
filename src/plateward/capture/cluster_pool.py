"""Hand files to the workers of a cluster, so many at a time, and to another where one dies."""

import os
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from plateward.capture import cluster_worker, picture_files
from plateward.capture.ahead import Awaited
from plateward.capture.cluster_worker import About, Answer, Seal, Task
from plateward.capture.file_sightings import Opened, Shown, Unreadable
from plateward.capture.picture_files import Kind

PIECE: Final = 4 << 20  # bytes of a film that travel at once
_PIECES_AHEAD: Final = 2
_MOST_DEATHS: Final = 3  # of workers over one file: then it is the file that kills them
_PATIENCE: Final = 120.0  # seconds for some worker to start, where none reads


class ClusterProblem(Exception):
    """The cluster cannot read. The message says what happened and what to do."""


@dataclass(slots=True, eq=False)
class _Job:
    one: Opened
    device: str
    at: datetime
    answer: Answer | None = None
    gone: OSError | None = None  # of the medium, while a film was sent
    deaths: int = 0

    @property
    def done(self) -> bool:
        return self.answer is not None or self.gone is not None

    @property
    def bytes(self) -> int:
        """That lie in the cluster's memory at once while it is read."""
        return len(self.one.content) or _PIECES_AHEAD * PIECE


class Pool:
    """A `FileReader` of so many workers. What it holds at once is bounded by their number.

    `ray` is the module; `hire` starts a worker; `room` is how many bytes of pictures may lie in the
    cluster's memory at once. Used by one thread.
    """

    def __init__(
        self, ray: Any, hire: Callable[[], Any], *, workers: int, seal: Seal, room: int
    ) -> None:
        self._ray, self._hire, self._seal, self._room = ray, hire, seal, room
        self.workers = workers
        self._failed_starts = 0
        self._waiting: deque[_Job] = deque()
        self._idle: deque[Any] = deque()
        self._starting: dict[Any, Any] = {}
        self._busy: dict[Any, tuple[Any, _Job]] = {}
        for _ in range(workers):
            self._start_one()
        while not self._idle:  # refuse now what would be refused later
            self._step()

    @property
    def ahead(self) -> int:
        return 2 * self.workers

    def begin(self, one: Opened, *, device: str, at: datetime) -> Awaited:
        job = _Job(one, device, at)
        self._waiting.append(job)
        self._hand_out()
        return partial(self._shown, job)

    def _shown(self, job: _Job) -> Shown:
        while not job.done:
            self._hand_out()
            self._step()
        if job.gone is not None:
            raise job.gone
        if job.answer is None or job.answer.shown is None:
            raise Unreadable("" if job.answer is None else job.answer.unreadable)
        return job.answer.shown

    def _hand_out(self) -> None:
        """To whoever has nothing to do, as long as there is room for it."""
        while self._waiting and self._idle:
            lying = sum(job.bytes for _, job in self._busy.values())
            if lying and lying + self._waiting[0].bytes > self._room:
                return
            self._give(self._idle.popleft(), self._waiting.popleft())

    def _give(self, worker: Any, job: _Job) -> None:
        one = job.one
        task = Task(one.file, one.sha256, one.content, job.device, job.at)
        try:
            if one.file.kind is Kind.FILM:
                self._send(worker, one)
            sealed = self._seal.closed(task)
        except self._ray.exceptions.RayTaskError as fault:
            raise _no_room(fault.cause) from None
        except self._ray.exceptions.RayError:
            self._lost(worker, job)
        except OSError as gone:
            job.gone = gone
            self._dismiss(worker)  # it holds a part of the film
        else:
            self._busy[worker.shown.remote(sealed)] = (worker, job)

    def _send(self, worker: Any, one: Opened) -> None:
        on_the_way: list[Any] = []
        for piece in _pieces(one):
            on_the_way.append(worker.piece.remote(self._seal.closed(piece), one.file.bytes))
            if len(on_the_way) >= _PIECES_AHEAD:
                self._ray.get(on_the_way.pop(0))
        self._ray.get(on_the_way)

    def _step(self) -> None:
        """Wait until a worker is ready, has an answer, or is dead; and take note of it."""
        watched = [*self._busy, *self._starting]
        patience = None if self._busy else _PATIENCE
        ready, _ = self._ray.wait(watched, num_returns=1, timeout=patience)
        if not ready:
            raise ClusterProblem(
                f"For {_PATIENCE:.0f} seconds no machine of the cluster had a processor free, or "
                "none started a worker. Look at `ray status` on its head."
            )
        for ref in ready:
            if ref in self._starting:
                self._started(ref)
            else:
                self._answered(ref)

    def _started(self, ref: Any) -> None:
        worker = self._starting.pop(ref)
        try:
            about: About = self._ray.get(ref)
        except self._ray.exceptions.RayError as error:
            self._failed_starts += 1
            if self._failed_starts > self.workers + _MOST_DEATHS:
                raise _not_started(str(error)) from None
            self._check_installed(str(error))
            self._start_one()
            return
        _check(about)
        self._failed_starts = 0
        self._idle.append(worker)

    def _check_installed(self, error: str) -> None:
        if "ModuleNotFoundError" in error or "ImportError" in error:
            raise _not_started(error)

    def _answered(self, ref: Any) -> None:
        worker, job = self._busy.pop(ref)
        try:
            job.answer = self._seal.opened(self._ray.get(ref))
        except self._ray.exceptions.RayTaskError as fault:
            raise fault.cause from None  # as it would have ended here
        except self._ray.exceptions.RayError:
            self._lost(worker, job)
            return
        self._idle.append(worker)

    def _lost(self, worker: Any, job: _Job) -> None:
        """The worker died: another takes its place, and the file goes to the next that is free."""
        self._dismiss(worker)
        job.deaths += 1
        if job.deaths < _MOST_DEATHS:
            self._waiting.appendleft(job)
        else:
            job.answer = Answer(
                None, f"It ended {job.deaths} processes that read it, one after the other."
            )

    def _dismiss(self, worker: Any) -> None:
        with suppress(self._ray.exceptions.RayError, ValueError):
            self._ray.kill(worker)
        self._start_one()

    def _start_one(self) -> None:
        worker = self._hire()
        self._starting[worker.ready.remote()] = worker


def _pieces(one: Opened) -> Iterator[bytes]:
    with os.fdopen(picture_files.opened(one.file.path), "rb") as file:
        while piece := file.read(PIECE):
            yield piece


def _check(about: About) -> None:
    if about.problem:
        raise ClusterProblem(f"{about.machine} cannot read: {about.problem}")
    here = cluster_worker.versions()
    differ = [
        f"{name} {about.versions.get(name, 'none')} there, {version} here"
        for name, version in here.items()
        if about.versions.get(name) != version
    ]
    if differ:
        raise ClusterProblem(
            f"{about.machine} would not read as this machine does: {'; '.join(differ)}. Install "
            "the same on every machine of the cluster, from the same lock."
        )


def _not_started(error: str) -> ClusterProblem:
    said = next((line for line in reversed(error.splitlines()) if "Error" in line), error)
    return ClusterProblem(
        f"A machine of the cluster cannot start a worker ({said.strip()[:200]}). Plateward is to "
        "be installed on each, as here: pip install 'plateward[ray,video]'."
    )


def _no_room(cause: Exception) -> Exception:
    if not isinstance(cause, OSError):
        return cause
    return ClusterProblem(
        f"A machine of the cluster has no room for a film while it is read ({cause.strerror}). "
        "Make room where its temporary files are (TMPDIR), or read this medium without --ray."
    )
