"""Tell a reason that can be audited from one that says nothing, and a case from a CAD number."""

import re
from dataclasses import dataclass, replace
from typing import Literal

CaseKind = Literal["case", "cad"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why it is done. `request` and `review` are references, already looked up.

    `case_kind` is "" when the person did not say; then the number's own shape tells. `confirmed`
    are the reminders the person confirmed: "warrant", "suspicion".
    """

    purpose: str = ""
    case_number: str = ""
    note: str = ""
    request: str = ""
    case_kind: Literal["", "case", "cad"] = ""
    review: str = ""
    confirmed: frozenset[str] = frozenset()


_SAY_NOTHING = (
    "asdf case check checking fyi idk inv invest investigate investigation investigative lookup "
    "misc miscellaneous na no none nothing ok okay other pd plate police qwerty reason review run "
    "search searching see tbd test testing unk unknown verify various xxx yes"
)
_JOIN_WORDS = (
    "a am an and as at by follow for i in is it look of on or pls please re ref the this to up"
)
_VAGUE_WORDS = frozenset(f"{_SAY_NOTHING} {_JOIN_WORDS}".split())
_WORD = re.compile(r"[^\W_]+")
_ONLY_NUMBERS = re.compile(r"(?=.*\d)[\d\-/#.\s]+")
_NUMBER = re.compile(r"(?=.*[1-9])[^\W_][\w ./#:&-]{2,39}")
_CAD = re.compile(r"(?:cad|cfs|evt|event|inc|incident|call)(?:\b|[\d_])", re.IGNORECASE)


def tidied(reason: Reason) -> Reason:
    """A number alone in the note is a case number in the wrong box: move it, do not refuse it."""
    if reason.note[:1].isalpha() or _ONLY_NUMBERS.fullmatch(reason.note) is None:
        return reason
    return replace(reason, case_number=reason.case_number or reason.note.strip(), note="")


def is_vague(note: str) -> bool:
    """Whether an auditor could learn nothing from it: "check", "test", "???", "x", "aaaa"."""
    for word in note.split():  # most notes say something in their first word
        if word.isalpha() and len(word) > 2 and _says_something(word.casefold()):
            return False
    words = _WORD.findall(note.casefold())
    letters = "".join(words)
    if len(letters) <= 2 or len(set(letters)) == 1:
        return True
    return not any(_says_something(word) for word in words)


def _says_something(word: str) -> bool:
    return word not in _VAGUE_WORDS and word.strip(word[0]) != ""


def is_a_number(case_number: str) -> bool:
    """Whether it can be a case or CAD number at all: "none", "x" and "0000" cannot."""
    plain = case_number.replace("-", "")
    if plain.isascii() and plain.isdigit() and case_number[0] != "-":  # most numbers are so
        return 3 <= len(case_number) <= 40 and plain.strip("0") != ""
    return _NUMBER.fullmatch(case_number) is not None


def case_kind(reason: Reason) -> CaseKind:
    """A number that begins with CAD, INC, EVT or the like names a dispatched call, not a case."""
    if reason.case_kind:
        return reason.case_kind
    if reason.case_number[:1].isdigit():
        return "case"
    return "cad" if _CAD.match(reason.case_number.strip()) else "case"


def same_case(one: str, other: str) -> bool:
    """Whether two numbers name one case, however they are spaced; nothing is never a case."""
    if one == other:
        return one[:1].isalnum() or _WORD.search(one) is not None
    return bool(plain := _letters_and_digits(one)) and plain == _letters_and_digits(other)


def same_words(one: str, other: str) -> bool:
    """Whether two texts say the same in the same words, whatever their capitals and spaces."""
    if one == other:
        return one[:1].isalnum() or _WORD.search(one) is not None
    return bool(plain := _plain(one)) and plain == _plain(other)


def _letters_and_digits(text: str) -> str:
    return "".join(_WORD.findall(text.casefold()))


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))
