"""Signed notes: the log's own checkpoints, and the cosignatures of witnesses under them."""

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .canonical import Malformed, from_base64  # noqa: TID252
from .entries import right_time  # noqa: TID252

Checkpoint = tuple[int, bytes, str]  # size, root, time
_LOG, _WITNESS = 1, 4  # signature types of C2SP signed-note


class _Key:
    """A C2SP verifier key: name+id+base64(type, public key)."""

    kind: int
    what: str

    def __init__(self, vkey: str) -> None:
        self.vkey = vkey
        self.name, _, rest = vkey.partition("+")
        written_id, _, encoded = rest.partition("+")
        public = from_base64(encoded)
        self.id = hashlib.sha256(self.name.encode(errors="replace") + b"\n" + public).digest()[:4]
        if len(public) != 33 or public[0] != self.kind or written_id != self.id.hex():
            raise Malformed(f"it is not {self.what} key, or was not copied whole")
        self._public = Ed25519PublicKey.from_public_bytes(public[1:])

    def _lines(self, signatures: str) -> Iterator[bytes]:
        """What stands behind this key's name and id. Other names are passed over."""
        for line in signatures[:-1].split("\n"):
            dash, name, encoded = [*line.split(" "), "", ""][:3]
            signature = from_base64(encoded)
            if dash == "\u2014" and name == self.name and signature[:4] == self.id:
                yield signature[4:]

    def _holds(self, signature: bytes, text: str) -> None:
        try:
            self._public.verify(signature, text.encode())
        except InvalidSignature as error:
            raise Malformed("its signature does not hold: it was changed") from error


class Key(_Key):
    """The log's own."""

    kind = _LOG
    what = "an Ed25519 verifier"

    def text(self, note: object) -> str:
        """What the note says, if this key signed it."""
        text, signatures = _parted(note)
        signed = list(self._lines(signatures))
        if not signed:
            raise Malformed(f"it is not signed by {self.vkey}")
        self._holds(signed[0], text)
        return text

    def open(self, note: object) -> Checkpoint:
        """The size, root and time that the note states, if this key signed it."""
        lines = self.text(note).split("\n")
        times = [line.removeprefix("time ") for line in lines[3:] if line.startswith("time ")]
        sized = len(times) == 1 and re.fullmatch(r"0|[1-9][0-9]{0,17}", lines[1])
        if not sized or lines[0] != self.name:
            raise Malformed("it is not a checkpoint of this log")
        return int(lines[1]), from_base64(lines[2]), right_time(times[0])


class Witness(_Key):
    """An outsider's, who cosigns only a log that still holds all it held before."""

    kind = _WITNESS
    what = "a witness's cosignature"

    def cosigned_at(self, note: object) -> str | None:
        """When this witness cosigned the note; None where it did not."""
        text, signatures = _parted(note)
        for blob in self._lines(signatures):
            seconds = int.from_bytes(blob[:8], "big")
            if len(blob) != 72 or seconds > 253_402_300_799:
                raise Malformed(f"the cosignature of {self.name} is not one")
            self._holds(blob[8:], f"cosignature/v1\ntime {seconds}\n{text}")
            return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return None


def _parted(note: object) -> tuple[str, str]:
    if not isinstance(note, str) or not note.endswith("\n"):
        raise Malformed("it is not a signed note")
    text, _, signatures = note.rpartition("\n\n")
    return text + "\n", signatures
