"""The corner finder's answers: what it is asked to say is what is found again."""

from pathlib import Path

import numpy as np
import pytest

from plateward.recognition.priors import priors
from training.priors import found, targets


def quad(x: float, y: float, wide: float, high: float, lean: float = 0.0) -> np.ndarray:
    return np.array(
        [(x, y), (x + wide, y + lean), (x + wide, y + high + lean), (x, y + high)], np.float32
    )


@pytest.mark.parametrize("wide", [16, 40, 90, 200])
def test_what_is_asked_is_what_is_found(wide: float) -> None:
    plates = np.stack([quad(30, 40, wide, wide / 2, 3), quad(60, 220, wide, wide / 4.6, -2)])
    at = priors(320, 320)
    wanted, told = targets(plates, at)
    assert (wanted == 1).sum() >= 4
    scores = (wanted == 1).astype(np.float32)
    _, quads = found(scores, told, at)
    assert len(quads) == 2
    for plate in plates:
        assert min(np.abs(q - plate).max() for q in quads) < 0.01


def test_no_plate_asks_for_none() -> None:
    wanted, _ = targets(np.zeros((0, 4, 2), np.float32), priors(64, 96))
    assert not wanted.any()


def test_priors_cover_every_step_of_an_uneven_picture() -> None:
    at = priors(70, 100)
    assert len(at) == 2 * (9 * 13 + 5 * 7 + 3 * 4)
    assert at[0].tolist() == [4, 4, 24]


def test_the_network_taken_up_says_what_the_file_says(start_corners: Path) -> None:
    torch = pytest.importorskip("torch", reason="training needs torch; see training/README.md")
    import onnx
    import onnxruntime

    from training.corners import CORNERS, PICTURE, SCORES
    from training.onnx_graph import Graph

    model = onnx.load(str(start_corners))
    for name in SCORES:
        model.graph.output.append(onnx.helper.make_tensor_value_info(name, 1, None))
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    picture = np.random.default_rng(2).normal(0, 60, (1, 3, 90, 150)).astype(np.float32)
    wanted = session.run(list(SCORES), {PICTURE: picture})
    with torch.no_grad():
        got = Graph(start_corners, [PICTURE], [*SCORES, *CORNERS])(torch.from_numpy(picture))
    for one, other in zip(wanted, got, strict=False):
        assert np.abs(one - other.numpy()).max() < 1e-3


def test_training_goes_on_from_what_ships(start_corners: Path) -> None:
    torch = pytest.importorskip("torch", reason="training needs torch; see training/README.md")
    import onnxruntime

    from plateward.recognition import weights
    from training.corners import Corners, Shipped, state_of

    shipped = weights.path_of(weights.PLATE_CORNERS)
    network = Corners(start_corners)
    network.load_state_dict(state_of(shipped))
    picture = np.random.default_rng(3).integers(0, 256, (1, 90, 150, 3), np.uint8)
    wanted = onnxruntime.InferenceSession(str(shipped), providers=["CPUExecutionProvider"])
    with torch.no_grad():
        scores, corners = Shipped(network).eval()(torch.from_numpy(picture))
    told = wanted.run(None, {"images": picture})
    assert np.abs(scores.numpy() - told[0]).max() < 1e-3
    assert np.abs(corners.numpy() - told[1]).max() < 1e-2
