"""Take reads as a signed package: the city's policy is asked, then the file is the answer."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from plateward.audit import excerpt
from plateward.audit.export import NothingSigned
from plateward.audit.keys import CannotSign
from plateward.custody import downloads, downloads_steps
from plateward.custody.downloads import Chosen, NotTaken
from plateward.custody.downloads_steps import NotDone
from plateward.gate import door, requests
from plateward.gate.permit import Refused
from plateward.people import standing
from plateward.people.models import Person
from plateward.policy import copies, in_force, purposes
from plateward.policy.circumstances import OpenRequest
from plateward.policy.decide import Reason
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act
from plateward.reads import counts, taken
from plateward.web import downloads as register
from plateward.web import faults
from plateward.web.manage_door import NotOpen, told_of
from plateward.web.reasons import ReasonForm, carried
from plateward.web.signed_in import person_of, used_second_factor

_ONE_CITY: Final = faults.Fault(
    400,
    "Choose reads of one city",
    "A package holds reads of one city, because one policy lets them leave. Nothing was "
    "downloaded.",
    "Go back, and choose at least one read, all of the same city.",
)
_GONE: Final = faults.Fault(
    404,
    "These reads are not there",
    "They may have been deleted on schedule. Nothing was downloaded.",
    "Search again to see what is there now.",
)


class TakeForm(ReasonForm):
    """Why, and how the copy leaves: sealed, as evidence, to whom."""

    sealed = forms.BooleanField(
        label="Seal it: it opens only with a key that the register gives out",
        required=False,
        initial=True,
    )
    evidence = forms.BooleanField(label="It is to be booked into evidence", required=False)
    property_number = forms.CharField(
        label="Property number, if there is one already",
        required=False,
        max_length=downloads.LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    answers = forms.ChoiceField(label="In answer to", required=False)
    recipient = forms.CharField(
        label="Who receives it there, with badge or title", required=False, max_length=120
    )

    def __init__(
        self, *args: object, profile: Profile, person: Person, today: date, **kwargs: object
    ) -> None:
        super().__init__(*args, profiles=[profile], person=person, **kwargs)
        self.profile = profile
        self.hands_over = profile.gate.downloads_for_transfer
        self.booking = copies.booking(profile)
        self.always_sealed = downloads.is_always_sealed(profile)
        self.fields["answers"].choices = [  # type: ignore[attr-defined]
            ("", "Choose the agency's request"),
            *_to_answer(profile, today, wanted=self.hands_over),
        ]

    def reason(self) -> Reason:
        """After is_valid. A copy that is handed over names the request that it answers."""
        said = super().reason()
        answered = self.cleaned_data["answers"] if self.hands_over else ""
        return replace(said, request=answered or said.request)

    def chosen(self, reads: tuple[int, ...]) -> Chosen:
        """After is_valid."""
        said = self.cleaned_data
        return Chosen(
            reads,
            sealed=said["sealed"] or self.always_sealed,
            evidence=said["evidence"] and self.booking is not None,
            property_number=said["property_number"].strip(),
            recipient=said["recipient"].strip() if self.hands_over else "",
        )


def _to_answer(profile: Profile, today: date, *, wanted: bool) -> list[tuple[str, str]]:
    """What any agency may be answered there today: never which plates it named."""
    asked = requests.open_for(None, profile.id, today=today) if wanted else []
    return [(each.reference, _in_words(each)) for each in asked]


def _in_words(asked: OpenRequest) -> str:
    case = f", case {asked.case_number}" if asked.case_number else ""
    label = purposes.known(asked.purpose).label
    return f"{asked.reference}: {asked.agency}{case}, {label}, until {asked.until:%-d %b}"


@never_cache
@require_POST
def page(request: HttpRequest) -> HttpResponse:
    """First with the reads alone, then with the reason too: then the answer is the file."""
    reads = _numbers(request.POST.getlist("read"))
    cities = {counts.city_of(read) for read in reads} - {None}
    if len(cities) != 1:
        return faults.page(request, _ONE_CITY if cities else _GONE)
    city = str(cities.pop())
    profile, person = in_force.profile(city), person_of(request)
    if "take" not in request.POST:
        return _ask(request, reads, _form(request, profile, _carried(request, person)))
    form = _form(request, profile)
    if not form.is_valid():
        return _ask(request, reads, form)
    since = excerpt.mark()
    try:
        permit = door.admit(
            person,
            Act.EXPORTS_DOWNLOAD,
            form.reason(),
            cities=[city],
            query={"reads": ", ".join(map(str, reads))},
            breadth=taken.breadth_of(reads),
            second_factor=used_second_factor(request),
        )
        got = downloads.take(
            form.chosen(reads), by=person, permit=permit, since=since, now=timezone.now()
        )
    except Refused as refused:
        return _ask(request, reads, form, refused)
    except (NotTaken, CannotSign, NothingSigned) as trouble:
        form.add_error(None, str(trouble))
        return _ask(request, reads, form)
    return _file(got)


@never_cache
@require_http_methods(["GET", "POST"])
def key(request: HttpRequest, city: str, number: int) -> HttpResponse:
    """The key of a sealed package: opening it is a look at its reads, so the reason is asked."""
    try:
        profile, _keeping, whole = register.looked_at(request, city, number)
    except NotOpen as closed:
        return closed.answer
    line = whole.line
    person = person_of(request)
    first = {"purpose": line.purpose, "case_number": line.case_number}
    form = _form(request, profile, None if request.method == "POST" else first)
    context = told_of(profile) | {"form": form, "line": line, "whole": whole}
    if request.method != "POST" or not form.is_valid():
        return render(request, "staff/download_key.html", context)
    try:
        permit = door.admit(
            person,
            Act.EXPORTS_DOWNLOAD,
            replace(form.reason(), request=form.reason().request or line.request),
            cities=[city],
            query={"download": str(line)},
            breadth=taken.breadth_of(whole.read_numbers),
            second_factor=used_second_factor(request),
        )
        context["key"] = downloads_steps.key(number, by=person, permit=permit, now=timezone.now())
    except Refused as refused:
        context["refusals"] = refused.refusals
        return render(request, "staff/download_key.html", context, status=403)
    except NotDone as gone:
        form.add_error(None, str(gone))
    return render(request, "staff/download_key.html", context)


def may_take(person: Person, profiles: Mapping[str, Profile]) -> frozenset[str]:
    """Where a button is worth showing; whether it is allowed is asked when it is pressed."""
    held = {each.city: each.role for each in standing.held_by(person)}
    roles = {city: profile.role(held.get(city, "")) for city, profile in profiles.items()}
    return frozenset(
        city for city, role in roles.items() if role and Act.EXPORTS_DOWNLOAD in role.acts
    )


def _form(request: HttpRequest, profile: Profile, first: dict[str, str] | None = None) -> TakeForm:
    """`first`: filled in before anybody has sent it."""
    today = timezone.now().astimezone(profile.zone).date()
    person = person_of(request)
    if first is None:
        return TakeForm(request.POST, profile=profile, person=person, today=today)
    return TakeForm(profile=profile, person=person, today=today, initial=first)


def _carried(request: HttpRequest, person: Person) -> dict[str, str]:
    """What was said when the reads were searched for, or looked at."""
    slip = carried(request.POST.get("slip", ""), person=person)
    if slip is None:
        return {}
    reason = slip.reason
    return {"purpose": reason.purpose, "case_number": reason.case_number, "note": reason.note}


def _ask(
    request: HttpRequest, reads: tuple[int, ...], form: TakeForm, refused: Refused | None = None
) -> HttpResponse:
    context = told_of(form.profile) | {
        "form": form,
        "reads": reads,
        "refusals": refused.refusals if refused else (),
        "purge": copies.purge(form.profile),
        "most": downloads.MOST_READS,
    }
    status = 403 if refused else 400 if form.is_bound and form.errors else 200
    return render(request, "staff/download_take.html", context, status=status)


def _file(got: downloads.Taken) -> HttpResponse:
    kind = "application/zip" if got.filename.endswith(".zip") else "application/octet-stream"
    response = HttpResponse(got.content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{got.filename}"'
    return response


def _numbers(written: Sequence[str]) -> tuple[int, ...]:
    """Those that can be a read's, each once; the rest are nobody's."""
    fine = (each for each in written if each.isascii() and each.isdigit() and len(each) < 19)
    return tuple(dict.fromkeys(map(int, fine)))
