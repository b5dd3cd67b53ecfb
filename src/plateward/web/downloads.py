"""The register of downloads of a city, and one of them whole: who holds it, and until when."""

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from plateward.custody import downloads_register
from plateward.custody.downloads_register import Line, NoSuchDownload, Shown, State, Whole
from plateward.gate.permit import Permit
from plateward.policy import copies
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act
from plateward.web import faults
from plateward.web.downloads_forms import STEPS, StepForm
from plateward.web.manage_door import Door, NotOpen, told_of
from plateward.web.signed_in import person_of

NO_SUCH: Final = faults.Fault(
    404,
    "There is no such download",
    "There is none of that number in this city. Nothing was changed.",
    "Go back to the register of downloads.",
)
TABS: Final = {
    Shown.ALL: "All",
    Shown.OPEN: "Still out",
    Shown.DUE: "Due within 30 days",
    Shown.OVERDUE: "Overdue",
    Shown.PURGED: "Purged",
}
TAG: Final = {
    State.OVERDUE: "tag-bad",
    State.DUE: "tag-warn",
    State.TO_BOOK: "tag-warn",
    State.NO_RECEIPT: "tag-warn",
    State.PURGED: "tag-good",
    State.HANDED_OVER: "tag-good",
}


@dataclass(frozen=True, slots=True)
class Row:
    line: Line
    tag: str


@dataclass(frozen=True, slots=True)
class Tab:
    name: str
    title: str
    here: bool


def opened(request: HttpRequest, city: str) -> tuple[Profile, Permit]:
    """The policy in force and the permit for the register. Raises NotOpen."""
    return Door(
        Act.DOWNLOADS_KEEP,
        "staff/downloads_closed.html",
        lambda profile: tuple(
            role.title for role in profile.roles.values() if Act.DOWNLOADS_KEEP in role.acts
        ),
    ).opened(request, city)


def looked_at(request: HttpRequest, city: str, number: int) -> tuple[Profile, Permit, Whole]:
    """One download, whole. Raises NotOpen, also where there is none of that number."""
    profile, permit = opened(request, city)
    try:
        return profile, permit, downloads_register.one(number, permit=permit, now=timezone.now())
    except NoSuchDownload as none:
        raise NotOpen(faults.page(request, NO_SUCH)) from none


@never_cache
@require_GET
def page(request: HttpRequest, city: str) -> HttpResponse:
    try:
        profile, permit = opened(request, city)
    except NotOpen as closed:
        return closed.answer
    asked = request.GET.get("show", "")
    shown = Shown(asked) if asked in set(Shown) else Shown.ALL
    now = timezone.now()
    lines = downloads_register.of(city, shown=shown, permit=permit, now=now)
    counts = downloads_register.counts(city, permit=permit, now=now)
    context = told_of(profile) | {
        "rows": [Row(line, TAG.get(line.state, "")) for line in lines],
        "tabs": [Tab(each, title, each is shown) for each, title in TABS.items()],
        "shown": shown,
        "overdue": counts.get(State.OVERDUE, 0),
        "no_receipt": counts.get(State.NO_RECEIPT, 0),
        "to_book": counts.get(State.TO_BOOK, 0),
        "purge": copies.purge(profile),
        "entry": permit.entries[city],
    }
    return render(request, "staff/downloads.html", context)


@never_cache
@require_GET
def one(request: HttpRequest, city: str, number: int) -> HttpResponse:
    try:
        profile, _permit, whole = looked_at(request, city, number)
    except NotOpen as closed:
        return closed.answer
    return shown(request, profile, whole)


@never_cache
@require_GET
def receipt(request: HttpRequest, city: str, number: int) -> HttpResponse:
    """What the agency signs that receives it, to be printed."""
    try:
        profile, _permit, whole = looked_at(request, city, number)
    except NotOpen as closed:
        return closed.answer
    passing = copies.transfer(profile)
    if not whole.line.request or passing is None:
        return faults.page(request, NO_SUCH)
    context = told_of(profile) | {"whole": whole, "line": whole.line, "passing": passing}
    return render(request, "staff/download_receipt.html", context)


def shown(
    request: HttpRequest, profile: Profile, whole: Whole, wrong: StepForm | None = None
) -> HttpResponse:
    """One download, and what its holder can do with it now; `wrong`: a step to be corrected."""
    is_ours = person_of(request).agency == whole.line.agency
    possible = [form(profile) for form in STEPS.values() if form.fits(whole, profile)]
    if wrong is not None:
        possible = [wrong if each.code == wrong.code else each for each in possible]
    context = told_of(profile) | {
        "whole": whole,
        "line": whole.line,
        "tag": TAG.get(whole.line.state, ""),
        "steps": possible if is_ours and whole.purged_at is None else [],
        "is_ours": is_ours,
        "purge": copies.purge(profile),
        "booking": copies.booking(profile),
        "passing": copies.transfer(profile) if whole.line.request else None,
        "has_key": whole.sealed and whole.key_gone_at is None,
    }
    status = 400 if wrong is not None else 200
    return render(request, "staff/download.html", context, status=status)
