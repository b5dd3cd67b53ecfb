"""Live notices reach every listener of their topic, and only after the change is committed."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from asgiref.sync import sync_to_async
from django.db import connections, transaction

from plateward.notices import live

pytestmark = pytest.mark.django_db(transaction=True)


PATIENCE_SECONDS = 60
HELLO = "hello"


async def first_of(listener: AsyncIterator[live.Notice]) -> live.Notice:
    return await asyncio.wait_for(anext(listener), PATIENCE_SECONDS)


async def heard(listener: AsyncIterator[live.Notice]) -> live.Notice:
    """The next notice that is no greeting: of those, some may still be on their way."""
    while (notice := await first_of(listener))["n"] == HELLO:
        pass
    return notice


async def listening(
    broker: live.Broker, topic: str
) -> tuple[AsyncIterator[live.Notice], asyncio.Task]:  # type: ignore[type-arg]
    """A listener that is surely connected: it has heard a first notice."""
    listener = broker.subscribe(topic)
    first = asyncio.ensure_future(first_of(listener))
    while not first.done():
        await sync_to_async(live.publish)(topic, {"n": HELLO})
        await asyncio.sleep(0.05)
    return listener, first


def test_a_committed_notice_is_heard_and_a_rolled_back_one_is_not() -> None:
    def change(n: str, *, fails: bool) -> None:
        with transaction.atomic():
            live.publish("alerts", {"n": n})
            transaction.set_rollback(fails)

    async def story() -> live.Notice:
        broker = live.Broker()
        listener, _ = await listening(broker, "alerts")
        await sync_to_async(change)("rolled back", fails=True)
        await sync_to_async(change)("committed", fails=False)
        notice = await heard(listener)
        await listener.aclose()  # type: ignore[attr-defined]
        await sync_to_async(connections.close_all)()
        return notice

    assert asyncio.run(story()) == {"topic": "alerts", "n": "committed"}


def test_a_listener_hears_its_own_topic_only() -> None:
    async def story() -> live.Notice:
        broker = live.Broker()
        listener, _ = await listening(broker, "alerts")
        await sync_to_async(live.publish)("other", {"n": "not for us"})
        await sync_to_async(live.publish)("alerts", {"n": "for us"})
        notice = await heard(listener)
        await listener.aclose()  # type: ignore[attr-defined]
        await sync_to_async(connections.close_all)()
        return notice

    assert asyncio.run(story())["n"] == "for us"


def test_when_the_server_goes_down_every_listener_is_let_go() -> None:
    async def story() -> list[live.Notice]:
        broker = live.Broker()
        listener, _ = await listening(broker, "alerts")
        broker.close()
        rest = await asyncio.wait_for(_all(listener), PATIENCE_SECONDS)
        await sync_to_async(connections.close_all)()
        return rest

    async def _all(listener: AsyncIterator[live.Notice]) -> list[live.Notice]:
        return [notice async for notice in listener if notice["n"] != HELLO]

    assert asyncio.run(story()) == []


def test_a_listener_that_falls_behind_loses_the_oldest_and_nobody_waits() -> None:
    broker = live.Broker()

    async def story() -> list[str]:
        queue: asyncio.Queue[live.Notice | None] = asyncio.Queue(live.WAITING)
        broker._queues[queue] = "alerts"
        for n in range(live.WAITING + 2):
            broker._hand_out({"topic": "alerts", "n": str(n)})
        return [(queue.get_nowait() or {})["n"] for _ in range(queue.qsize())]

    assert asyncio.run(story()) == [str(n) for n in range(2, live.WAITING + 2)]
