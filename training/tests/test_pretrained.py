"""The pretrained reader, before it learns: it reads what PP-OCRv6 reads."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch; see training/README.md")


def test_line_one_is_what_it_started_from(start_reader: Path) -> None:
    import onnxruntime

    from training.network import SIGNS
    from training.pretrained import PretrainedReader

    reader = PretrainedReader(start_reader).eval()
    with torch.no_grad():
        reader.rows.copy_(torch.full((2, 3), 1 / 3))
    bright = np.full((1, 48, 160, 3), 230, np.uint8)
    with torch.no_grad():
        spelt, region = reader(torch.from_numpy(bright))
    assert spelt.shape == (1, 2, 40, SIGNS)
    session = onnxruntime.InferenceSession(str(start_reader), providers=["CPUExecutionProvider"])
    picture = (bright[..., ::-1].astype(np.float32) / 127.5 - 1).transpose(0, 3, 1, 2)
    said = session.run(None, {"x": np.ascontiguousarray(picture)})[0][0]
    # Every second column of ours stands where one of theirs does; both find an empty picture empty.
    assert said.argmax(-1).max() == 0
    assert spelt[0, 0, ::2].argmax(-1).max() == 0
    assert region.shape[0] == 1


def test_its_signs_are_those_of_the_alphabet(start_reader: Path) -> None:
    import onnx
    from onnx import numpy_helper

    from training.pretrained import PretrainedReader

    model = onnx.load(str(start_reader))
    held = {w.name: numpy_helper.to_array(w) for w in model.graph.initializer}
    signs = next(p.value for p in model.metadata_props if p.key == "character").split("\n")
    reader = PretrainedReader(start_reader)
    zero = signs.index("0") + 1
    assert np.allclose(reader.name.weight[1].detach(), held["linear_8.w_0"][:, zero])
