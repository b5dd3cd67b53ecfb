"""Who is asking, as the rooms want to know it."""

from django.http import HttpRequest

from plateward.people.models import Person


def person_of(request: HttpRequest) -> Person:
    """The middleware has already sent everyone else to sign in."""
    person = request.user
    assert isinstance(person, Person)
    return person


def used_second_factor(request: HttpRequest) -> bool:
    """As the session's middleware found it; nothing said means no."""
    return bool(getattr(request, "second_factor", False))
