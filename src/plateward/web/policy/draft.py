"""A draft between the steps: it waits on the server, and is checked anew at each step."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from django.contrib.sessions.backends.base import SessionBase

from plateward.oversight.answers import about
from plateward.policy import adopt, filling, load, overlays, sense
from plateward.policy.build import open_to
from plateward.policy.document import MOST_BYTES
from plateward.policy.profile import Profile
from plateward.policy.silence import Answer, Silence

_KEPT: Final = "policy_drafts"


class NotGood(Exception):
    """The draft cannot go on. `lines`: all that is wrong, in words, in the order of the text."""

    def __init__(self, why: str, lines: Iterable[str] = ()) -> None:
        super().__init__(why)
        self.why = why
        self.lines = tuple(lines)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person has put together so far. `laws`: those named beside the text's own."""

    text: str
    laws: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft in good form. `would_be`: in force after adoption; where the draft has no answer yet,
    with that of the policy in force, or else with our proposal.

    `silences`: each place where a named person has to speak; `waiting`: those without an answer.
    """

    draft: Draft
    would_be: Profile
    silences: tuple[Silence, ...]
    waiting: tuple[Silence, ...]
    warnings: tuple[str, ...]


def read(sent: bytes) -> str:
    """The text of a file that was sent. Raise NotGood where it is none."""
    if len(sent) > MOST_BYTES:
        raise NotGood(
            f"The file is larger than {MOST_BYTES // 1024} KB, the most a profile may be."
        )
    try:
        return sent.decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise NotGood("The file is not UTF-8 text. A profile is a YAML text file.") from wrong


def checked(draft: Draft, now: Profile, *, by: str) -> Checked:
    """Everything about the draft anew, beside the policy in force now. Raise NotGood."""
    try:
        document = load.checked(draft.text)
        _of_this_city(document, now.id)
        silences = open_to(document, overlays.chosen(document, draft.laws))
        draft = replace(draft, answers=_fitting(draft.answers, silences))
        _finished(draft)
        would_be = _would_be(draft, _fitting(_carried(now, draft), silences), by)
    except load.WrongProfile as wrong:
        raise NotGood("The text is not a profile yet.", _said(wrong)) from wrong
    except (adopt.CannotAdopt, overlays.NoOverlay) as refused:
        raise NotGood(*_split(str(refused))) from refused
    given = {each.path for each in draft.answers}
    return Checked(
        draft=draft,
        would_be=would_be,
        silences=silences,
        waiting=tuple(each for each in silences if each.path not in given),
        warnings=tuple(f"{about(each.path)}: {each.reason}" for each in sense.warnings(document)),
    )


def law_choices() -> list[tuple[str, str]]:
    """The laws that apply where an adoption names them; the others follow from the text."""
    laws = (overlays.one(each) for each in overlays.shipped())
    return [(law.id, law.title) for law in laws if not law.for_laws]


def laws_named(profile: Profile) -> list[str]:
    """Those of them that stand over the policy in force."""
    return [law for law, _title in law_choices() if law in profile.overlays]


def keep(session: SessionBase, city: str, draft: Draft) -> None:
    session[_KEPT] = {**session.get(_KEPT, {}), city: asdict(draft)}


def kept(session: SessionBase, city: str, *, by: str) -> Draft | None:
    """What this person has put together for this city. Whoever sends it answers for all of it."""
    held: Mapping[str, Any] | None = session.get(_KEPT, {}).get(city)
    if held is None:
        return None
    answers = tuple(Answer(**(each | {"by": by})) for each in held["answers"])
    return Draft(held["text"], tuple(held["laws"]), answers)


def forget(session: SessionBase, city: str) -> None:
    session[_KEPT] = {
        other: held for other, held in session.get(_KEPT, {}).items() if other != city
    }


def _of_this_city(document: Mapping[str, Any], city: str) -> None:
    if document["id"] != city:
        raise NotGood(
            f"This is the policy of {document['city']} (id: {document['id']}), and this page is "
            f"that of {city}. A policy is adopted on its own city's page."
        )


def _carried(now: Profile, draft: Draft) -> Iterator[Answer]:
    """What is decided now, where the draft decides nothing yet."""
    given = {each.path for each in draft.answers}
    for each in now.answers.values():
        if each.path not in given:
            yield replace(each, accepted_default=False)


def _fitting(answers: Iterable[Answer], silences: Iterable[Silence]) -> tuple[Answer, ...]:
    """Without those to questions that this text does not leave open, or asks otherwise."""
    asked = {each.path: each for each in silences}
    return tuple(
        each
        for each in answers
        if each.path in asked and not sense.answer_errors([asked[each.path]], [each])
    )


def _finished(draft: Draft) -> None:
    profile = load.draft(draft.text, answers=draft.answers, named=draft.laws)
    missing = filling.said(draft.text, profile)
    if missing:
        raise NotGood("The text is in good form, but not finished. Still to be written:", missing)


def _would_be(draft: Draft, carried: Iterable[Answer], by: str) -> Profile:
    given = (*draft.answers, *carried)
    answers = adopt.completed(draft.text, given, by=by, named=draft.laws)
    return adopt.would_adopt(draft.text, answers=answers, named=draft.laws)


def _said(wrong: load.WrongProfile) -> tuple[str, ...]:
    return tuple(
        f"{f'Line {each.line}, ' if each.line else ''}{each.path or 'the text'}: {each.reason}"
        for each in wrong.errors
    )


def _split(message: str) -> tuple[str, tuple[str, ...]]:
    first, *rest = message.splitlines()
    return first, tuple(line.strip() for line in rest)
