"""Security keys and passkeys as a second factor: set up, named, used and taken off."""

from typing import Any, Final
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms, views
from cryptography.exceptions import InvalidSignature
from django import forms as fields
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

from plateward.people import second_factor
from plateward.web import sign_in
from plateward.web.signed_in import person_of

# What a browser, or whoever pretends to be one, can send in place of an answer of a key.
_NOT_AN_ANSWER: Final = (
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    IndexError,
    InvalidSignature,
    NotImplementedError,
)
_LAST: Final = "This is your last second factor, so it was not taken off. Set up another one first."


class _Name(fields.Form):
    name = fields.CharField(
        label="What you call this key",
        help_text="So that you know it again, such as “blue key on my belt”.",
        max_length=60,
        widget=fields.TextInput(attrs={"autocomplete": "off"}),
    )


class AddForm(_Name, forms.AddWebAuthnForm):  # type: ignore[misc]  # allauth is untyped
    """A new key. Its answer must come from our own pages."""

    def clean(self) -> dict[str, Any]:
        try:
            answer = RegistrationResponse.from_dict(self.cleaned_data["credential"])
            _from_our_pages(answer)
            cleaned: dict[str, Any] = super().clean() or {}
        except ValidationError:
            raise
        except _NOT_AN_ANSWER as wrong:
            raise ValidationError(
                "The key's answer was not good, so nothing was set up. Try again."
            ) from wrong
        return cleaned


class RenameForm(_Name, forms.EditWebAuthnForm):  # type: ignore[misc]  # allauth is untyped
    """Another name for a key."""


class _Answer(sign_in.Counted):
    """The answer of a key to our question: from our pages, fresh, never seen before."""

    cleaned_data: dict[str, Any]

    def clean_credential(self) -> Authenticator:
        sign_in.refuse_if_locked(self.user.username)
        try:
            answer = AuthenticationResponse.from_dict(self.cleaned_data["credential"])
            _from_our_pages(answer)
            held: Authenticator = super().clean_credential()  # type: ignore[misc]  # allauth's own
        except (*_NOT_AN_ANSWER, ValidationError):
            self.refused("key")
        count = answer.response.authenticator_data.counter
        # Zero: the key does not count.
        if count and not second_factor.is_fresh(held, count):
            self.refused("key")
        return held


class AuthenticateForm(_Answer, forms.AuthenticateWebAuthnForm):  # type: ignore[misc]  # allauth
    """The second step of signing in, by key."""


class ReauthenticateForm(_Answer, forms.ReauthenticateWebAuthnForm):  # type: ignore[misc]  # allauth
    """A key again, within a session."""


def _from_our_pages(answer: RegistrationResponse | AuthenticationResponse) -> None:
    """The very host that people are told to use; its neighbours under the same name are not it."""
    origin = urlsplit(answer.response.client_data.origin)
    home = second_factor.key_home()
    if origin.hostname != home or (origin.scheme != "https" and home != "localhost"):
        raise ValueError(f"answered on a page of {origin.netloc}")


class Add(views.AddWebAuthnView):  # type: ignore[misc]  # allauth is untyped
    """Set up a key; whoever just did has used it."""

    @transaction.atomic
    def form_valid(self, form: AddForm) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        newest = Authenticator.objects.filter(
            user=self.request.user, type=Authenticator.Type.WEBAUTHN
        ).latest("pk")
        sign_in.added(self.request, newest)
        return answer


class Confirm(views.ReauthenticateWebAuthnView):  # type: ignore[misc]  # allauth is untyped
    """Confirm who you are with a key; what went wrong is said on the same page."""

    def form_invalid(self, form: ReauthenticateForm) -> HttpResponse:
        for said in form.errors.get("credential", []):
            messages.error(self.request, said)
        return HttpResponseRedirect(self.request.get_full_path())


class Rename(views.EditWebAuthnView):  # type: ignore[misc]  # allauth is untyped
    def form_valid(self, form: RenameForm) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        second_factor.changed(self.object, "rename", by=person_of(self.request).badge)
        return answer


class Remove(views.RemoveWebAuthnView):  # type: ignore[misc]  # allauth is untyped
    """Take a key off, unless it is the last second factor."""

    def form_valid(self, form: fields.Form) -> HttpResponse:
        key = self.get_object()
        name = key.wrap().name
        if second_factor.remove(key, by=person_of(self.request).badge):
            messages.success(self.request, f"“{name}” opens nothing any more.")
        else:
            messages.error(self.request, _LAST)
        return HttpResponseRedirect(reverse("mfa_list_webauthn"))
