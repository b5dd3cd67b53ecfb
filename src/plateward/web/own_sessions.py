"""One's own open sessions: where each is, and a button to close it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from plateward.audit import log
from plateward.people import sessions
from plateward.people.models import Person
from plateward.web.signed_in import person_of


@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    here = request.session.session_key or ""
    if request.method == "POST":
        closed = _close(person, request.POST.get("session", ""), here)
        if sessions.of_key(here) is None:
            request.session.flush()
            return HttpResponseRedirect(reverse("account_login"))
        messages.success(request, f"{closed} session{'' if closed == 1 else 's'} closed.")
        return HttpResponseRedirect(reverse("usersessions_list"))
    told = {
        "sessions": sessions.open_sessions(person),
        "here": here,
        "refused": _refused_elsewhere(person),
    }
    return render(request, "usersessions/usersession_list.html", told)


def _refused_elsewhere(person: Person) -> list[log.Entry]:
    """Sign-ins with everything right that came from a second place, newest first."""
    wanted = log.Filter(actor=person.badge, act="people:account:sign-in", outcome="refused")
    return log.find(wanted, limit=5)


def _close(person: Person, chosen: str, here: str) -> int:
    """`others`, or the number of one."""
    if chosen == "others":
        return sessions.close_others(person, here, by=person.badge)
    number = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 18 else 0
    return sessions.close_one(person, number, by=person.badge)
