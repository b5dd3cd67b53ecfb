"""The RFC 6962 tree, grown many leaves at a time. Memory does not grow with the log."""

import hashlib
from collections.abc import Sequence

_sha256 = hashlib.sha256


class Tree:
    """`frontier`: the root of each perfect subtree, largest first; one for each bit of `size`."""

    def __init__(self) -> None:
        self.size = 0
        self.frontier: list[bytes] = []

    def grow(self, leaves: Sequence[bytes]) -> None:
        """Level by level: two nodes make one of the next, and what is left over waits."""
        level, size, waiting = list(leaves), self.size, []
        while level:
            if size & 1:
                level.insert(0, self.frontier.pop())
            if len(level) & 1:
                waiting.append(level.pop())
            lefts, rights = level[::2], level[1::2]
            level = [
                _sha256(b"\x01" + left + right).digest()
                for left, right in zip(lefts, rights, strict=True)
            ]
            size >>= 1
        self.frontier += reversed(waiting)
        self.size += len(leaves)

    def root(self) -> bytes:
        if not self.frontier:
            return _sha256(b"").digest()
        root = self.frontier[-1]
        for left in reversed(self.frontier[:-1]):
            root = _sha256(b"\x01" + left + root).digest()
        return root
