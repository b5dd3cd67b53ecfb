"""What a person fills in to search, and how it becomes a question."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError

from plateward.cameras import register
from plateward.oversight import rules
from plateward.people import standing
from plateward.people.models import Person
from plateward.policy import in_force
from plateward.policy.decide import Reason
from plateward.policy.profile import Profile
from plateward.reads.search import BadQuery, Query
from plateward.web.reasons import ReasonForm


@dataclass(frozen=True, slots=True)
class Question:
    cities: tuple[str, ...]
    reason: Reason
    query: Query


@dataclass(frozen=True, slots=True)
class CityChoice:
    """A city on the form, with what its policy asks of every search."""

    id: str
    title: str
    asks: str
    ticked: bool


class LocalTime(forms.Field):
    """A time on the wall clock of a city; its zone is known only once the cities are."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        try:
            return datetime.fromisoformat(str(value)).replace(tzinfo=None)
        except ValueError as wrong:
            raise ValidationError(
                "This is not a date and time. Write it like 2026-11-21 08:05. Nothing was searched."
            ) from wrong


class SearchForm(ReasonForm):
    cities = forms.MultipleChoiceField(
        label="Cities",
        error_messages={"required": "Choose at least one city. Nothing was searched."},
    )
    plate = forms.CharField(
        label="Plate",
        required=False,
        max_length=40,
        help_text="Whole, or with ? for one unknown character and * for any number: ABC*, ?BC12*.",
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "class": "input-plate",
            }
        ),
    )
    since = LocalTime(label="From", required=False)
    until = LocalTime(label="To", required=False)
    camera = forms.ChoiceField(label="Camera", required=False)
    field_order = [
        "cities",
        "requests",
        "purpose",
        "case_number",
        "note",
        "confirmed",
        "plate",
        "since",
        "until",
        "camera",
    ]

    def __init__(self, *args: object, person: Person, **kwargs: object) -> None:
        served = in_force.profiles(in_force.cities())
        own = [held.city for held in standing.held_by(person) if held.city in served]
        own_first = [*own, *(city for city in served if city not in own)]
        self.of_city = {city: served[city] for city in own_first}
        kwargs.setdefault("initial", {"cities": own})
        super().__init__(*args, profiles=list(self.of_city.values()), person=person, **kwargs)
        titles = {city: profile.title() for city, profile in self.of_city.items()}
        self.fields["cities"].choices = list(titles.items())  # type: ignore[attr-defined]
        self.fields["camera"].choices = [("", "Any camera"), *_cameras(titles)]  # type: ignore[attr-defined]

    def city_choices(self) -> list[CityChoice]:
        ticked = self["cities"].value() or []
        return [
            CityChoice(city, profile.title(), _asks(profile), city in ticked)
            for city, profile in self.of_city.items()
        ]

    def asked(self) -> list[Profile]:
        ticked = self["cities"].value() or []
        return [profile for city, profile in self.of_city.items() if city in ticked]

    def question(self) -> Question | None:
        """None when something is wrong; the form then says what, beside the field."""
        if not self.is_valid():
            return None
        filled = self.cleaned_data
        zone = self.of_city[filled["cities"][0]].zone
        since = _on_the_clock(filled["since"], zone, fold=0)
        until = _on_the_clock(filled["until"], zone, fold=1)
        if since is None and until is None:
            since, until = self._span_of_request()
        try:
            query = Query.parse(
                plate=filled["plate"],
                since=since,
                until=until,
                cameras=[filled["camera"]],
            )
        except BadQuery as wrong:
            self.add_error(wrong.field, str(wrong))
            return None
        return Question(tuple(filled["cities"]), self.reason(), query)

    def _span_of_request(self) -> tuple[datetime | None, datetime | None]:
        """Left blank, the time is that of the one request named: nothing else is open anyway."""
        named = self.cleaned_data["requests"]
        spans = [each.request for each in self.open_requests if each.reference in named]
        return (spans[0].seen_from, spans[0].seen_to) if len(spans) == 1 else (None, None)


def _on_the_clock(written: datetime | None, zone: ZoneInfo, *, fold: int) -> datetime | None:
    """In the hour that comes twice, from means the first and to means the second."""
    return written.replace(tzinfo=zone, fold=fold) if written else None


def _cameras(titles: dict[str, str]) -> list[tuple[str, list[tuple[str, str]]]]:
    standing_in: dict[str, list[tuple[str, str]]] = {city: [] for city in titles}
    for camera in register.of_cities(list(titles)):
        standing_in[camera.city].append((camera.code, camera.title))
    return [(title, standing_in[city]) for city, title in titles.items()]


def _asks(profile: Profile) -> str:
    said = ", ".join(rules.needs(profile))
    return f"{said[:1].upper()}{said[1:]}. Reads are kept {profile.retention_words()}."
