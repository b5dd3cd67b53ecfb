"""Help for staff: how to do each thing, and what each city's policy asks, from its profile."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from plateward.oversight import rules
from plateward.people import accounts, standing, training
from plateward.policy import in_force
from plateward.web import faults
from plateward.web.signed_in import person_of


@never_cache
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    held = [each.city for each in standing.held_by(person_of(request))]
    served = in_force.profiles(in_force.cities())
    own_first = sorted(served.values(), key=lambda each: (each.id not in held, each.title()))
    context = {"cities": [(each.id, each.title(), each.id in held) for each in own_first]}
    return render(request, "staff/help.html", context)


@never_cache
@require_GET
def of_city(request: HttpRequest, city: str) -> HttpResponse:
    profile = in_force.profiles([city]).get(city)
    if profile is None:
        return faults.page(request, faults.NOT_FOUND)
    asked = profile.training
    context = {
        "city": city,
        "city_title": profile.title(),
        "rules": rules.of(city),
        "before_access": asked.before_access,
        "renew": asked.renew_every.words() if asked.renew_every else "",
        "topics": [training.in_words(topic) for topic in asked.topics],
        "anew_after": [training.in_words(kind) for kind in training.kinds_that_count(profile)],
        "good_standing": asked.good_standing,
        "open_list": profile.purposes.is_open,
        "by_operator": not accounts.administrator_roles(profile),
    }
    return render(request, "staff/help_city.html", context)
