"""What a holder does with a copy that is out: each step is a form on its page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from plateward.custody.documents import NotADocument
from plateward.custody.downloads_steps import NotDone
from plateward.web import downloads, faults
from plateward.web.downloads_forms import STEPS
from plateward.web.manage_door import NotOpen
from plateward.web.signed_in import person_of


@never_cache
@require_POST
def act(request: HttpRequest, city: str, number: int, step: str) -> HttpResponse:
    if step not in STEPS:
        return faults.page(request, faults.NOT_FOUND)
    try:
        profile, permit, whole = downloads.looked_at(request, city, number)
        form = STEPS[step](profile, request.POST, request.FILES)
        if form.is_valid():
            form.done(number, by=person_of(request), permit=permit, now=timezone.now())
            messages.success(request, f"D-{number}: {form.told}")
            return HttpResponseRedirect(reverse("download", args=[city, number]))
    except NotOpen as closed:
        return closed.answer
    except (NotDone, NotADocument) as wrong:
        form.add_error(None, str(wrong))
    if not form.fits(whole, profile):  # its form is no longer on the page that would say so
        for error in form.non_field_errors():
            messages.warning(request, str(error))
        return HttpResponseRedirect(reverse("download", args=[city, number]))
    return downloads.shown(request, profile, whole, form)
