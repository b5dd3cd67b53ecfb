"""Sign in by one's own agency (OpenID Connect). It says who somebody is, never what they may do."""

from collections.abc import Mapping
from typing import Any, Final

import jwt
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.stages import AuthenticateStage
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from requests import RequestException

from plateward.people import linked, lockout
from plateward.people.models import Person
from plateward.web import notice
from plateward.web.sign_in import refuse_if_locked, source

# Keys of their own kind only: a shared secret must never pass for a signature.
SIGNED_BY: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
_CLOCKS_APART_SECONDS: Final = 60
_WORD: Final = "agency"


class AgencyAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth is untyped
    """allauth's own, but a token's signature is checked however it came."""

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        try:
            return _verified(app, id_token, keys=self._keys())
        except (jwt.PyJWTError, TypeError, ValueError, KeyError) as wrong:
            raise OAuth2Error(f"The token is not good: {wrong}") from wrong

    def _keys(self) -> jwt.PyJWKSet:
        if self.openid_config["issuer"] != self.get_provider().app.settings["issuer"]:
            raise ValueError("the provider says that it is another issuer")
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        return jwt.PyJWKSet.from_dict(answer.json())


def _verified(app: SocialApp, token: str, *, keys: jwt.PyJWKSet) -> dict[str, Any]:
    named = jwt.get_unverified_header(token).get("kid")
    key = next((held for held in keys.keys if held.key_id == named), None)
    if key is None:
        raise ValueError("no key of the provider signed it")
    claims: dict[str, Any] = jwt.decode(
        token,
        key,
        algorithms=list(SIGNED_BY),
        audience=app.client_id,
        issuer=app.settings["issuer"],
        leeway=_CLOCKS_APART_SECONDS,
        options={"require": ["iss", "sub", "aud", "exp", "iat"]},
    )
    if claims.get("azp", app.client_id) != app.client_id:
        raise ValueError("it was made for another program")
    return claims


class AgencyProvider(OpenIDConnectProvider):  # type: ignore[misc]  # allauth is untyped
    """One agency. Of what it says we keep who the person is there, and how they proved it."""

    oauth2_adapter_class = AgencyAdapter

    def extract_uid(self, data: Mapping[str, Any]) -> str:
        claims = _claims(data)
        return linked.uid(claims["iss"], claims["sub"])

    def extract_extra_data(self, data: Mapping[str, Any]) -> dict[str, Any]:
        claims = _claims(data)
        named = claims.get(self.app.settings["username_claim"] or "", "")
        kept = {name: claims[name] for name in ("iss", "sub", "amr", "acr") if name in claims}
        return kept | {"username": named if isinstance(named, str) else ""}

    def extract_common_fields(self, data: Mapping[str, Any]) -> dict[str, Any]:
        return {}

    def extract_email_addresses(self, data: Mapping[str, Any]) -> list[Any]:
        return []


def _claims(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The signed ones, and no others."""
    claims = data.get("id_token")
    if not isinstance(claims, Mapping):
        raise OAuth2Error("The provider sent no token that says who signed in.")
    return claims


class Adapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Nobody is enrolled by signing in; an account there opens only the account it is linked to."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def list_apps(self, request: HttpRequest, **wanted: Any) -> list[SocialApp]:
        """What the machine's settings name; a row in a table adds no agency."""
        return [app for app in super().list_apps(request, **wanted) if app.pk is None]

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        agency = sociallogin.provider.app
        if sociallogin.state.get("process") != "login":
            raise ImmediateHttpResponse(_refused(request, agency.name))
        if not sociallogin.is_existing:
            self._match(request, sociallogin)
        person = sociallogin.user
        try:
            refuse_if_locked(person.username)
        except ValidationError as locked:
            raise ImmediateHttpResponse(
                _refused(request, agency.name, " ".join(locked.messages))
            ) from locked
        if not _works_for(person, agency):
            _count(request, person.username)
            raise ImmediateHttpResponse(_refused(request, agency.name))

    def _match(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """The first time, by the user name the agency vouches for, where it is set up so."""
        agency, told = sociallogin.provider.app, sociallogin.account.extra_data
        named = told.get("username", "")
        person = Person.objects.filter(username=named).first() if named else None
        if person is None or not _works_for(person, agency):
            # Under the agency's name for them: what an agency says of strangers locks nobody out.
            _count(request, f"{agency.provider_id} {told['sub']}")
            raise ImmediateHttpResponse(_refused(request, agency.name))
        try:
            linked.link(
                person,
                agency=agency.provider_id,
                issuer=told["iss"],
                subject=told["sub"],
                by=person.badge,
            )
        except linked.LinkedToAnother as other:
            _count(request, person.username)
            raise ImmediateHttpResponse(_refused(request, agency.name)) from other
        sociallogin.lookup()

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, *_: Any, **told: Any
    ) -> None:
        _count(request, f"{provider.app.provider_id} unknown")
        raise ImmediateHttpResponse(_refused(request, provider.app.name))


class SecondFactorStage(AuthenticateStage):  # type: ignore[misc]  # allauth is untyped
    """Ours is asked, unless the agency's signed token says that it asked for one of its own."""

    def _should_handle(self, request: HttpRequest) -> bool:
        came = (self.login.signal_kwargs or {}).get("sociallogin")
        if came is not None and vouches(came.provider.app.settings, came.account.extra_data):
            record_authentication(request, self.login.user, "mfa", type=_WORD)
            return False
        return bool(super()._should_handle(request))


def vouches(settings: Mapping[str, Any], claims: Mapping[str, Any]) -> bool:
    """Does `amr` or `acr` hold a value that the city agreed to take for a second factor?"""
    said = claims.get("amr") or []
    told = {*(said if isinstance(said, list) else [said]), claims.get("acr")}
    return any(value in told for value in settings["second_factor"])


def _works_for(person: Person, agency: SocialApp) -> bool:
    return person.agency.strip().casefold() == str(agency.name).strip().casefold()


def _count(request: HttpRequest, account: str) -> None:
    lockout.failed(account, factor=_WORD, now=timezone.now(), source=source(request))


def _refused(request: HttpRequest, agency: str, why: str = "") -> HttpResponse:
    told = {"agency": agency, "why": why}
    return render(request, "socialaccount/refused.html", told, status=401)


@login_not_required
@never_cache
@require_GET
def begin(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send the person to their agency. Nothing of the address but where to go afterwards counts."""
    onward = get_next_redirect_url(request)
    asked = {"next": onward} if onward else {}
    if request.user.is_authenticated or not notice.accepted(request):
        return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode(asked)}")
    request.GET = QueryDict(urlencode(asked))
    try:
        answer: HttpResponse = OAuth2LoginView.adapter_view(AgencyAdapter(request, provider_id))(
            request
        )
    except SocialApp.DoesNotExist as none:
        raise Http404 from none
    except (RequestException, OAuth2Error, KeyError, ValueError):
        told = {"provider_id": provider_id}
        return render(request, "socialaccount/away.html", told, status=503)
    return answer


@login_not_required
@never_cache
@require_GET
def back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """The agency sends the person back here."""
    if request.user.is_authenticated or not notice.accepted(request):
        return HttpResponseRedirect(reverse("account_login"))
    try:
        view = OAuth2CallbackView.adapter_view(AgencyAdapter(request, provider_id))
        answer: HttpResponse = view(request)
    except SocialApp.DoesNotExist as none:
        raise Http404 from none
    return answer
