"""The notice that is accepted before each sign-in: whose system, recorded, for what, by consent."""

import hashlib
from typing import Any, Final

from allauth.account.utils import get_next_redirect_url
from allauth.account.views import LoginView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from plateward.policy import in_force

_ACCEPTED: Final = "notice_accepted"
OURS: Final = (
    "This is a government information system: the licence plate reader records of {owner}.",
    "What you do here is monitored, recorded and audited, in a record that nobody can change.",
    "Use that is not authorised is prohibited and may have civil and criminal penalties.",
    "By signing in you consent to this monitoring and recording.",
)


def paragraphs() -> tuple[str, ...]:
    if settings.USE_NOTICE:
        written = settings.USE_NOTICE.replace("\r\n", "\n").split("\n\n")
        return tuple(" ".join(part.split()) for part in written if part.strip())
    return tuple(part.format(owner=_owner()) for part in OURS)


def _owner() -> str:
    try:
        served = in_force.profiles(in_force.cities()).values()
    except in_force.NoPolicy:
        served = {}.values()
    return ", ".join(sorted(profile.title() for profile in served)) or "the city that runs it"


def agencies() -> list[dict[str, object]]:
    """Those whose own sign-in may be used instead of a password of ours."""
    offered: Any = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    return list(offered)


def digest() -> str:
    """Which wording was accepted, as the log names it."""
    return hashlib.sha256("\n\n".join(paragraphs()).encode()).hexdigest()


def accepted(request: HttpRequest) -> str:
    """The digest of what this browser accepted since it was last signed out; empty for nothing."""
    return str(request.session.get(_ACCEPTED, ""))


@login_not_required
@never_cache
@require_POST
def accept(request: HttpRequest) -> HttpResponse:
    request.session[_ACCEPTED] = digest()
    onward = get_next_redirect_url(request)
    asked = f"?{urlencode({'next': onward})}" if onward else ""
    return HttpResponseRedirect(reverse("account_login") + asked)


class SignIn(LoginView):  # type: ignore[misc]  # allauth is untyped
    """No form for name and password before the notice has been accepted."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if request.user.is_authenticated or accepted(request):
            answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
            return answer
        told: dict[str, object] = {
            "paragraphs": paragraphs(),
            "next": get_next_redirect_url(request) or "",
        }
        return never_cache(render)(request, "account/notice.html", told)

    def get_context_data(self, **told: object) -> dict[str, object]:
        context: dict[str, object] = super().get_context_data(**told)
        onward = get_next_redirect_url(self.request)
        asked = f"?{urlencode({'next': onward})}" if onward else ""
        return context | {"agencies": agencies(), "asked": asked}


sign_in = login_not_required(SignIn.as_view())
