"""Open a network from weights whose hash was checked, on the provider that was asked for."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as runtime

from plateward.recognition import providers, weights
from plateward.recognition.geometry import Floats

Batch = npt.NDArray[np.float32] | npt.NDArray[np.uint8]
"""N x channels x height x width, or as the network asks."""

_THREADS: Final = 2
# What ONNX Runtime raises when a provider's driver or device fails.
_WOULD_NOT_START: Final = (
    RuntimeError,
    ValueError,
    runtime.Fail,
    runtime.EPFail,
    runtime.EngineError,
    runtime.RuntimeException,
    runtime.NotImplemented,
)
_KINDS: Final[dict[str, np.dtype[Any]]] = {
    "tensor(float)": np.dtype(np.float32),
    "tensor(float16)": np.dtype(np.float16),
    "tensor(uint8)": np.dtype(np.uint8),
}


class Network:
    """Batches in, arrays out. Safe to call from several threads.

    On one provider the same batch gives the same answer, bit for bit.
    """

    def __init__(
        self, which: weights.Weights, provider: str | None = None, *, steady: bool = False
    ) -> None:
        """`provider` as in `providers.chosen`. Raises WeightsProblem or ProviderProblem.

        `steady`: it is given batches of one or two shapes only. Its memory is then planned once and
        kept, which is a tenth faster; with many shapes it would keep the largest of each for ever.
        """
        chosen = providers.chosen(provider)
        self._session = _session(weights.verified(which), chosen, steady=steady)
        self._provider = chosen.name
        self._inputs = [(each.name, _KINDS[each.type]) for each in self._session.get_inputs()]

    @property
    def provider(self) -> str:
        """What the network runs on, as in `providers.available`: "cpu", "cuda", …"""
        return self._provider

    def run(self, *batches: Batch) -> list[Floats]:
        """A batch for each input. Bytes 0 to 255 are taken by all, floats only where asked for."""
        ready = {}
        for batch, (name, kind) in zip(batches, self._inputs, strict=True):
            if kind == np.uint8 and batch.dtype != np.uint8:
                raise TypeError(f"this network takes bytes (uint8), not {batch.dtype}")
            ready[name] = np.ascontiguousarray(batch, kind)
        outputs: list[Floats] = self._session.run(None, ready)
        return outputs

    def note(self, key: str) -> str:
        """A text that its makers stored in the file."""
        return str(self._session.get_modelmeta().custom_metadata_map[key])


def _session(content: bytes, provider: providers.Provider, *, steady: bool) -> Any:
    asked = [(provider.runtime, dict(provider.options))]
    try:
        session = onnxruntime.InferenceSession(
            content, _options(steady=steady), providers=asked, enable_fallback=0
        )
    except _WOULD_NOT_START as error:
        if provider.name == providers.DEFAULT:
            raise  # no driver is at fault: the file is no network
        raise providers.would_not_start(provider, str(error)) from error
    # A provider whose libraries are missing is left out with a line on the terminal.
    if session.get_providers()[0] != provider.runtime:
        raise providers.would_not_start(provider, "ONNX Runtime could not load its libraries.")
    session.disable_fallback()
    # It keeps the file's bytes to start again on the CPU, which it never does here.
    session._model_bytes = None  # noqa: SLF001 -- no public way to let go of them
    return session


def _options(*, steady: bool) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = _THREADS
    options.inter_op_num_threads = 1
    options.use_deterministic_compute = True
    options.enable_cpu_mem_arena = steady
    options.enable_mem_pattern = steady
    # Waiting threads sleep: a camera box has other work for its cores.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options
