"""A server believes for a quarter second that a camera's sightings may be taken, and no longer."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from plateward.cameras import register
from plateward.intake import doors
from plateward.intake.doors import Door, Refused
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cameras")]
JACKSON = "wil-160-jackson"


class Clock:
    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(doors, "time", found)
    return found


@pytest.fixture
def serving(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    monkeypatch.setattr(doors, "_LATELY", doors._Lately())
    doors.remember()


def ask(*devices: str) -> dict[str, Door | Refused]:
    return doors.of(set(devices), timezone.now())


def test_a_command_asks_each_time(django_assert_num_queries: Callable[..., None]) -> None:
    ask(JACKSON)
    with django_assert_num_queries(5):
        ask(JACKSON)


@pytest.mark.usefixtures("serving")
def test_a_server_asks_again_after_a_quarter_second(
    clock: Clock, django_assert_num_queries: Callable[..., None]
) -> None:
    first = ask(JACKSON)
    with django_assert_num_queries(0):
        assert ask(JACKSON) == first
    clock.now += doors.LASTING_SECONDS
    with django_assert_num_queries(5):
        assert ask(JACKSON) == first
    assert isinstance(first[JACKSON], Door)


@pytest.mark.usefixtures("serving")
def test_those_asked_for_lately_are_looked_at_together(
    clock: Clock, django_assert_num_queries: Callable[..., None]
) -> None:
    codes = [each.code for each in register.of_cities([cast.WILLARD])][:2]
    ask(codes[0])
    ask(codes[1])
    clock.now += doors.LASTING_SECONDS
    ask(codes[0])
    with django_assert_num_queries(0):
        ask(*codes)


@pytest.mark.usefixtures("serving")
def test_what_refuses_is_asked_for_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = ask("nobody", JACKSON)
    assert isinstance(refused["nobody"], register.UnknownCamera)
    asked: list[set[str]] = []
    known = register.known
    monkeypatch.setattr(
        register, "known", lambda devices: asked.append(set(devices)) or known(devices)
    )
    assert ask("nobody", JACKSON)[JACKSON] == refused[JACKSON]
    assert asked == [{"nobody"}]


@pytest.mark.usefixtures("serving")
def test_what_was_open_and_refuses_now_is_told_after_a_quarter_second(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(JACKSON)
    monkeypatch.setattr("plateward.audit.clock.doubt", lambda: "moved")
    clock.now += doors.LASTING_SECONDS
    assert isinstance(ask(JACKSON)[JACKSON], doors.Stopped)
