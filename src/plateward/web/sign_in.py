"""Sign-in: our lockout over both factors, on top of allauth's forms."""

from typing import Any, NoReturn

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm as PasswordForm
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm as CodeForm
from allauth.mfa.base.forms import ReauthenticateForm as CodeAgainForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from plateward.people import lockout
from plateward.people.models import Person


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Nobody signs up; failures are counted in the database; success starts the count again."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        _refuse_if_locked(credentials.get("username", ""))
        super().pre_authenticate(request, **credentials)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        account = credentials.get("username", "")
        lockout.failed(account, factor="password", now=timezone.now())
        _refuse_if_locked(account)

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        super().login(request, user)
        assert isinstance(user, Person)
        lockout.succeeded(user)

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

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        record_authentication(
            self.request, self.request.user, "mfa", type="totp", reauthenticated=True
        )
        return answer


class _Counted:
    """A form for a code whose wrong codes count towards the same lockout."""

    user: Person

    def clean_code(self) -> str:
        _refuse_if_locked(self.user.username)
        return super().clean_code()  # type: ignore[misc,no-any-return]  # allauth's own check

    def _emit_authentication_failed(self, authenticator: Authenticator) -> None:
        lockout.failed(self.user.username, factor="code", now=timezone.now())
        super()._emit_authentication_failed(authenticator)  # type: ignore[misc]
        _refuse_if_locked(self.user.username)


class AuthenticateForm(_Counted, CodeForm):  # type: ignore[misc]  # allauth is untyped
    """The second step of signing in."""


class ReauthenticateForm(_Counted, CodeAgainForm):  # type: ignore[misc]  # allauth is untyped
    """The second factor again, within a session."""


def _refuse_if_locked(account: str) -> None:
    until = lockout.locked_until(account, now=timezone.now())
    if until is not None:
        _refuse(int((until - timezone.now()).total_seconds() // 60) + 1)


def _refuse(minutes: int) -> NoReturn:
    raise ValidationError(
        "Too many wrong passwords or codes: sign-in to this account is closed for "
        f"{minutes} minute{'' if minutes == 1 else 's'}. Nothing was changed. Wait, then try "
        "again, or ask your administrator."
    )
