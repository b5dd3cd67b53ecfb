"""Recovery codes: shown once, each good once, made anew on request; the log knows of each step."""

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from plateward.people import second_factor
from plateward.web.signed_in import person_of


class Make(GenerateRecoveryCodesView):  # type: ignore[misc]  # allauth is untyped
    """New codes; the old ones stop working."""

    @transaction.atomic
    def form_valid(self, form: Form) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        second_factor.changed(_codes(self.request), "make", by=person_of(self.request).badge)
        return answer


@method_decorator(never_cache, name="dispatch")
class Show(ViewRecoveryCodesView):  # type: ignore[misc]  # allauth is untyped
    """The only time the codes are shown; afterwards the page says how many are left."""

    def render_to_response(self, context: dict[str, object], **kwargs: object) -> HttpResponse:
        if context["can_view_codes"]:
            second_factor.changed(_codes(self.request), "show", by=person_of(self.request).badge)
        answer: HttpResponse = super().render_to_response(context, **kwargs)
        return answer


def _codes(request: HttpRequest) -> Authenticator:
    held: Authenticator = Authenticator.objects.get(
        user=person_of(request), type=Authenticator.Type.RECOVERY_CODES
    )
    return held
