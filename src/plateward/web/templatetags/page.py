"""How pages write times, shares, pictures and form fields."""

import base64
import json
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString

from plateward.web import words

register = template.Library()

_DRESS = {
    "text": "usa-input",
    "password": "usa-input",
    "number": "usa-input",
    "date": "usa-input",
    "datetime-local": "usa-input",
    "select": "usa-select",
    "textarea": "usa-textarea",
}


@register.filter
def local(instant: datetime, zone: str) -> str:
    """`21 Nov 2026 08:05:12 CST`, on the city's clock."""
    return instant.astimezone(ZoneInfo(zone)).strftime("%-d %b %Y %H:%M:%S %Z")


@register.filter
def local_minute(instant: datetime, zone: str) -> str:
    return instant.astimezone(ZoneInfo(zone)).strftime("%-d %b %Y %H:%M %Z")


@register.filter
def day(on: date) -> str:
    return on.strftime("%-d %b %Y")


@register.filter
def spoken(code: str) -> str:
    """`legal_change` as a person would say it."""
    return code.replace("_", " ").capitalize()


@register.filter
def percent(share: float | None) -> str:
    return "not given" if share is None else f"{round(share * 100)}%"


@register.filter
def picture(jpeg: bytes) -> str:
    """A picture inside the page: its bytes never have an address of their own."""
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"


@register.filter
def dressed(field: BoundField) -> SafeString:
    """The field with the class its kind of input has; hints stand above it, not inside it."""
    widget = field.field.widget
    kind = getattr(widget, "input_type", "textarea")
    classes = f"{_DRESS.get(kind, '')} {widget.attrs.get('class', '')}".strip()
    hint = widget.attrs.get("placeholder") if kind == "textarea" else False
    return field.as_widget(attrs={"class": classes, "placeholder": hint or False})


@register.filter
def act(code: str) -> str:
    return words.act(code)


@register.filter
def outcome(code: str) -> str:
    return words.OUTCOMES.get(code, code)


@register.filter
def words_of(text: str) -> list[str]:
    """A list of words written in one piece, so that a template can go through it."""
    return text.split()


@register.filter
def purpose(code: str) -> str:
    return words.purpose(code)


@register.filter
def city_of_clause(clause: str) -> str:
    return words.city_of_clause(clause)


@register.filter
def thousands(number: int) -> str:
    return f"{number:,}"


@register.filter
def as_json(value: object) -> str:
    """For a data attribute, which a script of ours reads."""
    return json.dumps(value)


@register.filter
def browser(sent: str) -> str:
    """What a browser calls itself, in words such as `Firefox on Windows`."""
    return words.browser(sent)
