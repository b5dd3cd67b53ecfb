"""Who is at work: a session ends with the shift, locks when idle, asks for one's own password."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, Final, TypeVar, cast
from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.deprecation import MiddlewareMixin
from django.utils.http import urlencode

from plateward.audit import origin
from plateward.people import sessions
from plateward.people.models import Person

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
# Asked for by the page itself, so they tell nothing of anybody being there.
BY_ITSELF: Final = frozenset({"alerts_stream", "session"})
OPEN_WHILE_LOCKED: Final = frozenset({"session", "locked", "lock", "account_logout"})
# Where a person goes whose password was chosen by somebody else.
OPEN_BEFORE_ONES_OWN_PASSWORD: Final = OPEN_WHILE_LOCKED | {
    "account_change_password",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_view_recovery_codes",
}
CONFIRMED_FOR: Final = timedelta(minutes=15)
# A form that was opened in time may be sent a while later.
TO_FINISH_A_FORM: Final = timedelta(minutes=30)


class Presence(MiddlewareMixin):
    """Look at the session before every page that needs a sign-in, and name it to the log."""

    def process_request(self, request: HttpRequest) -> None:
        origin.entries_from("")

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        origin.entries_from("")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], *_: Any
    ) -> HttpResponse | None:
        person = request.user
        if isinstance(person, Person):
            origin.entries_from(sessions.reference(request.session.session_key))
        if not isinstance(person, Person) or not getattr(view, "login_required", True):
            return None
        session, now = session_of(request), timezone.now()
        lasts = sessions.sign_in_again_after(person)
        if now - _began_at(request, session) >= lasts:
            return _over(request, person, session, in_words(lasts))
        name = request.resolver_match.url_name if request.resolver_match else None
        if sessions.is_locked(session, person, now=now):
            sessions.lock(session, person, why="idle", now=now)
            waits = name in OPEN_WHILE_LOCKED
            return None if waits else _locked(request, by_itself=name in BY_ITSELF)
        if name not in BY_ITSELF:
            sessions.seen(session, now=now)
        chosen_by_another = getattr(person, "must_change_password", False)
        if chosen_by_another and name not in OPEN_BEFORE_ONES_OWN_PASSWORD:
            return HttpResponseRedirect(reverse("account_change_password"))
        return None


def session_of(request: HttpRequest) -> sessions.Session:
    """Every session is in its owner's list, so that they can see and close it."""
    found = sessions.of_key(request.session.session_key)
    if found is None:
        UserSession.objects.create_from_request(request)
        found = sessions.of_key(request.session.session_key)
    assert found is not None
    return found


def _began_at(request: HttpRequest, session: sessions.Session) -> datetime:
    """The sign-in, not the last confirmation, nor the new key that a new password brings."""
    proofs = [float(r["at"]) for r in get_authentication_records(request, request.user)]
    return datetime.fromtimestamp(min(proofs), UTC) if proofs else session.began_at


def in_words(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    if minutes % 60 == 0:
        hours = minutes // 60
        return "twelve hours" if hours == 12 else f"{hours} hour{'' if hours == 1 else 's'}"
    return f"{minutes} minutes"


def _over(
    request: HttpRequest, person: Person, session: sessions.Session, lasts: str
) -> HttpResponse:
    """A new shift begins with a new sign-in, however busy the last one was."""
    logout(request)
    sessions.ended(person, session.key, why=f"{lasts} are over")
    messages.info(request, f"You were signed in for {lasts}. Please sign in again.")
    return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': request.path})}")


def _locked(request: HttpRequest, *, by_itself: bool) -> HttpResponse:
    if by_itself:
        return HttpResponse(status=204)  # the browser does not come back for more
    return HttpResponseRedirect(f"{reverse('locked')}?{urlencode({'next': _page(request)})}")


def _page(request: HttpRequest) -> str:
    """Where the person was: what is sent by a form may have no page of its own."""
    if request.method == "GET":
        return request.get_full_path()
    came_from = urlsplit(request.headers.get("Referer", ""))
    return came_from.path if came_from.netloc == request.get_host() else reverse("home")


def recently_confirmed(view: View) -> View:
    """A privileged act: who asks proved within the last quarter of an hour who they are."""

    @wraps(view)
    def asking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if _proved_within(request, _allowed(request)):
            return view(request, *args, **kwargs)
        ways = get_adapter().get_reauthentication_methods(request.user)
        ask = ways[0]["url"] if ways else reverse("mfa_activate_totp")
        return HttpResponseRedirect(f"{ask}?{urlencode({'next': _page(request)})}")

    return cast(View, asking)


def _allowed(request: HttpRequest) -> timedelta:
    return CONFIRMED_FOR + (TO_FINISH_A_FORM if request.method == "POST" else timedelta())


def _proved_within(request: HttpRequest, allowed: timedelta) -> bool:
    proofs = [float(r["at"]) for r in get_authentication_records(request, request.user)]
    age = timezone.now().timestamp() - max(proofs, default=0.0)
    return timedelta(seconds=age) < allowed
