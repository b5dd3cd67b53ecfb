"""A small real OpenID provider on localhost: its own key, discovery document and token endpoint."""

import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET, KEY_ID = "plateward", "a shared secret of thirty-two bytes", "first"


@dataclass
class Provider:
    """`says` is what the next token claims; `signs_with` is a forger's key."""

    issuer: str
    says: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=lambda: {"kid": KEY_ID})
    algorithm: str = "RS256"
    key: Any = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    signs_with: Any = None
    asked: dict[str, str] = field(default_factory=dict)
    refuses: bool = False

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def keys(self) -> dict[str, Any]:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [public | {"kid": KEY_ID, "alg": "RS256", "use": "sig"}]}

    def token(self, sent: dict[str, str]) -> dict[str, Any]:
        """Only for the code of this very sign-in, by whoever began it."""
        proof = urlsafe_b64encode(sha256(sent["code_verifier"].encode()).digest()).decode()
        assert proof.rstrip("=") == self.asked["code_challenge"]
        assert (sent["client_id"], sent["client_secret"]) == (CLIENT, SECRET)
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 60} | self.says
        claims = {name: value for name, value in claims.items() if value is not None}
        signer = self.signs_with or self.key
        token = jwt.encode(claims, signer, algorithm=self.algorithm, headers=self.headers)
        return {"access_token": "unused", "token_type": "Bearer", "id_token": token}


@contextmanager
def opened() -> Iterator[Provider]:
    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            told = provider.keys() if path == "/keys" else provider.discovery()
            self.tell(told)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            sent = {name: values[0] for name, values in parse_qs(body).items()}
            if provider.refuses:
                self.tell({"error": "invalid_grant"}, status=400)
            else:
                self.tell(provider.token(sent))

        def tell(self, told: dict[str, Any], status: int = 200) -> None:
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Quietly."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    provider = Provider(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
