"""C2SP signed notes and checkpoints, written. Pure: no database, no Django."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from plateward.audit.body import written_time

_ED25519 = b"\x01"


@dataclass(frozen=True, slots=True)
class Signer:
    """The log's name and its secret half; `vkey` is the half to publish."""

    name: str
    key: Ed25519PrivateKey

    @property
    def vkey(self) -> str:
        public = _ED25519 + self.key.public_key().public_bytes_raw()
        return f"{self.name}+{self._key_id().hex()}+{base64.b64encode(public).decode()}"

    def sign(self, text: str) -> str:
        """`text` with its signature line, as a signed note."""
        signature = self._key_id() + self.key.sign(text.encode())
        return f"{text}\n\u2014 {self.name} {base64.b64encode(signature).decode()}\n"

    def _key_id(self) -> bytes:
        public = self.key.public_key().public_bytes_raw()
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def checkpoint_text(*, origin: str, size: int, root: bytes, at: datetime) -> str:
    """The signed text. The fourth line is an extension of ours: when it was signed."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\ntime {written_time(at)}\n"


def is_name(name: str) -> bool:
    """Whether `name` can be a key name: C2SP allows neither spaces nor a plus."""
    return bool(name) and "+" not in name and name.isprintable() and not any(map(str.isspace, name))
