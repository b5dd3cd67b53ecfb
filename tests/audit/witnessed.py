"""Logs made up of leaves alone, and what they ask a witness."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from plateward.audit import tree, witness, witness_request
from plateward.audit.note import Signer, checkpoint_text
from plateward.audit.witness import Answer
from plateward.audit.witness_folder import Folder

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
ORIGIN = "city.example/plateward-log"


def leaves(count: int, *, of: str = "") -> list[bytes]:
    return [tree.leaf_hash(f"{of}{index}".encode()) for index in range(count)]


@dataclass
class Told:
    """A log as a witness knows it: its leaves, its signer, the size last cosigned."""

    leaves: list[bytes]
    signer: Signer = field(default_factory=lambda: Signer(ORIGIN, Ed25519PrivateKey.generate()))

    def note(self, size: int, *, forged: Sequence[bytes] | None = None) -> str:
        held = self.leaves if forged is None else forged
        root = tree.root(held[:size])
        text = checkpoint_text(origin=self.signer.name, size=size, root=root, at=NOON)
        return self.signer.sign(text)

    def body(self, old: int, size: int, *, held: Sequence[bytes] | None = None) -> bytes:
        held = self.leaves if held is None else held
        proof = tree.consistency_proof(old, held[:size]) if 0 < old <= size else []
        return witness_request.write(old, proof, self.note(size, forged=held))

    def ask(self, folder: Folder, old: int, size: int) -> Answer:
        return witness.add_checkpoint(self.body(old, size), folder=folder, now=NOON)
