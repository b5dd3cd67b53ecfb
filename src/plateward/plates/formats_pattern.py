"""The pattern language of serial formats: a pattern as the sets of signs at each place.

    @          a letter, A-Z
    %          a letter but I, O and Q, which many issuers leave out
    #          a digit
    [ABX-Z]    one of these; [^IOU] a letter but these
    {3} {1-4}  so many of what stands before
    anything else: itself, a letter A-Z or a digit

Spaces and hyphens are not written: plate texts have none (`plates.text.normalise`).
"""

import re
from collections.abc import Iterator
from itertools import product
from string import ascii_uppercase, digits
from typing import Final

# The signs that may stand at each place, in order.
Form = tuple[frozenset[str], ...]

_PART: Final = re.compile(
    r"(?P<any>[@%#])|\[(?P<but>\^)?(?P<signs>[A-Z0-9-]+)\]|(?P<self>[A-Z0-9])"
)
_TIMES: Final = re.compile(r"\{(?P<least>\d)(?:-(?P<most>\d))?\}")
_ANY: Final = {
    "@": frozenset(ascii_uppercase),
    "%": frozenset(ascii_uppercase) - frozenset("IOQ"),
    "#": frozenset(digits),
}


class PatternProblem(ValueError):
    """A pattern is not written in the pattern language. The message says where."""


def forms(pattern: str) -> tuple[Form, ...]:
    """Each length the pattern allows, as one form; several where several parts vary."""
    parts = list(_parts(pattern))
    if not parts:
        raise PatternProblem("A pattern is empty. Write at least one sign.")
    return tuple(
        tuple(signs for (signs, _), often in zip(parts, times, strict=True) for _ in range(often))
        for times in product(*(range(least, most + 1) for _, (least, most) in parts))
    )


def _parts(pattern: str) -> Iterator[tuple[frozenset[str], tuple[int, int]]]:
    at = 0
    while at < len(pattern):
        part = _PART.match(pattern, at)
        if part is None:
            raise PatternProblem(
                f"The pattern '{pattern}' cannot be read from '{pattern[at:]}' on."
            )
        times = _TIMES.match(pattern, part.end())
        yield _signs(part), _range(times)
        at = (times or part).end()


def _signs(part: re.Match[str]) -> frozenset[str]:
    if part["any"]:
        return _ANY[part["any"]]
    if part["self"]:
        return frozenset(part["self"])
    listed = re.sub(r"(.)-(.)", _spelt_out, part["signs"])
    return frozenset(ascii_uppercase) - frozenset(listed) if part["but"] else frozenset(listed)


def _spelt_out(span: re.Match[str]) -> str:
    return "".join(chr(code) for code in range(ord(span[1]), ord(span[2]) + 1))


def _range(times: re.Match[str] | None) -> tuple[int, int]:
    if times is None:
        return 1, 1
    return int(times["least"]), int(times["most"] or times["least"])
