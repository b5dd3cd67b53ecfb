"""Which camera is this? Every way in which a message may show it, asked in one place."""

from typing import Any, Final

from django.http import HttpRequest
from ninja.security import APIKeyHeader, HttpBasicAuth, HttpBearer
from ninja.security.base import AuthBase

from plateward.api import certificate
from plateward.cameras import agents, certificates, register
from plateward.plates import letters


class CameraSecret(HttpBearer):
    """`Authorization: Bearer CODE:SECRET`, as the register gave it when the camera was added."""

    def authenticate(self, request: HttpRequest, token: str) -> str | None:
        code, _, secret = token.partition(":")
        return _holder(code, secret)


class CameraPassword(HttpBasicAuth):
    """Basic: the camera's code as the name, its secret as the password."""

    def authenticate(self, request: HttpRequest, username: str, password: str) -> str | None:
        return _holder(username, password)


class CameraKey(APIKeyHeader):
    """`X-API-Key: CODE:SECRET`, for systems that can send no other header."""

    param_name = "X-API-Key"

    def authenticate(self, request: HttpRequest, key: str | None) -> str | None:
        code, _, secret = (key or "").partition(":")
        return _holder(code, secret)


class CameraCertificate(AuthBase):
    """The client certificate with which the camera opened its connection to the proxy."""

    openapi_type = "mutualTLS"

    def __call__(self, request: HttpRequest) -> Any | None:
        shown = certificate.shown(request)
        return certificates.holder(shown) if shown else None


class CameraSignature(AuthBase):
    """The signature of the agent beside the camera, over the very bytes of the body."""

    openapi_type = "apiKey"
    openapi_in = "header"
    openapi_name = letters.SIGNATURE

    def __init__(self, kind: letters.Kind) -> None:
        super().__init__()
        self.kind = kind

    def __call__(self, request: HttpRequest) -> Any | None:
        code = request.headers.get(letters.CAMERA, "")
        signature = request.headers.get(letters.SIGNATURE, "")
        known = code.isprintable() and bool(signature)
        return (
            code if known and agents.has_signed(code, self.kind, request.body, signature) else None
        )


def _holder(code: str, secret: str) -> str | None:
    """Base64 can hold what no header can, and no code has."""
    return code if code.isprintable() and register.holding(code, secret) else None


# What carries our own form, and what carries another maker's, which may know but one kind of key.
OURS: Final = (CameraCertificate(), CameraSecret())
ANY: Final = (*OURS, CameraPassword(), CameraKey())
