"""Open a network from weights whose hash was checked."""

from typing import Any, Final

import numpy as np
import onnxruntime

from plateward.recognition import weights
from plateward.recognition.geometry import Floats

_THREADS: Final = 2


class Network:
    """One image batch in, arrays out. Safe to call from several threads."""

    def __init__(self, which: weights.Weights) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = _THREADS
        options.inter_op_num_threads = 1
        # Every photo has its own shape: an arena keeps the largest of each for ever.
        options.enable_cpu_mem_arena = False
        options.enable_mem_pattern = False
        # Waiting threads sleep: a camera box has other work for its cores.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session: Any = onnxruntime.InferenceSession(
            weights.verified(which), options, providers=["CPUExecutionProvider"]
        )
        self._input: str = self._session.get_inputs()[0].name

    def run(self, batch: Floats) -> list[Floats]:
        """`batch`: N x 3 x height x width."""
        outputs: list[Floats] = self._session.run(None, {self._input: np.ascontiguousarray(batch)})
        return outputs

    def note(self, key: str) -> str:
        """A text that its makers stored in the file."""
        return str(self._session.get_modelmeta().custom_metadata_map[key])
