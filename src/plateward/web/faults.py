"""What a person sees when something is wrong: what happened, what is lost (nothing), what to do."""

import logging
import sys
from dataclasses import dataclass, replace
from typing import Final

from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.deprecation import MiddlewareMixin

from plateward.audit import writable
from plateward.audit.log import NotSigned, NotWritten
from plateward.postgres import room

RETRY_AFTER_SECONDS: Final = 60
_DATABASE_IS_AWAY = (OperationalError, InterfaceError)
_DATABASE_ERRORS = (DatabaseError, InterfaceError)
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Fault:
    status: int
    title: str
    happened: str
    do_next: str


DATABASE: Final = Fault(
    503,
    "The database cannot be reached",
    "Nothing was searched and nothing was lost.",
    "Try again in a minute. If this lasts, tell whoever runs the system.",
)
UNSIGNED: Final = Fault(
    503,
    "The log cannot be signed",
    "Nothing is done that cannot be recorded, so nothing was searched. Nothing was lost.",
    "Tell whoever runs the system: the server's own log says what is wrong with the signing key.",
)
UNWRITTEN: Final = Fault(
    503,
    "The log cannot be written",
    "Nothing is done that cannot be recorded, so nothing was searched. Nothing was lost.",
    "Tell whoever runs the system: the server's own log says why the database refuses entries.",
)
DISK: Final = Fault(
    503,
    "The disk is full",
    "Nothing was stored, searched or changed just now, and nothing that was stored before is lost.",
    "Tell whoever runs the system: some space must be freed. Whoever sends keeps it and sends it "
    "again.",
)
NOT_FOUND: Final = Fault(
    404,
    "There is no such page",
    "The address may be mistyped, or what was there has been deleted on schedule.",
    "Check the address, or start again from the first page.",
)
FORBIDDEN: Final = Fault(
    403,
    "This page is not open to you",
    "Nothing was shown and nothing was changed.",
    "If you think that is wrong, ask the person who administers accounts in your agency.",
)
BAD_REQUEST: Final = Fault(
    400,
    "The request could not be understood",
    "Nothing was searched and nothing was changed.",
    "Go back, check what you entered, and try again.",
)
BROKEN: Final = Fault(
    500,
    "Something went wrong on our side",
    "The fault has been written to the server's own log. What was already saved is safe.",
    "Try again. If it happens again, tell whoever runs the system what you were doing and when.",
)


class DatabaseDown(MiddlewareMixin):
    """Turn an unreachable database into a plain page, and into JSON for machines."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        fault = _fault_behind(exception)
        return None if fault is BROKEN else page(request, fault)


def page(request: HttpRequest, fault: Fault) -> HttpResponse:
    """Rendered without the request, because asking who is signed in may be what fails."""
    if request.path.startswith("/api/"):
        said = " ".join((fault.title + ".", fault.happened, fault.do_next))
        response: HttpResponse = JsonResponse({"detail": said}, status=fault.status)
    else:
        response = HttpResponse(render_to_string("fault.html", {"fault": fault}))
        response.status_code = fault.status
    if fault.status == 503:
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Also what fails before a page is reached, such as looking up who is signed in."""
    return page(request, _fault_behind(sys.exc_info()[1]))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, NOT_FOUND)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, FORBIDDEN)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, BAD_REQUEST)


def _fault_behind(exception: BaseException | None) -> Fault:
    if room.is_full(exception):
        _logger.critical("The disk is full. Free some space.")
        return DISK
    if isinstance(exception, _DATABASE_IS_AWAY):
        return DATABASE
    if not isinstance(exception, NotSigned | NotWritten):
        return BROKEN
    _logger.error("Nothing is done until the log can be written.", exc_info=exception)
    fault = UNSIGNED if isinstance(exception, NotSigned) else UNWRITTEN
    try:
        last = writable.last_written()
    except _DATABASE_ERRORS:
        return fault
    said = f"{fault.happened} The last entry that was written is of {last}." if last else ""
    return replace(fault, happened=said or fault.happened)
