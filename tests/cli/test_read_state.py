"""What `plateward read` says of a plate's state and of formats, for people and as JSON."""

import json
from types import SimpleNamespace

from plateward.cli import read, read_state
from plateward.plates.formats_evidence import Spelling
from plateward.plates.text import PlateText
from plateward.recognition.geometry import Box
from plateward.recognition.regions import Judge, State
from plateward.recognition.vehicles import Described


def judged(*seen: tuple[str, float], home: str | None = None) -> State:
    return Judge(home).state([Spelling(PlateText(text), chance) for text, chance in seen])


def test_a_reader_that_names_no_state_says_nothing_of_it() -> None:
    assert list(read_state.as_text(None)) == []
    assert read_state.as_json(None) is None


def test_a_state_is_shown_with_how_sure_and_why() -> None:
    lines = list(read_state.as_text(judged(("AB1C2D", 0.9))))
    assert lines[0].startswith("state MO 0.9")
    assert lines[1:] == ["  AB1C2D fits Missouri passenger (%@#@#@), and no other region's."]


def test_unknown_is_said_with_the_likeliest() -> None:
    first = next(read_state.as_text(judged(("ABC1234", 0.9))))
    assert first.startswith("state unknown (likeliest ")
    assert first.count(",") == 2


def test_what_formats_prefer_stands_beside_what_was_read() -> None:
    state = judged(("AB1CZD", 0.5), ("AB1C2D", 0.4), home="MO")
    last = list(read_state.as_text(state))[-1]
    assert "Read AB1CZD." in last
    assert "Formats prefer AB1C2D" in last
    assert "What was read is kept." in last


def test_json_holds_both_spellings_with_their_formats() -> None:
    told = read_state.as_json(judged(("AB1CZD", 0.5), ("AB1C2D", 0.4), home="MO"))
    back = json.loads(json.dumps(told))
    assert back["code"] == "MO"
    assert 0.5 < back["confidence"] <= 1
    assert back["formats"]["as_read"] == "AB1CZD"
    assert back["formats"]["preferred"] == "AB1C2D"
    assert back["formats"]["log_odds"] > 0
    spellings = {each["text"]: each for each in back["formats"]["spellings"]}
    assert spellings["AB1C2D"]["formats"] == [["US-MO", "%@#@#@"]]
    assert spellings["AB1CZD"]["log_odds"] == 0


def test_the_command_shows_the_state_of_a_reading_that_has_one() -> None:
    """And of one that has none, null and no line."""
    state = judged(("AB1C2D", 0.9))
    for told in (state, None):
        reading = SimpleNamespace(
            plate="AB1C2D",
            confidence=0.9,
            characters=(),
            box=Box(1, 2, 3, 4),
            corners=None,
            state=told,
        )
        assert read._plate(reading)["state"] == read_state.as_json(told)
        outcome = read._Outcome("a.jpg", readings=(reading,), vehicles=(Described(),))
        lines = [line.strip() for line in read._as_text(outcome)]
        assert [line for line in lines if "state" in line] == [
            line for line in read_state.as_text(told) if "state" in line
        ]
