"""Run as a program: a Ray cluster of two nodes on this machine. "kill" on its input ends one node,
at once and without a word, like a plug that is pulled; the end of its input ends the other."""

import os
import sys

LITTLE = 80 << 20  # bytes of object store


def main() -> None:
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    # Else each of its many processes compiles Ray anew, and it gives up waiting for them.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    from ray.cluster_utils import Cluster

    own = {"num_cpus": 1, "object_store_memory": LITTLE, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=own)
    other = cluster.add_node(num_cpus=1, object_store_memory=LITTLE)
    print(f"address {cluster.address}", flush=True)  # noqa: T201 -- heard by the test
    for line in sys.stdin:
        if line.strip() == "kill":
            cluster.remove_node(other, allow_graceful=False)
            print("killed", flush=True)  # noqa: T201
    cluster.shutdown()


if __name__ == "__main__":
    main()
