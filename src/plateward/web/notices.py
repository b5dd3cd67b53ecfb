"""A city's channels for notices: set up, tried, given a new key, closed; what was given up."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from plateward.hotlists import telling
from plateward.notices import channels, deliver
from plateward.notices.channels import Channel, NotSetUp
from plateward.notices.kinds import KINDS
from plateward.notices.message import TITLES, NotSent
from plateward.notices.webhook import SigningKey
from plateward.notices.word import Event
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act
from plateward.web.manage_door import Door, NotOpen, back, missing, told_of
from plateward.web.notices_forms import EVENT_WORDS, FORMS
from plateward.web.policy.door import configuring

WRONG: Final = 400
LEAKED: Final = "leaked"
_opened = Door(Act.POLICY_CONFIGURE, "staff/notices_closed.html", configuring).opened


@dataclass(frozen=True, slots=True)
class Shown:
    channel: Channel
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GivenUp:
    dead: deliver.Dead
    title: str


@never_cache
@require_GET
def page(request: HttpRequest, city: str) -> HttpResponse:
    try:
        profile, _ = _opened(request, city)
    except NotOpen as closed:
        return closed.answer
    context = told_of(profile) | {
        "channels": [_shown(each) for each in channels.of(city)],
        "dead": [GivenUp(each, TITLES[Event(each.event)]) for each in deliver.dead(city)],
        "kinds": [(code, kind.title) for code, kind in KINDS.items()],
        "plates_leave": telling.lets_plates_leave(profile),
        "plate_clauses": profile.clauses_for("hotlists.notices.plate_text"),
    }
    return render(request, "staff/notices.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, city: str, kind: str) -> HttpResponse:
    """A form for a channel of one kind. Of a webhook, the key is shown in the answer, this once."""
    try:
        profile, permit = _opened(request, city)
    except NotOpen as closed:
        return closed.answer
    if kind not in FORMS:
        return missing(request).answer
    form = FORMS[kind](request.POST or None)
    if form.is_valid():
        name, events = form.cleaned_data["name"].strip(), form.cleaned_data["events"]
        try:
            key = channels.add(city, kind, name, said=form.said(), events=events, by=permit.actor)
        except NotSetUp as wrong:
            form.add_error(None, str(wrong))
        else:
            if key is not None:
                return _key_shown(request, profile, name, key)
            return back(request, "notices", city, f"{name} is set up. Send a test over it.")
    context = told_of(profile) | {"form": form, "kind": KINDS[kind]}
    return render(request, "staff/notices_new.html", context, status=WRONG if form.errors else 200)


@never_cache
@require_POST
def change(request: HttpRequest, city: str) -> HttpResponse:
    """Try a channel, change its key, close it, or send again what was given up."""
    try:
        profile, permit = _opened(request, city)
    except NotOpen as closed:
        return closed.answer
    name, verb = request.POST.get("name", ""), request.POST.get("do", "")
    try:
        if verb == "rotate":
            overlap = timedelta() if LEAKED in request.POST else channels.OVERLAP
            now = timezone.now()
            key = channels.rotate(city, name, overlap=overlap, by=permit.actor, now=now)
            return _key_shown(request, profile, name, key)
        if verb in _VERBS:
            return back(request, "notices", city, _VERBS[verb](request, city, permit.actor))
    except (NotSetUp, NotSent) as wrong:
        said = str(wrong) if isinstance(wrong, NotSetUp) else f"No test got through. {wrong}"
        return back(request, "notices", city, said, say=messages.warning)
    return missing(request).answer


def _try_out(request: HttpRequest, city: str, by: str) -> str:
    noted = deliver.try_out(city, request.POST.get("name", ""), by=by, now=timezone.now())
    return f"The test got through. {noted}".rstrip()


def _close(request: HttpRequest, city: str, by: str) -> str:
    name = request.POST.get("name", "")
    given_up = channels.end(city, name, by=by, now=timezone.now())
    return f"{name} is closed. Notices that waited for it and are given up: {given_up}."


def _resend(request: HttpRequest, city: str, by: str) -> str:
    chosen = request.POST.get("notice") or None
    count = deliver.resend(city, delivery=chosen, by=by, now=timezone.now())
    return f"Notices that wait to be sent again: {count}."


_VERBS: Final[dict[str, Callable[[HttpRequest, str, str], str]]] = {
    "test": _try_out,
    "close": _close,
    "resend": _resend,
}


def _shown(channel: Channel) -> Shown:
    return Shown(channel, tuple(EVENT_WORDS.get(each, each) for each in channel.events))


def _key_shown(request: HttpRequest, profile: Profile, name: str, key: SigningKey) -> HttpResponse:
    context = told_of(profile) | {"name": name, "key": key}
    return render(request, "staff/notices_key.html", context)
