"""How the register of drives writes a day on the city's clock, and what became of a recording."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template

from plateward.custody.media_register_steps import WORDS, What

register = template.Library()


@register.filter
def local_day(instant: datetime, zone: str) -> str:
    """`21 Nov 2026`: the day on which it was there."""
    return instant.astimezone(ZoneInfo(zone)).strftime("%-d %b %Y")


@register.filter
def spoken_step(what: str) -> str:
    return WORDS[What(what)]
