"""The door uvicorn opens."""

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plateward.settings")

from django.conf import settings
from django.core.asgi import get_asgi_application
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from plateward.web.straight import with_short_way

_pages: Any = get_asgi_application()  # Django and uvicorn type one interface each their own way
_behind_proxies: Any = ProxyHeadersMiddleware(with_short_way(_pages), settings.PROXIES)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Who opened the connection is kept before a proxy's word of the client takes its place."""
    client = scope.get("client")
    await _behind_proxies({**scope, settings.PEER: client[0] if client else ""}, receive, send)
