"""Enrol somebody in a city, or give a role there to somebody who has an account."""

import secrets
from typing import Final

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from plateward.people import agencies, appointments, enrol
from plateward.people.models import Person
from plateward.policy.profile import Profile
from plateward.web.people import door
from plateward.web.people.forms import EnrolledForm, NewPersonForm
from plateward.web.presence import recently_confirmed
from plateward.web.signed_in import person_of

_PARTS: Final = 4  # sixteen letters and digits: 64 bits, good for one sign-in


@never_cache
@require_http_methods(["GET", "POST"])
@recently_confirmed
def page(request: HttpRequest, city: str) -> HttpResponse:
    try:
        profile, _ = door.opened(request, city)
    except door.NotOpen as closed:
        return closed.answer
    initial = {
        "begins_on": timezone.now().astimezone(profile.zone).date(),
        "issued_by": person_of(request).badge,
    }
    sent = request.POST.get("what", "")
    new = NewPersonForm(
        request.POST if sent == NewPersonForm.code else None,
        profile=profile,
        agencies=[each.name for each in agencies.every()],
        prefix=NewPersonForm.code,
        initial=initial,
    )
    known = EnrolledForm(
        request.POST if sent == EnrolledForm.code else None,
        profile=profile,
        prefix=EnrolledForm.code,
        initial=initial,
    )
    answer = _done(request, profile, new, known)
    if answer is not None:
        return answer
    context = {
        "city": city,
        "city_title": profile.title(),
        "forms": [new, known],
        "wrong": new.errors or known.errors,
    }
    return render(
        request, "staff/people_new.html", context, status=400 if context["wrong"] else 200
    )


def _done(
    request: HttpRequest, profile: Profile, new: NewPersonForm, known: EnrolledForm
) -> HttpResponse | None:
    """What to answer once it is done; None where nothing was sent or something is wrong."""
    if new.is_bound and new.is_valid():
        return _enrolled(request, profile, new)
    if known.is_bound and known.is_valid():
        return _given(request, profile, known)
    return None


def _enrolled(request: HttpRequest, profile: Profile, form: NewPersonForm) -> HttpResponse | None:
    said, by = form.cleaned_data, person_of(request).badge
    newcomer = enrol.Newcomer(
        said["username"], said["full_name"], said["badge"], said["agency"], said["someone_else"]
    )
    password = "-".join(secrets.token_hex(2) for _ in range(_PARTS))
    try:
        with transaction.atomic():
            person = enrol.person(newcomer, password=password, by=by, first_password=True)
            appointments.appoint(person, form.grant(), by=by)
    except IntegrityError:
        form.add_error(None, "That user name or badge is somebody's already. Nobody was enrolled.")
        return None
    except ValueError as wrong:
        form.add_error(None, str(wrong))
        return None
    # Shown once, in the answer itself: it is stored nowhere and has no address.
    context = {
        "city": profile.id,
        "city_title": profile.title(),
        "person": person,
        "password": password,
    }
    return render(request, "staff/people_enrolled.html", context)


def _given(request: HttpRequest, profile: Profile, form: EnrolledForm) -> HttpResponse | None:
    badge = form.cleaned_data["badge"].strip()
    person = Person.objects.filter(badge__iexact=badge).first()
    if person is None:
        form.add_error("badge", "Nobody has this badge. Nothing was changed.")
        return None
    try:
        appointments.appoint(person, form.grant(), by=person_of(request).badge)
    except ValueError as wrong:
        form.add_error(None, str(wrong))
        return None
    messages.success(request, f"{person.get_full_name()} holds the role now.")
    return HttpResponseRedirect(reverse("person", args=[profile.id, person.pk]))
