"""Why it is done: the form that asks, and how a search's reason travels to the reads it found."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django import forms
from django.core import signing
from django.utils import timezone

from plateward.gate import cases, requests, reviews
from plateward.people import standing
from plateward.people.models import Person
from plateward.policy import purposes
from plateward.policy.circumstances import OpenRequest
from plateward.policy.decide import Reason
from plateward.policy.profile import Profile
from plateward.web import registers

GOOD_FOR_SECONDS: Final = 30 * 60
_SALT: Final = "plateward.web.reasons"
NO_PURPOSE: Final = ("", "Choose a purpose")
OTHER: Final = "other"
_REVIEWED: Final = f"{OTHER}:"
REMINDERS: Final = {
    "suspicion": "I have a reason to suspect what I am looking into.",
    "warrant": "I have a warrant wherever the law requires one for this.",
}


@dataclass(frozen=True, slots=True)
class Carried:
    """A reason someone gave, and the log entry of the search they gave it for ("" for none)."""

    reason: Reason
    search: str = ""


class ReasonForm(forms.Form):
    """Nothing here is required: the city's policy decides what must be said, and says so."""

    purpose = forms.ChoiceField(label="Purpose", required=False)
    case_number = forms.CharField(
        label="Case or CAD number",
        required=False,
        max_length=60,
        help_text="For example 26-014233.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    note = forms.CharField(
        label="Why, in your own words",
        required=False,
        max_length=500,
        help_text="Kept with your name in the log. Optional unless a city asks for it.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    requests = forms.MultipleChoiceField(label="Your agency's open requests", required=False)
    confirmed = forms.MultipleChoiceField(label="Please confirm", required=False)

    def __init__(
        self, *args: object, profiles: list[Profile], person: Person, **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed through to Django
        held = {each.city: each.role for each in standing.held_by(person)}
        self.profiles = profiles
        self.own = [profile for profile in profiles if profile.id in held]
        self.open_requests = _open_requests(self.own, held, person)
        self.fields["purpose"].choices = [  # type: ignore[attr-defined]
            NO_PURPOSE,
            *purposes_of(profiles),
            *_reviewed(self.own, person),
        ]
        self.fields["case_number"].help_text = _case_hint(self.own, person)
        self.fields["requests"].choices = [  # type: ignore[attr-defined]
            (each.reference, each.reference) for each in self.open_requests
        ]
        self.fields["confirmed"].choices = list(REMINDERS.items())  # type: ignore[attr-defined]

    def reason(self) -> Reason:
        """After is_valid."""
        chosen, _, review = self.cleaned_data["purpose"].partition(":")
        return Reason(
            purpose=chosen,
            case_number=self.cleaned_data["case_number"].strip(),
            note=self.cleaned_data["note"].strip(),
            request=" ".join(self.cleaned_data["requests"]),
            review=review,
            confirmed=frozenset(self.cleaned_data["confirmed"]),
        )

    def request_choices(self) -> list["RequestChoice"]:
        """Ticked unless the person unticked it: the newest in each city."""
        chosen = self["requests"].value()
        newest = {each.city: each.reference for each in reversed(self.open_requests)}
        ticked = set(chosen if self.is_bound else newest.values())
        return [
            RequestChoice(each.reference, each.title, each.words, each.reference in ticked)
            for each in self.open_requests
        ]

    def reminders(self) -> list["Reminder"]:
        """What the cities that are asked want confirmed, each thing once."""
        ticked = set(self["confirmed"].value() or ())
        asking = self.asked()
        return [
            Reminder(code, words, code in ticked, ", ".join(who))
            for code, words in REMINDERS.items()
            if (who := [profile.city for profile in asking if _asks_for(profile, code)])
        ]

    def asked(self) -> list[Profile]:
        """The cities whose policies are asked, as far as the form knows."""
        return self.profiles


@dataclass(frozen=True, slots=True)
class RequestChoice:
    reference: str
    title: str
    words: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class Reminder:
    code: str
    words: str
    ticked: bool
    cities: str


@dataclass(frozen=True, slots=True)
class Offered:
    """An open request on the form; `request` is what it covers."""

    reference: str
    city: str
    title: str
    words: str
    request: OpenRequest


def purposes_of(profiles: list[Profile]) -> list[tuple[str, str]]:
    """Every purpose of these cities once, with the cities that list it where not all do."""
    listed: dict[str, tuple[str, list[str]]] = {}
    for profile in profiles:
        for code, label in profile.purposes.labels.items():
            listed.setdefault(code, (label, []))[1].append(profile.city)
        if profile.purposes.is_open:
            listed.setdefault(OTHER, ("Other, which needs legal review", []))[1].append(
                profile.city
            )
    last = listed.pop(OTHER, None)
    if last:
        listed[OTHER] = last
    return [
        (code, label if len(by) == len(profiles) else f"{label} ({', '.join(by)})")
        for code, (label, by) in listed.items()
    ]


def _reviewed(profiles: list[Profile], person: Person) -> list[tuple[str, str]]:
    """What a city's attorney approved for this person, as purposes to choose."""
    return [
        (f"{_REVIEWED}{review.reference}", f"{review.purpose_words} (approved, {profile.city})")
        for profile in profiles
        if profile.purposes.is_open
        for review in reviews.approved_for(person, profile.id, today=_today(profile))
    ]


def _open_requests(profiles: list[Profile], held: dict[str, str], person: Person) -> list[Offered]:
    return [
        Offered(each.reference, profile.id, profile.title(), _words(each), each)
        for profile in profiles
        if registers.bound(profile, held[profile.id])
        for each in requests.open_for(person.agency, profile.id, today=_today(profile))
    ]


def _words(request: OpenRequest) -> str:
    """`case 26-014233, 2 plates, until 28 Nov`: never which plates."""
    named = len(request.plates)
    plates = f"{named} plate{'s' if named > 1 else ''}" if named else "any plate"
    case = f"case {request.case_number}, " if request.case_number else ""
    label = purposes.known(request.purpose).label
    return f"{label}: {case}{plates}, until {request.until:%-d %b}"


def _case_hint(profiles: list[Profile], person: Person) -> str:
    """How the person's agency writes a case number, where a city has that on record."""
    written = {
        source.example()
        for profile in profiles
        if (source := cases.format_of(profile.id, person.agency))
    }
    return f"For example {' or '.join(sorted(written) or ['26-014233'])}."


def _asks_for(profile: Profile, reminder: str) -> bool:
    return profile.gate.warrant if reminder == "warrant" else profile.gate.suspicion


def _today(profile: Profile) -> date:
    return timezone.now().astimezone(profile.zone).date()


def carry(reason: Reason, *, search: int, person: Person) -> str:
    """A sealed slip that only this person can use, and not for long."""
    slip = {
        "person": person.pk,
        "search": search,
        "purpose": reason.purpose,
        "case": reason.case_number,
        "note": reason.note,
        "request": reason.request,
        "review": reason.review,
        "confirmed": sorted(reason.confirmed),
    }
    return signing.dumps(slip, salt=_SALT, compress=True)


def carried(token: str, *, person: Person) -> Carried | None:
    """None when the slip is forged, too old, or someone else's."""
    try:
        slip = signing.loads(token, salt=_SALT, max_age=GOOD_FOR_SECONDS)
    except signing.BadSignature:
        return None
    if slip["person"] != person.pk:
        return None
    reason = Reason(
        purpose=slip["purpose"],
        case_number=slip["case"],
        note=slip["note"],
        request=slip["request"],
        review=slip.get("review", ""),
        confirmed=frozenset(slip.get("confirmed", ())),
    )
    return Carried(reason, str(slip["search"]))
