"""What anyone needs to check the log: the newest signed checkpoint."""

from dataclasses import dataclass
from datetime import datetime

from plateward.audit import checkpoints, witnesses


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`root` in hexadecimal; `note` is the signed text to keep; `key` verifies it."""

    entries: int
    root: str
    at: datetime
    note: str
    key: str


def latest() -> Checkpoint | None:
    """None until the first checkpoint is signed."""
    signed = checkpoints.latest()
    if signed is None:
        return None
    return Checkpoint(signed.size, signed.root.hex(), signed.at, signed.note, signed.vkey)


def note() -> str | None:
    """The newest checkpoint with what witnesses said of it, as other programs read it."""
    return witnesses.published()
