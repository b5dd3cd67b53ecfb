"""The ways in which a camera shows which one it is, asked for all requests that wait at once."""

from typing import Any, Final

from django.http import HttpRequest

from plateward.api import certificate
from plateward.api.which_camera import CameraCertificate, CameraSecret
from plateward.cameras import certificates, register
from plateward.intake.hands import Hands, Together

# Asked anew for every request, so a secret that the register takes back opens nothing from then on.
_HOLDING: Final = Together(register.holding_each)
_HANDS: Final = Hands(1)


class SecretAtOnce(CameraSecret):
    """`Authorization: Bearer CODE:SECRET`, as the register gave it when the camera was added."""

    async def authenticate(self, request: HttpRequest, token: str) -> str | None:  # type: ignore[override]
        code, _, secret = token.partition(":")
        return code if code.isprintable() and await _HOLDING.ask((code, secret)) else None


class CertificateAtOnce(CameraCertificate):
    """The client certificate with which the camera opened its connection to the proxy."""

    async def __call__(self, request: HttpRequest) -> Any | None:
        shown = certificate.shown(request)
        return await _HANDS.do(lambda: certificates.holder(shown)) if shown else None


OURS: Final = (CertificateAtOnce(), SecretAtOnce())
