"""A live stream: newest frames first, faults observable, asked again ever more seldom."""

import sys
import threading
import time
from collections.abc import Callable
from itertools import count, islice

import pytest

from plateward.capture import faults, live
from plateward.capture.live import Asked, Connect, Connection, State, Status, Stream
from plateward.capture.rtsp import Picture
from plateward.capture.stills import Frame, Quiet
from tests.capture.seen import GREY

QUICK = Asked(fps=1000, wait=0.01, longest_wait=0.02)


def picture(n: int, seconds: float | None = None, mark: int | None = None) -> Picture:
    return Picture(seconds, n if mark is None else mark, lambda: GREY)


def stream(connect: Connect, asked: Asked = QUICK) -> Stream:
    return Stream(connect, device="elm-st", shown="rtsp://elm", asked=asked)


def until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.002)


def held_until(event: threading.Event, *pictures: Picture) -> Connection:
    """A connection that gives these and then waits."""
    yield from pictures
    event.wait(20)


def test_old_pictures_give_way_to_new_ones_and_are_counted() -> None:
    done = threading.Event()
    given = [picture(n, seconds=float(n)) for n in range(9)]
    with stream(lambda: held_until(done, *given)) as its:
        until(lambda: its.status().frames == 9)
        frames = [one.stream_seconds for one in islice(its, 2) if isinstance(one, Frame)]
        status = its.status()
        done.set()
    assert frames == [7.0, 8.0]
    assert (status.dropped, status.state) == (7, State.CONNECTED)
    assert status.last_frame_at is not None


def test_a_faster_camera_is_thinned_to_what_is_asked() -> None:
    thinned = live._Thinned(5)
    taken = [n for n in range(26) if thinned.takes(n / 25)]
    assert taken == [0, 4, 9, 14, 19, 24]
    thinned.begin()
    assert thinned.takes(0.0)


def test_who_waits_notices_that_time_goes_on() -> None:
    done = threading.Event()
    with stream(lambda: held_until(done)) as its:
        assert isinstance(next(iter(its)), Quiet)
        assert its.status().state is State.CONNECTING
        done.set()


def statuses(connect: Connect, asked: Asked, *, connections: int) -> list[Status]:
    """What the stream says of itself, from the first fault until it was asked so often."""
    seen: list[Status] = []
    asks = count(1)
    enough = threading.Event()

    def counted() -> Connection:
        if next(asks) >= connections:
            enough.set()
        yield from connect()

    with stream(counted, asked) as its:
        while not enough.wait(0.002):
            seen.append(its.status())
    return seen


def failing(fault: faults.CameraFault) -> Connect:
    def connect() -> Connection:
        yield from ()
        raise fault

    return connect


REFUSED = failing(faults.Unreachable("rtsp://elm", why="connection refused"))


def test_a_camera_that_fails_is_asked_again_and_the_fault_stays_observable() -> None:
    seen = statuses(REFUSED, QUICK, connections=4)
    assert seen[-1].state is State.RECONNECTING
    assert seen[-1].code == "unreachable"
    assert "rtsp://elm cannot be reached (connection refused)" in (seen[-1].fault or "")
    assert seen[-1].again_at is not None
    assert {one.since for one in seen if one.state is State.RECONNECTING} == {seen[-1].since}


def test_it_waits_twice_as_long_each_time_with_chance_in_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(Stream, "_lost", lambda self, fault, pause: waits.append(pause))
    monkeypatch.setattr("random.SystemRandom.uniform", lambda _, least, most: (least + most) / 2)
    asked = Asked(wait=0.001, longest_wait=0.006)
    with stream(REFUSED, asked):
        until(lambda: len(waits) >= 5)
    assert waits[:5] == pytest.approx([0.00075, 0.0015, 0.003, 0.0045, 0.0045])


def test_a_wrong_password_is_not_tried_until_the_account_is_locked() -> None:
    wrong = failing(faults.WrongPassword("rtsp://elm"))
    with stream(wrong, Asked(wait=0.001, longest_wait=60)) as its:
        until(lambda: its.status().code == "wrong-password")
        status = its.status()
    assert status.again_at is not None
    assert (status.again_at - status.since).total_seconds() >= 60


def test_without_the_decoder_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with live.camera("rtsp://ana:s3cret@127.0.0.1/main", device="elm-st") as its:
        until(lambda: its.status().fault is not None)
        told = its.status()
    assert told.code == "no-decoder"
    assert "plateward[video]" in (told.fault or "")
    assert "s3cret" not in repr(told)


def test_a_slow_camera_is_told_and_still_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "_WINDOW", 0.2)
    done = threading.Event()
    with stream(lambda: held_until(done, picture(1)), Asked(fps=50)) as its:
        until(lambda: its.status().code == "too-slow")
        status = its.status()
        done.set()
    assert status.state is State.CONNECTED
    assert "50 are asked for" in (status.fault or "")


def test_a_frozen_picture_is_still_frozen_after_connecting_again() -> None:
    def same() -> Connection:
        for _ in range(40):
            yield picture(1, mark=7)
            time.sleep(0.005)

    seen = statuses(same, Asked(wait=0.01, longest_wait=0.01, frozen_after=0.05), connections=4)
    assert seen[-1].code == "frozen"
    assert seen[-1].connections == 1


def test_closing_ends_the_frames_though_the_camera_hangs() -> None:
    hangs = threading.Event()
    its = stream(lambda: held_until(hangs))
    threading.Timer(0.05, its.close).start()
    assert all(isinstance(one, Quiet) for one in its)
    assert its.status().state is State.CLOSED
    hangs.set()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_our_own_mistake_ends_the_stream_instead_of_hanging_it() -> None:
    def broken() -> Connection:
        yield picture(1)
        raise ZeroDivisionError

    its = stream(broken)
    assert len([one for one in its if isinstance(one, Frame)]) <= 1
    assert its.status().state is State.CLOSED
    its._thread.join()  # its traceback comes after that, and belongs to this test
