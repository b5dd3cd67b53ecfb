"""How the agents beside a city's cameras are, for whoever holds a role there; never a plate."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from plateward.cameras import health, register
from plateward.people import standing
from plateward.policy import in_force
from plateward.web import faults as failing
from plateward.web.signed_in import person_of


@never_cache
@require_GET
def page(request: HttpRequest, city: str) -> HttpResponse:
    profile = in_force.profiles([city]).get(city)
    if profile is None or city not in {post.city for post in standing.held_by(person_of(request))}:
        return failing.page(request, failing.NOT_FOUND)
    agents = health.of(city, now=timezone.now())
    known = {agent.code for agent in agents}
    context = {
        "city": city,
        "city_title": profile.title(),
        "zone": profile.timezone,
        "agents": agents,
        "others": [each for each in register.of(city) if each.code not in known],
    }
    return render(request, "staff/camera_health.html", context)
