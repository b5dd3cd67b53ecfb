"""Real photos damaged in every way that hypothesis thinks of: pixels or a refusal, nothing else."""

import math
import os
import signal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tools import fuzz_photos

from plateward.recognition import photos

SHARES = st.floats(0, 1, exclude_max=True)
PLACES = st.one_of(SHARES, SHARES.map(lambda share: share / 50))
EDITS = st.lists(
    st.tuples(st.sampled_from(fuzz_photos.EDITS), PLACES, SHARES, st.integers(0, 2**32 - 1)),
    min_size=1,
    max_size=6,
)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # Pillow tells of what it leaves out
@settings(max_examples=300, deadline=None)
@given(st.sampled_from(fuzz_photos.seeds()), EDITS)
def test_a_damaged_photo_is_pixels_or_a_refusal(content: bytes, edits: list) -> None:
    assert fuzz_photos.outcome(fuzz_photos.damaged(content, edits)) in {"read", "refused"}


@settings(deadline=None)
@given(st.binary(max_size=600))
def test_any_bytes_at_all_are_pixels_or_a_refusal(content: bytes) -> None:
    for start in (b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*", b"RIFF1234WEBP"):
        assert fuzz_photos.outcome(start + content) in {"read", "refused"}


def test_every_undamaged_seed_is_read() -> None:
    said = {fuzz_photos.outcome(seed) for seed in fuzz_photos.seeds()}
    assert said <= {"read", "refused"}
    read = sum(fuzz_photos.outcome(seed) == "read" for seed in fuzz_photos.seeds())
    assert read >= len(fuzz_photos.seeds()) - 3  # colours of a laboratory (LAB) are refused


def test_a_finding_can_be_made_again_and_is_kept_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fuzz_photos.number_of(1, 7) == fuzz_photos.number_of(1, 7)
    assert fuzz_photos.number_of(1, 7) != fuzz_photos.number_of(2, 7)

    def broken(content: bytes) -> None:
        raise ZeroDivisionError("found")

    monkeypatch.setattr(photos, "load", broken)
    found = fuzz_photos.watch(1, fuzz_photos.Until(math.inf, 3), tmp_path / "fuzz")
    assert found["opened"] == 3
    assert found["kinds"] == 1
    (told,) = (tmp_path / "fuzz").glob("*.txt")
    assert "--seed 1 --only 0" in told.read_text()
    assert "ZeroDivisionError: found" in told.read_text()
    assert told.with_suffix(".photo").read_bytes() == fuzz_photos.number_of(1, 0)


def test_a_process_that_dies_is_a_finding_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(content: bytes) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(photos, "load", dies)
    found = fuzz_photos.watch(1, fuzz_photos.Until(math.inf, 2), tmp_path / "fuzz")
    assert found["died"] == 2
    assert found["kinds"] == 1
    assert any("the process died" in told.read_text() for told in tmp_path.glob("fuzz/*.txt"))
