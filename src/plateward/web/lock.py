"""The lock page, and what an open page asks by itself: is this session still open?"""

from typing import Any, Final

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as webauthn
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from plateward.people import sessions
from plateward.people.models import Person
from plateward.web import passkeys
from plateward.web.presence import session_of
from plateward.web.sign_in import ReauthenticateForm
from plateward.web.signed_in import person_of

_LONGEST_CODE: Final = 8  # a password has twelve characters or more


class UnlockForm(forms.Form):
    """One field: a password, or a code. `factor` says what it turned out to be."""

    secret = forms.CharField(
        label="Your password, or a code from your authenticator app",
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    factor = ""

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_secret(self) -> str:
        typed: str = self.cleaned_data["secret"]
        code = "".join(typed.split())
        if code.isdigit() and len(code) <= _LONGEST_CODE:
            self._check_code(code)
        elif not get_adapter().reauthenticate(self.person, typed):
            raise ValidationError("That is not your password. The session stays locked.")
        self.factor = self.factor or "password"
        return typed

    def _check_code(self, code: str) -> None:
        form = ReauthenticateForm(user=self.person, data={"code": code})
        if not form.is_valid():
            raise ValidationError([said for held in form.errors.values() for said in held])
        form.save()
        self.factor = str(form.authenticator.type)


@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Show the lock; open it for whoever proves again who they are."""
    person, session, now = person_of(request), session_of(request), timezone.now()
    onward = get_next_redirect_url(request) or reverse("home")
    if not sessions.is_locked(session, person, now=now):
        return HttpResponseRedirect(onward)
    form = UnlockForm(request.POST or None, person=person)
    key = passkeys.ReauthenticateForm(user=person, data=request.POST)
    if request.method == "POST" and (factor := _opened(request, form, key)):
        sessions.unlock(session, person, factor=factor, now=timezone.now())
        by_script = request.headers.get("Accept") == "application/json"
        return JsonResponse({"locked": False}) if by_script else HttpResponseRedirect(onward)
    return render(request, "account/locked.html", _told(request, person, form, key, onward))


def _opened(request: HttpRequest, form: UnlockForm, key: passkeys.ReauthenticateForm) -> str:
    """By what the person proved it; empty where they did not."""
    if "credential" in request.POST:
        if key.is_valid():
            key.save()
            return str(Authenticator.Type.WEBAUTHN)
        return ""
    if not form.is_valid():
        return ""
    if form.factor == "password":
        reauthenticate_by_password(request)
    return form.factor


def _told(
    request: HttpRequest,
    person: Person,
    form: UnlockForm,
    key: passkeys.ReauthenticateForm,
    onward: str,
) -> dict[str, object]:
    by_key = "credential" in request.POST
    has_key = Authenticator.objects.filter(user=person, type=Authenticator.Type.WEBAUTHN).exists()
    return {
        "form": UnlockForm(person=person) if by_key else form,
        "key_errors": key.errors.get("credential", []) if by_key else [],
        "js_data": {"request_options": webauthn.begin_authentication(person)} if has_key else None,
        "next": onward,
    }


@never_cache
@require_POST
def now(request: HttpRequest) -> HttpResponse:
    """Lock at once, before walking away."""
    sessions.lock(session_of(request), person_of(request), why="asked", now=timezone.now())
    return HttpResponseRedirect(reverse("locked"))


@never_cache
@require_http_methods(["GET", "POST"])
def state(request: HttpRequest) -> HttpResponse:
    """Whether the session is locked. By POST the page says that somebody is typing there."""
    person, session, moment = person_of(request), session_of(request), timezone.now()
    locked = sessions.is_locked(session, person, now=moment)
    if request.method == "POST" and not locked:
        sessions.seen(session, now=moment)
    return JsonResponse({"locked": locked})
