"""Turn a network's per-column guesses into text (connectionist temporal classification).

`columns` is a float array of shape (steps, 37): at each step across the line, left to right, the
probability of "nothing here" (index 0) and of each of `ALPHABET` (index 1 on). Rows sum to 1.
"""

from typing import Final

import numpy as np

from plateward.recognition.geometry import Floats

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_INDEX: Final = {letter: index for index, letter in enumerate(ALPHABET, start=1)}


def best_path(columns: Floats) -> str:
    """The text along the likeliest guess of every column."""
    guesses = columns.argmax(axis=1)
    changes = np.flatnonzero(np.diff(guesses, prepend=0))
    return "".join(ALPHABET[guesses[at] - 1] for at in changes if guesses[at])


def likelihood(columns: Floats, text: str) -> float:
    """The probability of `text`, over every way it can be laid out across the columns."""
    states, may_skip = _states(text)
    reached = np.zeros(len(states))
    reached[:2] = columns[0, states[:2]]
    log_scale = 0.0
    for column in columns[1:]:
        reached = _step(reached, may_skip) * column[states]
        total = reached.sum()
        if total <= 0:
            return 0.0
        reached /= total
        log_scale += float(np.log(total))
    return float(np.exp(log_scale) * reached[-2:].sum())


def places(columns: Floats, text: str) -> list[int]:
    """For each character of `text`, the column where it stands in the likeliest layout."""
    states, may_skip = _states(text)
    with np.errstate(divide="ignore"):
        scores = np.log(columns[:, states])
    best = np.full(len(states), -np.inf)
    best[:2] = scores[0, :2]
    came_from = np.zeros(scores.shape, np.int64)
    for step in range(1, len(scores)):
        before = np.stack([best, _shifted(best, 1), np.where(may_skip, _shifted(best, 2), -np.inf)])
        choice = before.argmax(axis=0)
        came_from[step] = choice
        best = before[choice, np.arange(len(states))] + scores[step]
    return _strongest(_walk_back(best, came_from), scores, len(text))


def _walk_back(best: np.ndarray, came_from: np.ndarray) -> list[int]:
    state = len(best) - 1 if best[-1] >= best[-2:][0] else len(best) - 2
    path = [state]
    for choices in came_from[:0:-1]:
        state -= int(choices[state])
        path.append(state)
    return path[::-1]


def _strongest(path: list[int], scores: np.ndarray, length: int) -> list[int]:
    """Of the columns that a character covers, the one where it is likeliest."""
    found = []
    for position in range(length):
        covered = [at for at, state in enumerate(path) if state == 2 * position + 1]
        found.append(max(covered, key=lambda at: float(scores[at, path[at]]), default=0))
    return found


def _states(text: str) -> tuple[np.ndarray, np.ndarray]:
    """Characters with a gap before, between and after; which gaps may be left out."""
    states = np.zeros(2 * len(text) + 1, np.int64)
    states[1::2] = [_INDEX[letter] for letter in text]
    may_skip = np.zeros(len(states), bool)
    may_skip[3::2] = states[3::2] != states[1:-2:2]
    return states, may_skip


def _step(reached: np.ndarray, may_skip: np.ndarray) -> np.ndarray:
    ahead = reached.copy()
    ahead[1:] += reached[:-1]
    ahead[2:] += np.where(may_skip[2:], reached[:-2], 0)
    return ahead


def _shifted(values: np.ndarray, by: int) -> np.ndarray:
    return np.concatenate([np.full(by, -np.inf), values])[: len(values)]
