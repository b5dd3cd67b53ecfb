"""Run as a program: a Ray cluster of two nodes on this machine. "kill" on its input ends one node,
at once and without a word, like a plug that is pulled; the end of its input ends the other."""

import os
import sys
import time
from typing import Any

LITTLE = 80 << 20  # bytes of object store
PATIENCE = 180  # seconds for a node to start; Ray's own is 30, too few where much else runs


def main() -> None:
    os.environ |= {
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_agent_register_timeout_ms": str(PATIENCE * 1000),
    }
    from ray._private import services
    from ray.cluster_utils import Cluster

    services.get_node = patient(services.get_node)
    own = {"num_cpus": 1, "object_store_memory": LITTLE, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=own)
    other = cluster.add_node(num_cpus=1, object_store_memory=LITTLE)
    print(f"address {cluster.address}", flush=True)  # noqa: T201 -- heard by the test
    for line in sys.stdin:
        if line.strip() == "kill":
            cluster.remove_node(other, allow_graceful=False)
            print("killed", flush=True)  # noqa: T201
    cluster.shutdown()


def patient(get_node: Any) -> Any:
    """Ray looks for a node that it starts until this gives one, or says that it does not."""

    def waiting(*words: Any) -> Any:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return get_node(*words)
            except RuntimeError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)

    return waiting


if __name__ == "__main__":
    main()
