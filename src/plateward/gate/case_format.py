"""How an agency writes its case numbers, in a pattern a clerk can read: `YY-NNNNNN`.

`N` is a digit, `L` a letter, `Y` a digit of the year; anything else stands for itself, and so does
what stands between quotation marks. ` or ` separates formats. Every pattern has a fixed length, so
whatever an administrator writes, checking a number takes no time worth measuring.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

LONGEST: Final = 200
_LONGEST_NUMBER: Final = 40
_MOST: Final = 8
_OR = re.compile(r"\s+or\s+")
_PIECE = re.compile(r'"([^"]*)"|(.)', re.DOTALL)
_ORDINARY = re.compile(r"[A-Za-z0-9 ./#:&_-]")
_KINDS: Final = {"N": "[0-9]", "Y": "[0-9]", "L": "[A-Z]"}
_EXAMPLES: Final = {"N": "0142337685", "Y": "2026", "L": "ABCDEFGH"}
_NUMBERS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_WORDS: Final = {"N": "digit", "Y": "digit", "L": "letter"}


class WrongFormat(ValueError):
    """The pattern cannot be used; the message says why and how to write it."""


@dataclass(frozen=True, slots=True)
class _Run:
    """The same kind of character, so many times; `kind` is "" for text that stands for itself."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class CaseFormat:
    """`fits` asks about a whole number; letter case does not matter."""

    pattern: str
    _ways: tuple[tuple[_Run, ...], ...]
    _check: "re.Pattern[str]"

    def fits(self, number: str) -> bool:
        written = number.strip()
        return len(written) <= _LONGEST_NUMBER and self._check.fullmatch(written) is not None

    def example(self) -> str:
        return "".join(_example(run) for run in self._ways[0])

    def in_words(self) -> str:
        """`two digits of the year, "-", six digits`."""
        return "; or ".join(", ".join(_in_words(run) for run in way) for way in self._ways)


@lru_cache(maxsize=256)
def parse(pattern: str) -> CaseFormat:
    """Raise WrongFormat, naming what is wrong."""
    written = pattern.strip()
    if not written or len(written) > LONGEST:
        raise WrongFormat(
            f"Write the format of a case number in 1 to {LONGEST} characters, such as YY-NNNNNN."
        )
    ways = tuple(_runs(way.strip()) for way in _OR.split(written))
    if len(ways) > _MOST:
        raise WrongFormat(f"At most {_MOST} formats, separated by the word or.")
    check = "|".join("".join(_expression(run) for run in way) for way in ways)
    return CaseFormat(written, ways, re.compile(check, re.IGNORECASE | re.ASCII))


def _runs(way: str) -> tuple[_Run, ...]:
    runs: list[_Run] = []
    for quoted, single in _PIECE.findall(way):
        kind = single if single in _KINDS else ""
        text = quoted or single
        _check_text(text)
        if runs and runs[-1].kind == kind:
            runs[-1] = _Run(kind, runs[-1].text + text)
        else:
            runs.append(_Run(kind, text))
    whole = "".join(run.text for run in runs)
    if whole != whole.strip():
        raise WrongFormat("A case number does not begin or end with a space.")
    if not 0 < len(whole) <= _LONGEST_NUMBER:
        raise WrongFormat(f"A case number has 1 to {_LONGEST_NUMBER} characters.")
    if not any(run.kind in {"N", "Y"} for run in runs):
        raise WrongFormat(
            f"{way!r} has no digit that can change. Write N for a digit: YY-NNNNNN, CFS NNNNN."
        )
    return tuple(runs)


def _check_text(text: str) -> None:
    for character in text:
        if _ORDINARY.fullmatch(character) is None:
            raise WrongFormat(
                f"{character!r} cannot be part of a case number. Use letters, digits, spaces and "
                "- . / # : & _ ; write N for a digit, L for a letter, Y for a digit of the year."
            )


def _expression(run: _Run) -> str:
    if run.kind:
        return f"{_KINDS[run.kind]}{{{len(run.text)}}}"
    return re.escape(run.text)


def _example(run: _Run) -> str:
    length = len(run.text)
    if not run.kind:
        return run.text
    if run.kind == "Y":
        return (_EXAMPLES["Y"] * length)[:length] if length > 2 else _EXAMPLES["Y"][-length:]
    return (_EXAMPLES[run.kind] * length)[:length]


def _in_words(run: _Run) -> str:
    if not run.kind:
        return f'"{run.text}"'
    length = len(run.text)
    said = _NUMBERS[length] if length < len(_NUMBERS) else str(length)
    many = f"{said} {_WORDS[run.kind]}{'s' if length > 1 else ''}"
    return f"{many} of the year" if run.kind == "Y" else many
