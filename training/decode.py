"""Turn the network's logits into text with a confidence for each character."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.dies import ALPHABET

Logits = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Spelt:
    """`confidence` is the product over all characters and gaps that were decided."""

    text: str
    confidence: float
    characters: tuple[float, ...]


def chances(logits: Logits, temperature: float) -> npt.NDArray[np.float64]:
    scaled = logits.astype(np.float64) / temperature
    scaled -= scaled.max(axis=-1, keepdims=True)
    raised = np.exp(scaled)
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


def _line(chance: npt.NDArray[np.float64]) -> tuple[str, float, list[float]]:
    """Greedy: runs of one sign become that sign, blanks part them."""
    best = chance.argmax(axis=1)
    top = chance.max(axis=1)
    starts = np.flatnonzero(np.diff(best, prepend=-1))
    text, characters, whole = "", [], 1.0
    for start, end in zip(starts, [*starts[1:], len(best)], strict=True):
        sure = float(top[start:end].max() if best[start] else top[start:end].min())
        if best[start]:
            text += ALPHABET[int(best[start]) - 1]
            characters.append(sure)
        whole *= sure
    return text, whole, characters


def spell(logits: Logits, temperature: float = 1.0) -> Spelt:
    """Logits of one plate, (2 lines, columns, signs); line two is empty on most plates."""
    chance = chances(logits, temperature)
    first, second = _line(chance[0]), _line(chance[1])
    return Spelt(first[0] + second[0], first[1] * second[1], (*first[2], *second[2]))
