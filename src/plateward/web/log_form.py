"""What an auditor fills in: which entries to see, and what an export shows."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from plateward.audit import export, log
from plateward.web import words


class FilterForm(forms.Form):
    """Days are those of the city's clock."""

    person = forms.CharField(label="Person", required=False, max_length=150)
    act = forms.ChoiceField(label="Act", required=False)
    outcome = forms.ChoiceField(label="Outcome", required=False)
    since = forms.DateField(
        label="From", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label="To", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    below = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].help_text = "Badge or account, as entries name it."
        for name, choices in (("act", words.acts()), ("outcome", words.OUTCOMES)):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [("", "Any"), *sorted(choices.items(), key=lambda each: each[1])]

    def wanted(self, city: str, zone: ZoneInfo) -> log.Filter:
        said = self.cleaned_data if self.is_valid() else {}
        since, until = said.get("since"), said.get("until")
        return log.Filter(
            city=city,
            actor=said.get("person") or None,
            act=said.get("act") or None,
            outcome=said.get("outcome") or None,
            since=datetime.combine(since, time(), zone) if since else None,
            until=datetime.combine(until + timedelta(days=1), time(), zone) if until else None,
            below=said.get("below"),
        )

    def asked(self) -> dict[str, str]:
        """For the entry that says what was looked at."""
        said = self.cleaned_data if self.is_bound and self.is_valid() else {}
        return {name: str(value) for name, value in said.items() if value not in (None, "")}


class ExportForm(forms.Form):
    audience = forms.ChoiceField(
        label="Who it is for",
        choices=[
            ("public", "The public: nothing private"),
            ("auditor", "An auditor: everything but the vehicle"),
            ("court", "A court: everything"),
        ],
    )
    withhold = forms.CharField(
        label="Also withhold",
        required=False,
        max_length=500,
        help_text="Names of fields, such as name, note or query.plate, with commas.",
    )

    def showing(self) -> export.Showing:
        chosen = export.AUDIENCES[self.cleaned_data["audience"]]
        named = [name.strip() for name in self.cleaned_data["withhold"].split(",")]
        return export.Showing(chosen.shown, (*chosen.withheld, *filter(None, named)))
