"""A network: what it takes, that its answer repeats, and that it says what runs it."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnxruntime
import pytest

from plateward.recognition import ProviderProblem, networks, providers, weights
from plateward.recognition.networks import Network

FLOAT, UINT8, FLOAT16 = 1, 2, 10  # the numbers that ONNX gives to kinds of values
WEIGHTS = weights.PLATE_CORNERS


def number(value: int) -> bytes:
    """A whole number as Protocol Buffers write it."""
    low, rest = value & 0x7F, value >> 7
    return bytes([low | 0x80]) + number(rest) if rest else bytes([low])


def field(at: int, value: int | bytes | str) -> bytes:
    if isinstance(value, int):
        return number(at << 3) + number(value)
    content = value.encode() if isinstance(value, str) else value
    return number(at << 3 | 2) + number(len(content)) + content


def value(name: str, kind: int) -> bytes:
    sizes = b"".join(field(1, field(2, side)) for side in ("n", "c", "h", "w"))
    return field(1, name) + field(2, field(1, field(1, kind) + field(2, sizes)))


def tiny(kind: int) -> bytes:
    """An ONNX file of one step: what comes in goes out as floats."""
    to = field(1, "to") + field(3, FLOAT) + field(20, 2)
    cast = field(1, "in") + field(2, "out") + field(4, "Cast") + field(5, to)
    noted = field(1, "made") + field(2, "by these tests")
    graph = field(1, cast) + field(2, "tiny") + field(11, value("in", kind))
    graph += field(12, value("out", FLOAT))
    return field(1, 8) + field(8, field(2, 17)) + field(7, graph) + field(14, noted)


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Network:
    monkeypatch.setattr(weights, "verified", lambda which: tiny(request.param))
    return Network(WEIGHTS)


@pytest.fixture(scope="module")
def real() -> Network:
    return Network(WEIGHTS)


def noise(count: int, *, seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, 192, 320, 3), np.uint8)


PIXELS = np.arange(24, dtype=np.uint8).reshape(1, 3, 2, 4)


@pytest.mark.parametrize("network", [FLOAT, FLOAT16, UINT8], indirect=True)
def test_bytes_are_taken_by_every_network(network: Network) -> None:
    (out,) = network.run(PIXELS)
    assert out.dtype == np.float32
    assert np.array_equal(out, PIXELS.astype(np.float32))


@pytest.mark.parametrize("network", [FLOAT, FLOAT16], indirect=True)
def test_floats_are_taken_and_not_written_into(network: Network) -> None:
    batch = PIXELS.astype(np.float32)[:, ::-1] / 8  # reversed: not in one piece
    before = batch.copy()
    (out,) = network.run(batch)
    assert np.array_equal(out, before)
    assert np.array_equal(batch, before)


@pytest.mark.parametrize("network", [UINT8], indirect=True)
def test_floats_are_refused_where_bytes_are_wanted(network: Network) -> None:
    with pytest.raises(TypeError, match=r"takes bytes \(uint8\), not float32"):
        network.run(PIXELS.astype(np.float32))


@pytest.mark.parametrize("network", [FLOAT], indirect=True)
def test_what_its_makers_wrote_into_the_file_can_be_read(network: Network) -> None:
    assert network.note("made") == "by these tests"


@pytest.mark.parametrize("network", [FLOAT], indirect=True)
def test_it_says_what_runs_it_and_cannot_change_to_another(network: Network) -> None:
    assert network.provider == "cpu"
    assert network._session._model_bytes is None
    assert network._session._enable_fallback is False


def test_a_provider_that_cannot_start_is_an_error_and_not_the_processor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """ONNX Runtime leaves out a provider whose libraries are missing, and says so in passing."""
    everything = ["CUDAExecutionProvider", "CPUExecutionProvider"]
    monkeypatch.setattr("onnxruntime.get_available_providers", lambda: everything)
    monkeypatch.setattr(weights, "verified", lambda which: tiny(FLOAT))
    asked: list[object] = []
    real = onnxruntime.InferenceSession

    def without_libraries(content: bytes, options: object, **how: object) -> object:
        asked.append(how["providers"])
        return real(content, options, providers=["CPUExecutionProvider"])

    monkeypatch.setattr(networks.onnxruntime, "InferenceSession", without_libraries)
    with pytest.raises(ProviderProblem, match="could not load its libraries"):
        Network(WEIGHTS, "cuda")
    assert asked == [[("CUDAExecutionProvider", dict(providers.chosen("cuda").options))]]


@pytest.mark.parametrize("failure", [RuntimeError, networks.runtime.RuntimeException])
def test_a_device_that_fails_is_an_error_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, failure: type[Exception]
) -> None:
    everything = ["CUDAExecutionProvider", "CPUExecutionProvider"]
    monkeypatch.setattr("onnxruntime.get_available_providers", lambda: everything)

    def fails(*asked: object, **how: object) -> object:
        raise failure("no device is there.")

    monkeypatch.setattr(networks.onnxruntime, "InferenceSession", fails)
    monkeypatch.setattr(weights, "verified", lambda which: tiny(FLOAT))
    with pytest.raises(ProviderProblem, match="no device is there"):
        Network(WEIGHTS, "cuda")


@pytest.mark.recognition
def test_the_same_picture_gives_the_same_answer_bit_for_bit(real: Network) -> None:
    batch = noise(1)
    first, again, anew = real.run(batch), real.run(batch), Network(WEIGHTS).run(batch)
    for one, two, three in zip(first, again, anew, strict=True):
        assert one.tobytes() == two.tobytes() == three.tobytes()


@pytest.mark.recognition
def test_planned_memory_changes_no_answer(real: Network) -> None:
    steady = Network(WEIGHTS, steady=True)
    for batch in (noise(1), noise(2), noise(1, seed=9)):
        for one, other in zip(real.run(batch), steady.run(batch), strict=True):
            assert one.tobytes() == other.tobytes()


@pytest.mark.recognition
def test_threads_that_share_a_network_do_not_disturb_each_other(real: Network) -> None:
    batches = [noise(1, seed=seed) for seed in range(4)]
    alone = [real.run(batch) for batch in batches]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(real.run, batches * 3))
    for at, outputs in enumerate(together):
        for one, other in zip(outputs, alone[at % 4], strict=True):
            assert one.tobytes() == other.tobytes()


@pytest.mark.recognition
def test_a_picture_gets_the_same_answer_alone_and_among_others(real: Network) -> None:
    batch = noise(3)
    together = real.run(batch)
    for at in range(3):
        for one, other in zip(real.run(batch[at : at + 1]), together, strict=True):
            np.testing.assert_allclose(one[0], other[at], rtol=1e-4, atol=1e-4)
