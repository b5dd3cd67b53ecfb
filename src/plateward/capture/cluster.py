"""Join a Ray cluster, so that its machines read picture files. Ray sends nothing home from here."""

import logging
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from plateward.capture.cluster_pool import ClusterProblem, Pool
from plateward.capture.cluster_worker import Seal, Worker
from plateward.capture.file_sightings import Readers

MISSING: Final = (
    "This installation cannot use a cluster. Install Ray, here and on every machine of it: "
    "pip install 'plateward[ray]'"
)
_REACHED_WITHIN: Final = 5.0  # seconds
_SHARE: Final = 4  # pictures may fill one in so many parts of the smallest machine's object store
_ANY: Final = ("auto", "local")


@contextmanager
def joined(address: str, opener: Callable[[], Readers], *, on_gpus: bool = False) -> Iterator[Pool]:
    """A reader of files with one worker for each processor of the cluster, until the end.

    `address`: HOST:PORT of its head, "auto" for the cluster that this machine is in, or "local" for
    processes of this machine alone. `opener` runs in each worker. Raises ClusterProblem.
    """
    ray = _ray()
    _check_address(address)
    on_term = signal.getsignal(signal.SIGTERM)
    try:
        _join(ray, address)
        yield _pool(ray, opener, "GPU" if on_gpus else "CPU")
    finally:
        ray.shutdown()
        signal.signal(signal.SIGTERM, on_term)


def is_encrypted() -> bool:
    """Whether Ray was told to speak TLS alone."""
    return os.environ.get("RAY_USE_TLS", "0").lower() in {"1", "true"}


def _ray() -> Any:
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # before it is imported: it reports by default
    # Else it hides a machine's accelerators from whoever asked for none, and warns of that.
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        import ray
    except ImportError:
        raise ClusterProblem(MISSING) from None
    return ray


def _check_address(address: str) -> None:
    """Ray itself tries for minutes, and may end the process."""
    if address in _ANY:
        return
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    if "://" in address or not host or not port.isdigit() or not 0 < int(port) < 1 << 16:
        raise ClusterProblem(
            f"{address} is no address of a cluster. It is HOST:PORT, as `ray start --head` printed "
            "it (the port is 6379 unless told otherwise), or auto, or local."
        )
    try:
        with socket.create_connection((host, int(port)), timeout=_REACHED_WITHIN) as line:
            answers = is_encrypted() or _speaks_as_ray_does(line)
    except OSError as wrong:
        raise _not_reached(address, wrong.strerror or str(wrong)) from None
    if not answers:
        raise _not_reached(address, "what listens there is no Ray, or asks for TLS: RAY_USE_TLS")


def _speaks_as_ray_does(line: socket.socket) -> bool:
    """HTTP/2: greeted, it sends its settings first."""
    line.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0")
    return line.recv(9)[3:4] == b"\4"


def _not_reached(address: str, why: str) -> ClusterProblem:
    return ClusterProblem(
        f"No cluster answers at {address} ({why}). On its head: ray start --head --port=6379; and "
        "look whether a firewall is between."
    )


def _join(ray: Any, address: str) -> None:
    alone = {"include_dashboard": False} if address == "local" else {}
    try:
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR, **alone)
    except Exception as error:  # noqa: BLE001 -- Ray raises it bare, as on a machine too slow
        raise _not_joined(address, str(error)) from None


def _not_joined(address: str, error: str) -> ClusterProblem:
    said = " ".join(error.split())
    if "mismatch" in said:
        return ClusterProblem(
            f"The cluster at {address} runs other versions. {said} Install the same on every "
            "machine, from the same lock."
        )
    if address == "local":
        return ClusterProblem(f"Ray does not start on this machine ({said[:300]}).")
    return ClusterProblem(
        f"This machine cannot join the cluster at {address} ({said[:300]}). It must be one of its "
        "machines: `ray start --address=HEAD:6379 --num-cpus=0` makes it one that reads nothing "
        "itself. Where the cluster asks for a token or for TLS, this command needs the same "
        "settings (RAY_AUTH_MODE, RAY_USE_TLS, …)."
    )


def _pool(ray: Any, opener: Callable[[], Readers], kind: str) -> Pool:
    workers = int(ray.cluster_resources().get(kind, 0))
    if not workers:
        raise ClusterProblem(
            f"The cluster has no {kind} to read with. Add a machine to it: ray start "
            "--address=HEAD:6379"
        )
    stores = [node["Resources"].get("object_store_memory", 0) for node in ray.nodes()]
    seal = Seal.new()
    asked = {"num_gpus": 1} if kind == "GPU" else {"num_cpus": 1}
    actor = ray.remote(**asked, max_restarts=0, scheduling_strategy="SPREAD")(Worker)
    return Pool(
        ray,
        lambda: actor.remote(opener, seal.key),
        workers=workers,
        seal=seal,
        room=int(min((store for store in stores if store), default=0)) // _SHARE,
    )
