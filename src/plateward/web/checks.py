"""Refuse to start on settings that would let sign-in leak, or that cannot mean what they say."""

from ipaddress import ip_network
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks

from plateward.audit import witnesses
from plateward.policy import watched

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


def witnesses_can_be_asked(**_: object) -> list[checks.CheckMessage]:
    try:
        witnesses.configured()
    except witnesses.Misconfigured as wrong:
        hint = "Write `KEY https://address` for each, by commas, or name a file of such lines."
        return [checks.Error(str(wrong), hint=hint, id="plateward.E003")]
    if settings.TSA_URL and not settings.TSA_ROOTS:
        said = "PLATEWARD_TSA_URL is set without PLATEWARD_TSA_ROOTS: no stamp could be checked."
        hint = "Name a file with the time-stamper's root certificate in PEM form."
        return [checks.Error(said, hint=hint, id="plateward.E004")]
    return []


def posted_policies_have_addresses(**_: object) -> list[checks.CheckMessage]:
    try:
        watched.address("")
    except watched.WrongAddress as wrong:
        hint = "Write `walnut-ca=https://address`, by commas, for policies on other sites."
        return [checks.Error(str(wrong), hint=hint, id="plateward.E005")]
    return []


def proxies_have_addresses(**_: object) -> list[checks.CheckMessage]:
    for each in settings.PROXIES:
        try:
            ip_network(each, strict=False)
        except ValueError:
            said = f"PLATEWARD_PROXIES names {each}, which is no address and no network."
            hint = "Write addresses such as 10.0.0.5 or networks such as 10.0.0.0/24, by commas."
            return [checks.Error(said, hint=hint, id="plateward.E007")]
    return []


def _is_this_machine() -> bool:
    named = {host.strip("[]") for host in settings.HOSTS}
    return (named | {urlsplit(settings.PUBLIC_URL).hostname or ""}) <= _THIS_MACHINE
