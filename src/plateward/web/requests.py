"""Access requests and legal reviews in one list: ask, follow, answer, close."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from plateward.gate import door, requests, reviews
from plateward.gate.permit import Permit, Refusal, Refused
from plateward.people.models import Person
from plateward.policy import in_force
from plateward.policy.decide import Reason
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act
from plateward.web import faults, registers
from plateward.web.presence import recently_confirmed
from plateward.web.reasons import NO_PURPOSE, purposes_of
from plateward.web.search_form import LocalTime
from plateward.web.signed_in import person_of, used_second_factor

COUNTED_DAYS: Final = 30
USUAL_DAYS: Final = 14
_NO_SUCH: Final = faults.Fault(
    404,
    "There is no such request",
    "It may have been answered or closed a moment ago. Nothing was changed.",
    "Go back to the list of requests.",
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A request in a list, with its city's clock."""

    line: requests.Line
    city_title: str
    zone: str


@dataclass(frozen=True, slots=True)
class ShownReview:
    line: reviews.Line | reviews.Waiting
    city_title: str
    zone: str


@dataclass(frozen=True, slots=True)
class Counted:
    city_title: str
    counts: requests.Counts


class AskForm(forms.Form):
    """What an agency asks a city for. The city's policy decides what of it must be said."""

    city = forms.ChoiceField(label="City")
    purpose = forms.ChoiceField(label="Purpose", required=False)
    case_number = forms.CharField(
        label="Case number",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    why = forms.CharField(
        label="What you are looking into",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say what you are looking into. Nothing was sent."},
    )
    plates = forms.CharField(
        label="Plates",
        required=False,
        max_length=200,
        help_text="One or more, with commas between. Leave empty to ask for a time instead.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    seen_from = LocalTime(label="Seen from", required=False)
    seen_to = LocalTime(label="Seen to", required=False)

    def __init__(self, *args: object, profiles: Sequence[Profile], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed through to Django
        self.of_city = {profile.id: profile for profile in profiles}
        self.fields["city"].choices = [(p.id, p.title()) for p in profiles]  # type: ignore[attr-defined]
        self.fields["purpose"].choices = [NO_PURPOSE, *purposes_of(list(profiles))]  # type: ignore[attr-defined]

    def profile(self) -> Profile:
        """After is_valid."""
        return self.of_city[self.cleaned_data["city"]]

    def asked(self) -> requests.Asked:
        """After is_valid. Times are on the city's own clock."""
        filled, zone = self.cleaned_data, self.profile().zone
        since, until = filled["seen_from"], filled["seen_to"]
        return requests.Asked(
            purpose=filled["purpose"],
            case_number=filled["case_number"].strip(),
            why=filled["why"].strip(),
            plates=tuple(re.split(r"[,;\n]+", filled["plates"])),
            seen_from=since.replace(tzinfo=zone, fold=0) if since else None,
            seen_to=until.replace(tzinfo=zone, fold=1) if until else None,
        )


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label="Your answer",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Needed to refuse. The agency sees it.",
    )
    ends_on = forms.DateField(
        label="Open until",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=f"The last day, at most {requests.MOST_DAYS} days ahead.",
        error_messages={"invalid": "Write the day like 2026-11-21. Nothing was decided."},
    )


@never_cache
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    business, today = registers.of(person), timezone.localdate()
    counted, refusals = _counted(request, business.counts)
    context = {
        "business": business,
        "days": requests.DAYS_ON_RECORD,
        "to_answer": [
            _shown(line)
            for line in requests.to_answer(_ids(business.grants), but_not_of=person, today=today)
        ],
        "to_review": [
            _shown_review(line)
            for line in reviews.waiting(_ids(business.reviews), but_not_of=person)
        ],
        "ours": [_shown(line) for line in _ours(person, business, today)],
        "mine": [_shown_review(line) for line in reviews.of_person(person, today=today)],
        "counted": counted,
        "counted_days": COUNTED_DAYS,
        "refusals": refusals,
    }
    return render(request, "staff/requests.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    profiles = registers.of(person).asks
    if not profiles:
        return faults.page(request, faults.FORBIDDEN)
    initial = {"city": request.GET.get("city", "")}
    form = AskForm(request.POST or None, profiles=profiles, initial=initial)
    if request.method != "POST" or not form.is_valid():
        return _ask_page(request, form)
    try:
        permit = _admit_asking(request, form.profile(), form.asked())
        line = requests.ask(
            form.asked(), by=person, profile=form.profile(), permit=permit, now=timezone.now()
        )
    except Refused as refused:
        return _ask_page(request, form, refused.refusals)
    except requests.WrongRequest as wrong:
        form.add_error(wrong.field, str(wrong))
        return _ask_page(request, form)
    messages.success(request, _told(line, form.profile()))
    return HttpResponseRedirect(reverse("requests"))


@never_cache
@require_http_methods(["GET", "POST"])
@recently_confirmed
def answer(request: HttpRequest, reference: str) -> HttpResponse:
    """One request, whole, for whoever grants; looking at it is admitted and logged too."""
    today = timezone.localdate()
    try:
        line = requests.line(reference, today=today)
        permit = _admit_answering(request, line)
        whole = requests.whole(reference, today=today, permit=permit)
    except requests.NoSuchRequest:
        return faults.page(request, _NO_SUCH)
    except Refused as refused:
        turned_away = {"refusals": refused.refusals, "reference": reference}
        return render(request, "staff/request.html", turned_away, status=403)
    form = AnswerForm(request.POST or None, initial={"ends_on": today + timedelta(days=USUAL_DAYS)})
    if request.method == "POST" and form.is_valid() and _answered(request, whole, form, permit):
        return HttpResponseRedirect(reverse("requests"))
    context = {"whole": whole, "shown": _shown(whole.line), "form": form, "reference": reference}
    return render(request, "staff/request.html", context, status=400 if form.errors else 200)


@never_cache
@require_POST
def close(request: HttpRequest, reference: str) -> HttpResponse:
    """By its own agency, or by whoever grants in that city."""
    person = person_of(request)
    try:
        line = requests.line(reference, today=timezone.localdate())
        ours = line.agency == person.agency
        permit = door.admit(
            person,
            Act.REQUEST_OPEN if ours else Act.SHARING_APPROVE,
            _reason_of(line),
            cities=[line.city],
            query={"request": line.reference},
            second_factor=used_second_factor(request),
        )
        requests.close(reference, by=person, permit=permit, now=timezone.now())
    except requests.NoSuchRequest:
        return faults.page(request, _NO_SUCH)
    except Refused as refused:
        turned_away = {"refusals": refused.refusals, "reference": reference}
        return render(request, "staff/request.html", turned_away, status=403)
    messages.success(request, f"{line.reference} is closed: nothing more opens under it.")
    return HttpResponseRedirect(reverse("requests"))


def _admit_asking(request: HttpRequest, profile: Profile, asked: requests.Asked) -> Permit:
    return door.admit(
        person_of(request),
        Act.REQUEST_OPEN,
        Reason(purpose=asked.purpose, case_number=asked.case_number, note=asked.why),
        cities=[profile.id],
        query={"plate": ", ".join(plate.strip() for plate in asked.plates)},
        second_factor=used_second_factor(request),
    )


def _admit_answering(request: HttpRequest, line: requests.Line) -> Permit:
    return door.admit(
        person_of(request),
        Act.SHARING_APPROVE,
        _reason_of(line),
        cities=[line.city],
        query={"request": line.reference},
        second_factor=used_second_factor(request),
    )


def _reason_of(line: requests.Line) -> Reason:
    return Reason(
        purpose=line.purpose,
        case_number=line.case_number,
        note=f"access request {line.reference} of {line.agency}",
    )


def _answered(
    request: HttpRequest, whole: requests.Whole, form: AnswerForm, permit: Permit
) -> bool:
    """Whether it was decided; if not, the form says why."""
    person, now, said = person_of(request), timezone.now(), form.cleaned_data
    reference = whole.line.reference
    try:
        if "grant" in request.POST:
            ends_on = said["ends_on"] or date.min
            requests.grant(
                reference, answer=said["answer"], ends_on=ends_on, by=person, permit=permit, now=now
            )
        else:
            requests.refuse(reference, answer=said["answer"], by=person, permit=permit, now=now)
    except requests.WrongRequest as wrong:
        form.add_error(wrong.field, str(wrong))
        return False
    except requests.NoSuchRequest as gone:
        form.add_error(None, str(gone))
        return False
    done = "granted" if "grant" in request.POST else "refused"
    messages.success(request, f"{reference} is {done}; {whole.line.agency} sees your answer.")
    return True


def _ask_page(
    request: HttpRequest, form: AskForm, refusals: tuple[Refusal, ...] = ()
) -> HttpResponse:
    status = 403 if refusals else 400 if form.errors else 200
    context = {
        "form": form,
        "refusals": refusals,
        "at_once": [p.title() for p in form.of_city.values() if not requests.has_grantor(p)],
        "granted_by": [
            (p.title(), _grantors(p)) for p in form.of_city.values() if requests.has_grantor(p)
        ],
        "days": requests.DAYS_ON_RECORD,
    }
    return render(request, "staff/request_ask.html", context, status=status)


def _grantors(profile: Profile) -> str:
    roles = [role for role in profile.roles.values() if Act.SHARING_APPROVE in role.acts]
    return ", ".join(role.title for role in roles)


def _told(line: requests.Line, profile: Profile) -> str:
    if line.state == "open":
        return (
            f"{line.reference} is on record and open until {line.ends_on:%-d %b %Y}. "
            f"Name it when you search {profile.city}."
        )
    return f"{line.reference} was sent. {_grantors(profile)} answers it; nothing is open yet."


def _counted(
    request: HttpRequest, profiles: Sequence[Profile]
) -> tuple[list[Counted], tuple[Refusal, ...]]:
    """Numbers for those who oversee; seeing them is admitted and logged."""
    if not profiles:
        return [], ()
    try:
        permit = door.admit(
            person_of(request),
            Act.AGGREGATE_SEE,
            Reason(),
            cities=_ids(profiles),
            second_factor=used_second_factor(request),
        )
    except Refused as refused:
        return [], refused.refusals
    since = timezone.now() - timedelta(days=COUNTED_DAYS)
    today = timezone.localdate()
    open_to = [profile for profile in profiles if profile.id in permit.cities]
    return [
        Counted(profile.title(), requests.counts(profile.id, since=since, today=today))
        for profile in open_to
    ], permit.refusals


def _ours(person: Person, business: registers.Business, today: date) -> list[requests.Line]:
    return requests.of_agency(person.agency, today=today) if business.asks else []


def _ids(profiles: Sequence[Profile]) -> list[str]:
    return [profile.id for profile in profiles]


def _shown(line: requests.Line) -> Shown:
    profile = in_force.profile(line.city)
    return Shown(line, profile.title(), profile.timezone)


def _shown_review(line: reviews.Line | reviews.Waiting) -> ShownReview:
    profile = in_force.profile(line.city)
    return ShownReview(line, profile.title(), profile.timezone)
