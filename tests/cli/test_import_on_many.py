"""A card read on a Ray cluster: the same reads, bit for bit, also when a machine of it dies."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.db import transaction

from plateward.audit import log
from plateward.capture import video
from plateward.capture.cluster_pool import Pool
from plateward.cli import house, import_
from plateward.custody import media
from plateward.custody.models import MediumFile
from plateward.gate import door
from plateward.intake import picture_files as intake
from plateward.plates.sighting import Sighting
from plateward.policy.vocabulary import Act
from plateward.recognition import photos, samples
from tests import cast
from tests.capture import film
from tests.cli import cards

pytest.importorskip("ray", reason="Ray is not installed: pip install 'plateward[ray]'")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.recognition,
    pytest.mark.filterwarnings("ignore"),  # Ray's own
    pytest.mark.xdist_group("ray"),
]
SHOWN = ("es-white-mini.jpg", "gb-pink-saloon.jpg", "nl-white-van.jpg", "ro-black-suv.jpg")


@dataclass
class TwoMachines:
    process: "subprocess.Popen[str]"
    address: str
    both_run: bool = True

    def kill_one(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("kill\n")
        self.process.stdin.flush()
        heard(self.process, "killed")
        self.both_run = False


def heard(process: "subprocess.Popen[str]", word: str) -> str:
    """What it says after that word; empty where it ends without."""
    assert process.stdout is not None
    told = (line.removeprefix(word).strip() for line in process.stdout if line.startswith(word))
    return next(told, "")


@pytest.fixture(scope="module")
def machines() -> Iterator[TwoMachines]:
    words = [sys.executable, "-m", "tests.cli.two_machines"]
    for _ in range(3):  # where much else runs, Ray may give up starting; the next is quicker
        with subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as process:
            if address := heard(process, "address"):
                yield TwoMachines(process, address)
                return
    pytest.skip("NOT TESTED ON TWO MACHINES: Ray itself does not start here")


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Photos, one of them twice, one that is none; and a film, whose index is at its end."""
    folder = tmp_path_factory.mktemp("card")
    shipped = Path(samples.__file__).parent
    for at, name in enumerate((*SHOWN, SHOWN[0])):
        cards.put(folder, f"{at}.jpg", (shipped / name).read_bytes())
    cards.put(folder, "9.jpg", b"\xff\xd8\xff broken")
    if video.can_decode():
        photo = photos.load(shipped / "us-silver-wagon.jpg")
        size = (photo.shape[1] // 2 * 2, photo.shape[0] // 2 * 2)
        passing = film.panned(photo, frames=6, step=4, size=size)
        film.save(passing, folder / "DCIM" / "100MEDIA" / "5.mp4")
    return folder


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch, cameras: dict[str, str]) -> None:
    monkeypatch.setattr(house, "open_up", lambda: None)
    cast.enrolled("eve")


def imported(card: Path, *more: str) -> Result:
    words = [str(card), "--camera", "car-avalon", "--label", "Card 7", "--by", "eve", *more]
    return CliRunner().invoke(import_.command, words)


def on_record() -> tuple[dict[str, Any], list[tuple[str, str, int]]]:
    permit = door.admit_house(Act.CAMERAS_MONITOR, "test", city=cast.CARSON)
    (record,) = media.of(cast.CARSON, permit=permit)
    kept = ("label", "files", "bytes", "reads", "failures", "manifest", "dropped", "goes_on")
    files = MediumFile.objects.order_by("pk").values_list("sha256", "outcome", "reads")
    return {name: getattr(record, name) for name in kept}, list(files)


@pytest.fixture
def handed_in(monkeypatch: pytest.MonkeyPatch) -> list[Sighting]:
    """What goes through the one door in, in its order, with every bit of it."""
    through: list[Sighting] = []
    real = intake.store_of_medium

    def noting(number: Any, source: Any, file: Any, sightings: Any) -> Any:
        through.extend(sightings)
        return real(number, source, file, sightings)

    monkeypatch.setattr(intake, "store_of_medium", noting)
    return through


def killed_while_both_read(machines: TwoMachines, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Pull the plug of one as soon as a first file is stored; the files that were lost there."""
    pools, lost = list[Pool](), list[str]()
    making, losing, storing = Pool.__init__, Pool._lost, intake.store_of_medium

    def made(pool: Pool, *words: Any, **more: Any) -> None:
        pools.append(pool)
        making(pool, *words, **more)

    def losing_one(pool: Pool, worker: Any, job: Any) -> None:
        lost.append(job.one.file.within)
        losing(pool, worker, job)

    def killing(*words: Any) -> Any:
        (pool,) = pools
        if machines.both_run:
            while pool._starting:
                pool._step()
            pool._hand_out()
            machines.kill_one()
        return storing(*words)

    monkeypatch.setattr(Pool, "__init__", made)
    monkeypatch.setattr(Pool, "_lost", losing_one)
    monkeypatch.setattr(intake, "store_of_medium", killing)
    return lost


@pytest.mark.django_db
def test_two_machines_read_what_one_process_reads_and_one_that_dies_loses_nothing(
    card: Path,
    machines: TwoMachines,
    handed_in: list[Sighting],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = transaction.savepoint()
    alone = imported(card)
    assert alone.exit_code == 2, (alone.output, alone.exception)  # one is no picture
    here = (on_record(), list(handed_in))
    transaction.savepoint_rollback(before)
    assert len(here[1]) >= len(SHOWN)
    handed_in.clear()
    lost = killed_while_both_read(machines, monkeypatch)
    spread = imported(card, "--ray", machines.address)
    assert spread.exit_code == 2, (spread.output, spread.exception)
    assert lost  # a file was being read there
    assert (on_record(), handed_in) == here
    assert "RAY_USE_TLS is not set" in spread.output
    (entry,) = log.find(log.Filter(act=media.IMPORTED, outcome="spread"))
    assert (entry.facts["processes"], entry.facts["tls"]) == (2, False)


@pytest.mark.django_db
def test_what_a_machine_cannot_do_is_said_and_nothing_begun(
    card: Path, machines: TwoMachines, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = imported(card, "--ray", machines.address, "--provider", "openvino")
    assert ran.exit_code == 1
    assert "cannot read: The execution provider 'openvino'" in ran.output
    assert "Nothing was read." in ran.output
    assert not MediumFile.objects.exists()
