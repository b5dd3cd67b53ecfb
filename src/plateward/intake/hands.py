"""Hands that wait for the database in place of the server's one thread, and take many at once.

Each hand is a thread that keeps its connection. Until `open_here` says that a server runs, what is
asked is done at once by whoever asks, as in a command or a test.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Generic, TypeVar

from asgiref.sync import sync_to_async
from django.db import InterfaceError, OperationalError, connections

from plateward.intake import doors
from plateward.intake.doors import Stopped

MOST_TOGETHER: Final = 200
MOST_WAITING: Final = 5000
# A group begins so long after the one before, at the earliest: few come, none waits; many come,
# they share what one transaction costs.
APART_SECONDS: Final = 0.02
_AWAY: Final = (OperationalError, InterfaceError)
Ask = TypeVar("Ask")
Answer = TypeVar("Answer")
Done = TypeVar("Done")
_served = False


def open_here() -> None:
    """From now on, in this process, hands are threads of their own."""
    doors.remember()
    global _served  # noqa: PLW0603 -- a process serves or does not
    _served = True


class Hands:
    """So many threads, each with a connection of its own."""

    def __init__(self, many: int) -> None:
        self._threads = ThreadPoolExecutor(many, thread_name_prefix="hand")

    async def do(self, work: Callable[[], Done]) -> Done:
        if not _served:
            return await sync_to_async(work)()
        return await asyncio.get_running_loop().run_in_executor(self._threads, _done, work)


class Together(Generic[Ask, Answer]):
    """What each of many callers asks, done for all who wait by one call of `work`.

    `work` answers each, in order; an answer that is an exception is raised where it was asked for.
    Where `work` itself fails for several, each is tried alone, so that none fails by another.
    """

    def __init__(self, work: Callable[[list[Ask]], Sequence[Answer | Exception]]) -> None:
        self._work = work
        self._hand = Hands(1)
        self._waiting: list[tuple[Ask, asyncio.Future[Answer]]] = []
        self._rounds: asyncio.Task[None] | None = None

    async def ask(self, what: Ask) -> Answer:
        """Raise Stopped where too many wait already; nothing of it was done."""
        if not _served:
            return _plain((await sync_to_async(self._work)([what]))[0])
        if len(self._waiting) >= MOST_WAITING:
            raise Stopped(
                "More is sent than can be stored now. Nothing was stored and nothing is lost: keep "
                "the sighting and send it again."
            )
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((what, answer))
        if self._rounds is None or self._rounds.done():
            self._rounds = loop.create_task(self._go_round())
        return await answer

    async def _go_round(self) -> None:
        while self._waiting:
            next_one = asyncio.get_running_loop().time() + APART_SECONDS
            group, self._waiting = (
                self._waiting[:MOST_TOGETHER],
                self._waiting[MOST_TOGETHER:],
            )
            await self._answer(group)
            await asyncio.sleep(max(0.0, next_one - asyncio.get_running_loop().time()))

    async def _answer(self, group: Sequence[tuple[Ask, asyncio.Future[Answer]]]) -> None:
        asks = [what for what, _ in group]
        done = asyncio.ensure_future(self._hand.do(lambda: self._work(asks)))
        await asyncio.wait([done])
        failed = done.exception()
        if failed is not None and len(group) > 1 and not isinstance(failed, _AWAY):
            for each in group:
                await self._answer([each])
            return
        answers = done.result() if failed is None else [failed] * len(group)
        for (_, waiting), answer in zip(group, answers, strict=True):
            if waiting.done():  # whoever asked has hung up; what was done stays done
                continue
            if isinstance(answer, BaseException):
                waiting.set_exception(answer)
            else:
                waiting.set_result(answer)


def _plain(answer: Answer | Exception) -> Answer:
    if isinstance(answer, Exception):
        raise answer
    return answer


def _done(work: Callable[[], Done]) -> Done:
    """A connection that failed is not used again; one that was kept from before is tried anew.

    Nothing is done twice by that: what failed was rolled back, or is found to be there already.
    """
    kept = connections["default"].connection is not None
    try:
        return work()
    except _AWAY:
        connections["default"].close()
        if not kept:
            raise
    return _done(work)
