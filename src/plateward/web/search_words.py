"""What was asked, in words: for a search that found nothing, and for the list of saved ones."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from plateward.cameras.register import Registered
from plateward.reads.query import Query
from plateward.web.search_area import INSIDE, NEAR
from plateward.web.search_form import SPANS
from plateward.web.templatetags.page import local_minute

_LOOKS: Final = {
    "color": "colour",
    "make": "make",
    "model": "model",
    "body_type": "body",
    "direction": "direction",
}
_CLOSE: Final = "and plates that look alike or differ by one character"


def in_words(query: Query, cameras: Sequence[Registered], zone: str) -> tuple[str, ...]:
    """One thing that was asked for after another; a time on the clock of `zone`."""
    said = [f"plate {query.plate}{f', {_CLOSE}' if query.close else ''}"] if query.plate else []
    if query.since:
        said.append(f"from {_minute(query.since, zone)}")
    if query.until:
        said.append(f"to {_minute(query.until, zone)}")
    if query.cameras:
        titles = {camera.code: camera.title for camera in cameras}
        said.append("at " + ", ".join(titles.get(code, code) for code in query.cameras))
    if query.area:
        said.append(query.area.words())
    said += [f"{_LOOKS[name]} {word}" for name, word in query.looks.asked().items()]
    return tuple(said)


def of_saved(
    what: Mapping[str, tuple[str, ...]], cameras: Mapping[str, str], cities: Mapping[str, str]
) -> tuple[str, ...]:
    """The same of what a saved query keeps. Titles by code."""
    first = {name: values[0] for name, values in what.items() if values}
    said = []
    if plate := first.get("plate"):
        said.append(f"plate {plate.upper()}{f', {_CLOSE}' if first.get('close') else ''}")
    said += _time(first)
    if codes := what.get("cameras"):
        said.append("at " + ", ".join(cameras.get(code, code) for code in codes))
    said += _place(first)
    said += [f"{_LOOKS[name]} {first[name]}" for name in _LOOKS if first.get(name)]
    said.append("in " + " and ".join(cities.get(each, each) for each in what.get("cities", ())))
    return tuple(said)


def _minute(instant: datetime, zone: str) -> str:
    """The ends of the calendar are on no other clock."""
    return local_minute(instant, zone) if 1 < instant.year < 9999 else instant.isoformat()


def _time(first: Mapping[str, str]) -> list[str]:
    if (span := first.get("span", "")) in SPANS:
        words = SPANS[span][0]
        return [words.lower() if words.startswith("Last") else f"last {words}"]
    ends = (("from", first.get("since")), ("to", first.get("until")))
    return [f"{word} {written.replace('T', ' ')}" for word, written in ends if written]


def _place(first: Mapping[str, str]) -> list[str]:
    if first.get("area") == NEAR:
        around = f"{first.get('radius', '')} {first.get('radius_unit', 'mi')}"
        return [f"{around} around {first.get('point', '')}"]
    if first.get("area") == INSIDE:
        return ["inside " + "; ".join(first.get("corners", "").split("\n"))]
    return []
