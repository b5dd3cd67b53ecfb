"""Live notices: published with the change they speak of, heard by every open page.

PostgreSQL carries them (LISTEN/NOTIFY), so a notice of a rolled-back change is never heard. Each
process keeps one listening connection however many pages are open, because one connection a page
exhausts the server.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from typing import Final

import psycopg
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql
from psycopg.conninfo import make_conninfo

CHANNEL: Final = "plateward_live"
WAITING: Final = 100  # notices a slow page may fall behind before it loses the oldest
_RETRY_SECONDS: Final = 2.0

Notice = dict[str, str]


def publish(topic: str, payload: Mapping[str, str]) -> None:
    """Tell every open page, when and only when the present transaction commits."""
    message = json.dumps({**payload, "topic": topic}, separators=(",", ":"))
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, message])


class Broker:
    """One listening connection, many listeners. Lives in one event loop."""

    def __init__(self) -> None:
        self._queues: dict[asyncio.Queue[Notice | None], str] = {}
        self._task: asyncio.Task[None] | None = None

    async def subscribe(self, topic: str) -> AsyncIterator[Notice]:
        """Yield each notice of the topic published from now on, until the caller or we stop."""
        queue: asyncio.Queue[Notice | None] = asyncio.Queue(WAITING)
        self._queues[queue] = topic
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._listen())
        try:
            while (notice := await queue.get()) is not None:
                yield notice
        finally:
            del self._queues[queue]
            if not self._queues:
                self._task.cancel()

    def close(self) -> None:
        """End every subscription, because the server is going down."""
        for queue in self._queues:
            _put(queue, None)

    async def _listen(self) -> None:
        while True:
            with contextlib.suppress(psycopg.OperationalError):
                await self._listen_once()
            await asyncio.sleep(_RETRY_SECONDS)

    async def _listen_once(self) -> None:
        connection = await psycopg.AsyncConnection.connect(
            _address(connections["default"]), autocommit=True
        )
        async with connection:
            await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
            async for heard in connection.notifies():
                self._hand_out(json.loads(heard.payload))

    def _hand_out(self, notice: Notice) -> None:
        for queue, topic in self._queues.items():
            if notice.get("topic") == topic:
                _put(queue, notice)


_brokers: dict[int, Broker] = {}


def subscribe(topic: str) -> AsyncIterator[Notice]:
    """Listen from inside an async view."""
    loop = id(asyncio.get_running_loop())
    return _brokers.setdefault(loop, Broker()).subscribe(topic)


def close() -> None:
    """End the subscriptions of this event loop, so that open pages let the server go."""
    broker = _brokers.pop(id(asyncio.get_running_loop()), None)
    if broker is not None:
        broker.close()


def _put(queue: "asyncio.Queue[Notice | None]", notice: Notice | None) -> None:
    if queue.full():
        queue.get_nowait()
    queue.put_nowait(notice)


def _address(wrapper: BaseDatabaseWrapper) -> str:
    kept = ("host", "port", "user", "password", "dbname", "sslmode")
    known = {name: v for name, v in wrapper.get_connection_params().items() if name in kept}
    return make_conninfo(**known)
