"""The network, its targets and its loss agree: a few plates are soon known by heart."""

from pathlib import Path

import numpy as np
import pytest

from training.decode import spell
from training.dies import cut, random_die
from training.samples import Batch, encode

torch = pytest.importorskip("torch", reason="training needs torch; see training/README.md")

TEXTS = (("7ABC123",), ("KHA9NN",), ("AB", "1249"), ("MO4X2Z",), ("AAB110",), ("55", "JKL8"))


def _plain(lines: tuple[str, ...], seed: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Dark letters on white, one or two lines, without a camera."""
    import cv2

    die, image = random_die(np.random.default_rng(seed)), np.full((48, 160), 255, np.uint8)
    high = 30 if len(lines) == 1 else 20
    for row, line in enumerate(lines):
        for i, letter in enumerate(line):
            ink = cv2.resize(cut(letter, die), (14, high), interpolation=cv2.INTER_AREA)
            top = 9 if len(lines) == 1 else 2 + 24 * row
            image[top : top + high, 8 + 21 * i : 22 + 21 * i] = 255 - ink
    return np.repeat(image[..., None], 3, axis=2)


def _batch() -> Batch:
    images = np.stack([_plain(lines, seed) for seed, lines in enumerate(TEXTS)])
    signs = np.stack([encode(lines) for lines in TEXTS])
    return Batch(images, signs, np.arange(len(TEXTS), dtype=np.uint8))


def test_a_few_plates_are_learned_by_heart(tmp_path: Path) -> None:
    from training.network import SIZES, Reader
    from training.run import Run
    from training.train import exact, one_step

    torch.manual_seed(1)
    torch.set_num_threads(1)
    model, batch = Reader(SIZES["tiny"]), _batch()
    run = Run(model, tmp_path / "checkpoint.pt", top=3e-3, decay=0.0)
    for _ in range(260):
        told = one_step(run, batch, 1000)
    model.eval()
    with torch.no_grad():
        logits, regions = model(torch.from_numpy(batch.images))
    assert float(told[1]) < 0.1
    assert exact(logits, batch.signs) == 1.0
    assert [spell(one.numpy()).text for one in logits] == ["".join(lines) for lines in TEXTS]
    assert regions.argmax(1).tolist() == list(range(len(TEXTS)))


def test_training_stopped_and_taken_up_goes_on_from_its_step(tmp_path: Path) -> None:
    from training.network import SIZES, Reader
    from training.run import Run
    from training.train import one_step

    kept = tmp_path / "checkpoint.pt"
    first = Run(Reader(SIZES["tiny"]), kept, top=1e-3, decay=0.02)
    assert first.step == 0
    one_step(first, _batch(), 10)
    first.save(size="tiny")
    again = Run(Reader(SIZES["tiny"]), kept, top=1e-3, decay=0.02)
    assert again.step == 1
    for name, value in first.network.state_dict().items():
        assert torch.equal(again.network.state_dict()[name], value)
        assert torch.equal(again.mean[name], first.mean[name])
    assert len(again.optimiser.state_dict()["state"]) > 0


def test_the_mean_follows_the_weights(tmp_path: Path) -> None:
    from training.run import Run

    network = torch.nn.Linear(2, 1)
    run = Run(network, tmp_path / "checkpoint.pt", top=0.1, decay=0.0)
    for _ in range(60):
        run.learn((network(torch.ones(1, 2)) - 3).square().sum(), steps=60, most=10.0)
    assert abs(float(network(torch.ones(1, 2)).detach()) - 3) < 0.2
    assert not torch.equal(run.mean["weight"], network.weight)
    assert (run.mean["weight"] - network.weight).abs().max() < 1


def test_a_new_run_goes_on_from_the_mean_of_an_earlier_one(tmp_path: Path) -> None:
    from training.run import Run

    earlier = Run(torch.nn.Linear(2, 1), tmp_path / "earlier.pt", top=0.1, decay=0.0)
    for _ in range(3):
        earlier.learn(earlier.network(torch.ones(1, 2)).square().sum(), steps=9, most=10.0)
    earlier.save()
    run = Run(torch.nn.Linear(2, 1), tmp_path / "checkpoint.pt", top=0.1, decay=0.0)
    run.go_on_from(earlier.kept)
    assert run.step == 0
    for name, value in earlier.mean.items():
        assert torch.equal(run.network.state_dict()[name], value)
    run.learn(run.network(torch.ones(1, 2)).square().sum(), steps=9, most=10.0)
    taken = run.network.state_dict()["bias"].clone()
    run.go_on_from(earlier.kept)  # as when the same command is given again
    assert torch.equal(run.network.state_dict()["bias"], taken)


def test_two_states_average_to_what_is_between_them() -> None:
    from training.average import averaged

    one = {"mean": {"weight": torch.tensor([1.0, 3.0]), "seen": torch.tensor(7)}, "size": "tiny"}
    other = {"mean": {"weight": torch.tensor([3.0, 5.0]), "seen": torch.tensor(9)}, "size": "no"}
    both = averaged([one, other])
    assert both["mean"]["weight"].tolist() == [2.0, 4.0]
    assert int(both["mean"]["seen"]) == 7
    assert both["size"] == "tiny"
