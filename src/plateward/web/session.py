"""The signed-in session: no page opens before the second factor is set up and used."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import resolve, reverse

# Where a person who has only one factor yet may go: to set up the other, or out.
OPEN_WITHOUT: Final = frozenset(
    {
        "account_login",
        "account_logout",
        "account_reauthenticate",
        "mfa_activate_totp",
        "mfa_authenticate",
        "mfa_reauthenticate",
        "portal",
    }
)
BANNER: Final = (
    "Authorised use only. Every search is decided by the city's adopted policy and recorded in a "
    "log that nobody can change."
)


class SecondFactor:
    """Send a person without a second factor to set one up, and mark who has used theirs."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        if iscoroutinefunction(self.get_response):
            return self._later(request)
        return self._elsewhere(request) or self.get_response(request)

    async def _later(self, request: HttpRequest) -> HttpResponse:
        elsewhere = await sync_to_async(self._elsewhere)(request)
        answer: HttpResponse | Awaitable[HttpResponse] = elsewhere or self.get_response(request)
        return answer if isinstance(answer, HttpResponse) else await answer

    def _elsewhere(self, request: HttpRequest) -> HttpResponse | None:
        request.second_factor = used_second_factor(request)  # type: ignore[attr-defined]
        if request.second_factor or not request.user.is_authenticated:  # type: ignore[attr-defined]
            return None
        if request.path.startswith(settings.STATIC_URL) or _is_open(request.path):
            return None
        if is_mfa_enabled(request.user):
            return HttpResponseRedirect(f"{reverse('mfa_reauthenticate')}?next={request.path}")
        # Without a `next`, because after the authenticator come the recovery codes.
        return HttpResponseRedirect(reverse("mfa_activate_totp"))


def used_second_factor(request: HttpRequest) -> bool:
    """Did this session, and not only this account, pass a second factor?"""
    if not request.user.is_authenticated:
        return False
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


def page(request: HttpRequest) -> dict[str, object]:
    """What every page shows around its content."""
    return {"banner": BANNER, "demo": settings.DEMO}


def _is_open(path: str) -> bool:
    match = resolve(path)
    return match.url_name in OPEN_WITHOUT or bool(match.func.__module__.endswith("public.pages"))
