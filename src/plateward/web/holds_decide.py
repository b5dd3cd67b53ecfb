"""Approve or refuse a hold, review it, release it; and the paper that it stands on."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from plateward.custody import holds, holds_shown, preserved
from plateward.custody.documents import NoSuchDocument
from plateward.custody.holds_shown import NoSuchHold
from plateward.custody.media_register import NotRecorded
from plateward.gate.permit import Permit, Refused
from plateward.hotlists import of_case
from plateward.people.models import Person
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act
from plateward.web import faults
from plateward.web import holds as register
from plateward.web.holds_forms import ReviewForm, WordsForm, soonest, told
from plateward.web.manage_door import NotOpen, told_of
from plateward.web.presence import recently_confirmed
from plateward.web.signed_in import person_of

Do = Callable[[HttpRequest, int, WordsForm, Person, Permit], str]


@dataclass(frozen=True, slots=True)
class Doing:
    """One thing that is done with a hold: what is asked at the door, the form, the words."""

    act: Act
    title: str
    lead: str
    form: type[WordsForm]
    buttons: tuple[tuple[str, str], ...]
    do: Do


@never_cache
@require_http_methods(["GET", "POST"])
@recently_confirmed
def decide(request: HttpRequest, city: str, number: int) -> HttpResponse:
    return _page(request, city, number, DECIDE)


@never_cache
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, city: str, number: int) -> HttpResponse:
    return _page(request, city, number, REVIEW)


@never_cache
@require_http_methods(["GET", "POST"])
@recently_confirmed
def release(request: HttpRequest, city: str, number: int) -> HttpResponse:
    return _page(request, city, number, RELEASE)


@never_cache
@require_http_methods(["GET", "POST"])
def preserved_review(request: HttpRequest, city: str, number: int) -> HttpResponse:
    return _page(request, city, number, PRESERVED_REVIEW)


@never_cache
@require_http_methods(["GET", "POST"])
@recently_confirmed
def preserved_end(request: HttpRequest, city: str, number: int) -> HttpResponse:
    return _page(request, city, number, PRESERVED_END)


@never_cache
@require_GET
def paper(request: HttpRequest, city: str, number: int) -> HttpResponse:
    """The document of a hold, for whoever decides about it."""
    return _paper(request, city, number, Act.HOLDS_APPROVE)


@never_cache
@require_GET
def preserved_paper(request: HttpRequest, city: str, number: int) -> HttpResponse:
    """The document of an emergency copy."""
    return _paper(request, city, number, Act.PRESERVE)


def _paper(request: HttpRequest, city: str, number: int, act: Act) -> HttpResponse:
    try:
        _, permit = register.door_for(act).opened(request, city)
        attached = holds_shown.paper(number, permit=permit)
    except NotOpen as closed:
        return closed.answer
    except (NoSuchHold, NoSuchDocument):
        return faults.page(request, register.NO_SUCH)
    # Always saved, never shown: what somebody attached must not run in this page's name.
    headers = {
        "Content-Disposition": f'attachment; filename="{_ascii(attached.name)}"',
        "Content-Security-Policy": "sandbox",
    }
    return HttpResponse(attached.data, content_type=attached.mime, headers=headers)


def _page(request: HttpRequest, city: str, number: int, doing: Doing) -> HttpResponse:
    try:
        profile, permit = register.door_for(doing.act).opened(request, city)
        line = holds_shown.one(number, permit=permit).line
        question = (
            holds_shown.question(number, permit=permit) if doing.act is Act.HOLDS_APPROVE else None
        )
    except NotOpen as closed:
        return closed.answer
    except NoSuchHold:
        return faults.page(request, register.NO_SUCH)
    initial = {"review_on": soonest(profile)}
    form = doing.form(request.POST or None, initial=initial)
    context = told_of(profile) | {
        "doing": doing,
        "line": line,
        "question": question,
        "ground": register.ground_of(line),
        "scope": register.SCOPES[line.scope],
        "entry": permit.entries[city],
        "form": form,
    }
    if request.method == "POST" and form.is_valid():
        answer = _done(request, profile, number, form, doing, permit)
        if isinstance(answer, HttpResponse):
            return answer
        context["refusals"] = answer
    status = 403 if context.get("refusals") else 400 if form.errors else 200
    return render(request, "staff/hold_act.html", context, status=status)


def _done(  # noqa: PLR0917 -- all that one deed is
    request: HttpRequest,
    profile: Profile,
    number: int,
    form: WordsForm,
    doing: Doing,
    permit: Permit,
) -> object:
    """Where to go when it is done; else the refusals, or nothing where the form says why not."""
    try:
        said = doing.do(request, number, form, person_of(request), permit)
    except Refused as refused:
        return refused.refusals
    except holds.WrongHold as wrong:
        told(form, wrong, {"answer": "words", "why": "words"})
        return ()
    except (NoSuchHold, NotRecorded) as gone:
        form.add_error(None, str(gone))
        return ()
    messages.success(request, said)
    return HttpResponseRedirect(reverse("hold", args=[profile.id, number]))


def _decide(request: HttpRequest, number: int, form: WordsForm, by: Person, permit: Permit) -> str:
    words, now = form.cleaned_data["words"], timezone.now()
    if "refuse" in request.POST:
        holds.refuse(number, answer=words, by=by, permit=permit, now=now)
        return f"H-{number} is refused. Nothing is held."
    kept = holds.approve(number, answer=words, of_case=of_case.reads, by=by, permit=permit, now=now)
    return f"H-{number} is in force: {kept} read{'' if kept == 1 else 's'} copied."


def _reviewing(review: Callable[..., None], letter: str) -> Do:
    """What a review does: the same to a hold and to an emergency copy."""

    def reviewed(
        _request: HttpRequest, number: int, form: WordsForm, _by: Person, permit: Permit
    ) -> str:
        said, now = form.cleaned_data, timezone.now()
        review(number, review_on=said["review_on"], words=said["words"], permit=permit, now=now)
        return f"{letter}-{number} is reviewed."

    return reviewed


def _release(
    _request: HttpRequest, number: int, form: WordsForm, by: Person, permit: Permit
) -> str:
    words = form.cleaned_data["words"]
    holds.release(number, why=words, by=by, permit=permit, now=timezone.now())
    return f"H-{number} is released. What it held goes on time, with a certificate."


def _preserved_end(
    _request: HttpRequest, number: int, form: WordsForm, by: Person, permit: Permit
) -> str:
    words = form.cleaned_data["words"]
    preserved.end(number, why=words, by=by, permit=permit, now=timezone.now())
    return f"P-{number} is ended. It is destroyed within the minute, with a certificate."


def _ascii(name: str) -> str:
    return name.encode("ascii", "replace").decode().replace("?", "_")


DECIDE = Doing(
    Act.HOLDS_APPROVE,
    "Decide about",
    "Read the paper first. Approved, all that it names is copied at once, under a key of its own.",
    WordsForm,
    (("approve", "Approve"), ("refuse", "Refuse")),
    _decide,
)
REVIEW = Doing(
    Act.HOLDS_APPROVE,
    "Review",
    "Ask whoever needs it. If nobody does any more, release it instead.",
    ReviewForm,
    (("review", "It is still needed"),),
    _reviewing(holds.review, "H"),
)
RELEASE = Doing(
    Act.HOLDS_RELEASE,
    "Release",
    "There is no way back. Copies of reads whose own time is over are destroyed within the minute, "
    "the others when their time comes; a certificate in the log says so.",
    WordsForm,
    (("release", "Release"),),
    _release,
)
PRESERVED_REVIEW = Doing(
    Act.PRESERVE,
    "Review",
    "Ask counsel. If the order or the demand has ended, end the copy instead.",
    ReviewForm,
    (("review", "It is still needed"),),
    _reviewing(preserved.review, "P"),
)
PRESERVED_END = Doing(
    Act.PRESERVE,
    "End",
    "There is no way back. The whole copy and its key are destroyed within the minute; a "
    "certificate in the log says so.",
    WordsForm,
    (("end", "End and destroy"),),
    _preserved_end,
)
