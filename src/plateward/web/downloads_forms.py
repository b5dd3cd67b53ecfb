"""What a holder can say of a copy: purged, still needed, its case over, booked, received."""

from datetime import datetime
from typing import Any, Final

from django import forms

from plateward.custody import downloads_steps, evidence
from plateward.custody.downloads_register import Whole
from plateward.gate.permit import Permit
from plateward.people.models import Person
from plateward.policy import copies
from plateward.policy.profile import Profile

_DAY = {"invalid": "Write the day like 2026-11-21. Nothing was changed."}


class StepForm(forms.Form):
    """One step. `told` is said on the page once it is done."""

    code = ""
    title = ""
    lead = ""
    button = ""
    told = ""

    def __init__(self, profile: Profile, *sent: Any) -> None:
        super().__init__(*sent, prefix=self.code)  # type: ignore[misc] # data and files at most
        self.profile = profile

    @staticmethod
    def fits(whole: Whole, profile: Profile) -> bool:
        raise NotImplementedError

    def done(self, number: int, *, by: Person, permit: Permit, now: datetime) -> None:
        raise NotImplementedError


class Purge(StepForm):
    code = "purge"
    title = "Attest that it is purged"
    lead = "Every copy of the file and of what was unpacked from it, wherever it lies."
    button = "Attest the purge"
    told = "The purge is attested; the log entry is the certificate."
    how = forms.CharField(
        label="Which copies there were, and how each was destroyed",
        max_length=downloads_steps.LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say how each copy was destroyed. Nothing was changed."},
    )

    @staticmethod
    def fits(whole: Whole, profile: Profile) -> bool:  # noqa: ARG004 -- as its siblings
        return not whole.line.request

    def done(self, number: int, *, by: Person, permit: Permit, now: datetime) -> None:
        how = self.cleaned_data["how"]
        downloads_steps.purge(number, how, by=by, permit=permit, now=now)


class Longer(StepForm):
    code = "longer"
    title = "Confirm that it is still needed"
    lead = "Carries it on for one more period of the text, from today; then it is asked again."
    button = "Confirm"
    told = "Confirmed: it may be kept until the day shown."
    ground = forms.ChoiceField(label="Because")

    def __init__(self, profile: Profile, *sent: Any) -> None:
        super().__init__(profile, *sent)
        grounds = copies.purge(profile).grounds
        self.fields["ground"].choices = [  # type: ignore[attr-defined]
            (each, copies.GROUNDS.get(each, each.replace("_", " "))) for each in grounds
        ]

    @staticmethod
    def fits(whole: Whole, profile: Profile) -> bool:
        still = whole.line.purge_by is not None and whole.resolved_on is None
        named = bool(whole.line.case_number) and bool(copies.purge(profile).grounds)
        return still and named and whole.line.state != "overdue"

    def done(self, number: int, *, by: Person, permit: Permit, now: datetime) -> None:
        ground = self.cleaned_data["ground"]
        downloads_steps.extend(number, ground, by=by, permit=permit, now=now)


class Resolved(StepForm):
    code = "resolved"
    title = "The case is over"
    lead = "From this day the text counts how long the copy may still be kept."
    button = "Record the day"
    told = "Recorded: the day by which it is to be purged follows from it."
    on = forms.DateField(
        label="Resolved on",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Say on which day. Nothing was changed.", **_DAY},
    )

    @staticmethod
    def fits(whole: Whole, profile: Profile) -> bool:
        counted = copies.purge(profile).after_case is not None
        return counted and bool(whole.line.case_number) and whole.line.purge_by is not None

    def done(self, number: int, *, by: Person, permit: Permit, now: datetime) -> None:
        downloads_steps.resolve(number, self.cleaned_data["on"], by=by, permit=permit, now=now)


class Book(StepForm):
    code = "book"
    title = "Book it into evidence"
    lead = "Once it lies in evidence, on its medium, under its number."
    button = "Record the booking"
    told = "It is booked."
    property_number = forms.CharField(label="Property number", max_length=evidence.LONGEST_NUMBER)
    medium = forms.CharField(
        label="Portable medium it lies on", max_length=downloads_steps.LONGEST, required=False
    )

    @staticmethod
    def fits(whole: Whole, profile: Profile) -> bool:
        return copies.booking(profile) is not None and whole.booked_at is None

    def done(self, number: int, *, by: Person, permit: Permit, now: datetime) -> None:
        said = self.cleaned_data
        evidence.book(
            number, said["property_number"], said["medium"], by=by, permit=permit, now=now
        )


class Received(StepForm):
    code = "received"
    title = "Record the written receipt"
    lead = "Who acknowledged it for the agency; attach the signed paper if you have it."
    button = "Record the receipt"
    told = "The receipt is on record: the copy is the agency's from now on."
    who = forms.CharField(label="Signed by, with badge or title", max_length=200)
    paper = forms.FileField(
        label="The signed receipt", required=False, help_text="PDF, JPEG or PNG, at most 10 MB."
    )

    @staticmethod
    def fits(whole: Whole, profile: Profile) -> bool:  # noqa: ARG004 -- as its siblings
        return bool(whole.line.request) and whole.received_at is None

    def done(self, number: int, *, by: Person, permit: Permit, now: datetime) -> None:
        paper = self.cleaned_data["paper"]
        receipt = evidence.Receipt(
            self.cleaned_data["who"],
            paper.read() if paper else b"",
            str(paper.name) if paper else "",
        )
        evidence.receive(number, receipt, by=by, permit=permit, now=now)


STEPS: Final[dict[str, type[StepForm]]] = {
    form.code: form for form in (Received, Book, Longer, Resolved, Purge)
}
