"""Practice searches: the same rules and the same form, on plates that do not exist."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from plateward.audit import log
from plateward.gate import door
from plateward.gate.permit import Refused
from plateward.people import practice, standing
from plateward.people.models import Person
from plateward.policy import in_force
from plateward.policy.decide import Reason
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act
from plateward.web import faults, reasons
from plateward.web.signed_in import person_of, used_second_factor

LOOKED_THROUGH = 200
_OTHER = (reasons.OTHER, "Another purpose")


class PracticeForm(forms.Form):
    """What a real search asks for, with a made-up request where the city wants one."""

    purpose = forms.ChoiceField(label="Purpose", required=False)
    case_number = forms.CharField(
        label="Case or CAD number", required=False, max_length=60, help_text="Make one up."
    )
    note = forms.CharField(
        label="Why, in your own words",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    plate = forms.CharField(
        label="Plate",
        required=False,
        max_length=40,
        help_text="Made-up plates: PRACTICE1, PRACTICE2, PRACTICE7.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "class": "input-plate"}
        ),
    )
    request = forms.BooleanField(label="Under the made-up open request PRACTICE-1", required=False)
    confirmed = forms.MultipleChoiceField(
        label="Please confirm", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, profile: Profile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = reasons.purposes_of([profile])
        other = [] if profile.purposes.is_open else [_OTHER]
        choices = [reasons.NO_PURPOSE, *listed, *other]
        self.fields["purpose"].choices = choices  # type: ignore[attr-defined]
        if not profile.gate.on_request_only:
            del self.fields["request"]
        asked = [(code, words) for code, words in reasons.REMINDERS.items() if _asks(profile, code)]
        self.fields["confirmed"].choices = asked  # type: ignore[attr-defined]
        if not asked:
            del self.fields["confirmed"]

    def made_up(self) -> Reason:
        """After is_valid."""
        said = self.cleaned_data
        return Reason(
            purpose=said["purpose"],
            case_number=said["case_number"].strip(),
            note=said["note"].strip(),
            request=practice.REQUEST if said.get("request") else "",
            confirmed=frozenset(said.get("confirmed", ())),
        )


@dataclass(frozen=True, slots=True)
class Step:
    """One exercise, and the log entry that shows it was done; 0: not done yet."""

    exercise: practice.Exercise
    entry: int


@never_cache
@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """The cities where the person may practise."""
    person = person_of(request)
    served = in_force.profiles(held.city for held in standing.held_by(person))
    cities = [
        (profile.id, profile.title()) for profile in served.values() if _practises(person, profile)
    ]
    return render(request, "staff/practice_choose.html", {"cities": cities})


@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, city: str) -> HttpResponse:
    profile = in_force.profiles([city]).get(city)
    if profile is None:
        return faults.page(request, faults.NOT_FOUND)
    person = person_of(request)
    context: dict[str, object] = {"city": city, "city_title": profile.title()}
    try:
        door.admit(
            person,
            Act.PRACTICE,
            Reason(),
            cities=[city],
            second_factor=used_second_factor(request),
        )
    except Refused as refused:
        shut = context | {"refusals": refused.refusals}
        return render(request, "staff/practice.html", shut, status=403)
    form = PracticeForm(request.POST or None, profile=profile)
    if form.is_bound and form.is_valid():
        tried = _tried(request, profile, person, form)
        context |= {"tried": tried, "entry": practice.record(person, city, tried)}
    steps = _steps(person, profile)
    context |= {"form": form, "steps": steps, "all_done": all(step.entry for step in steps)}
    return render(request, "staff/practice.html", context, status=400 if form.errors else 200)


def _tried(
    request: HttpRequest, profile: Profile, person: Person, form: PracticeForm
) -> practice.Tried:
    now = timezone.now()
    stands = standing.of(
        person,
        profile.id,
        second_factor=used_second_factor(request),
        today=now.astimezone(profile.zone).date(),
        profile=profile,
    )
    plate = form.cleaned_data["plate"]
    return practice.attempt(profile, stands, form.made_up(), plate, now=now)


def _steps(person: Person, profile: Profile) -> list[Step]:
    entries = log.latest(LOOKED_THROUGH, actor=person.badge)
    done = practice.done(profile.id, entries)
    return [Step(each, done.get(each.code, 0)) for each in practice.exercises(profile)]


def _asks(profile: Profile, reminder: str) -> bool:
    return profile.gate.suspicion if reminder == "suspicion" else profile.gate.warrant


def _practises(person: Person, profile: Profile) -> bool:
    held = next((each for each in standing.held_by(person) if each.city == profile.id), None)
    role = profile.role(held.role) if held else None
    return role is not None and Act.PRACTICE in role.acts
