"""The second factor: authenticator secrets, sealed; and their codes, in a demonstration only."""

import base64
from typing import Final

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from plateward.people.models import Person

_KEY_BYTES: Final = 32


class OnlyInADemonstration(RuntimeError):
    """Nothing but the demonstration may know what another person's authenticator shows."""


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    """Authenticator secrets and recovery seeds are sealed before they are stored."""

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()


def give(person: Person) -> None:
    """Give a demo person an authenticator, as they would set one up themselves."""
    _only_in_a_demonstration()
    totp.TOTP.activate(person, totp.generate_totp_secret())


def codes_now() -> dict[str, str]:
    """What the demo people's authenticators show at this moment, by user name."""
    _only_in_a_demonstration()
    kept = Authenticator.objects.filter(type=Authenticator.Type.TOTP).select_related("user")
    return {held.user.username: _code(held) for held in kept.order_by("user__username")}


def _code(held: Authenticator) -> str:
    secret = Adapter().decrypt(held.data["secret"])
    _, present, _ = totp.yield_hotp_counters_from_time()
    return str(totp.format_hotp_value(totp.hotp_value(secret, present)))


def _only_in_a_demonstration() -> None:
    if not settings.DEMO:
        raise OnlyInADemonstration("PLATEWARD_DEMO is off: authenticator codes are nobody else's.")


def _box() -> Fernet:
    hkdf = HKDF(SHA256(), _KEY_BYTES, salt=None, info=b"plateward second factor 1")
    return Fernet(base64.urlsafe_b64encode(hkdf.derive(settings.SECRET_KEY.encode())))
