"""What is filled in about a person: each form names its act and hands it to the room."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator

from plateward.people import accounts, appointments, permissions, training
from plateward.people.models import Person
from plateward.policy.profile import Profile

_YES_NO = (("", "Choose"), ("yes", "Yes"), ("no", "No"))


def day(label: str, **kwargs: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    wrong = {"invalid": "Write the day like 2026-11-21."}
    return forms.DateField(label=label, widget=widget, error_messages=wrong, **kwargs)


def words(label: str, length: int = 200, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, **kwargs)


class PersonForm(forms.Form):
    """One act about one person in one city. `title` and `button` are what the page shows."""

    code: ClassVar[str]
    title: ClassVar[str]
    button: ClassVar[str]
    done: ClassVar[str]

    def __init__(self, *args: Any, profile: Profile, **kwargs: Any) -> None:
        self.profile = profile
        super().__init__(*args, **kwargs)

    def do(self, person: Person, *, by: Person) -> None:
        """Hand it to the room, which logs it. After is_valid. Raises ValueError, LookupError."""
        raise NotImplementedError


class AppointForm(PersonForm):
    code, title, button = "appoint", "Give a role, or replace the one held", "Give the role"
    done = "The role is given. The appointment before it stays on record."

    role = forms.ChoiceField(label="Role")
    sworn = forms.ChoiceField(label="Sworn officer", choices=_YES_NO)
    document = words("Written authorisation", help_text="Where the signed paper is kept.")
    issued_by = words("Issued by", 150, help_text="A badge of someone enrolled here, or a name.")
    begins_on = day("First day")
    ends_on = day("Last day", required=False, help_text="Empty: no end.")
    attested = forms.MultipleChoiceField(
        label="The paper also shows",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    despite = words(
        "If the person works for another agency than the role's: why",
        required=False,
        help_text="Stays on record. Leave empty otherwise.",
    )

    def __init__(self, *args: Any, profile: Profile, **kwargs: Any) -> None:
        super().__init__(*args, profile=profile, **kwargs)
        titles = [(role.code, role.title) for role in profile.roles.values()]
        self.fields["role"].choices = [("", "Choose"), *titles]  # type: ignore[attr-defined]
        asked = [(code, training.in_words(code)) for code in appointments.may_be_attested(profile)]
        self.fields["attested"].choices = asked  # type: ignore[attr-defined]
        if not asked:
            del self.fields["attested"]

    def grant(self) -> appointments.Grant:
        """After is_valid."""
        said = self.cleaned_data
        return appointments.Grant(
            city=self.profile.id,
            role=said["role"],
            sworn=said["sworn"] == "yes",
            document=said["document"],
            begins_on=said["begins_on"],
            ends_on=said["ends_on"],
            issued_by=said["issued_by"],
            issuer=Person.objects.filter(badge__iexact=said["issued_by"].strip()).first(),
            despite=said["despite"],
            attested=tuple(said.get("attested", ())),
        )

    def clean_ends_on(self) -> date | None:
        first, last = self.cleaned_data.get("begins_on"), self.cleaned_data["ends_on"]
        if first and last and last < first:
            raise forms.ValidationError("The last day is before the first. Nothing was changed.")
        return last  # type: ignore[no-any-return]  # a form's data is untyped

    def do(self, person: Person, *, by: Person) -> None:
        appointments.appoint(person, self.grant(), by=by.badge)


class NewPersonForm(AppointForm):
    """Enrol somebody and give them their role in one go."""

    code, title, button = "new", "A new person", "Enrol and give the role"

    username = words("User name", 150, validators=[UnicodeUsernameValidator()])
    full_name = words("Full name", 120)
    badge = words("Badge, employee or PIN number", 32, help_text="One person, one number.")
    agency = forms.ChoiceField(label="Agency")
    someone_else = forms.BooleanField(
        label="Not the person of a similar name who has an account already", required=False
    )
    field_order = ("username", "full_name", "badge", "agency", "someone_else", "role")

    def __init__(self, *args: Any, agencies: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Choose"), *((name, name) for name in agencies)]
        self.fields["agency"].choices = choices  # type: ignore[attr-defined]


class EnrolledForm(AppointForm):
    """Give a role here to somebody who has an account already."""

    code, title, button = "enrolled", "Somebody with an account", "Give the role"

    badge = words("Their badge", 32)
    field_order = ("badge", "role")


class TrainForm(PersonForm):
    code, title, button = "train", "Record training", "Record the training"
    done = "The training is recorded."

    completed_on = day("Completed on")
    topics = forms.MultipleChoiceField(
        label="Topics",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Tick none for the whole course.",
    )
    evidence = words("Evidence", help_text="The certificate, or the log entries of the practice.")
    provider = words("Given by", 120, required=False)
    expires_on = day("Counts until", required=False, help_text="Empty: as the policy says.")

    def __init__(self, *args: Any, profile: Profile, **kwargs: Any) -> None:
        super().__init__(*args, profile=profile, **kwargs)
        topics = [(code, training.in_words(code)) for code in profile.training.topics]
        self.fields["topics"].choices = topics  # type: ignore[attr-defined]
        if not topics:
            del self.fields["topics"]

    def do(self, person: Person, *, by: Person) -> None:
        said = self.cleaned_data
        course = training.Course(
            self.profile.id,
            said["completed_on"],
            said["evidence"],
            tuple(said.get("topics", ())),
            said["provider"],
            said["expires_on"],
        )
        training.record(person, course, by=by.badge)


class StandingForm(PersonForm):
    code, title, button = "standing", "Good standing", "Record it"
    done = "The standing is recorded."

    good = forms.ChoiceField(label="In good standing", choices=_YES_NO)
    why = words("Why")

    def do(self, person: Person, *, by: Person) -> None:
        good = self.cleaned_data["good"] == "yes"
        why = self.cleaned_data["why"]
        appointments.set_good_standing(person, self.profile.id, good=good, by=by.badge, why=why)


class AttestForm(PersonForm):
    code, title, button = "attest", "Attest what the policy asks for, or a right", "Attest"
    done = "It is attested, with your name."

    precondition = forms.ChoiceField(
        label="What you attest",
        help_text="State and national lists: the person was authorised in writing to see what came "
        "from them.",
    )
    document = words("Shown by", help_text="Where the paper is kept.")

    def __init__(self, *args: Any, profile: Profile, **kwargs: Any) -> None:
        super().__init__(*args, profile=profile, **kwargs)
        asked = [(code, training.in_words(code)) for code in appointments.may_be_attested(profile)]
        self.fields["precondition"].choices = asked  # type: ignore[attr-defined]

    def do(self, person: Person, *, by: Person) -> None:
        said = self.cleaned_data
        appointments.attest(
            person,
            self.profile.id,
            said["precondition"],
            document=said["document"],
            by=by.badge,
        )


class PermitForm(PersonForm):
    code, title, button = "permit", "Permit a contractor to open reads", "Record the permission"
    done = "The City's permission is recorded."

    document = words("The City's signed permission", help_text="Where it is kept.")
    crime = words("Case number of the crime", 60)
    until = day("Last day")

    def do(self, person: Person, *, by: Person) -> None:
        said = self.cleaned_data
        paper = permissions.Paper(said["document"], said["crime"], said["until"])
        permissions.give(person, self.profile.id, paper, by=by.badge)


class ReviewForm(PersonForm):
    code, title, button = "review", "Yearly review", "Record the review"
    done = "The review is recorded."

    outcome = forms.ChoiceField(
        label="Still needed",
        choices=[("", "Choose"), ("keep", "Yes, keep it"), ("close", "No, close it")],
    )
    note = words("Note", required=False)

    def do(self, person: Person, *, by: Person) -> None:
        keep, note = self.cleaned_data["outcome"] == "keep", self.cleaned_data["note"]
        accounts.review(person, self.profile.id, keep=keep, by=by.badge, note=note)


class RevokeForm(PersonForm):
    code, title, button = "revoke", "Revoke the role", "Revoke the role now"
    done = "The role is revoked, at once."

    why = words("Why")

    def do(self, person: Person, *, by: Person) -> None:
        appointments.revoke(person, self.profile.id, by=by.badge, why=self.cleaned_data["why"])


class TerminateForm(PersonForm):
    code, title, button = "terminate", "Close the account", "Close the account now"
    done = "The account is closed: every session ended and every role was revoked."

    why = words("Why")

    def do(self, person: Person, *, by: Person) -> None:
        why = self.cleaned_data["why"]
        accounts.terminate(person, by=by.badge, why=why, within=self.profile.id)


class ReinstateForm(PersonForm):
    code, title, button = "reinstate", "Open the account again", "Open the account"
    done = "The account is open again. Roles that were revoked are given anew, in writing."

    why = words("Why")

    def do(self, person: Person, *, by: Person) -> None:
        accounts.reinstate(person, by=by.badge, why=self.cleaned_data["why"])


class ChangeForm(forms.Form):
    """A change of law, policy or technology."""

    kind = forms.ChoiceField(label="Kind")
    on = day("Took effect on")
    what = words("What changed", 300)

    def __init__(self, *args: Any, profile: Profile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = training.kinds_that_count(profile)
        known = dict.fromkeys((*own, "legal_change", "policy_change", "technology_change"))
        choices = [(code, training.in_words(code)) for code in known]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]
