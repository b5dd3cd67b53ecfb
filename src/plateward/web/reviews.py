"""Legal review: a use on no list is put to the city's attorney, who answers in writing."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from plateward.gate import door, reviews
from plateward.gate.permit import Permit, Refusal, Refused
from plateward.policy import in_force
from plateward.policy.decide import Reason
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act
from plateward.web import faults, registers
from plateward.web.presence import recently_confirmed
from plateward.web.signed_in import person_of, used_second_factor

USUAL_DAYS: Final = 30
_NO_SUCH: Final = faults.Fault(
    404,
    "There is no such review",
    "It may have been answered a moment ago. Nothing was changed.",
    "Go back to the list of requests.",
)


class AskForm(forms.Form):
    city = forms.ChoiceField(label="City")
    purpose_words = forms.CharField(
        label="The use you want reviewed",
        max_length=200,
        help_text="A few words: they become the purpose if it is approved. No plate.",
        error_messages={"required": "Say what you want to use the reads for. Nothing was sent."},
    )
    why = forms.CharField(
        label="Why it is needed, and why no listed purpose fits",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Say why it is needed. Nothing was sent."},
    )
    case_number = forms.CharField(
        label="Case or CAD number",
        required=False,
        max_length=60,
        help_text="If there is one; an approval then holds for this case only.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: object, profiles: Sequence[Profile], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed through to Django
        self.fields["city"].choices = [(p.id, p.title()) for p in profiles]  # type: ignore[attr-defined]


class OpinionForm(forms.Form):
    opinion = forms.CharField(
        label="Your opinion, in writing",
        required=False,  # the room says what is missing, for either answer
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Kept, and shown to the person who asked.",
    )
    until = forms.DateField(
        label="Approved until",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=f"The last day, at most {reviews.MOST_DAYS} days ahead.",
        error_messages={"invalid": "Write the day like 2026-11-21. Nothing was decided."},
    )


@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    profiles = registers.of(person).has_reviewed
    if not profiles:
        return faults.page(request, faults.FORBIDDEN)
    initial = {"city": request.GET.get("city", "")}
    form = AskForm(request.POST or None, profiles=profiles, initial=initial)
    if request.method != "POST" or not form.is_valid():
        return _ask_page(request, form)
    said = form.cleaned_data
    try:
        permit = _admit(request, Act.REVIEW_ASK, said["city"], _reason(said))
        reference = reviews.ask(
            said["city"],
            purpose_words=said["purpose_words"],
            why=said["why"],
            case_number=said["case_number"],
            by=person,
            permit=permit,
            now=timezone.now(),
        )
    except Refused as refused:
        return _ask_page(request, form, refused.refusals)
    except reviews.WrongReview as wrong:
        form.add_error(wrong.field, str(wrong))
        return _ask_page(request, form)
    messages.success(
        request, f"{reference} was sent to the attorney. Nothing opens before it is approved."
    )
    return HttpResponseRedirect(reverse("requests"))


@never_cache
@require_http_methods(["GET", "POST"])
@recently_confirmed
def answer(request: HttpRequest, reference: str) -> HttpResponse:
    """One review, whole, for the attorney; looking at it is admitted and logged too."""
    city = reviews.city_of(reference)
    if city is None:
        return faults.page(request, _NO_SUCH)
    profile = in_force.profile(city)
    today = timezone.now().astimezone(profile.zone).date()
    try:
        permit = _admit(request, Act.LEGAL_REVIEW, city, Reason(), reference=reference)
        line = reviews.whole(reference, today=today, permit=permit)
    except Refused as refused:
        turned_away = {"refusals": refused.refusals, "reference": reference}
        return render(request, "staff/review.html", turned_away, status=403)
    form = OpinionForm(request.POST or None, initial={"until": today + timedelta(days=USUAL_DAYS)})
    if request.method == "POST" and form.is_valid() and _decided(request, line, form, permit):
        return HttpResponseRedirect(reverse("requests"))
    context = {
        "line": line,
        "city_title": profile.title(),
        "zone": profile.timezone,
        "form": form,
        "reference": reference,
    }
    return render(request, "staff/review.html", context, status=400 if form.errors else 200)


def _decided(request: HttpRequest, line: reviews.Line, form: OpinionForm, permit: Permit) -> bool:
    """Whether it was decided; if not, the form says why."""
    approved = "approve" in request.POST
    try:
        reviews.decide(
            line.reference,
            approved=approved,
            opinion=form.cleaned_data["opinion"],
            until=form.cleaned_data["until"],
            by=person_of(request),
            permit=permit,
            now=timezone.now(),
        )
    except reviews.WrongReview as wrong:
        form.add_error(wrong.field, str(wrong))
        return False
    except reviews.NoSuchReview as gone:
        form.add_error(None, str(gone))
        return False
    done = "approved" if approved else "refused"
    messages.success(request, f"{line.reference} is {done}; the person who asked sees why.")
    return True


def _admit(
    request: HttpRequest, act: Act, city: str, reason: Reason, *, reference: str = ""
) -> Permit:
    return door.admit(
        person_of(request),
        act,
        reason,
        cities=[city],
        query={"review": reference},
        second_factor=used_second_factor(request),
    )


def _reason(said: dict[str, str]) -> Reason:
    """What is asked about is no purpose yet; it stands in the note."""
    return Reason(case_number=said["case_number"].strip(), note=said["purpose_words"].strip())


def _ask_page(
    request: HttpRequest, form: AskForm, refusals: tuple[Refusal, ...] = ()
) -> HttpResponse:
    status = 403 if refusals else 400 if form.errors else 200
    context = {"form": form, "refusals": refusals}
    return render(request, "staff/review_ask.html", context, status=status)
