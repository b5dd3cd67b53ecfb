"""What is filled in to ask for a hold, to decide about one, and to open what is held."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from django import forms
from django.utils import timezone

from plateward.cameras import register
from plateward.custody import documents, holds, preserved
from plateward.custody.holds import Asked, DataClass, Scope
from plateward.people.models import Person
from plateward.policy import holds as policy
from plateward.policy import removable
from plateward.policy.profile import Profile
from plateward.reads.query import BadQuery, Query
from plateward.web.reasons import ReasonForm
from plateward.web.search_form import LocalTime

USUAL: Final = timedelta(days=90)
_NOTHING: Final = "Nothing is held."
_SCOPES: Final = {
    "reads": "Reads that I name by their numbers",
    "query": "Every read that fits a question, those still to come too",
    "case": "The reads behind every alert of the case",
}
_DAY: Final = {
    "required": "Choose a day. Nothing was changed.",
    "invalid": "Write the day like 2026-11-21. Nothing was changed.",
}


def _day(label: str, help_text: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,  # the room says what is wrong with a day, and with none
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=_DAY,
    )


class PaperFields(forms.Form):
    """The paper and what it is about. The room checks each; the form only reads."""

    ground = forms.ChoiceField(label="Ground")
    reference = forms.CharField(
        label="Its number",
        required=False,
        help_text="Of the subpoena, order, request or evidence entry.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    document = forms.FileField(
        label="The paper itself",
        required=False,
        help_text="PDF, JPEG, PNG or plain text, at most "
        f"{documents.MOST_BYTES // 1024**2} MB. Sealed; shown to whoever decides.",
        allow_empty_file=True,  # the room says that it is empty
    )
    review_on = _day("Review on", "Somebody asks then whether it is still needed: a year at most.")

    def document_given(self) -> tuple[bytes, str] | None:
        file = self.cleaned_data["document"]
        if file is None:
            return None
        # One byte more than is taken, so that the room finds it too long and nothing is read whole.
        return file.read(documents.MOST_BYTES + 1), file.name


class WhatFields(forms.Form):
    """Which reads: by number, or by a question."""

    reads = forms.CharField(
        label="Numbers of reads",
        required=False,
        help_text="As on the page of each read, with spaces between.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    plate = forms.CharField(
        label="Plate",
        required=False,
        max_length=40,
        help_text="? for one unknown character, * for any number.",
        widget=forms.TextInput(attrs={"class": "input-plate", "autocomplete": "off"}),
    )
    cameras = forms.MultipleChoiceField(
        label="Cameras",
        required=False,
        help_text="None chosen: all of them.",
        widget=forms.CheckboxSelectMultiple,
    )
    since = LocalTime(label="From", required=False)
    until = LocalTime(
        label="To", required=False, help_text="May be still to come: what is seen until then joins."
    )

    def numbers(self) -> tuple[int, ...]:
        """Raise ValueError for what is no number."""
        words = re.split(r"[\s,;]+", self.cleaned_data["reads"].strip())
        return tuple(dict.fromkeys(int(word) for word in words if word))

    def question(self, profile: Profile) -> Query:
        """Raise BadQuery, naming the field."""
        said = self.cleaned_data
        return Query.parse(
            plate=said["plate"],
            since=_there(said["since"], profile),
            until=_there(said["until"], profile),
            cameras=said["cameras"],
        )


class HoldForm(WhatFields, PaperFields, ReasonForm):
    """A hold on one of the city's own grounds. Its purpose is for a search that it may need."""

    scope = forms.ChoiceField(label="Which", required=False)
    drive = forms.IntegerField(
        label="Drive",
        required=False,
        min_value=1,
        help_text="Its number in the register of drives and cards.",
    )
    field_order = ("ground", "reference", "case_number", "note", "document", "review_on")

    def __init__(self, *args: object, profile: Profile, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, profiles=[profile], person=person, **kwargs)
        _offer(self, profile)
        self.profile = profile
        self.holds_reads = DataClass.READS in policy.classes(profile)
        on_drives = removable.has_rules_for_motion(profile)
        choices = policy.choices(
            profile, DataClass.READS if self.holds_reads else DataClass.MOTION_MEDIA
        )
        _choose(self, "ground", [(c.ground, _with_clauses(c)) for c in choices])
        scopes = (_SCOPES if self.holds_reads else {}) | (
            {"drive": "A drive or card of a motion camera"} if on_drives else {}
        )
        _choose(self, "scope", scopes.items())
        self.fields["note"].label = "What it is needed for"
        self.fields["note"].help_text = "Kept with your name. No plate."
        self.fields["purpose"].help_text = "For a hold by question: it searches in your name."
        if not on_drives:
            del self.fields["drive"]

    def wanted(self) -> Asked:
        """Raise holds.WrongHold or BadQuery, naming the field."""
        said = self.cleaned_data
        kind = said["scope"] or ("reads" if self.holds_reads else "drive")
        return Asked(
            ground=said["ground"],
            reference=said["reference"],
            case_number=said["case_number"],
            why=said["note"],
            scope=self._scope(kind),
            review_on=said["review_on"],
            document=self.document_given(),
            data=DataClass.MOTION_MEDIA if kind == "drive" else DataClass.READS,
        )

    def _scope(self, kind: str) -> Scope:
        if kind == "query":
            return Scope("query", query=self.question(self.profile))
        if kind == "drive":
            return Scope("drive", drive=self.cleaned_data.get("drive"))
        if kind == "case":
            return Scope("case")
        return Scope("reads", _numbers(self))


class PreserveForm(WhatFields, PaperFields):
    """An emergency preservation copy: by question, or by numbers where the order names reads."""

    case_number = forms.CharField(
        label="Case number of the court, if there is one", required=False, max_length=60
    )
    note = forms.CharField(
        label="What the order or the demand says",
        required=False,
        help_text="In a few words. No plate.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    field_order = ("ground", "reference", "case_number", "note", "document", "review_on")

    def __init__(self, *args: object, profile: Profile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed through to Django
        _offer(self, profile)
        self.profile = profile
        _choose(self, "ground", preserved.BASES.items())
        self.fields["ground"].label = "Made on"

    def wanted(self) -> Asked:
        """Raise holds.WrongHold or BadQuery, naming the field."""
        said = self.cleaned_data
        by_number = bool(said["reads"].strip())
        return Asked(
            ground=said["ground"],
            reference=said["reference"],
            case_number=said["case_number"],
            why=said["note"],
            scope=Scope("reads", _numbers(self))
            if by_number
            else Scope("query", query=self.question(self.profile)),
            review_on=said["review_on"],
            document=self.document_given(),
        )


class WordsForm(forms.Form):
    """What is said when a hold is decided, reviewed or released."""

    words = forms.CharField(
        label="In writing",
        required=False,  # the room says what is missing
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept with your name in the hold's history and in the log.",
    )


class ReviewForm(WordsForm):
    review_on = _day("Review again on", "A year from today at most.")


def soonest(profile: Profile) -> date:
    """The day of review that a form proposes."""
    return timezone.now().astimezone(profile.zone).date() + USUAL


def _offer(form: forms.Form, profile: Profile) -> None:
    form.initial.setdefault("review_on", soonest(profile))
    _choose(form, "cameras", [(each.code, each.title) for each in register.of(profile.id)])


def _choose(form: forms.Form, name: str, choices: Any) -> None:
    form.fields[name].choices = list(choices)  # type: ignore[attr-defined]  # a ChoiceField


def _with_clauses(choice: policy.Choice) -> str:
    return f"{choice.label} ({', '.join(choice.clauses)})" if choice.clauses else choice.label


def _numbers(form: WhatFields) -> tuple[int, ...]:
    try:
        return form.numbers()
    except ValueError as wrong:
        raise holds.WrongHold(
            "reads", f"Numbers of reads are digits, with spaces between. {_NOTHING}"
        ) from wrong


def _there(moment: datetime | None, profile: Profile) -> datetime | None:
    return moment.replace(tzinfo=profile.zone) if moment else None


def told(form: forms.Form, wrong: holds.WrongHold | BadQuery, names: Mapping[str, str]) -> None:
    """Put what a room found beside the field of the form that it is about."""
    name = names.get(wrong.field, wrong.field)
    form.add_error(name if name in form.fields else None, str(wrong))
