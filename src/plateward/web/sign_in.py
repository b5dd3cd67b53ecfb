"""Sign-in: our lockout over all factors, on top of allauth's forms."""

from typing import Any, Final, NoReturn

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm as PasswordForm
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.internal.stagekit import clear_login
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.base.forms import AuthenticateForm as CodeForm
from allauth.mfa.base.forms import ReauthenticateForm as CodeAgainForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone

from plateward.audit import log, origin
from plateward.people import lockout, second_factor, sessions
from plateward.people.models import Person
from plateward.web import notice

_STAGE: Final = "allauth.mfa.stages.AuthenticateStage"


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Nobody signs up; failures are counted in the database; success starts the count again."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        ours = "plateward.web.single_sign_on.SecondFactorStage"
        return [ours if stage == _STAGE else stage for stage in super().get_login_stages()]

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        refuse_if_locked(credentials.get("username", ""))
        super().pre_authenticate(request, **credentials)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        account = credentials.get("username", "")
        lockout.failed(account, factor="password", now=timezone.now(), source=source(request))
        refuse_if_locked(account)

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        accepted = notice.accepted(request)
        assert isinstance(user, Person)
        flags = self._second_place(request, user)
        super().login(request, user)
        origin.entries_from(sessions.reference(request.session.session_key))
        lockout.succeeded(
            user,
            factors=factors(request, user),
            notice=accepted,
            flags=flags,
            source=source(request),
        )

    def _second_place(self, request: HttpRequest, person: Person) -> tuple[str, ...]:
        """Refused where a city asks for it, else flagged."""
        address = self.get_client_ip(request)
        if not sessions.open_elsewhere(person, address, now=timezone.now()):
            return ()
        if sessions.only_one_place(person):
            lockout.elsewhere(person, source=source(request))
            clear_login(request)
            raise ImmediateHttpResponse(render(request, "account/elsewhere.html", status=403))
        return (lockout.SECOND_PLACE,)

    def logout(self, request: HttpRequest) -> None:
        person, key = request.user, request.session.session_key
        super().logout(request)
        if isinstance(person, Person):
            sessions.ended(person, key, why="signed out")

    @transaction.atomic
    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Every other session ends with the old password, by Django's own doing."""
        assert isinstance(user, Person)
        if hasattr(user, "must_change_password"):
            user.must_change_password = False
        super().set_password(user, password)
        log.append(actor=user.badge, act="people:password:change", outcome="done")

    def is_reauthentication_required(self, *, app: str, **told: Any) -> bool:
        """A newcomer gave the password a moment ago, and has nothing yet that could be stolen."""
        newcomer = context.request.user.is_authenticated and not is_mfa_enabled(
            context.request.user
        )
        return not newcomer and bool(super().is_reauthentication_required(app=app, **told))


class LoginForm(PasswordForm):  # type: ignore[misc]  # allauth is untyped
    """The first step. What is typed is never echoed back as right or wrong by half."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("remember", None)


class SetUpAuthenticator(ActivateTOTPView):  # type: ignore[misc]  # allauth is untyped
    """Whoever just read a code off their new authenticator has used it: no second code at once."""

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        held = Authenticator.objects.get(user=self.request.user, type=Authenticator.Type.TOTP)
        second_factor.is_fresh(held, second_factor.step_of(held, form.cleaned_data["code"]) or 0)
        added(self.request, held)
        return answer


class TakeOff(DeactivateTOTPView):  # type: ignore[misc]  # allauth is untyped
    """Take the authenticator app off, for a new one or a key; never the last second factor."""

    def form_valid(self, form: Any) -> HttpResponse:
        assert isinstance(self.request.user, Person)
        if second_factor.remove(self.authenticator, by=self.request.user.badge):
            messages.success(self.request, "The authenticator app opens nothing any more.")
        return HttpResponseRedirect(self.get_success_url())


def added(request: HttpRequest, factor: Authenticator) -> None:
    """A factor was set up and, by that, used."""
    assert isinstance(request.user, Person)
    second_factor.changed(factor, "add", by=request.user.badge)
    record_authentication(request, request.user, "mfa", type=str(factor.type), reauthenticated=True)


class Counted:
    """A form for a second factor whose failures count towards the same lockout."""

    user: Person
    authenticator: Authenticator

    def refused(self, factor: str) -> NoReturn:
        failed(self.user, factor=factor)
        raise ValidationError("That is not right, or was used before. Nothing was changed.")


class _CountedCode(Counted):
    def clean_code(self) -> str:
        refuse_if_locked(self.user.username)
        code: str = super().clean_code()  # type: ignore[misc]  # allauth's own check
        if self.authenticator.type == Authenticator.Type.TOTP:
            step = second_factor.step_of(self.authenticator, code)
            if step is None or not second_factor.is_fresh(self.authenticator, step):
                self.refused("code")
        return code

    def _emit_authentication_failed(self, authenticator: Authenticator) -> None:
        failed(self.user, factor="code")
        super()._emit_authentication_failed(authenticator)  # type: ignore[misc]


class AuthenticateForm(_CountedCode, CodeForm):  # type: ignore[misc]  # allauth is untyped
    """The second step of signing in."""


class ReauthenticateForm(_CountedCode, CodeAgainForm):  # type: ignore[misc]  # allauth is untyped
    """The second factor again, within a session."""


def failed(person: Person, *, factor: str) -> None:
    """Count it, and say so where that was one too many."""
    told = source(context.request)
    lockout.failed(person.username, factor=factor, now=timezone.now(), source=told)
    refuse_if_locked(person.username)


def factors(request: HttpRequest, person: AbstractBaseUser) -> tuple[str, ...]:
    """What this sign-in was proved with, in order: `password`, `totp`, `webauthn`, `agency` …"""
    records = get_authentication_records(request, person)
    return tuple(dict.fromkeys(str(r.get("type") or r["method"]) for r in records))


def source(request: HttpRequest) -> dict[str, str]:
    """Where a sign-in came from. Only the private part of the log may hold it."""
    address = request.META.get("REMOTE_ADDR", "")
    return {"address": address, "browser": request.headers.get("User-Agent", "")[:200]}


def refuse_if_locked(account: str) -> None:
    now = timezone.now()
    until = lockout.locked_until(account, now=now)
    if until is None:
        return
    begun = "Too many wrong passwords, codes or keys: sign-in to this account is closed"
    if until == lockout.UNTIL_RELEASED:
        raise ValidationError(
            f"{begun} until an administrator opens it. Nothing was changed. Ask yours to do so."
        )
    minutes = int((until - now).total_seconds() // 60) + 1
    raise ValidationError(
        f"{begun} for {minutes} minute{'' if minutes == 1 else 's'}. Nothing was changed. Wait, "
        "then try again, or ask your administrator."
    )
