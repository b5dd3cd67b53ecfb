"""A security key in software: what a real one answers, and what a forger would."""

import hashlib
import json
import os
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

HOME = "http://localhost:8000"
_SEEN, _HOLDS_A_KEY = 0x01, 0x40


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


@dataclass(slots=True)
class Key:
    """`count` grows with each answer, as a real key's does; `origin` is where the page stands."""

    origin: str = HOME
    count: int = 0
    id: bytes = field(default_factory=lambda: os.urandom(32))
    secret: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def made(self, options: dict[str, Any]) -> str:
        """The answer to "make a credential"."""
        asked = options["publicKey"]
        public = ES256.from_cryptography_key(self.secret.public_key())
        data = AuthenticatorData.create(
            hashlib.sha256(asked["rp"]["id"].encode()).digest(),
            _SEEN | _HOLDS_A_KEY,
            self.count,
            AttestedCredentialData.create(b"\0" * 16, self.id, public),
        )
        attested = AttestationObject.create("none", data, {})
        client = self._client("webauthn.create", asked)
        return self._sent(client, attestationObject=_text(bytes(attested)))

    def answered(self, options: dict[str, Any]) -> str:
        """The answer to "show that you are there"."""
        asked = options["publicKey"]
        self.count += 1
        rp = hashlib.sha256(asked["rpId"].encode()).digest()
        data = bytes(AuthenticatorData.create(rp, _SEEN, self.count))
        client = self._client("webauthn.get", asked)
        signed = self.secret.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._sent(client, authenticatorData=_text(data), signature=_text(signed))

    def _client(self, kind: str, asked: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": asked["challenge"], "origin": self.origin}
        return json.dumps(said).encode()

    def _sent(self, client: bytes, **response: str) -> str:
        return json.dumps(
            {
                "id": _text(self.id),
                "rawId": _text(self.id),
                "type": "public-key",
                "response": {"clientDataJSON": _text(client), **response},
                "clientExtensionResults": {},
            }
        )
