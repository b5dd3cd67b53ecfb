"""The forms of the register of drives: one for each thing that may happen to a drive next."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from django import forms
from django.utils import timezone

from plateward.cameras import register
from plateward.custody.media_register_rules import LONGEST
from plateward.custody.media_register_steps import Step, What
from plateward.people import agencies
from plateward.people.models import Person
from plateward.policy.decide import Reason
from plateward.policy.profile import Profile
from plateward.web.reasons import NO_PURPOSE, purposes_of
from plateward.web.search_form import LocalTime

_LOCAL: Final = "%Y-%m-%dT%H:%M"
_ASKED: Final[Mapping[What, tuple[str, ...]]] = {
    What.PUT_IN: ("camera", "at", "who"),
    What.TAKEN_OUT: ("camera", "recorded_from", "recorded_until", "at", "who"),
    What.STORED: ("place", "at", "who"),
    What.OVERWRITTEN: ("note", "at", "who"),
    What.DESTROYED: ("note", "at", "who"),
    What.HANDED_OVER: (
        "agency",
        "who",
        "badge",
        "reference",
        "requested_on",
        "case_number",
        "at",
        "purpose",
    ),
    What.ACKNOWLEDGED: ("who", "reference", "at"),
    What.CAME_BACK: ("at", "who"),
    What.SPOILED: ("note", "at", "who"),
    What.LOST: ("note", "at", "who"),
}
# What a field is called where that depends on what happened.
_LABELS: Final[Mapping[tuple[What, str], str]] = {
    (What.PUT_IN, "who"): "Who put it in",
    (What.TAKEN_OUT, "who"): "Who took it out",
    (What.STORED, "who"): "Who put it away",
    (What.HANDED_OVER, "who"): "Who took it",
    (What.ACKNOWLEDGED, "who"): "Who signed",
    (What.CAME_BACK, "who"): "Who took it back",
    (What.SPOILED, "who"): "Who found it",
    (What.LOST, "who"): "Who found it",
    (What.OVERWRITTEN, "note"): "How it was overwritten",
    (What.DESTROYED, "note"): "How it was destroyed",
    (What.SPOILED, "note"): "What happened",
    (What.LOST, "note"): "What happened",
    (What.HANDED_OVER, "reference"): "Their written request",
    (What.ACKNOWLEDGED, "reference"): "Where the signed receipt is",
}
_HELP: Final[Mapping[tuple[What, str], str]] = {
    (What.HANDED_OVER, "reference"): "For example the date and sender of the letter.",
    (What.HANDED_OVER, "case_number"): "The agency's own number of the criminal investigation.",
    (What.ACKNOWLEDGED, "reference"): "For example a binder and sheet, or a document's name.",
}


class _Moment(LocalTime):
    def to_python(self, value: Any) -> datetime | None:
        try:
            return super().to_python(value)
        except forms.ValidationError as wrong:
            raise forms.ValidationError(
                "Write the time like 2026-11-21 08:05. Nothing was recorded."
            ) from wrong


class DriveForm(forms.Form):
    label = forms.CharField(
        label="Label",
        max_length=120,
        help_text="What is written on it.",
        error_messages={"required": "Give the label. Nothing was recorded."},
    )
    serial = forms.CharField(label="Serial number", max_length=120, required=False)


class StepForm(forms.Form):
    """One thing that happened. The register judges whether it may have; this asks what it was."""

    camera = forms.ChoiceField(label="Camera", required=False)
    place = forms.CharField(label="Where it is kept", required=False)
    recorded_from = _Moment(label="First recording on it", required=False)
    recorded_until = _Moment(label="Last recording on it", required=False)
    agency = forms.ChoiceField(label="Agency", required=False)
    note = forms.CharField(label="How", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    who = forms.CharField(label="Who did it", required=False)
    badge = forms.CharField(label="Their badge or identification", required=False)
    reference = forms.CharField(label="Paper", required=False)
    requested_on = forms.DateField(
        label="Asked on",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Write the day like 2026-11-21. Nothing was recorded."},
    )
    case_number = forms.CharField(label="Case number", required=False)
    at = _Moment(
        label="When", error_messages={"required": "Say when it happened. Nothing was recorded."}
    )
    purpose = forms.ChoiceField(label="Purpose", required=False)

    def __init__(
        self, *args: object, what: What, profile: Profile, person: Person, **kwargs: object
    ) -> None:
        kwargs["prefix"] = str(what)  # several of them stand on one page
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as Django was called
        self.what, self.profile = what, profile
        self.fields = {name: self._dressed(name) for name in _ASKED[what]}
        self._choose("camera", ((each.code, each.title) for each in register.of(profile.id)))
        self._choose("agency", _law_enforcement())
        if "purpose" in self.fields:
            self.fields["purpose"].choices = [NO_PURPOSE, *purposes_of([profile])]  # type: ignore[attr-defined]
        own = "" if what in (What.HANDED_OVER, What.ACKNOWLEDGED) else person.get_full_name()
        now = f"{timezone.now().astimezone(profile.zone):{_LOCAL}}"
        self.initial = {"at": now, "who": own, **self.initial}

    def step(self) -> Step:
        """After is_valid."""
        said = {
            k: v for k, v in self.cleaned_data.items() if k != "purpose" and v not in ("", None)
        }
        for name in ("at", "recorded_from", "recorded_until"):
            if isinstance(said.get(name), datetime):
                said[name] = self._instant(said[name])
        return Step(self.what, **said)

    def reason(self) -> Reason:
        """After is_valid: for the door."""
        return Reason(purpose=str(self.cleaned_data.get("purpose", "")))

    def _instant(self, told: datetime) -> datetime:
        """On the city's clock. What is told by the minute means now within this minute."""
        moment = told.replace(tzinfo=self.profile.zone)
        now = timezone.now()
        return now if moment == now.replace(second=0, microsecond=0) else moment

    def _dressed(self, name: str) -> forms.Field:
        field = self.fields[name]
        field.label = _LABELS.get((self.what, name), field.label)
        field.help_text = _HELP.get((self.what, name), field.help_text)
        if isinstance(field, forms.CharField) and name in LONGEST:
            field.max_length = LONGEST[name]
            field.widget.attrs["maxlength"] = str(LONGEST[name])
        return field

    def _choose(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        if name in self.fields:
            self.fields[name].choices = [("", "Choose"), *choices]  # type: ignore[attr-defined]


class CorrectionForm(forms.Form):
    """Beside the step as it should read: why, or that it never happened."""

    why = forms.CharField(
        label="Why it is corrected",
        max_length=LONGEST["note"],
        error_messages={"required": "Say why. Nothing was recorded."},
    )
    never = forms.BooleanField(label="It never happened", required=False)


def as_told(step: Step, profile: Profile) -> dict[str, object]:
    """A step as a form shows it to be corrected."""
    told: dict[str, object] = {}
    for name in _ASKED.get(step.what, ()):
        value = getattr(step, name, "")
        if isinstance(value, datetime):
            value = f"{value.astimezone(profile.zone):{_LOCAL}}"
        elif isinstance(value, date):
            value = value.isoformat()
        told[name] = value
    return told


def _law_enforcement() -> list[tuple[str, str]]:
    city = agencies.Kind.CITY
    outside = [
        each for each in agencies.every() if each.kind not in (city, agencies.Kind.CONTRACTOR)
    ]
    return [(each.name, each.name) for each in outside]
