"""What people decided for a city where its text is silent, and the laws over the text."""

from dataclasses import dataclass

from plateward.oversight.cities import profile_of
from plateward.policy import overlays, page, places


@dataclass(frozen=True, slots=True)
class Answer:
    """`about` in words; `accepted`: as the product proposed."""

    about: str
    said: str
    by: str
    why: str
    accepted: bool


@dataclass(frozen=True, slots=True)
class Law:
    """A law over the text. `id` is the overlay that holds its rows."""

    id: str
    title: str


def of(city: str) -> tuple[Answer, ...]:
    """In the order they were given. Raise NoSuchCity where none of that name is served."""
    return tuple(
        Answer(about(each.path), each.said, each.by, each.why, each.accepted)
        for each in page.answers(profile_of(city))
    )


def laws(city: str) -> tuple[Law, ...]:
    """The laws adopted with the text. Raise NoSuchCity where none of that name is served."""
    found = profile_of(city).overlays
    return tuple(Law(each, overlays.title(each)) for each in found)


def about(path: str) -> str:
    """What an answer, or a place that waits for one, speaks of."""
    section, _dot, note = path.partition(".")
    if section == "legal_notes":
        return f"legal note {note}, read for the city"
    return places.called(path)
