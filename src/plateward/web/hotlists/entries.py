"""What stands on a city's lists, page by page; one entry, and what can be done with it.

By POST throughout, so that no plate is ever part of an address, and each look names its reason.
"""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from plateward.gate.permit import Permit
from plateward.hotlists import browse, entries
from plateward.plates.wildcards import tidied
from plateward.policy.profile import Profile
from plateward.web.hotlists import door
from plateward.web.hotlists.add import added
from plateward.web.hotlists.forms import EntryForm, FindForm, WhyForm, as_it_stands
from plateward.web.hotlists.lists import context_of
from plateward.web.signed_in import person_of

WRONG, REFUSED = 400, 403
_OUT_OF_DATE: Final = "Give your reason again, please: the one given is over half an hour old."


@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, city: str) -> HttpResponse:
    try:
        profile, counting = door.counts(request, city)
    except door.NotOpen as closed:
        return closed.answer
    now = timezone.now()
    lists = [(line.id, line.name) for line in browse.lists(permit=counting, now=now)]
    sent = request.POST if request.method == "POST" else None
    find = FindForm(sent, lists=lists, initial=request.GET.dict())
    asked = door.asked(request, profile)
    if asked.reason is None or not find.is_valid():
        return _ask(request, profile, asked, find)
    ask = _asked_for(find, request.POST.get("before", ""))
    try:
        permit = door.admitted(request, profile, asked.reason, _query(ask))
    except door.Refused as refused:
        return _ask(request, profile, asked, find, refused)
    context = context_of(profile) | {
        "find": find,
        "page": browse.entries(ask, permit=permit, now=now),
        "slip": door.slip_of(request, permit),
        "logged": permit.entries[profile.id],
        "first": ask.before is None,
    }
    return render(request, "staff/hotlist_entries.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, city: str, number: int) -> HttpResponse:
    """One entry. `what`: approve, end or correct; nothing: show it."""
    try:
        profile = door.city_of(request, city)
    except door.NotOpen as closed:
        return closed.answer
    asked = door.asked(request, profile)
    if asked.reason is None:
        return _ask(request, profile, asked, None, number=number)
    try:
        permit = door.admitted(request, profile, asked.reason, {"entry": str(number)})
    except door.Refused as refused:
        return _ask(request, profile, asked, None, refused, number=number)
    what = request.POST.get("what", "")
    if what == "correct":
        return _corrected(request, profile, number, permit)
    done, trouble, why = _done(request, what, number, permit)
    return _show(request, profile, number, permit, done=done, trouble=trouble, why=why)


def _done(request: HttpRequest, what: str, number: int, permit: Permit) -> tuple[str, str, WhyForm]:
    """What was done, or why it was not, in words; both empty where the entry is only shown."""
    why = WhyForm(request.POST if what == "end" else None)
    acts: dict[str, tuple[Callable[[], None], str]] = {
        "approve": (
            lambda: entries.approve(number, permit=permit),
            "Agreed. It is looked for from now on.",
        ),
        "end": (
            lambda: entries.end(number, why.cleaned_data["ended_why"], permit=permit),
            "Ended. It is looked for no longer.",
        ),
    }
    if what not in acts or (what == "end" and not why.is_valid()):
        return "", "", why
    act, said = acts[what]
    try:
        act()
    except ValueError as not_changed:
        return "", str(not_changed), why
    return said, "", WhyForm()


def _corrected(request: HttpRequest, profile: Profile, number: int, permit: Permit) -> HttpResponse:
    data = request.POST.copy()
    for name in ("purpose", "requests", "confirmed"):  # as given on the page before
        data.pop(name, None)
    form = EntryForm(data, profile=profile, person=person_of(request))
    if form.is_valid():
        try:
            new = entries.replace(number, form.listing(), permit=permit)
        except ValueError as wrong:
            form.add_error(None, str(wrong))
        else:
            return added(request, profile, new, permit)
    return _show(request, profile, number, permit, form=form)


def _show(
    request: HttpRequest,
    profile: Profile,
    number: int,
    permit: Permit,
    **said: object,
) -> HttpResponse:
    entry = browse.one(number, permit=permit, now=timezone.now())
    if entry is None:
        return door.missing(request).answer
    form = said.pop("form", None)
    open_now = entry.stands in ("looked for", "begins later", "waits")
    context = context_of(profile) | {
        "entry": entry,
        "slip": door.slip_of(request, permit),
        "logged": permit.entries[profile.id],
        "may_change": entry.by_hand and open_now,
        "may_approve": entry.stands == "waits" and entry.added_by != permit.actor,
        "why": WhyForm(),
        "form": form or _form(request, profile, entry),
        "wrong": form is not None,
        **said,
    }
    wrong = form is not None or bool(said.get("trouble"))
    return render(request, "staff/hotlist_entry.html", context, status=WRONG if wrong else 200)


def _form(request: HttpRequest, profile: Profile, entry: browse.Entry) -> EntryForm:
    initial = as_it_stands(entry, profile)
    return EntryForm(profile=profile, person=person_of(request), initial=initial)


def _ask(
    request: HttpRequest,
    profile: Profile,
    asked: door.Asked,
    find: FindForm | None,
    refused: door.Refused | None = None,
    **context: object,
) -> HttpResponse:
    """Why? Asked before anything is shown."""
    shown = context_of(profile) | {
        "form": asked.form,
        "find": find,
        "refusals": refused.refusals if refused else (),
        "out_of_date": _OUT_OF_DATE if asked.out_of_date else "",
        **context,
    }
    wrong = WRONG if request.method == "POST" else 200
    status = REFUSED if refused else wrong
    return render(request, "staff/hotlist_ask.html", shown, status=status)


def _asked_for(find: FindForm, before: str) -> browse.Ask:
    said = find.cleaned_data
    return browse.Ask(
        plate=tidied(said["plate"]),
        hotlist=said["hotlist"],
        waiting=said["show"] == "waiting",
        ended=said["show"] == "ended",
        before=int(before) if before.isascii() and before.isdigit() else None,
    )


def _query(ask: browse.Ask) -> dict[str, str]:
    """As the log keeps it."""
    return {
        "plate": ask.plate,
        "hotlist": str(ask.hotlist or ""),
        "show": "waiting" if ask.waiting else "ended" if ask.ended else "",
        "before": str(ask.before or ""),
    }
