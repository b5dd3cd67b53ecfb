"""Take in a file of plates from a page: small ones; large ones go by the command."""

import tempfile
from pathlib import Path
from typing import IO, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from plateward.gate.permit import Permit
from plateward.hotlists import arrive
from plateward.hotlists.layout import Layout
from plateward.hotlists.rows import RefusedRow
from plateward.policy.profile import Profile
from plateward.web.hotlists import door
from plateward.web.hotlists.forms import FileForm
from plateward.web.hotlists.lists import context_of

WRONG, REFUSED = 400, 403
SHOWN = 200


@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, city: str) -> HttpResponse:
    try:
        profile = door.city_of(request, city)
    except door.NotOpen as closed:
        return closed.answer
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form, asked = FileForm(*sent, profile=profile), door.asked(request, profile)
    if asked.reason is None or not form.is_valid():
        return _page(request, profile, form, asked)
    try:
        permit = door.admitted(request, profile, asked.reason, {"file": form.cleaned_data["feed"]})
        loaded, refused = _taken_in(form.cleaned_data, asked, permit)
    except door.Refused as refusal:
        return _page(request, profile, form, asked, refusals=refusal.refusals)
    except ValueError as wrong:
        form.add_error(None, str(wrong))
        return _page(request, profile, form, asked)
    context = context_of(profile) | {
        "loaded": loaded,
        "refused": refused[:SHOWN],
        "feed": form.cleaned_data["feed"],
        "logged": permit.entries[profile.id],
    }
    return render(request, "staff/hotlist_loaded.html", context)


def _taken_in(
    said: dict[str, Any], asked: door.Asked, permit: Permit
) -> tuple[arrive.Loaded, list[RefusedRow]]:
    reason, refused = asked.reason, list[RefusedRow]()
    assert reason is not None
    with tempfile.NamedTemporaryFile(prefix="plateward-hotlist-") as kept:
        _write(kept, said["file"].chunks())
        file = arrive.File(
            path=Path(kept.name),
            layout=Layout.named(said["layout"]),
            feed=said["feed"].strip(),
            complete=said["complete"] == "complete",
            why=reason.note or said["feed"],
            case_number=reason.case_number,
            ran_by="a page",
            source=said["source"],
        )
        loaded = arrive.load(file, permit=permit, now=timezone.now(), refused=refused.append)
    return loaded, refused


def _write(kept: IO[bytes], chunks: Any) -> None:
    for chunk in chunks:
        kept.write(chunk)
    kept.flush()


def _page(
    request: HttpRequest,
    profile: Profile,
    form: FileForm,
    asked: door.Asked,
    **context: object,
) -> HttpResponse:
    status = 200 if request.method == "GET" else REFUSED if "refusals" in context else WRONG
    shown = context_of(profile) | {"form": form, "why": asked.form} | context
    return render(request, "staff/hotlist_file.html", shown, status=status)
