"""What a person fills in to search, and how it becomes a question."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from plateward.cameras import register
from plateward.cameras.register import Registered
from plateward.oversight import rules
from plateward.people import standing
from plateward.people.models import Person
from plateward.policy import in_force
from plateward.policy.decide import Reason
from plateward.policy.profile import Profile
from plateward.reads.query import LONGEST_WORD, BadQuery, Looks, Query
from plateward.web.reasons import ReasonForm
from plateward.web.search_area import AreaFields, WrongPlace

FROM_TO: Final = ""
SPANS: Final = {
    "hour": ("Last hour", timedelta(hours=1)),
    "day": ("24 hours", timedelta(hours=24)),
    "week": ("7 days", timedelta(days=7)),
}
# What a search looks for, and where: the part of the form that a saved query keeps.
WHAT: Final = (
    *("cities", "plate", "close", "span", "since", "until", "cameras"),
    *("area", "point", "radius", "radius_unit", "corners"),
    *("color", "make", "body_type", "direction"),
)
_WHY: Final = ("purpose", "case_number", "note", "requests", "confirmed")
_VEHICLE: Final = ("color", "make", "body_type")
_NOTHING: Final = "Nothing was searched."


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


@dataclass(frozen=True, slots=True)
class CameraChoice:
    code: str
    title: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class CamerasOf:
    """The cameras of one city on the form."""

    city: str
    title: str
    cameras: tuple[CameraChoice, ...]


@dataclass(frozen=True, slots=True)
class VehicleField:
    """`kept_by`: the ids of the cities that keep it; `titles` the same for people to read."""

    field: forms.BoundField
    kept_by: str
    titles: str


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


def _word(label: str, listed: str, **attributes: str) -> forms.CharField:
    """A word of the cameras', with a list of usual ones to choose from."""
    told = {"autocomplete": "off", "list": listed, "class": "input-word", **attributes}
    return forms.CharField(
        label=label,
        required=False,
        max_length=LONGEST_WORD,
        widget=forms.TextInput(attrs=told),
    )


class SearchForm(AreaFields, ReasonForm):
    cities = forms.MultipleChoiceField(
        label="Cities",
        error_messages={"required": f"Choose at least one city. {_NOTHING}"},
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
    close = forms.BooleanField(
        label="Also look-alikes and one character different",
        required=False,
        help_text="For a whole plate that a witness or a camera may have wrong: 0 and O, 8 and B.",
    )
    span = forms.ChoiceField(
        label="Time",
        required=False,
        choices=[(FROM_TO, "From and to"), *((code, said) for code, (said, _) in SPANS.items())],
    )
    since = LocalTime(label="From", required=False)
    until = LocalTime(label="To", required=False)
    cameras = forms.MultipleChoiceField(label="Cameras", required=False)
    color = _word("Colour", "colours")
    make = _word("Make", "makes")
    body_type = _word("Body", "bodies")
    direction = _word("Direction", "directions")

    def __init__(self, *args: object, person: Person, **kwargs: object) -> None:
        served = in_force.profiles(in_force.cities())
        own = [held.city for held in standing.held_by(person) if held.city in served]
        own_first = [*own, *(city for city in served if city not in own)]
        self.of_city = {city: served[city] for city in own_first}
        kwargs.setdefault("initial", {"cities": own})
        super().__init__(*args, profiles=list(self.of_city.values()), person=person, **kwargs)
        self.person = person
        titles = {city: profile.title() for city, profile in self.of_city.items()}
        self.standing: list[Registered] = register.of_cities(list(titles))
        self.fields["cities"].choices = list(titles.items())  # type: ignore[attr-defined]
        self.fields["cameras"].choices = [  # type: ignore[attr-defined]
            (camera.code, camera.title) for camera in self.standing
        ]

    def city_choices(self) -> list[CityChoice]:
        ticked = self["cities"].value() or []
        return [
            CityChoice(city, profile.title(), _asks(profile), city in ticked)
            for city, profile in self.of_city.items()
        ]

    def camera_choices(self) -> list[CamerasOf]:
        ticked = set(self["cameras"].value() or ())
        return [
            CamerasOf(city, profile.title(), cameras)
            for city, profile in self.of_city.items()
            if (
                cameras := tuple(
                    CameraChoice(each.code, each.title, each.code in ticked)
                    for each in self.standing
                    if each.city == city
                )
            )
        ]

    def vehicle_fields(self) -> list[VehicleField]:
        """Those that some city keeps; where a vehicle went is no field of any policy."""
        told = []
        for name in _VEHICLE:
            keeping = [p for p in self.of_city.values() if p.keeps_field(name)]
            if keeping:
                ids, titles = (p.id for p in keeping), (p.title() for p in keeping)
                told.append(VehicleField(self[name], " ".join(ids), ", ".join(titles)))
        return told

    def asked(self) -> list[Profile]:
        ticked = self["cities"].value() or []
        return [profile for city, profile in self.of_city.items() if city in ticked]

    def opened(self) -> dict[str, bool]:
        """Which of the folded parts of the form hold something, or a mistake."""
        parts = {
            "cameras": ("cameras",),
            "vehicle": (*_VEHICLE, "direction"),
            "area": ("area", "point", "radius", "corners"),
        }
        return {
            part: any(self[name].value() or self[name].errors for name in names)
            for part, names in parts.items()
        }

    def question(self, *, now: datetime, page: str = "") -> Question | None:
        """None when something is wrong; the form then says what, beside the field.

        `now`: what "the last hour" is counted from. `page`: the `next` of the results before.
        """
        if not self.is_valid() or not self._is_of_the_cities():
            return None
        try:
            query = self._query(now, page)
        except (BadQuery, WrongPlace) as wrong:
            self.complain(wrong.field, str(wrong))
            return None
        return Question(tuple(self.cleaned_data["cities"]), self.reason(), query)

    def complain(self, field: str, message: str) -> None:
        """Beside the field, or above them all where the form has none of that name."""
        self.add_error(field if field in self.fields else None, message)

    def typed(self) -> list[tuple[str, str]]:
        """Every value as it was sent, so that another form can send it again."""
        sent = self.data
        if not isinstance(sent, QueryDict):
            return []
        return [(name, value) for name in (*WHAT, *_WHY) for value in sent.getlist(name) if value]

    def what(self) -> dict[str, tuple[str, ...]]:
        """What is looked for and where, without why: what a saved query keeps."""
        kept: dict[str, tuple[str, ...]] = {}
        for name, value in self.typed():
            if name in WHAT:
                kept[name] = (*kept.get(name, ()), value)
        return kept

    def _query(self, now: datetime, page: str) -> Query:
        filled = self.cleaned_data
        since, until = self._span(now)
        return Query.parse(
            plate=filled["plate"],
            since=since,
            until=until,
            cameras=filled["cameras"],
            close=filled["close"],
            area=self.typed_area().area(),
            looks=Looks(
                make=filled["make"],
                color=filled["color"],
                body_type=filled["body_type"],
                direction=filled["direction"],
            ),
            page=page,
        )

    def _span(self, now: datetime) -> tuple[datetime | None, datetime | None]:
        filled = self.cleaned_data
        if filled["span"] in SPANS:
            return now - SPANS[filled["span"]][1], now
        zone = self.of_city[filled["cities"][0]].zone
        since = _on_the_clock(filled["since"], zone, fold=0)
        until = _on_the_clock(filled["until"], zone, fold=1)
        return (since, until) if since or until else self._span_of_request()

    def _span_of_request(self) -> tuple[datetime | None, datetime | None]:
        """Left blank, the time is that of the one request named: nothing else is open anyway."""
        named = self.cleaned_data["requests"]
        spans = [each.request for each in self.open_requests if each.reference in named]
        return (spans[0].seen_from, spans[0].seen_to) if len(spans) == 1 else (None, None)

    def _is_of_the_cities(self) -> bool:
        """A camera that stands in a city that is not asked finds nothing: that would read as if
        nothing had been there."""
        chosen, cameras = set(self.cleaned_data["cities"]), set(self.cleaned_data["cameras"])
        for camera in self.standing:
            if camera.code in cameras and camera.city not in chosen:
                city = self.of_city[camera.city].title()
                self.add_error(
                    "cameras",
                    f"{camera.title} stands in {city}, which is not asked. Tick {city}, or untick "
                    f"the camera. {_NOTHING}",
                )
        return not self.errors


def initial_of(what: Mapping[str, tuple[str, ...]]) -> dict[str, object]:
    """What a saved query keeps, as the form begins with it."""
    many = {"cities", "cameras"}
    kept = {name: values for name, values in what.items() if name in WHAT and values}
    return {name: list(values) if name in many else values[0] for name, values in kept.items()}


def _on_the_clock(written: datetime | None, zone: ZoneInfo, *, fold: int) -> datetime | None:
    """In the hour that comes twice, from means the first and to means the second."""
    return written.replace(tzinfo=zone, fold=fold) if written else None


def _asks(profile: Profile) -> str:
    said = ", ".join(rules.needs(profile))
    return f"{said[:1].upper()}{said[1:]}. Reads are kept {profile.retention_words()}."
