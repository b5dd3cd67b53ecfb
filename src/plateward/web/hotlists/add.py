"""Look for one plate: enter it, or correct what was entered; then look back, which is a search."""

from datetime import timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from plateward.gate import door as gate
from plateward.gate.permit import Permit
from plateward.hotlists import browse, entries, past
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act
from plateward.reads.search import BadQuery, Query
from plateward.web import reasons
from plateward.web.hotlists import door
from plateward.web.hotlists.forms import EntryForm, PastForm
from plateward.web.hotlists.lists import context_of
from plateward.web.signed_in import person_of, used_second_factor

WRONG, REFUSED = 400, 403
USUAL_DAYS: Final = 7


@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, city: str) -> HttpResponse:
    try:
        profile = door.city_of(request, city)
    except door.NotOpen as closed:
        return closed.answer
    form = EntryForm(request.POST or None, profile=profile, person=person_of(request))
    if request.method != "POST":
        return _page(request, profile, form)
    if not form.is_valid():
        return _page(request, profile, form, status=WRONG)
    listing = form.listing()
    try:
        entries.check(listing)
        permit = door.admitted(request, profile, form.reason(), {"plate": listing.plate})
        (number,) = entries.add(listing, permit=permit)
    except door.Refused as refused:
        context = {"refusals": refused.refusals}
        return _page(request, profile, form, status=REFUSED, **context)
    except ValueError as wrong:
        form.add_error(None, str(wrong))
        return _page(request, profile, form, status=WRONG)
    return added(request, profile, number, permit)


def added(request: HttpRequest, profile: Profile, number: int, permit: Permit) -> HttpResponse:
    """What stands there now, and the offer to look back."""
    entry = browse.one(number, permit=permit, now=timezone.now())
    if entry is None:
        return door.missing(request).answer
    context = context_of(profile) | {
        "entry": entry,
        "slip": door.slip_of(request, permit),
        "past": PastForm(initial={"days": USUAL_DAYS}),
        "kept_for": profile.retention_words(),
        "logged": permit.entries[profile.id],
    }
    return render(request, "staff/hotlist_added.html", context)


@never_cache
@require_POST
def look_back(request: HttpRequest, city: str, number: int) -> HttpResponse:
    """Search the reads of the past days for an entry: the policy is asked as for any search."""
    try:
        profile = door.city_of(request, city)
    except door.NotOpen as closed:
        return closed.answer
    form, asked = PastForm(request.POST), door.asked(request, profile)
    context = context_of(profile) | {"number": number, "slip": asked.slip, "past": form}
    if asked.reason is None or not form.is_valid():
        context |= {"out_of_date": asked.reason is None}
        return render(request, "staff/hotlist_past.html", context, status=WRONG)
    try:
        entry = _entry(request, profile, number, asked)
        found, permit = _searched(request, profile, entry, asked, form.cleaned_data["days"])
    except door.NotOpen as closed:
        return closed.answer
    except door.Refused as refused:
        context |= {"refusals": refused.refusals}
        return render(request, "staff/hotlist_past.html", context, status=REFUSED)
    except BadQuery as wrong:
        form.add_error(None, str(wrong))
        return render(request, "staff/hotlist_past.html", context, status=WRONG)
    context |= {
        "entry": entry,
        "found": found,
        "logged": permit.entries[profile.id],
        "slip": reasons.carry(permit.reason, search=permit.entry, person=person_of(request)),
    }
    return render(request, "staff/hotlist_past.html", context)


def _entry(request: HttpRequest, profile: Profile, number: int, asked: door.Asked) -> browse.Entry:
    assert asked.reason is not None
    permit = door.admitted(request, profile, asked.reason, {"entry": str(number)})
    entry = browse.one(number, permit=permit, now=timezone.now())
    if entry is None:
        raise door.missing(request)
    return entry


def _searched(
    request: HttpRequest, profile: Profile, entry: browse.Entry, asked: door.Asked, days: int
) -> tuple[past.Past, Permit]:
    assert asked.reason is not None
    now = timezone.now()
    query = Query.parse(plate=entry.plate, since=now - timedelta(days=days), until=now)
    permit = gate.admit(
        person_of(request),
        Act.READS_SEARCH,
        asked.reason,
        cities=[profile.id],
        query=query.facts() | {"entry": str(entry.id)},
        breadth=query.breadth(now=now),
        second_factor=used_second_factor(request),
    )
    since = now - timedelta(days=days)
    return past.find(entry.plate, entry.state, since=since, until=now, permit=permit), permit


def _page(
    request: HttpRequest,
    profile: Profile,
    form: EntryForm,
    *,
    status: int = 200,
    **context: object,
) -> HttpResponse:
    waits = profile.at("hotlists").get("second_person") == "required"
    shown = context_of(profile) | {"form": form, "second_person": waits} | context
    return render(request, "staff/hotlist_add.html", shown, status=status)
