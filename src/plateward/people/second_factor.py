"""The second factor: secrets sealed, each code used once, the last factor never removed."""

import base64
from typing import Final
from urllib.parse import urlsplit

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction

from plateward.audit import log
from plateward.people.models import Person

# Recovery codes stand in for one of these; alone they are not a second factor.
FACTORS: Final = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
_KEY_BYTES: Final = 32
_COUNTED: Final = "counted"


class OnlyInADemonstration(RuntimeError):
    """Nothing but the demonstration may know what another person's authenticator shows."""


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    """Authenticator secrets and recovery seeds are sealed before they are stored.

    A security key is bound to the address people are told to use, whatever address they typed.
    """

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return has_another(authenticator)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": key_home(), "name": "Plateward"}

    def generate_authenticator_name(self, user: Person, type: Authenticator.Type) -> str:  # noqa: A002  # allauth's name
        held = Authenticator.objects.filter(user=user, type=type).count()
        return f"Key {held + 1}"


def key_home() -> str:
    """The one host whose pages may use security keys. Browsers refuse a bare number as a name."""
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    return "localhost" if host in {"", "127.0.0.1", "::1"} else host


def has_another(authenticator: Authenticator) -> bool:
    """Would the person still have a second factor without this one?"""
    others = Authenticator.objects.filter(user=authenticator.user, type__in=FACTORS)
    return bool(others.exclude(pk=authenticator.pk).exists())


@transaction.atomic
def remove(authenticator: Authenticator, *, by: str) -> bool:
    """Take a factor off, unless it is the last. Answers whether it was taken off."""
    Person.objects.select_for_update().get(pk=authenticator.user_id)  # two at once leave one
    if not has_another(authenticator):
        return False
    changed(authenticator, "remove", by=by)
    authenticator.delete()
    return True


def changed(authenticator: Authenticator, how: str, *, by: str) -> None:
    """Log what happened to a factor; what its owner calls it is nobody else's business."""
    name = authenticator.data.get("name", "")
    log.append(
        actor=by,
        act=f"people:factor:{how}",
        outcome="done",
        facts={"badge": authenticator.user.badge, "kind": str(authenticator.type)},
        private={"name": str(name)} if name else {},
    )


@transaction.atomic
def is_fresh(authenticator: Authenticator, count: int) -> bool:
    """Note the count this factor shows. False for one it has shown before: a replay or a clone."""
    held = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
    if count <= held.data.get(_COUNTED, -1):
        return False
    held.data[_COUNTED] = count
    held.save(update_fields=["data"])
    authenticator.data = held.data
    return True


def step_of(authenticator: Authenticator, code: str) -> int | None:
    """Which half minute an authenticator's code belongs to; None for no code of now."""
    secret = Adapter().decrypt(authenticator.data["secret"])
    for step in totp.yield_hotp_counters_from_time():
        shown = str(totp.format_hotp_value(totp.hotp_value(secret, step)))
        if compare_user_code(actual=code, expected=shown):
            return int(step)
    return None


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
