"""What a text says of a drive: until when it is kept, who may get it, and on what paper."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final

from plateward.custody.media_register_steps import CHOSEN, ENDING, Recording, State, Step, What
from plateward.people import agencies
from plateward.policy import removable
from plateward.policy.periods import moment_after
from plateward.policy.profile import Profile
from plateward.policy.removable import Removable

_MEDIA: Final = "retention.removable_media"
_NOTHING: Final = "Nothing was recorded."
LONGEST: Final[Mapping[str, int]] = {
    "who": 150, "place": 200, "note": 500, "agency": 120, "badge": 60, "reference": 120,
    "case_number": 60,
}  # fmt: skip
# What must be said of each step, and how it is asked for.
_NEEDED: Final[Mapping[What, tuple[tuple[str, str], ...]]] = {
    What.PUT_IN: (("camera", "the camera"), ("who", "who put it in")),
    What.TAKEN_OUT: (("camera", "the camera"), ("who", "who took it out")),
    What.STORED: (("place", "where it is kept"), ("who", "who put it away")),
    What.OVERWRITTEN: (("who", "who did it"), ("note", "how it was overwritten")),
    What.DESTROYED: (("who", "who did it"), ("note", "how it was destroyed")),
    What.HANDED_OVER: (
        ("agency", "the agency"),
        ("who", "who took it"),
        ("badge", "their badge or identification"),
        ("reference", "the agency's written request"),
        ("requested_on", "the day on which the agency asked"),
    ),
    What.ACKNOWLEDGED: (("who", "who signed"), ("reference", "where the signed receipt is")),
    What.CAME_BACK: (("who", "who took it back"),),
    What.SPOILED: (("who", "who found it"), ("note", "what happened")),
    What.LOST: (("who", "who found it"), ("note", "what happened")),
}
_LAW_ENFORCEMENT: Final = frozenset(
    {agencies.Kind.SHERIFF, agencies.Kind.POLICE, agencies.Kind.EXTERNAL}
)


class NotRecorded(ValueError):
    """Nothing was recorded; the message says what to correct."""


class NotAllowed(NotRecorded):
    """The city's text does not allow it; `clauses` say so. Nothing was recorded."""

    def __init__(self, why: str, clauses: Iterable[str]) -> None:
        self.clauses = tuple(clauses)
        cited = f" ({', '.join(self.clauses)})" if self.clauses else ""
        super().__init__(why.replace("{clauses}", cited))


def due_on(recording: Recording, profile: Profile, kinds: Mapping[str, str]) -> date | None:
    """The first day on which it may be recorded over, and is due to be; None without a rule.

    `kinds`: what kind each camera is. One that nobody has said anything of counts as the kind whose
    drives are kept: keeping is the mistake that can be mended.
    """
    kept_for = _of(recording.camera, profile, kinds).kept_for
    if kept_for is None:
        return None
    last = moment_after(recording.counts_from.astimezone(profile.zone), kept_for)
    return last.astimezone(profile.zone).date()


def was_early(recording: Recording, profile: Profile, kinds: Mapping[str, str]) -> bool:
    """It was gone before the day until which the text has it kept."""
    day = due_on(recording, profile, kinds)
    if day is None or recording.ended_at is None or recording.ended not in ENDING:
        return False
    return recording.ended_at.astimezone(profile.zone).date() < day


def check_told(step: Step, profile: Profile, *, now: datetime) -> None:
    """Raise NotRecorded where something is left out or cannot be."""
    missing = [words for name, words in _NEEDED[step.what] if not getattr(step, name)]
    if missing:
        raise NotRecorded(f"Say {', and '.join(missing)}. {_NOTHING}")
    for name, longest in LONGEST.items():
        if len(getattr(step, name)) > longest:
            said = name.replace("_", " ")
            raise NotRecorded(f"'{said}' is longer than {longest} characters. {_NOTHING}")
    if step.at > now:
        raise NotRecorded(
            f"{step.at.astimezone(profile.zone):%Y-%m-%d %H:%M} is still to come. {_NOTHING}"
        )
    if step.what is What.TAKEN_OUT:
        _check_recorded(step)
    asked = step.requested_on
    if asked and asked > step.at.astimezone(profile.zone).date():
        raise NotRecorded(f"The request is younger than the hand-over. {_NOTHING}")


def check_allowed(state: State, step: Step, profile: Profile, kinds: Mapping[str, str]) -> None:
    """Raise NotAllowed where the city's text says no."""
    if step.what in CHOSEN and state.recording is not None:
        _check_day(state, state.recording, step, profile, kinds)
    if step.what is What.HANDED_OVER and state.recording is not None:
        _check_handed_over(state.recording, step, profile, kinds)


def _check_day(
    state: State, recording: Recording, step: Step, profile: Profile, kinds: Mapping[str, str]
) -> None:
    if state.holds:
        raise NotAllowed(
            f"A hold lies on this drive ({', '.join(sorted(state.holds))}), so what is on it stays "
            f"{{clauses}}. {_NOTHING} Once every hold is released, it may be recorded over.",
            profile.clauses_for("retention.holds.form"),
        )
    day, rules = due_on(recording, profile, kinds), _of(recording.camera, profile, kinds)
    if day is None or rules.kept_for is None:
        return
    if step.at.astimezone(profile.zone).date() < day:
        newest = recording.counts_from.astimezone(profile.zone)
        raise NotAllowed(
            f"{profile.title()} keeps what a motion detection camera recorded for "
            f"{rules.kept_for.words()} from the day of recording{{clauses}}. The newest on this "
            f"drive is of {newest:%Y-%m-%d}: it may be recorded over or destroyed from "
            f"{day:%Y-%m-%d} on. {_NOTHING} Leave the drive where it is kept.",
            (*rules.kept_by, *rules.overwritten_by),
        )


def _check_handed_over(
    recording: Recording, step: Step, profile: Profile, kinds: Mapping[str, str]
) -> None:
    if not profile.at(_MEDIA):
        raise NotAllowed(
            f"{profile.title()}'s text knows no drive that goes to another agency{{clauses}}. "
            f"{_NOTHING}",
            profile.clauses_for("exports.local"),
        )
    rules = _of(recording.camera, profile, kinds)
    if rules.case_when_handed_over and not step.case_number:
        raise NotAllowed(
            f"{profile.title()} gives a motion detection camera's drive to an agency only when it "
            f"asks as part of a criminal investigation{{clauses}}. {_NOTHING} Name the "
            "investigation: the agency's case number.",
            rules.case_when_handed_over,
        )
    kind = next((each.kind for each in agencies.every() if each.name == step.agency), None)
    if kind is None:
        raise NotRecorded(
            f"No agency {step.agency!r} is in the register of agencies. {_NOTHING} Register it "
            "first: plateward people agencies --name"
        )
    if kind not in _LAW_ENFORCEMENT:
        raise NotAllowed(
            f"{step.agency} is no law enforcement or prosecutorial agency, and drives go to no "
            f"other{{clauses}}. {_NOTHING}",
            profile.clauses_for("sharing.recipients"),
        )


def _check_recorded(step: Step) -> None:
    first, last = step.recorded_from, step.recorded_until
    if first is None or last is None:
        raise NotRecorded(f"Say from when until when it recorded. {_NOTHING}")
    if not first <= last <= step.at:
        raise NotRecorded(
            f"It recorded from a first to a last moment, and that before it was taken out. "
            f"{_NOTHING}"
        )


def _of(camera: str, profile: Profile, kinds: Mapping[str, str]) -> Removable:
    return removable.of(profile, kinds.get(camera) or removable.MOTION)
