"""The signed-in session: no page opens before the second factor is set up and used."""

from collections.abc import Callable
from typing import Any, Final

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.deprecation import MiddlewareMixin

from plateward.people import second_factor

# Where a person who has only one factor yet may go: to set up the other, or out.
OPEN_WITHOUT: Final = frozenset(
    {
        "account_login",
        "account_logout",
        "account_reauthenticate",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_authenticate",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "locked",
        "lock",
        "session",
    }
)
BANNER: Final = (
    "Authorised use only. Every search is decided by the city's adopted policy and recorded in a "
    "log that nobody can change."
)


class SecondFactor(MiddlewareMixin):
    """Send a person without a second factor to set one up, and mark who has used theirs."""

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], *_: Any
    ) -> HttpResponse | None:
        request.second_factor = _used_second_factor(request)  # type: ignore[attr-defined]
        if request.second_factor or not request.user.is_authenticated:  # type: ignore[attr-defined]
            return None
        if _is_open(request, view):
            return None
        if is_mfa_enabled(request.user):
            return HttpResponseRedirect(f"{reverse('mfa_reauthenticate')}?next={request.path}")
        # Without a `next`, because after the authenticator come the recovery codes.
        return HttpResponseRedirect(reverse("mfa_activate_totp"))


def _used_second_factor(request: HttpRequest) -> bool:
    """Did this session, and not only this account, pass a second factor?"""
    if not request.user.is_authenticated:
        return False
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


def _is_open(request: HttpRequest, view: Callable[..., Any]) -> bool:
    """What anyone may open, and the steps towards the second factor themselves."""
    if not getattr(view, "login_required", True):
        return True
    match = request.resolver_match
    return match is not None and match.url_name in OPEN_WITHOUT


def page(request: HttpRequest) -> dict[str, object]:
    """What every page shows around its content."""
    return {
        "banner": BANNER,
        "demo": settings.DEMO,
        "keys_work_here": request.get_host().partition(":")[0] == second_factor.key_home(),
    }
