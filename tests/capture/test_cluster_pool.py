"""What a pool of workers does: in whatever order they answer, and where they die."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from plateward.capture import cluster, cluster_pool, cluster_worker, file_sightings, picture_files
from plateward.capture.ahead import Here
from plateward.capture.cluster_pool import ClusterProblem, Pool
from plateward.capture.cluster_worker import About, Seal, Worker
from plateward.capture.file_sightings import Opened, Readers, Unreadable
from plateward.recognition import WeightsProblem, weights
from tests.cli import cards

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)


class Died(Exception):
    """Stands for every way in which a process of a cluster is lost."""


class TaskFault(Died):
    def __init__(self, cause: Exception) -> None:
        self.cause = cause


class OneMachine:
    """Stands for Ray: each call is made when it is waited for, the last begun first.

    `dies`: whether the worker that begins a file at this count of files is lost with it.
    """

    class exceptions:  # noqa: N801 -- as in Ray
        RayError, RayTaskError = Died, TaskFault

    def __init__(self, dies: Callable[[int], bool] = lambda _: False) -> None:
        self.dies, self.files, self.at_once = dies, 0, 0

    def wait(self, refs: list[Any], **_: Any) -> tuple[list[Any], list[Any]]:
        self.at_once = max(self.at_once, sum(ref.func.__name__ == "shown" for ref in refs))
        return [refs[-1]], refs[:-1]

    def get(self, refs: Any) -> Any:
        if isinstance(refs, list):
            return [self.get(ref) for ref in refs]
        if refs.func.__name__ == "shown":
            self.files += 1
            if self.dies(self.files):
                raise Died
        try:
            return refs()
        except OSError as cause:
            raise TaskFault(cause) from None

    def kill(self, worker: Any) -> None:
        worker.killed = True


class Call:
    def __init__(self, func: Any, words: Any) -> None:
        self.func, self.words = func, words

    def __call__(self) -> Any:
        return self.func(*self.words)


class Hired:
    """A worker whose methods are called as Ray's actors are."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    def __getattr__(self, name: str) -> Any:
        func = getattr(self._worker, name)
        return type("Method", (), {"remote": staticmethod(lambda *words: Call(func, words))})


def pool(machine: Any, *, workers: int = 2, room: int = 1 << 30, opener: Any = None) -> Pool:
    seal = Seal.new()
    hire = lambda: Hired(Worker(opener or cards.readers, seal.key))  # noqa: E731
    return Pool(machine, hire, workers=workers, seal=seal, room=room)


@pytest.fixture
def files(tmp_path: Path) -> list[Opened]:
    for n in range(5):
        cards.put(tmp_path, f"{n}.jpg", cards.photo(100 + 10 * n))
    return [file_sightings.opened(each) for each in picture_files.walk(tmp_path)]


def read(reader: Any, files: list[Opened]) -> list[Any]:
    begun = [reader.begin(one, device="elm-st", at=AT) for one in files]
    return [shown() for shown in begun]


def test_each_file_gets_its_own_answer_whoever_is_quicker(files: list[Opened]) -> None:
    machine = OneMachine()
    assert read(pool(machine), files) == read(Here(cards.readers()), files)
    assert machine.at_once == 2


def test_a_file_whose_worker_dies_is_read_by_another(files: list[Opened]) -> None:
    machine = OneMachine(dies=lambda count: count in {1, 2, 4})
    assert read(pool(machine), files) == read(Here(cards.readers()), files)
    assert machine.files == len(files) + 3


def test_a_file_that_ends_every_process_is_told_as_unreadable(files: list[Opened]) -> None:
    with pytest.raises(Unreadable, match="It ended 3 processes that read it"):
        read(pool(OneMachine(dies=lambda _: True)), files[:1])


def test_no_more_bytes_than_there_is_room_for_lie_in_the_cluster(files: list[Opened]) -> None:
    machine = OneMachine()
    room = len(files[0].content) + len(files[1].content) - 1
    assert len(read(pool(machine, workers=4, room=room), files)) == len(files)
    assert machine.at_once == 1


def test_a_machine_without_the_weights_is_named_and_nothing_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "SHIPPED", tmp_path)

    def opener() -> Readers:
        return file_sightings.shipped("cpu")

    with pytest.raises(WeightsProblem):
        opener()
    with pytest.raises(ClusterProblem, match=r"cannot read: The weights .* are not installed"):
        pool(OneMachine(), opener=opener)


def test_a_machine_that_would_read_otherwise_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    other = About("far", cluster_worker.versions() | {"onnxruntime": "0.1"})
    monkeypatch.setattr(Worker, "ready", lambda self: other)
    with pytest.raises(ClusterProblem, match=r"far would .* onnxruntime 0\.1 there, .* here"):
        pool(OneMachine())


def test_a_machine_without_plateward_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(self: Worker) -> About:
        raise Died("ModuleNotFoundError: No module named 'plateward'")

    monkeypatch.setattr(Worker, "ready", gone)
    with pytest.raises(ClusterProblem, match="Plateward is to be installed on each"):
        pool(OneMachine())


def test_no_processor_free_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OneMachine, "wait", lambda self, refs, **_: ([], refs))
    with pytest.raises(ClusterProblem, match="no machine of the cluster had a processor free"):
        pool(OneMachine())


def test_a_film_travels_in_pieces_and_one_that_changes_meanwhile_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_pool, "PIECE", 10)
    path = cards.put(tmp_path, "a.mp4", b"no film, and of more than one piece")
    (one,) = (file_sightings.opened(each) for each in picture_files.walk(tmp_path))
    with pytest.raises(Unreadable, match="It is not a video"):
        read(pool(OneMachine()), [one])
    path.write_bytes(b"another one, and of more than one piece")
    with pytest.raises(Unreadable, match="changed while it was read"):
        read(pool(OneMachine()), [one])
    path.unlink()  # the card is pulled out
    with pytest.raises(FileNotFoundError):
        read(pool(OneMachine()), [one])


def test_what_is_wrong_with_an_address_is_said_at_once(tmp_path: Path) -> None:
    pytest.importorskip("ray", reason="Ray is not installed: pip install 'plateward[ray]'")
    for address, said in (("127.0.0.1:1", "No cluster answers"), ("ray://h:1", "is no address")):
        with (
            pytest.raises(ClusterProblem, match=said),
            cluster.joined(address, cards.readers),
        ):
            pass


def test_where_ray_is_not_installed_it_is_said_how(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    with (
        pytest.raises(ClusterProblem, match=r"pip install 'plateward\[ray\]'"),
        cluster.joined("auto", cards.readers),
    ):
        pass


def test_a_cluster_of_other_versions_is_named() -> None:
    said = "Version mismatch: The cluster was started with:\n    Ray: 2.9.0\n    Python: 3.9.1\n"
    assert "runs other versions. Version mismatch: The" in str(cluster._not_joined("h:1", said))
