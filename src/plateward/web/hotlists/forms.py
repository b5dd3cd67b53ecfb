"""What is filled in to look for a plate, to end an entry, and to send a file."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django import forms

from plateward.hotlists import entries
from plateward.hotlists.browse import Entry
from plateward.hotlists.kinds import SOURCES, Kinds
from plateward.hotlists.layout import Layout
from plateward.plates.text import PlateText
from plateward.plates.wildcards import tidied
from plateward.policy.periods import Period
from plateward.policy.profile import Profile
from plateward.web.reasons import ReasonForm

LARGEST_FILE: Final = 10 * 1024 * 1024
_NOTHING: Final = "Nothing was added."


class EntryForm(ReasonForm):
    """One plate to look for, and why; the reason is what the city's policy is asked with too."""

    plate = forms.CharField(
        label="Plate",
        max_length=40,
        help_text="Whole, or with ? for one unknown character and * for any number: three known "
        "characters at least.",
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "class": "input-plate",
            }
        ),
        error_messages={"required": f"Which plate? {_NOTHING}"},
    )
    state = forms.CharField(
        label="State of the plate",
        max_length=8,
        required=False,
        help_text="Such as MO. Empty where it is not known: then every state alerts alike.",
    )
    vehicle = forms.CharField(
        label="Vehicle",
        max_length=120,
        required=False,
        help_text="What an officer looks for beside the plate: silver Ford F-150.",
    )
    category = forms.ChoiceField(
        label="Kind", error_messages={"required": f"Choose what kind of entry it is. {_NOTHING}"}
    )
    hotlist = forms.CharField(
        label="List",
        max_length=120,
        required=False,
        help_text="Which of your lists. Empty: the one named after its kind.",
    )
    until = forms.DateField(
        label="Last day",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": f"Nothing is looked for without end: name the last day. {_NOTHING}",
            "invalid": f"Write the day like 2026-11-21. {_NOTHING}",
        },
    )
    note = forms.CharField(
        label="Why",
        max_length=entries.LONGEST_WHY,
        help_text="Whoever sees an alert reads this. It is kept with your name in the log.",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": f"Say why: whoever sees an alert reads it. {_NOTHING}"},
    )

    def __init__(self, *args: Any, profile: Profile, **kwargs: Any) -> None:
        self.profile = profile
        super().__init__(*args, profiles=[profile], **kwargs)
        choices = [("", "Choose"), *Kinds.of(profile).choices()]
        self.fields["category"].choices = choices  # type: ignore[attr-defined]
        longest = profile.at("hotlists").get("max_entry_period")
        if longest:
            words = Period.parse(longest).words()
            self.fields["until"].help_text = f"At most {words} from today, as the policy says."

    def clean_plate(self) -> str:
        """As it is compared: without spaces, dashes and dots."""
        return tidied(self.cleaned_data["plate"])

    def listing(self) -> entries.Listing:
        """After is_valid."""
        said = self.cleaned_data
        return entries.Listing(
            hotlist=said["hotlist"].strip() or Kinds.words(said["category"]),
            category=said["category"],
            plate=PlateText(said["plate"]),
            why=said["note"].strip(),
            case_number=said["case_number"].strip(),
            ends_at=end_of(said["until"], self.profile),
            state=said["state"].strip(),
            vehicle=said["vehicle"].strip(),
        )


def end_of(day: date, profile: Profile) -> datetime:
    """With its last moment in the city."""
    return datetime.combine(day + timedelta(days=1), time(), profile.zone)


def as_it_stands(entry: Entry, profile: Profile) -> dict[str, object]:
    """An entry as the form shows it, to be corrected."""
    last = (entry.ends_at - timedelta(microseconds=1)).astimezone(profile.zone).date()
    return {
        "plate": entry.plate,
        "state": entry.state,
        "vehicle": entry.vehicle,
        "category": entry.category,
        "hotlist": entry.hotlist,
        "case_number": entry.case_number,
        "note": entry.why,
        "until": last,
    }


class FindForm(forms.Form):
    """Which entries. Nothing of it is required."""

    plate = forms.CharField(
        label="Plate begins with",
        max_length=40,
        required=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "class": "input-plate"}
        ),
    )
    hotlist = forms.TypedChoiceField(label="List", required=False, coerce=int, empty_value=None)
    show = forms.ChoiceField(
        label="Show",
        required=False,
        choices=[
            ("", "Looked for now, or waiting"),
            ("waiting", "Waiting for a second person"),
            ("ended", "Ended"),
        ],
    )

    def __init__(self, *args: Any, lists: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hotlist"].choices = [("", "All lists"), *lists]  # type: ignore[attr-defined]


class FileForm(forms.Form):
    """A file of plates, its layout and whose it is."""

    file = forms.FileField(
        label="File",
        help_text="Up to 10 MB, some 150,000 rows. Larger ones go by the command `plateward "
        "hotlists import`, which shows how far it is.",
        error_messages={"required": "Choose a file. Nothing was imported."},
    )
    layout = forms.ChoiceField(
        label="Layout", help_text="How the file is laid out. Others go by the command."
    )
    feed = forms.CharField(
        label="List", max_length=100, help_text="What to call it, such as State extract."
    )
    source = forms.ChoiceField(label="Whose list it is", required=False)
    complete = forms.ChoiceField(
        label="What the file is",
        choices=[
            ("", "Choose"),
            ("complete", "The whole list: what it lacks is looked for no longer"),
            ("incremental", "Additions to the list"),
        ],
    )

    def __init__(self, *args: Any, profile: Profile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shipped = [(each, each) for each in Layout.shipped()]
        self.fields["layout"].choices = [("", "Choose"), *shipped]  # type: ignore[attr-defined]
        allowed = Kinds.of(profile).sources or tuple(filter(None, SOURCES))
        whose = [(each, SOURCES.get(each, each).capitalize()) for each in allowed]
        self.fields["source"].choices = [("", "As the layout says"), *whose]  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        sent = self.cleaned_data["file"]
        if sent.size > LARGEST_FILE:
            raise forms.ValidationError(
                "The file is larger than 10 MB. Nothing was imported. Use the command `plateward "
                "hotlists import` for it."
            )
        return sent


class WhyForm(forms.Form):
    """Why an entry ends early, or is refused."""

    ended_why = forms.CharField(
        label="Why it ends",
        max_length=entries.LONGEST_WHY,
        error_messages={"required": "Say why it ends early. Nothing was changed."},
    )


class PastForm(forms.Form):
    """How far back to look for a plate that was just entered."""

    days = forms.IntegerField(
        label="Days back",
        min_value=1,
        max_value=3660,
        error_messages={
            "required": "How many days? Nothing was searched.",
            "invalid": "Write a number of days. Nothing was searched.",
        },
    )
