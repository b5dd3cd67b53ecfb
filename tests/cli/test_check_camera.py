"""The set-up check at the terminal: what it says, its exit codes, no secret and no plate."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image as Pillow

from plateward.capture import faults, live
from plateward.capture.live import Connection, Stream
from plateward.capture.rtsp import Picture
from plateward.cli import check_camera, read
from plateward.recognition import Image, Reading
from tests.capture import film
from tests.capture.seen import reading


class Sees:
    """One plate in every picture, further to the right each time."""

    provider = "cpu"

    def __init__(self, width: int = 120) -> None:
        self._width = width
        self._at = 0

    def read(self, image: Image) -> list[Reading]:
        self._at += 8
        return [reading("TST4821", x=self._at, y=40, width=self._width)]


@pytest.fixture
def sees(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "plate_reader", lambda provider: Sees())


def grain(count: int) -> Iterator[Image]:
    noise = np.random.default_rng(1)
    return (np.asarray(noise.integers(0, 255, (120, 240, 3)), np.uint8) for _ in range(count))


def check(*said: str) -> Result:
    return CliRunner().invoke(check_camera.command, said)


@pytest.mark.usefixtures("sees")
def test_a_film_is_checked_and_no_plate_is_told(tmp_path: Path) -> None:
    path = film.save(grain(12), tmp_path / "street.avi")
    result = check(str(path))
    assert result.exit_code == 0, result.output
    assert "GOOD      size: Plates are 120 pixels wide" in result.output
    assert "1 plate was seen, 1 read surely" in result.output
    assert "TST4821" not in result.output
    said = json.loads(check(str(path), "--json").output)
    assert (said["width"], said["height"], said["fps"], said["pictures"]) == (240, 120, 10.0, 12)
    assert "TST4821" not in json.dumps(said)


def test_a_folder_of_photos_is_checked_each_for_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read, "plate_reader", lambda provider: Sees(width=40))
    for n, picture in enumerate(grain(3)):
        Pillow.fromarray(picture).save(tmp_path / f"{n}.png")
    result = check(str(tmp_path))
    assert "3 plates were seen" in result.output
    assert "BAD       size" in result.output
    assert result.exit_code == 1


@pytest.mark.usefixtures("sees")
def test_what_cannot_be_read_is_told_with_its_own_exit_code(tmp_path: Path) -> None:
    for source, words in (
        (str(tmp_path), "holds no photo"),
        (str(tmp_path / "none.mp4"), "none.mp4"),
        ("rtsp://ana:s3/cret@elm/main", "is not one"),
    ):
        result = check(source)
        assert result.exit_code == 2, result.output
        assert words in result.output
        assert "cret" not in result.output
    assert "is not one" in json.loads(check("rtsp://ana:s3/cret@elm", "--json").output)["error"]


def played(connect: Connection, monkeypatch: pytest.MonkeyPatch, *said: str) -> Result:
    """The check of a live camera whose first connection is this one."""

    def camera(source: str, **_: object) -> Stream:
        return Stream(lambda: connect, device="checked", shown="rtsp://elm/main")

    monkeypatch.setattr(live, "camera", camera)
    return check("rtsp://ana:s3cret@elm/main", *said)


@pytest.mark.usefixtures("sees")
def test_a_live_camera_is_watched_for_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    def pictures() -> Connection:
        for n, image in enumerate(grain(200)):
            yield Picture(n / 10, n, lambda image=image: image)  # type: ignore[misc]
            threading.Event().wait(0.05)

    result = played(pictures(), monkeypatch, "--seconds", "1")
    assert "1 plate was seen" in result.output
    assert "s3cret" not in result.output


@pytest.mark.usefixtures("sees")
def test_a_live_camera_that_fails_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> Connection:
        yield from ()
        raise faults.WrongPassword("rtsp://elm/main")

    result = played(refused(), monkeypatch)
    assert result.exit_code == 2
    assert "refuses the user name or the password" in result.output
