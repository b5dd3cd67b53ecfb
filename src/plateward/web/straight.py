"""A short way in for what machines send many hundred times a second.

A camera shows its own secret with every message. What stands before pages (sessions, sign-in,
forms) is not for it, and each of them would cost a change of thread. So does Django's own handler,
for views that may touch the database; the views that go this way never do, they ask `hands`.
Whatever else is asked for goes the long way.
"""

import io
from collections.abc import Awaitable, Callable
from functools import lru_cache
from inspect import iscoroutinefunction
from typing import Any, Final

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

_INTERFACE: Final = "/api/"
View = Callable[[HttpRequest], Awaitable[HttpResponse]]
App = Callable[..., Awaitable[None]]


class _HungUp(Exception):
    """The connection was closed before the message was whole."""


def with_short_way(long_way: App) -> App:
    """`long_way` for all but the views of machines that wait for nothing themselves."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and _view(scope["path"]) is not None:
            await _answer(scope, receive, send)
        else:
            await long_way(scope, receive, send)

    return application


@lru_cache(maxsize=128)
def _view(path: str) -> View | None:
    if not path.startswith(_INTERFACE):
        return None
    try:
        found = resolve(path)
    except Resolver404:
        return None
    return found.func if iscoroutinefunction(found.func) and not found.kwargs else None


async def _answer(scope: Any, receive: Any, send: Any) -> None:
    try:
        body = await _body(receive)
    except _HungUp:
        return
    response = _too_large() if body is None else await _guarded(scope, body)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    headers = [(k.lower().encode("ascii"), v.encode("latin-1")) for k, v in response.items()]
    headers.append((b"content-length", str(len(response.content)).encode()))
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": response.content})


async def _body(receive: Any) -> bytes | None:
    """None where it is larger than anything that is taken."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _HungUp
        part = message.get("body", b"")
        size += len(part)
        if size > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return None
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def _too_large() -> HttpResponse:
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024 // 1024
    said = f'"The message is larger than {most} MiB. Nothing was stored. Send less at once."'
    body = f'{{"detail": {said}, "errors": []}}'
    response = HttpResponse(body, status=413, content_type="application/json")
    response.headers["Connection"] = "close"  # the rest of it is not waited for
    return response


async def _ask(request: HttpRequest) -> HttpResponse:
    request.get_host()  # a host that is not ours is refused before anything is done
    view = _view(request.path)
    assert view is not None
    return await view(request)


async def _guarded(scope: Any, body: bytes) -> HttpResponse:
    """What a view fails with is told as it is anywhere else."""
    answer: HttpResponse = await _GUARDED(ASGIRequest(scope, io.BytesIO(body)))
    return answer


_GUARDED: Final[Callable[..., Any]] = convert_exception_to_response(_ask)
