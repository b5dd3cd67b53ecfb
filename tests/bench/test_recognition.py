"""What one run keeps for the next, what is chosen, and what stops it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bench import costs, document, judge, measuring, recognition
from bench.costs import Costs
from bench.peers import Ratio
from bench.scoring import Judged, Label

COSTS = Costs(20.5, 31.0, None, 8.1, 240_000_000, 9_000_000, "reader 0123", "2 cores", 0.2, "now")


def label(file: str) -> Label:
    return Label(f"frames/a/{file}", "frame", "a", "US", "MO", (0, 0, 80, 40), "ABC123")


def test_without_the_benchmark_it_says_so_and_how_to_name_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["bench"])
    monkeypatch.setattr(judge, "is_there", lambda: False)
    recognition.main()
    said = capsys.readouterr().out
    assert said.startswith("SKIPPED")
    assert "PLATEWARD_SHARED" in said


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        (["--every", "0"], "1 or more"),
        (["--document", "--only", "us"], "whole benchmark"),
        (["--from", "/no/such/file"], "does not exist"),
    ],
)
def test_options_that_make_no_sense_are_refused(
    options: list[str],
    wrong: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.argv", ["bench", *options])
    with pytest.raises(SystemExit):
        recognition.arguments()
    assert wrong in capsys.readouterr().err


def test_a_quick_look_takes_whole_pictures() -> None:
    labels = [label("1"), label("1"), label("2"), label("3"), label("30")]
    assert recognition.chosen(labels, "", 2) == [label("1"), label("1"), label("3")]
    assert recognition.chosen(labels, "a/3", 1) == [label("3"), label("30")]


def test_what_was_measured_is_known_to_the_next_run(tmp_path: Path) -> None:
    out = tmp_path / "predictions.jsonl"
    costs.kept(COSTS, tmp_path / "costs.json")
    measuring.keep_race({"OpenALPR": Ratio(20.0, 300.0)}, out)
    assert costs.known(tmp_path / "costs.json") == COSTS
    assert measuring.known_race(out)["OpenALPR"].times_faster == 15
    assert costs.known(tmp_path / "none.json") is None


def test_costs_beside_a_file_of_another_name_are_not_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(judge, "PUBLIC", tmp_path)
    costs.kept(COSTS, tmp_path / "costs.json")
    plate = {"text": "ABC123", "confidence": 0.9, "box": [0, 0, 80, 40]}
    line = json.dumps({"file": label("1").file, "plates": [plate]})
    for name, known in (("predictions.jsonl", COSTS), ("openalpr.jsonl", None)):
        (tmp_path / name).write_text(line)
        run = recognition.gathered([label("1"), label("2")], tmp_path / name)
        assert run.costs == known
        assert run.unread == 1
        assert [one.right for one in run.judged.outcomes] == [True, False]


def test_half_a_run_is_not_written_into_documents() -> None:
    run = recognition.Run(Judged([]), 3, {}, None, (), {}, {})
    with pytest.raises(document.NotWhole, match="3 pictures have no prediction"):
        recognition.write_documents(run)


def test_a_busy_machine_is_told_from_an_idle_one() -> None:
    assert not COSTS.busy
    assert replace(COSTS, load=3.0).busy


def test_the_95th_percentile() -> None:
    assert costs.late([float(value) for value in range(1, 100)]) == pytest.approx(95)
    assert costs.late([7.0]) == 7.0
