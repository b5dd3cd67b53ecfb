"""Many callers, one call of the work: each has its own answer, and none fails by another."""

import asyncio
from collections.abc import Iterator

import pytest
from django.db import OperationalError

from plateward.intake import hands
from plateward.intake.hands import Together
from plateward.intake.receive import Stopped


@pytest.fixture(autouse=True)
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(hands, "_served", True)
    return


class Doubling:
    """Doubles numbers; 13 is refused, 0 breaks the whole call, -1 finds the database away."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []

    def __call__(self, asked: list[int]) -> list[int | Exception]:
        self.calls.append(asked)
        if -1 in asked:
            raise OperationalError("away")
        if 0 in asked:
            raise ZeroDivisionError
        return [ValueError("unlucky") if each == 13 else each * 2 for each in asked]


def answers(work: Doubling, *asked: int) -> list[int | BaseException]:
    async def all_at_once() -> list[int | BaseException]:
        together = Together(work)
        return await asyncio.gather(*map(together.ask, asked), return_exceptions=True)

    return asyncio.run(all_at_once())


def test_those_who_ask_while_others_are_answered_share_a_call() -> None:
    work = Doubling()
    assert answers(work, *range(1, 10)) == [2 * each for each in range(1, 10)]
    assert sum(map(len, work.calls)) == 9
    assert len(work.calls) <= 2


def test_a_refusal_reaches_the_one_who_asked_and_no_other() -> None:
    one, refused, other = answers(Doubling(), 1, 13, 2)
    assert (one, other) == (2, 4)
    assert isinstance(refused, ValueError)


def test_one_that_breaks_the_work_breaks_it_for_itself_alone() -> None:
    one, broken, other = answers(Doubling(), 1, 0, 2)
    assert (one, other) == (2, 4)
    assert isinstance(broken, ZeroDivisionError)


def test_with_the_database_away_all_are_told_so_and_nothing_is_tried_again() -> None:
    work = Doubling()
    assert all(isinstance(each, OperationalError) for each in answers(work, 1, -1, 2))
    assert len(work.calls) <= 2


def test_more_than_can_be_taken_is_told_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hands, "MOST_WAITING", 2)
    told = answers(Doubling(), 1, 2, 3, 4)
    assert told[:2] == [2, 4]
    assert all(isinstance(each, Stopped) for each in told[2:])


def test_who_hangs_up_leaves_the_others_their_answers() -> None:
    async def one_leaves() -> list[int | BaseException]:
        together = Together(Doubling())
        leaving = asyncio.create_task(together.ask(1))
        staying = asyncio.create_task(together.ask(2))
        await asyncio.sleep(0)
        leaving.cancel()
        return await asyncio.gather(leaving, staying, return_exceptions=True)

    left, stayed = asyncio.run(one_leaves())
    assert isinstance(left, asyncio.CancelledError)
    assert stayed == 4
