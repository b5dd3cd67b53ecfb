"""In a demonstration only: what the demo people's authenticators show now."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from plateward.people import second_factor


@login_not_required
@never_cache
@require_GET
def codes(request: HttpRequest) -> HttpResponse:
    return render(request, "public/demo_codes.html", {"codes": second_factor.codes_now()})
