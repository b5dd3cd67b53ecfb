"""A part of the map as a person types it: a point and a distance, or corners one a line."""

import re
from dataclasses import dataclass
from typing import Final

from django import forms

from plateward.reads.area import Area, BadArea, Circle, polygon

NEAR, INSIDE = "near", "inside"
KINDS: Final = (
    ("", "Anywhere"),
    (NEAR, "Around a point"),
    (INSIDE, "Inside a shape"),
)
METRES_IN: Final = {"mi": 1609.344, "ft": 0.3048, "km": 1000.0, "m": 1.0}
_UNITS: Final = (("mi", "miles"), ("ft", "feet"), ("km", "kilometres"), ("m", "metres"))
_PAIR: Final = re.compile(
    r"\s*\(?\s*([+-]?\d+(?:\.\d+)?)\s*°?\s*[,;\s]\s*([+-]?\d+(?:\.\d+)?)\s*°?\s*\)?\s*"
)
_NOTHING: Final = "Nothing was searched."


class WrongPlace(ValueError):
    """What was typed is no place. `field` says where the mistake is."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{message} {_NOTHING}")
        self.field = field


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of the form as they were cleaned. `radius` in `unit`."""

    kind: str
    point: str
    radius: float | None
    unit: str
    corners: str

    def area(self) -> Area | None:
        """None: anywhere. Raise WrongPlace."""
        if self.kind == NEAR:
            return self._circle()
        if self.kind == INSIDE:
            return self._polygon()
        return None

    def _circle(self) -> Circle:
        latitude, longitude = _pair("point", self.point)
        if self.radius is None:
            raise WrongPlace("radius", "Say how far around the point, for example 0.5 miles.")
        metres = round(self.radius * METRES_IN[self.unit])
        try:
            return Circle(latitude, longitude, metres)
        except BadArea as wrong:
            field = "radius" if "radius" in str(wrong) else "point"
            raise WrongPlace(field, str(wrong)) from wrong

    def _polygon(self) -> Area:
        lines = [line for line in self.corners.splitlines() if line.strip()]
        try:
            return polygon([_pair("corners", line) for line in lines])
        except BadArea as wrong:
            raise WrongPlace("corners", str(wrong)) from wrong


def _pair(field: str, written: str) -> tuple[float, float]:
    if not written.strip():
        raise WrongPlace(field, "Give the point as latitude, longitude, or set it on the map.")
    found = _PAIR.fullmatch(written)
    if found is None:
        raise WrongPlace(
            field,
            f"“{written.strip()[:40]}” is no point. Write latitude, longitude in degrees, for "
            "example 37.30512, -93.42871.",
        )
    return float(found[1]), float(found[2])


class AreaFields(forms.Form):
    """Mixed into the search form; a keyboard types what a mouse draws on the map."""

    area = forms.ChoiceField(label="Area", required=False, choices=KINDS)
    point = forms.CharField(
        label="Point",
        required=False,
        max_length=60,
        help_text="Latitude, longitude: 37.30512, -93.42871. Or set it on the map.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    radius = forms.FloatField(
        label="How far around it",
        required=False,
        widget=forms.NumberInput(attrs={"step": "any", "min": "0"}),
        error_messages={"invalid": f"This is no distance. Write a number: 0.5. {_NOTHING}"},
    )
    radius_unit = forms.ChoiceField(label="Unit", required=False, choices=_UNITS)
    corners = forms.CharField(
        label="Corners",
        required=False,
        max_length=4000,
        help_text="One a line, latitude, longitude, in the order they are joined. Or set them on "
        "the map.",
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )

    def typed_area(self) -> Typed:
        """After is_valid."""
        filled = self.cleaned_data
        return Typed(
            kind=filled["area"],
            point=filled["point"],
            radius=filled["radius"],
            unit=filled["radius_unit"] or _UNITS[0][0],
            corners=filled["corners"],
        )
