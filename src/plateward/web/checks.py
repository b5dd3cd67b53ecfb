"""Refuse to start on settings that would let sign-in leak."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks

TAG = "plateward"
_THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})


def demo_stays_home(**_: object) -> list[checks.CheckMessage]:
    """The demonstration shows everyone's authenticator codes to whoever can open its pages."""
    if not settings.DEMO or _is_this_machine():
        return []
    return [
        checks.Error(
            "PLATEWARD_DEMO is on, and PLATEWARD_PUBLIC_URL or PLATEWARD_HOSTS names more than "
            "this machine: anyone there could read authenticator codes.",
            hint="Unset PLATEWARD_DEMO for a city; keep a demonstration on 127.0.0.1.",
            id="plateward.E001",
        )
    ]


def sign_in_travels_encrypted(**_: object) -> list[checks.CheckMessage]:
    if _is_this_machine() or urlsplit(settings.PUBLIC_URL).scheme == "https":
        return []
    return [
        checks.Error(
            f"PLATEWARD_PUBLIC_URL is {settings.PUBLIC_URL}: passwords and sessions would travel "
            "unencrypted.",
            hint="Serve behind a proxy with TLS and write https://… as PLATEWARD_PUBLIC_URL.",
            id="plateward.E002",
        )
    ]


def _is_this_machine() -> bool:
    named = {host.strip("[]") for host in settings.HOSTS}
    return (named | {urlsplit(settings.PUBLIC_URL).hostname or ""}) <= _THIS_MACHINE
