"""Many frames of one vehicle are one passage, two vehicles are two; what is dropped is counted."""

from datetime import timedelta

import numpy as np
import pytest

from plateward.capture.sieve import Dropped, Limits, Sieve, verdict
from plateward.capture.speed import Course, speed_kmh
from plateward.capture.stills import Frame
from plateward.capture.tracks import Passage, Tracker, sharpness_of
from plateward.recognition import Box, Reading
from tests.capture.seen import GREY, frame, reading


def follow(*frames: tuple[float, list[Reading]], tracker: Tracker | None = None) -> list[Passage]:
    """All passages of the frames, each given as its second and what was read in it."""
    its = tracker or Tracker()
    over = [one for at, readings in frames for one in its.follow(frame(at), readings)]
    return over + its.finish()


def texts(passages: list[Passage]) -> list[str]:
    return [one.told.plate for one in passages]


def test_a_vehicle_that_drives_through_is_one_passage() -> None:
    (one,) = follow(*((n / 10, [reading("TST4821", x=100 + 40 * n)]) for n in range(12)))
    assert (one.told.plate, len(one.looks), one.final) == ("TST4821", 12, True)
    assert one.ended - one.began == timedelta(seconds=1.1)
    assert one.direction == "right"


def test_a_misread_frame_stays_with_its_vehicle() -> None:
    passages = follow(
        (0.0, [reading("TST4821")]),
        (0.1, [reading("T5T4B2I", sure=0.3)]),
        (0.2, [reading("TST4821")]),
    )
    assert texts(passages) == ["TST4821"]


def test_two_vehicles_side_by_side_are_two() -> None:
    passages = follow(
        *(
            (n / 10, [reading("TST4821", x=200 + 5 * n), reading("ABC1234", x=330 + 5 * n)])
            for n in range(5)
        )
    )
    assert sorted(texts(passages)) == ["ABC1234", "TST4821"]
    assert all(len(one.looks) == 5 for one in passages)


def test_the_next_vehicle_in_the_same_place_is_another() -> None:
    passages = follow((0.0, [reading("TST4821")]), (0.4, [reading("XYZ9977")]))
    assert sorted(texts(passages)) == ["TST4821", "XYZ9977"]


def test_two_fast_vehicles_that_swap_places_keep_their_plates() -> None:
    passages = follow(
        *(
            (n / 10, [reading("TST4821", x=100 + 200 * n), reading("ABC1234", x=900 - 200 * n)])
            for n in range(5)
        )
    )
    assert sorted(texts(passages)) == ["ABC1234", "TST4821"]


def test_it_ends_when_it_was_not_seen_for_a_while_and_not_before() -> None:
    tracker = Tracker(patience=timedelta(seconds=1))
    assert tracker.follow(frame(0), [reading("TST4821")]) == []
    assert tracker.follow(frame(0.9), []) == []
    (one,) = tracker.follow(frame(1.2), [])
    assert one.final
    assert tracker.finish() == []


def test_one_that_comes_back_later_is_a_passage_of_its_own() -> None:
    passages = follow((0.0, [reading("TST4821")]), (60.0, [reading("TST4821")]))
    assert texts(passages) == ["TST4821", "TST4821"]


def test_a_parked_vehicle_is_told_once_and_costs_no_more_the_longer_it_stands() -> None:
    tracker = Tracker(longest=timedelta(seconds=5))
    told = [one for n in range(300) for one in tracker.follow(frame(n / 5), [reading("TST4821")])]
    assert texts(told) == ["TST4821"]
    assert len(tracker._tracks[0].looks) <= 64
    assert not tracker._tracks[0].evidence  # its frames are let go once it is told
    assert tracker.finish() == []


def test_a_parked_vehicle_that_is_hidden_for_a_while_is_not_told_again() -> None:
    tracker = Tracker(longest=timedelta(seconds=5))
    stands = [*range(30), *range(45, 60)]  # half a minute, and again after a bus stood before it
    told = [one for n in stands for one in tracker.follow(frame(n / 5), [reading("TST4821")])]
    assert texts(told) == ["TST4821"]


def test_who_parks_where_another_stood_is_told_too() -> None:
    tracker = Tracker(longest=timedelta(seconds=2))
    told = [one for n in range(30) for one in tracker.follow(frame(n / 5), [reading("TST4821")])]
    told += [
        one for n in range(35, 60) for one in tracker.follow(frame(n / 5), [reading("TST4899")])
    ]
    assert texts(told) == ["TST4821", "TST4899"]


def test_what_left_is_over_though_the_camera_gives_no_more_frames() -> None:
    tracker = Tracker(patience=timedelta(seconds=1))
    tracker.follow(frame(0), [reading("TST4821")])
    assert tracker.wait(frame(0.9).seen_at) == []
    assert texts(tracker.wait(frame(1.1).seen_at)) == ["TST4821"]


def test_a_clock_set_back_ends_what_is_in_view() -> None:
    tracker = Tracker()
    tracker.follow(frame(3600), [reading("TST4821")])
    assert texts(tracker.follow(frame(0), [])) == ["TST4821"]


def test_however_many_plates_there_are_only_so_many_frames_are_held() -> None:
    tracker = Tracker()
    crowd = [reading(f"TS{n:05}", x=20 * n, width=10) for n in range(60)]
    over = tracker.follow(frame(0), crowd)
    assert len(over) + len(tracker.in_view()) == 60
    assert len(tracker._tracks) <= 24
    for n in range(20):
        tracker.follow(frame(n / 10), [reading(f"AB{n:05}", sure=0.4)])
    assert max(len(track.evidence) for track in tracker._tracks) <= 3


def test_a_passage_keeps_its_name_from_first_to_last() -> None:
    tracker = Tracker()
    tracker.follow(frame(0), [reading("TST4B21", sure=0.4)])
    (early,) = tracker.in_view()
    for n in range(1, 90):
        tracker.follow(frame(n / 10), [reading("TST4821")])
    (last,) = tracker.finish()
    assert early.name == last.name
    assert last.name != passage(x=100).name


def test_what_is_in_view_can_be_had_early_and_says_that_it_is_not_final() -> None:
    tracker = Tracker()
    tracker.follow(frame(0), [reading("TST4821")])
    (early,) = tracker.in_view()
    assert (early.told.plate, early.final) == ("TST4821", False)
    (last,) = tracker.finish()
    assert last.final


@pytest.mark.parametrize(
    ("widths", "xs", "said"),
    [
        ((80, 100, 130), (600, 600, 600), "approaching"),
        ((130, 100, 80), (600, 600, 600), "receding"),
        ((100, 101, 102), (600, 500, 400), "left"),
        ((100, 100, 100), (600, 601, 602), None),
        ((100,), (600,), None),
    ],
)
def test_the_direction_is_told_where_it_shows(
    widths: tuple[int, ...], xs: tuple[int, ...], said: str | None
) -> None:
    looks = [reading("TST4821", x=x, width=w) for x, w in zip(xs, widths, strict=True)]
    (one,) = follow(*((n / 10, [look]) for n, look in enumerate(looks)))
    assert one.direction == said


def test_the_evidence_is_a_frame_that_reads_what_is_told() -> None:
    (one,) = follow(
        (0.0, [reading("TST4821", sure=0.8)]),
        (0.1, [reading("TST4821", sure=0.97)]),
        (0.2, [reading("TST4B21", sure=0.98)]),
        (0.3, [reading("TST4821", sure=0.9)]),
    )
    assert one.told.plate == "TST4821"
    assert one.evidence.frame.seen_at == frame(0.1).seen_at


def passage(text: str = "TST4821", **said: object) -> Passage:
    (one,) = follow((0.0, [reading(text, **said)]))  # type: ignore[arg-type]
    return one


def test_every_reason_to_drop_a_passage_is_named_and_counted() -> None:
    contradicted = follow(
        *(
            (n / 10, [reading(text, sure=0.9)])
            for n, text in enumerate(["TST4821", "TST4B21", "T5T4821", "TST482I"])
        )
    )
    sieve = Sieve(Limits(width=60, confidence=0.5, off_format=0.7, agreement=0.5))
    kept = sieve.through(
        [
            passage(),
            passage(width=40),
            passage(sure=0.2),
            passage("STOP", sure=0.6),
            passage("STOP", sure=0.9),
            *contradicted,
        ]
    )
    assert texts(kept) == ["TST4821", "STOP"]
    assert sieve.dropped == {
        Dropped.TOO_SMALL: 1,
        Dropped.UNSURE: 1,
        Dropped.OFF_FORMAT: 1,
        Dropped.LOW_AGREEMENT: 1,
    }
    assert verdict(passage(), Limits(sharpness=0.1)) is Dropped.BLURRED


def test_a_blurred_plate_is_less_sharp_than_the_same_in_focus() -> None:
    import cv2

    image = np.full((200, 400, 3), 220, np.uint8)
    cv2.putText(image, "TST4821", (60, 120), cv2.FONT_HERSHEY_SIMPLEX, 2, (20, 20, 20), 8)
    box = Box(40, 60, 360, 140)
    soft = np.asarray(cv2.GaussianBlur(image, (0, 0), 6), np.uint8)
    assert sharpness_of(image, box) > 3 * sharpness_of(soft, box)
    assert sharpness_of(image, Box(500, 500, 500, 500)) == 0
    assert sharpness_of(GREY, box) == 0


COURSE = Course(((0.0, 300.0), (1280.0, 300.0)), ((0.0, 500.0), (1280.0, 500.0)), 10.0)


def test_speed_is_the_way_between_two_lines_over_the_time_between_them() -> None:
    (one,) = follow(*((n / 10, [reading("TST4821", y=200 + 50 * n)]) for n in range(9)))
    assert speed_kmh(one.looks, COURSE) == 90.0  # 200 pixels, 10 metres, in 0.4 s
    (back,) = follow(*((n / 10, [reading("TST4821", y=600 - 50 * n)]) for n in range(9)))
    assert speed_kmh(back.looks, COURSE) == 90.0


def test_no_speed_where_a_line_was_not_crossed() -> None:
    (one,) = follow(*((n / 10, [reading("TST4821", y=200 + 10 * n)]) for n in range(5)))
    assert speed_kmh(one.looks, COURSE) is None


def test_a_course_without_length_is_refused() -> None:
    with pytest.raises(ValueError, match="two lines"):
        Course(COURSE.first, COURSE.second, 0)
    with pytest.raises(ValueError, match="two lines"):
        Course(((1.0, 1.0), (1.0, 1.0)), COURSE.second, 5)


def test_a_frame_holds_its_device() -> None:
    assert Frame("elm-st", frame(0).seen_at, GREY).device == passage().evidence.frame.device
