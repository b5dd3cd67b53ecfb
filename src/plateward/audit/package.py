"""Files as one signed package that proves itself anywhere, and the seal that may lie around it.

`audit.verify` checks it and shares no code with this. docs/reference/package-format.md says it all.
"""

import hashlib
import io
import secrets
import zipfile
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from plateward.audit import body, checkpoints, keys
from plateward.audit.body import Fact

FORMAT: Final = "plateward-package/1"
SEALED: Final = "plateward-sealed/1"
MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
_NONCE_BYTES: Final = 12


@dataclass(frozen=True, slots=True)
class Package:
    """`manifest`: SHA-256 of the manifest, which names every other file by its own."""

    content: bytes
    manifest: str


def signed(says: Mapping[str, Fact], files: Mapping[str, bytes]) -> Package:
    """A .zip of `files`, of a manifest that lists them beside what it `says`, and of its signature
    by the log's own key. Raise CannotSign without that key."""
    last = checkpoints.latest()
    signer = keys.signer(last_vkey=last.vkey if last else None)
    listed: dict[str, Fact] = {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in files.items()
    }
    manifest = body.canonical(
        {**says, "format": FORMAT, "files": listed, "vkey": signer.vkey},
    )
    digest = hashlib.sha256(manifest).hexdigest()
    # Its first line is never the log's name, so that it can never pass for a checkpoint.
    signature = signer.sign(f"{FORMAT}\n{digest}\n").encode()
    inside = {MANIFEST: manifest, SIGNATURE: signature} | {
        each: files[each] for each in sorted(files)
    }
    return Package(_zipped(inside), digest)


def sealed(content: bytes, *, key: bytes, number: str) -> bytes:
    """The package under a key of 32 bytes: without it, nothing of what is inside can be told."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    head = body.canonical({"format": SEALED, "number": number, "nonce": nonce.hex()}) + b"\n"
    return head + AESGCM(key).encrypt(nonce, content, head)


def key_in_words(key: bytes) -> str:
    """In groups of four letters and digits, to be copied or read out: `ABCD-EFGH-…`."""
    letters = b32encode(key).decode().rstrip("=")
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def _zipped(files: Mapping[str, bytes]) -> bytes:
    """The same files give the same bytes, so that no byte between them is free to change."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            inside = zipfile.ZipInfo(name)
            inside.create_system = 3
            inside.external_attr = 0o100644 << 16
            archive.writestr(inside, content)
    return written.getvalue()
