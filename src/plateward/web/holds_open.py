"""Open what is held: for a purpose and under the hold's own case; each look is logged."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from plateward.custody import holds_shown
from plateward.custody.holds_shown import Held, NoSuchHold
from plateward.gate import door
from plateward.gate.permit import Refused
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act
from plateward.reads.detail import Detail
from plateward.web import faults, reasons
from plateward.web import holds as register
from plateward.web.holds import NO_SUCH
from plateward.web.manage_door import NotOpen, city_of, told_of
from plateward.web.read import pixels
from plateward.web.reasons import Carried, ReasonForm
from plateward.web.signed_in import person_of, used_second_factor

_LETTER: Final = {Act.HOLDS_OPEN: "H", Act.PRESERVED_OPEN: "P"}


@never_cache
@require_http_methods(["GET", "POST"])
def held(request: HttpRequest, city: str, number: int) -> HttpResponse:
    return _page(request, city, number, Act.HOLDS_OPEN)


@never_cache
@require_http_methods(["GET", "POST"])
def preserved(request: HttpRequest, city: str, number: int) -> HttpResponse:
    return _page(request, city, number, Act.PRESERVED_OPEN)


def _page(request: HttpRequest, city: str, number: int, act: Act) -> HttpResponse:
    try:
        profile = city_of(request, city)
    except NotOpen as closed:
        return closed.answer
    form = _form(request, profile)
    why = _why(request, form)
    context = told_of(profile) | {"form": form, "number": number, "letter": _LETTER[act]}
    if why is None:
        status = 400 if form.errors else 200
        return render(request, "staff/hold_open.html", context, status=status)
    try:
        permit = door.admit(
            person_of(request),
            act,
            why.reason,
            cities=[city],
            query={"hold": f"{_LETTER[act]}-{number}"},
            second_factor=used_second_factor(request),
        )
        found = holds_shown.opened(number, page=_number(request), permit=permit, now=timezone.now())
    except Refused as refused:
        context |= {"refusals": refused.refusals}
        return render(request, "staff/hold_open.html", context, status=403)
    except NoSuchHold:
        return faults.page(request, NO_SUCH)
    slip = reasons.carry(permit.reason, search=permit.entry, person=person_of(request))
    context |= {"held": found, "reads": _shown(found), "slip": slip, "asked": permit.entries[city]}
    return render(request, "staff/hold_held.html", context | {"ground": _ground(found)})


def _form(request: HttpRequest, profile: Profile) -> ReasonForm:
    typed = request.POST if request.method == "POST" and "slip" not in request.POST else None
    return ReasonForm(typed, profiles=[profile], person=person_of(request))


def _why(request: HttpRequest, form: ReasonForm) -> Carried | None:
    """The reason of the page before while its slip is good, else the one just typed."""
    if slip := request.POST.get("slip"):
        return reasons.carried(slip, person=person_of(request))
    return Carried(form.reason()) if form.is_bound and form.is_valid() else None


def _number(request: HttpRequest) -> int:
    told = request.POST.get("page", "1")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 6 else 1


def _shown(found: Held) -> list[tuple[Detail, tuple[int, int] | None]]:
    """Each read with the size of its photo, in pixels."""
    return [(each, pixels(each.photo) if each.photo else None) for each in found.reads]


def _ground(found: Held) -> str:
    return register.ground_of(found.line)
