"""What has stopped, at the top of every staff page of whoever it concerns."""

from functools import cache

from django.http import HttpRequest

from plateward.people import standing
from plateward.people.models import Person
from plateward.policy import service
from plateward.policy.service import Trouble


def page(request: HttpRequest) -> dict[str, object]:
    """For templates; nothing is looked up by pages that do not ask."""

    @cache
    def troubles() -> tuple[Trouble, ...]:
        user = getattr(request, "user", None)
        if not isinstance(user, Person):
            return ()
        cities = dict.fromkeys(held.city for held in standing.held_by(user))
        return service.troubles(cities)

    return {"troubles": troubles}
