"""What is still to be written into a profile that began as the blank one."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from plateward.policy import shape
from plateward.policy.document import Error, read
from plateward.policy.profile import Profile
from plateward.policy.silence import Silence
from plateward.policy.wording import nearest

FILL_IN: Final = "FILL IN"
_ASKED: Final = "The blank profile's own words stand here still: write what the city's text says"


def unfilled(document: Mapping[str, Any]) -> tuple[Silence, ...]:
    """The questions nobody has struck out yet, then the blanks that nobody asked about."""
    found = dict(document.get("to_fill", {}))
    for path, value in _texts(document, ""):
        if value.startswith(FILL_IN) and not any(path.startswith(known) for known in found):
            found[path] = _ASKED
    return tuple(Silence(path, None, why, must_fill=True) for path, why in found.items())


def said(text: str, profile: Profile) -> tuple[str, ...]:
    """Each place still to be filled, with its line where the file names it."""
    lines = read(text).lines
    return tuple(
        f"line {_line_of(each.path, lines)}, {each.path}: {each.why}"
        for each in profile.unanswered
        if each.must_fill
    )


def _line_of(path: str, lines: Mapping[str, int]) -> int:
    while path not in lines and path:
        path = path.rpartition("." if path.rfind(".") > path.rfind("[") else "[")[0]
    return lines[path]


def errors(document: Any) -> Iterator[Error]:
    """A question about a place that no profile has would never be answered."""
    asked = document.get("to_fill") if isinstance(document, Mapping) else None
    for path in asked if isinstance(asked, Mapping) else ():
        if shape.place(path) is None:
            hint = nearest(path, shape.all_paths())
            yield Error(f"to_fill.{path}", f'No profile has a place "{path}".{hint}')


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, held in value.items():
            if path or key not in ("silent", "to_fill"):
                yield from _texts(held, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for number, held in enumerate(value):
            yield from _texts(held, f"{path}[{number}]")
    elif isinstance(value, str):
        yield path, value
