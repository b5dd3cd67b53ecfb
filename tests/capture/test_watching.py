"""One pipeline for live and recorded: previews, finals, evidence bound by its hash, a tally."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pytest

from plateward.capture import video
from plateward.capture.sieve import Dropped
from plateward.capture.stills import Frame, Quiet
from plateward.capture.watching import Terms, Told, Watcher
from plateward.recognition import Image, Reading
from tests.capture.seen import NOON, frame, reading

EARLY = Terms(preview_after=3)


class Says:
    """Reads in the nth frame what it was told of the nth."""

    def __init__(self, *each: list[Reading]) -> None:
        self._each = iter(each)

    def read(self, image: Image) -> list[Reading]:
        return next(self._each)


def street(count: int) -> list[Frame]:
    """Frames that differ, ten a second."""
    return [frame(n / 10, np.full((720, 1280, 3), n, np.uint8)) for n in range(count)]


def watched(looks: list[list[Reading]], terms: Terms = EARLY) -> tuple[list[Told], Watcher]:
    watcher = Watcher(Says(*looks), terms)
    return list(watcher.watch(street(len(looks)))), watcher


def test_a_preview_comes_after_three_good_looks_and_the_final_under_the_same_event() -> None:
    looks = [[reading("TST4821", sure=0.8 + n / 50)] for n in range(6)]
    (early, last), watcher = watched(looks)
    assert (early.final, last.final) == (False, True)
    assert (early.sighting.provisional, last.sighting.provisional) == (True, False)
    assert early.sighting.event == last.sighting.event == last.passage.name
    assert len(early.passage.looks) == 3
    assert last.sighting.seen_at == NOON + timedelta(seconds=0.5)
    tally = watcher.tally()
    assert (tally.frames, tally.plates, tally.vehicles, tally.previews) == (6, 6, 1, 1)


def test_without_previews_there_are_none() -> None:
    told, _ = watched([[reading("TST4821")]] * 6, Terms())
    assert [one.final for one in told] == [True]


def test_the_evidence_is_bound_by_the_hash_of_its_picture() -> None:
    (early, last), _ = watched([[reading("TST4821", sure=0.8 + n / 50)] for n in range(6)])
    for told in (early, last):
        assert told.sighting.photo
        assert told.evidence_sha256 == hashlib.sha256(told.sighting.photo).hexdigest()
    assert early.evidence_sha256 != last.evidence_sha256


def test_a_doubtful_vehicle_has_no_preview_until_it_is_read_well() -> None:
    looks = [[reading("TST4821", sure=sure)] for sure in (0.1, 0.1, 0.1, 0.1, 0.9, 0.9)]
    (early, _last), _ = watched(looks)
    assert len(early.passage.looks) == 5


def test_what_was_told_early_is_made_final_even_if_it_got_worse() -> None:
    texts = ["TST4821"] * 3 + ["X5T4B2I", "TXT4B2I", "T5XAB2I", "T5T4X2I", "T5T4B7I", "Z5T4B2I"]
    told, watcher = watched([[reading(text, sure=0.4)] for text in texts])
    assert [one.final for one in told] == [False, True]
    assert told[0].sighting.event == told[1].sighting.event
    assert not watcher.tally().dropped


def test_what_is_dropped_is_counted_by_why() -> None:
    looks = [[reading("TST4821", width=16), reading("ABC1234", x=100, sure=0.2)]] * 4
    told, watcher = watched(looks)
    assert told == []
    assert watcher.tally().dropped == {Dropped.TOO_SMALL: 1, Dropped.UNSURE: 1}


def test_a_quiet_camera_still_gives_what_has_left() -> None:
    def stream() -> Iterator[Frame | Quiet]:
        yield frame(0)
        yield Quiet(NOON + timedelta(seconds=1))
        assert not given
        yield Quiet(NOON + timedelta(seconds=2))
        assert given

    given: list[Told] = []
    given.extend(Watcher(Says([reading("TST4821")])).watch(stream()))
    assert [one.sighting.plate for one in given] == ["TST4821"]


def test_a_film_that_breaks_off_gives_what_was_in_view_and_says_so() -> None:
    def film() -> Iterator[Frame]:
        yield frame(0)
        raise video.CutShort("elm.mp4 is damaged after 0.1 seconds (bad data).")

    given: list[Told] = []
    with pytest.raises(video.CutShort):
        given.extend(Watcher(Says([reading("TST4821")])).watch(film()))
    assert [(one.sighting.plate, one.final) for one in given] == [("TST4821", True)]
