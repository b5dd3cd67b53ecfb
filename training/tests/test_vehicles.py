"""Vehicles: no scene teaches and judges, and what is written says what was learned."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from training.vehicles.parts import PARTS, parts_of


def test_a_scene_is_in_one_part_and_the_parts_are_of_a_size() -> None:
    scenes = [f"scene {number % 40}" for number in range(200)]
    parts = parts_of(scenes)
    for scene in set(scenes):
        assert len({part for each, part in zip(scenes, parts, strict=True) if each == scene}) == 1
    assert np.bincount(parts).tolist() == [200 // PARTS] * PARTS


def test_the_network_that_is_written_says_what_the_learned_ones_say(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch", reason="training needs torch; see training/README.md")
    import onnxruntime

    from training.vehicles import bodies, fit, graph, numbers, tune
    from training.vehicles.network import Backbone, ready

    rng = np.random.default_rng(torch.manual_seed(4).initial_seed())
    shown = rng.integers(0, 256, (2, 192, 192, 3), np.uint8)
    tall = np.array([[-0.2], [0.5]], np.float32)
    plain, told = Backbone(_state(torch)).eval(), _told(torch)
    slopes = rng.normal(0, 0.002, (numbers.TALLNESS.stop, len(bodies.WORDS))).astype(np.float32)
    linear = graph.Linear(plain, slopes, np.float32([0.3, -0.1, 0.2, 0]))
    colour = graph.Scale(tune.COLOURS, np.zeros(len(tune.COLOURS)), 0.8, 0.5)
    body = graph.Scale(bodies.WORDS, np.array([0.3, -0.2, 0.1, 0.0]), 0.7, 0.5)
    graph.write(tmp_path / "traits.onnx", linear, told, colour, body)
    session = onnxruntime.InferenceSession(str(tmp_path / "traits.onnx"))
    colours, kinds = session.run(None, {"picture": shown, "tall": tall})

    with torch.no_grad():
        shapes, paint = told(ready(torch.from_numpy(shown)), torch.from_numpy(tall))
    seen = np.concatenate([numbers.looked(shown, plain), tall], axis=1)
    whole = fit.normal(bodies.scores(seen, (linear.slopes, linear.start)))
    shape = (whole + fit.as_bodies(shapes.numpy())) / 2
    assert np.allclose(colours, np.exp(fit.normal(paint.numpy() / 0.8)), atol=0.003)
    assert np.allclose(kinds, np.exp(fit.normal((shape + body.moved) / 0.7)), atol=0.003)
    assert min(np.ptp(each, axis=1).min() for each in (colours, kinds)) > 0.1


def _told(torch: Any) -> Any:
    from training.vehicles import tune

    told = tune.Told(_state(torch)).eval()
    with torch.no_grad():
        for last in (told.body, told.colour):
            last.weight.normal_(0, 0.02)
    return told


def _state(torch: Any) -> dict[str, Any]:
    """Weights as of EfficientNet-Lite0, with few channels between the first and the last layer."""
    state: dict[str, Any] = {}

    def layer(name: str, norm: str, shape: tuple[int, ...]) -> None:
        numbers = torch.randint(-127, 128, shape).float()
        numbers[:, 0, 0, 0] = 127  # so that 8 bits a weight lose nothing
        state[f"{name}.weight"] = numbers / 73 * (2 / np.prod(shape[1:])) ** 0.5
        for part, value in (("weight", 1), ("bias", 0), ("running_mean", 0), ("running_var", 1)):
            state[f"{norm}.{part}"] = torch.full((shape[0],), float(value))

    layer("_conv_stem", "_bn0", (8, 3, 3, 3))
    for at in range(16):
        name, out = f"_blocks.{at}", 320 if at == 15 else 8
        layer(f"{name}._expand_conv", f"{name}._bn0", (16, 8, 1, 1))
        layer(f"{name}._depthwise_conv", f"{name}._bn1", (16, 1, 3, 3))
        layer(f"{name}._project_conv", f"{name}._bn2", (out, 16, 1, 1))
    layer("_conv_head", "_bn1", (1280, 320, 1, 1))
    return state
