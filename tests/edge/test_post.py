"""Posting: oldest first, again until it is answered, nothing kept past its time, health told."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from plateward.edge import keys, letter
from plateward.edge.agent import Agent
from plateward.edge.outbox import Outbox
from plateward.edge.post import Figures, Post
from plateward.edge.server import Away, BadServer, OutOfTurn, Refused, Word, checked
from tests import cast

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
WELL = Word(timedelta(days=30), 0.2, 0.1)


@dataclass
class FakeServer:
    """Answers with what the test puts on its list, else that all is well."""

    answers: list[Exception] = field(default_factory=list)
    letters: list[dict[str, Any]] = field(default_factory=list)
    beats: list[dict[str, Any]] = field(default_factory=list)
    away: bool = False
    word: Word = WELL

    def hand_in(self, body: bytes) -> Word:
        if self.away:
            raise Away("The server cannot be reached.")
        self.letters.append(json.loads(body))
        if self.answers:
            raise self.answers.pop(0)
        return self.word

    def beat(self, content: dict[str, Any]) -> Word:
        if self.away:
            raise Away("The server cannot be reached.")
        self.beats.append(content)
        return self.word


@dataclass
class Desk:
    """An agent's post with clocks that the test sets."""

    server: FakeServer
    outbox: Outbox
    now: datetime = NOON
    seconds: float = 1000.0

    def __post_init__(self) -> None:
        self.post = Post(
            self.server, self.outbox, "cpu", now=lambda: self.now, seconds=lambda: self.seconds
        )

    def put(self, plate: str) -> int:
        sighting = cast.sighting(plate)
        return self.outbox.put(letter.composed(sighting), captured_at=self.now)

    def pass_(self, **time: float) -> None:
        self.now += timedelta(**time)
        self.seconds += timedelta(**time).total_seconds()

    def until_idle(self) -> None:
        while self.post.once() == 0.0:
            pass

    @property
    def plates(self) -> list[str]:
        return [letter["plate"] for letter in self.server.letters]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    seal = keys.sealer(tmp_path / keys.SEALING_KEY, may_make=True)
    box = Outbox(tmp_path, seal)
    yield Desk(FakeServer(), box)
    box.close()


def test_what_waits_goes_oldest_first_once_the_server_is_back(desk: Desk) -> None:
    desk.server.away = True
    for plate in ("AAA111", "BBB222", "CCC333"):
        desk.put(plate)
        desk.until_idle()
    assert desk.post.state.away
    assert desk.plates == []
    desk.server.away = False
    desk.pass_(seconds=61)
    desk.until_idle()
    assert desk.plates == ["AAA111", "BBB222", "CCC333"]
    assert [letter["sequence"] for letter in desk.server.letters] == [1, 2, 3]
    assert desk.outbox.kept().letters == 0
    assert (desk.post.state.away, desk.post.state.handed_in) == ("", 3)


def test_a_letter_that_was_not_answered_is_sent_again_word_for_word(desk: Desk) -> None:
    desk.server.answers.append(Away("The server does not answer in time."))
    desk.put("AAA111")
    desk.until_idle()
    assert desk.outbox.kept().letters == 1
    desk.pass_(seconds=2)
    desk.until_idle()
    first, again = desk.server.letters
    assert first == again
    assert desk.outbox.kept().letters == 0


def test_a_server_that_is_away_is_asked_ever_less_often_and_as_late_as_it_says(desk: Desk) -> None:
    desk.put("AAA111")
    desk.server.answers += [Away("busy")] * 20 + [Away("busy", after=200.0)]
    for _ in range(120):  # two minutes
        desk.post._next_beat = desk.seconds + 10
        desk.until_idle()
        desk.pass_(seconds=1)
    assert 6 <= len(desk.server.letters) <= 8


def test_what_the_server_never_takes_does_not_hold_up_the_rest(desk: Desk) -> None:
    desk.server.answers.append(Refused("The plate holds no letter or digit."))
    desk.put("AAA111")
    desk.put("BBB222")
    desk.until_idle()
    assert desk.plates == ["AAA111", "BBB222"]
    assert desk.outbox.gone_unsent() == {"refused": 1}
    assert desk.post.state.refusal.startswith("At 12:00 UTC a read was refused: The plate holds")


def test_where_the_server_knows_the_numbers_already_they_begin_behind_its_last(desk: Desk) -> None:
    """As on a new disk with the old key: nothing is lost, and nothing is taken for a replay."""
    desk.server.answers.append(OutOfTurn("used", 500))
    desk.put("AAA111")
    desk.put("BBB222")
    desk.until_idle()
    assert [letter["sequence"] for letter in desk.server.letters] == [1, 501, 502]
    assert desk.plates == ["AAA111", "AAA111", "BBB222"]


def test_what_is_past_the_citys_period_is_deleted_unsent_even_while_nobody_answers(
    desk: Desk,
) -> None:
    desk.until_idle()  # the server says 30 days
    desk.server.away = True
    desk.put("AAA111")
    desk.pass_(days=29)
    desk.put("BBB222")
    desk.until_idle()
    assert desk.outbox.kept().letters == 2
    desk.pass_(days=1, seconds=1)
    desk.until_idle()
    assert desk.outbox.gone_unsent() == {"expired": 1}
    desk.server.away = False
    desk.pass_(seconds=61)
    desk.until_idle()
    assert desk.plates == ["BBB222"]
    assert desk.server.beats[-1]["gone_unsent"] == {"expired": 1}


def test_until_the_server_said_how_long_reads_are_kept_a_day(desk: Desk) -> None:
    desk.server.away = True
    desk.put("AAA111")
    desk.pass_(hours=23)
    desk.until_idle()
    assert desk.outbox.kept().letters == 1
    desk.pass_(hours=2)
    desk.until_idle()
    assert desk.outbox.kept().letters == 0


def test_a_shorter_period_of_ones_own_counts_and_a_longer_one_does_not(desk: Desk) -> None:
    desk.until_idle()
    desk.post.at_most = timedelta(hours=2)
    assert desk.post.keep_for == timedelta(hours=2)
    desk.post.at_most = timedelta(days=365)
    assert desk.post.keep_for == timedelta(days=30)


def test_a_heartbeat_every_half_minute_tells_how_it_goes(desk: Desk) -> None:
    desk.post.figures = lambda: Figures(9.8, 0.1, "", 3, {"too small": 2})
    desk.until_idle()
    desk.server.away = True
    desk.put("AAA111")
    desk.until_idle()
    desk.server.away = False
    desk.pass_(seconds=31)
    desk.post._next_letter = desk.seconds + 60
    desk.until_idle()
    first, second = desk.server.beats
    assert (first["waiting"], first["clock_offset_seconds"]) == (0, None)
    assert second["number"] > first["number"]
    assert (second["waiting"], second["oldest_waiting"]) == (1, letter.written(NOON))
    assert second["clock_offset_seconds"] == 0.2
    assert second["dropped"] == {"too small": 2}
    assert "plate" not in json.dumps(second)
    desk.pass_(seconds=10)
    desk.until_idle()
    assert len(desk.server.beats) == 2


@pytest.mark.parametrize(
    "address",
    [
        "",
        "plateward.example.gov",
        "ftp://x",
        "https://",
        "http://10.0.0.1",
        "https://a:b@x",
        "https://x:99999",
        "https://x/?q",
    ],
)
def test_an_address_that_cannot_be_used_is_refused_before_anything_is_sent(address: str) -> None:
    with pytest.raises(BadServer):
        checked(address)


def test_addresses_that_can_be_used() -> None:
    assert checked("https://plateward.example.gov/") == "https://plateward.example.gov"
    assert checked("http://127.0.0.1:8000") == "http://127.0.0.1:8000"


def test_a_speed_is_told_only_once_the_server_said_that_its_city_keeps_it(desk: Desk) -> None:
    agent = Agent(Any, Any, desk.outbox, desk.post)  # type: ignore[arg-type]  # neither is asked
    seen: Any = SimpleNamespace(final=True, sighting=cast.sighting("AAA111", speed_kmh=51.0))
    for word in (WELL, replace(WELL, keeps_speed=True), WELL):
        agent.keep(seen)
        desk.server.word = word
        desk.pass_(seconds=61)
        desk.until_idle()
    agent.keep(seen)
    desk.until_idle()
    assert [letter.get("speed_kmh") for letter in desk.server.letters] == [None, None, 51.0, None]
