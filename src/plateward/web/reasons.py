"""Why it is done: the form that asks, and how a search's reason travels to the reads it found."""

from dataclasses import dataclass
from typing import Final

from django import forms
from django.core import signing

from plateward.people.models import Person
from plateward.policy.decide import Reason
from plateward.policy.profile import Profile

GOOD_FOR_SECONDS: Final = 30 * 60
_SALT: Final = "plateward.web.reasons"
NO_PURPOSE: Final = ("", "Choose a purpose")


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

    def __init__(self, *args: object, profiles: list[Profile], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed through to Django
        self.fields["purpose"].choices = [NO_PURPOSE, *purposes_of(profiles)]  # type: ignore[attr-defined]

    def reason(self) -> Reason:
        """After is_valid."""
        return Reason(
            purpose=self.cleaned_data["purpose"],
            case_number=self.cleaned_data["case_number"].strip(),
            note=self.cleaned_data["note"].strip(),
        )


def purposes_of(profiles: list[Profile]) -> list[tuple[str, str]]:
    """Every purpose of these cities once, with the cities that list it where not all do."""
    listed: dict[str, tuple[str, list[str]]] = {}
    for profile in profiles:
        for code, label in profile.purposes.labels.items():
            listed.setdefault(code, (label, []))[1].append(profile.city)
    return [
        (code, label if len(by) == len(profiles) else f"{label} ({', '.join(by)})")
        for code, (label, by) in listed.items()
    ]


def carry(reason: Reason, *, search: int, person: Person) -> str:
    """A sealed slip that only this person can use, and not for long."""
    slip = {
        "person": person.pk,
        "search": search,
        "purpose": reason.purpose,
        "case": reason.case_number,
        "note": reason.note,
        "request": reason.request,
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
    )
    return Carried(reason, str(slip["search"]))
