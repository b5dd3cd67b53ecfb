"""The newest signed checkpoint of the log, for programs and for whoever keeps a copy."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from plateward.oversight import proof


@login_not_required
@never_cache
@require_safe
def plain(request: HttpRequest) -> HttpResponse:
    """A C2SP signed note, with the cosignatures of witnesses under it."""
    note = proof.note()
    if note is None:
        note = "The log has not been signed yet. It is signed within a minute of its first entry.\n"
        return HttpResponse(note, content_type="text/plain; charset=utf-8", status=404)
    return HttpResponse(note, content_type="text/plain; charset=utf-8")
