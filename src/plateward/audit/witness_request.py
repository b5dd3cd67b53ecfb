"""The body of `add-checkpoint` (C2SP tlog-witness), read by a witness and written by a log."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from plateward.audit import cosign
from plateward.audit.cosign import Malformed

LONGEST: Final = 128 * 1024  # bytes; sixteen post-quantum signatures fit
MOST_PROOF_LINES: Final = 63


@dataclass(frozen=True, slots=True)
class Asked:
    """What a log asks. `note` is the checkpoint as it came, its signatures not checked yet."""

    old_size: int
    proof: tuple[bytes, ...]
    note: cosign.Note
    checkpoint: cosign.Checkpoint


def read(body: bytes) -> Asked:
    """Raises Malformed, whatever the bytes are."""
    if len(body) > LONGEST:
        raise Malformed(f"the request is longer than {LONGEST} bytes")
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise Malformed("the request is not UTF-8") from error
    head, blank, written = text.partition("\n\n")
    if not blank:
        raise Malformed("a blank line must stand between the proof and the checkpoint")
    first, *proof = head.split("\n")
    if not first.startswith("old "):
        raise Malformed("the first line must be `old` and a size")
    if len(proof) > MOST_PROOF_LINES:
        raise Malformed(f"a proof has at most {MOST_PROOF_LINES} lines")
    old_size = cosign.read_size(first.removeprefix("old "))
    note = cosign.read_note(written)
    hashes = tuple(cosign.read_hash(line) for line in proof)
    return Asked(old_size, hashes, note, cosign.read_checkpoint(note.text))


def write(old_size: int, proof: Sequence[bytes], note: str) -> bytes:
    lines = [f"old {old_size}", *[base64.b64encode(node).decode() for node in proof]]
    return ("\n".join(lines) + "\n\n" + note).encode()
