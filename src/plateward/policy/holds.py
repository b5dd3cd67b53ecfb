"""Whether something may be kept beyond its time, by the grounds that a city's text writes. Pure.

A hold is asked for by its type, as courts and investigators call it, or by the very ground that the
city's text names. A ground that the text does not write keeps nothing, whatever the paper says: the
refusal then warns that the law may demand it all the same, and names who has to be asked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from plateward.policy.profile import Profile
from plateward.policy.reasons import is_a_number
from plateward.policy.verdict import HOUSE_RULE, Objection

_GROUNDS: Final = "retention.holds.grounds"
_FORM: Final = "retention.holds.form"
_ENDS: Final = "retention.reads.action"
_EVIDENCE: Final = "retention.evidence"


class DataClass(StrEnum):
    """What a text may treat apart: reads in the store, and the media of motion cameras."""

    READS = "alpr_read"
    MOTION_MEDIA = "motion_detection_media"


DATA_CLASSES: Final[Mapping[DataClass, str]] = MappingProxyType(
    {
        DataClass.READS: "reads",
        DataClass.MOTION_MEDIA: "media of motion-detection cameras",
    }
)


@dataclass(frozen=True, slots=True)
class Type:
    """What a hold may be called. `grounds`: the words of texts that cover it, the nearest first."""

    label: str
    grounds: tuple[str, ...]


# Each type lists a city's own word for it before the wider ones that hold it too.
TYPES: Final[Mapping[str, Type]] = MappingProxyType(
    {
        "subpoena": Type("Subpoena", ("subpoena", "lawful_production")),
        "civil_discovery": Type("Discovery in a civil case", ("discovery_request", "legal_hold")),
        "discovery_request": Type("Discovery request", ("discovery_request", "legal_hold")),
        "evidence_criminal": Type(
            "Evidence of a criminal offence",
            (
                "entered_into_evidence_criminal_offence",
                "criminal_evidence",
                "ongoing_criminal_investigation",
                "ongoing_investigation",
            ),
        ),
        "evidence_civil": Type("Evidence in a civil action", ("civil_evidence", "legal_hold")),
        "evidence_believed": Type(
            "What is reasonably believed to become evidence", ("reasonably_believed_evidence",)
        ),
        "legal_hold": Type("Legal hold", ("legal_hold", "reasonably_believed_evidence")),
        "ongoing_investigation": Type(
            "Ongoing investigation",
            (
                "ongoing_investigation",
                "ongoing_criminal_investigation",
                "reasonably_believed_evidence",
            ),
        ),
        "court_proceeding": Type(
            "Court proceeding", ("court_proceeding", "legal_hold", "reasonably_believed_evidence")
        ),
        "lawful_production": Type(
            "Production that the law demands", ("lawful_production", "legal_hold")
        ),
    }
)
_LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "entered_into_evidence_criminal_offence": "Entered into evidence for a criminal offence",
        "criminal_evidence": "Evidence in a criminal action",
        "civil_evidence": "Evidence in a civil action",
        "reasonably_believed_evidence": "Reasonably believed to become evidence",
    }
)
# What each form asks for, in words that follow "It takes".
_FORMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "written_law_enforcement_request": "the written request of a law-enforcement agency",
        "evidence_entry": "the record of its entry into evidence",
    }
)
_ANY_DOCUMENT: Final = "the document that it rests on, such as the subpoena or the written request"
_ON_PAPER: Final = "This is Plateward's own rule: nothing is kept longer on a word alone."
_OF_A_CASE: Final = frozenset({"criminal", "investigation", "court"})
_COUNSEL: Final = (
    "The law may demand it all the same: ask the City's attorney at once, before the time of these "
    "reads is over."
)
_EMERGENCY: Final = (
    "Where a court orders it or counsel demands it in writing, an emergency preservation copy can "
    "be made: outside the index, opened by counsel alone, logged and reported."
)


@dataclass(frozen=True, slots=True)
class May:
    """It may be kept. `then`: what the text wants done with it next, in words."""

    ground: str
    clauses: tuple[str, ...]
    then: str = ""


@dataclass(frozen=True, slots=True)
class MayNot:
    """It may not, for all of these reasons, the weightiest first.

    `counsel`: the law may demand what the text does not know, so the City's attorney must be asked.
    `preservation`: an emergency preservation copy is the way then.
    """

    objections: tuple[Objection, ...]
    counsel: bool = False
    preservation: bool = False

    @property
    def first(self) -> Objection:
        return self.objections[0]


@dataclass(frozen=True, slots=True)
class Choice:
    """A ground of the city's own, as a form offers it."""

    ground: str
    label: str
    clauses: tuple[str, ...]
    needs_case: bool


def may_hold(
    profile: Profile, asked: str, data: DataClass, *, has_document: bool, case: str
) -> May | MayNot:
    """Whether this city's text keeps it longer on that ground.

    `asked` is one of TYPES, or a ground in the text's own word. `case` is a case number, or "".
    """
    if not _written_for(profile, data):
        return _unknown_to_the_text(profile, data)
    ground = ground_for(profile, asked)
    if ground is None:
        return _no_such_ground(profile, asked)
    objections = tuple(_missing(profile, ground, has_document=has_document, case=case))
    if objections:
        return MayNot(objections)
    booked = profile.at(_EVIDENCE) == "portable_media_booked"
    return May(
        ground,
        clauses=(*_clauses(profile, ground), *(_behind_booking(profile) if booked else ())),
        then="Download it to portable media and book it into evidence." if booked else "",
    )


def may_preserve(profile: Profile, *, has_document: bool) -> Objection | None:
    """What stands against an emergency preservation copy of reads; None where nothing does.

    It is the way only where the text writes no hold on reads at all: elsewhere a hold on one of the
    text's grounds is, and a copy beside it would go round them.
    """
    if _written_for(profile, DataClass.READS):
        return Objection(
            "text_has_holds",
            f"{profile.title()}'s text says itself on which grounds a read is kept longer, so no "
            "emergency copy is made beside them.",
            "Place a hold on one of those grounds. If none fits and a court orders it, the City's "
            "attorney has to be asked: only a change of the policy could keep it.",
            _clauses_of_grounds(profile),
        )
    if not has_document:
        return Objection(
            "document",
            "No court order and no written demand of counsel is attached. An emergency copy goes "
            f"beyond the text, so it takes one. {_ON_PAPER}",
            "Attach the order or the demand as PDF, JPEG, PNG or plain text.",
        )
    return None


def choices(profile: Profile, data: DataClass = DataClass.READS) -> tuple[Choice, ...]:
    """The grounds that this city's text writes for that kind of data, in its order."""
    if not _written_for(profile, data):
        return ()
    return tuple(
        Choice(ground, label(ground), _clauses(profile, ground), needs_case(ground))
        for ground in profile.retention.hold_grounds
    )


def classes(profile: Profile) -> tuple[DataClass, ...]:
    """The kinds of data on which this city's text knows a hold."""
    return tuple(each for each in DataClass if _written_for(profile, each))


def ground_for(profile: Profile, asked: str) -> str | None:
    """The city's own word for what is asked; None where its text has none."""
    own = profile.retention.hold_grounds
    candidates = TYPES[asked].grounds if asked in TYPES else (asked,)
    return next((ground for ground in candidates if ground in own), None)


def label(ground: str) -> str:
    """The ground as a person would say it."""
    known = _LABELS.get(ground) or (TYPES[ground].label if ground in TYPES else "")
    words = ground.replace("_", " ")
    return known or words[:1].upper() + words[1:]


def needs_case(ground: str) -> bool:
    """An investigation, a criminal offence and a court proceeding each have a number."""
    return bool(_OF_A_CASE & set(ground.split("_")))


def document_asked(profile: Profile) -> str:
    """The paper that a hold takes here, in words."""
    return _FORMS.get(profile.at(_FORM) or "", _ANY_DOCUMENT)


def _written_for(profile: Profile, data: DataClass) -> bool:
    only = profile.at("retention.holds").get("applies_to") or ()
    return bool(profile.retention.hold_grounds) and (not only or data.value in only)


def _unknown_to_the_text(profile: Profile, data: DataClass) -> MayNot:
    kind, elsewhere = DATA_CLASSES[data], classes(profile)
    told = f"{profile.title()}'s text writes no ground to keep {kind} longer"
    if elsewhere:
        told += f": the grounds it has are for {_listed(elsewhere)} alone"
    because = _quoted(profile, (_ENDS, _GROUNDS) if elsewhere else (_ENDS,))
    is_reads = data is DataClass.READS
    refusal = Objection(
        "no_hold_written",
        f"{told}. They end on time. {_COUNSEL}" + ("" if because else f" {HOUSE_RULE}"),
        _EMERGENCY if is_reads else "Ask the City's attorney what the law demands.",
        because,
    )
    return MayNot((refusal,), counsel=True, preservation=is_reads)


def _no_such_ground(profile: Profile, asked: str) -> MayNot:
    known = TYPES[asked].label if asked in TYPES else asked[:60].replace("_", " ")
    offered = "; ".join(label(each) for each in profile.retention.hold_grounds)
    because = _clauses_of_grounds(profile)
    refusal = Objection(
        "ground_not_written",
        f"{known}: not among the grounds on which {profile.title()}'s text keeps anything longer. "
        f"{_COUNSEL}" + ("" if because else f" {HOUSE_RULE}"),
        f"Choose one of its grounds if it is true: {offered}.",
        because,
    )
    return MayNot((refusal,), counsel=True)


def _missing(
    profile: Profile, ground: str, *, has_document: bool, case: str
) -> Iterable[Objection]:
    if not has_document:
        of_the_text = profile.at(_FORM) in _FORMS
        clauses = profile.clauses_for(_FORM) if of_the_text else ()
        yield Objection(
            "document",
            f"Nothing is attached. It takes {document_asked(profile)}."
            + ("" if clauses else f" {_ON_PAPER}"),
            "Attach it as PDF, JPEG, PNG or plain text, then try again.",
            clauses,
        )
    if needs_case(ground) and not is_a_number(case.strip()):
        given = f'"{case.strip()[:40]}" is no case number' if case.strip() else "No case was named"
        yield Objection(
            "case",
            f"{given}. {label(ground)}: this ground stands on a case.",
            "Give the case number, then try again.",
            _clauses(profile, ground),
        )


def _clauses(profile: Profile, ground: str) -> tuple[str, ...]:
    return profile.clauses_for(_GROUNDS, ground)


def _clauses_of_grounds(profile: Profile) -> tuple[str, ...]:
    return profile.clauses_for(_GROUNDS)


def _behind_booking(profile: Profile) -> tuple[str, ...]:
    return tuple(
        each for each in profile.clauses_for(_EVIDENCE) if each not in _clauses_of_grounds(profile)
    )


def _quoted(profile: Profile, paths: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for path in paths for each in profile.clauses_for(path)))


def _listed(these: Iterable[DataClass]) -> str:
    return " and ".join(DATA_CLASSES[each] for each in these)
