"""The register of cards and drives: what became of each, and until when it is kept."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from plateward.audit import log
from plateward.audit.body import Fact
from plateward.cameras import register
from plateward.custody import media_register_rows as rows
from plateward.custody import media_register_rules as rules
from plateward.custody.media_register_models import Drive, DriveStep
from plateward.custody.media_register_rows import Kept, Recorded, Shown
from plateward.custody.media_register_rules import NotAllowed, NotRecorded
from plateward.custody.media_register_steps import OutOfOrder, State, Step, What, after
from plateward.custody.models import Medium
from plateward.gate.permit import Permit
from plateward.policy import in_force
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act

__all__ = [
    "Kept",
    "NotAllowed",
    "NotRecorded",
    "Recorded",
    "Shown",
    "Step",
    "What",
    "act_for",
    "act_of",
    "add",
    "correct",
    "drives",
    "due",
    "hold",
    "labelled",
    "one",
    "record",
    "release",
]

ADDED: Final = "custody:drive:add"
RECORDED: Final = "custody:drive:record"
CORRECTED: Final = "custody:drive:correct"
LONGEST_LABEL: Final = 120
# Who looks after cameras keeps their drives; in a text that has both, whoever monitors.
_KEEPING: Final = (Act.CAMERAS_MONITOR, Act.CAMERAS_MAINTAIN)
_A_MINUTE: Final = timedelta(minutes=1)
_SET_ELSEWHERE: Final = frozenset({What.HELD, What.RELEASED, What.VOID})


def act_of(profile: Profile) -> Act:
    """What the text must let a person do for them to keep its drives."""
    opened = {act for role in profile.roles.values() for act in role.acts}
    return next((act for act in _KEEPING if act in opened), _KEEPING[0])


def act_for(what: What, profile: Profile) -> Act:
    """A hand-over gives data out, so it needs what sharing needs."""
    return Act.SHARING_APPROVE if what is What.HANDED_OVER else act_of(profile)


@transaction.atomic
def add(city: str, label: str, *, serial: str = "", permit: Permit) -> int:
    """Enter a drive that the register does not know; return its number. Raise NotRecorded."""
    permit.require(act_of(in_force.profile(city)))
    said = label.strip()
    if not said or max(len(said), len(serial)) > LONGEST_LABEL or not said.isprintable():
        raise NotRecorded(
            f"A label is 1 to {LONGEST_LABEL} letters, as on the drive. Nothing was recorded."
        )
    if Drive.objects.filter(city=city, label=said).exists():
        raise NotRecorded(
            "The register has a drive of that label already. Nothing was recorded. Write another "
            "label on this one: two drives of one label cannot be told apart."
        )
    return added(city, said, serial.strip(), permit=permit)


def record(number: int, step: Step, *, permit: Permit, now: datetime) -> int:
    """Put on record what happened to a drive of the permit's city; return the step's number.

    Raise NotRecorded; NotAllowed, which the log then holds, where the city's text says no.
    """
    drive = _drive(number, permit)
    profile = in_force.profile(drive.city)
    permit.require(act_for(step.what, profile))
    if step.what in _SET_ELSEWHERE:
        raise NotRecorded("That is recorded by a hold or a correction. Nothing was recorded.")
    try:
        with transaction.atomic():
            Drive.objects.select_for_update().get(pk=number)
            checked = _checked(drive, step, profile, now)
            return kept(drive, checked, permit=permit)
    except OutOfOrder as wrong:
        raise NotRecorded(str(wrong)) from wrong
    except NotAllowed as refusal:
        clauses = list(refusal.clauses)
        _write(drive, step, permit, outcome="refused", more={"clauses": clauses})
        raise


def correct(number: int, step: Step, *, why: str, permit: Permit, now: datetime) -> int:
    """Put `step` in the place of the step of that number, which stays on record; VOID: it never
    happened. Return the correction's number. Raise NotRecorded.

    Days are not held against the text here: what happened has happened, and shows as too early.
    """
    row = DriveStep.objects.filter(pk=number).select_related("drive").first()
    if row is None or row.drive.city not in permit.cities:
        raise NotRecorded("There is no such step. Nothing was recorded.")
    profile, drive = in_force.profile(row.drive.city), row.drive
    permit.require(act_for(What(row.what), profile))
    if step.what is What.VOID:
        step = Step(What.VOID, row.at, note=why.strip())
    elif row.at - _A_MINUTE < step.at < row.at:  # the same, as told by the minute
        step = replace(step, at=row.at)
    try:
        with transaction.atomic():
            Drive.objects.select_for_update().get(pk=drive.pk)
            _check_correction(row, step, why, profile, now)
            return kept(drive, step, permit=permit, corrects=row, why=why.strip())
    except OutOfOrder as wrong:
        raise NotRecorded(
            f"After this correction another step could not have happened. {wrong}"
        ) from wrong


def hold(number: int, reference: str, *, permit: Permit, now: datetime) -> None:
    """Whoever keeps holds marks a drive: it is not recorded over until each is released.

    The written request, its ground and its end are the hold's own; `reference` names it, in 120
    letters. The permit is the one for the hold. Raise NotRecorded.
    """
    _mark(number, Step(What.HELD, now, reference=reference), permit)


def release(number: int, reference: str, *, permit: Permit, now: datetime) -> None:
    """That hold lies on the drive no longer; from its day on it may be recorded over."""
    _mark(number, Step(What.RELEASED, now, reference=reference), permit)


def drives(city: str, *, permit: Permit, now: datetime) -> list[Shown]:
    """What is due first, then by day; none of a city that the permit is not for."""
    if city not in permit.cities:
        return []
    profile, kinds, steps = in_force.profile(city), rows.kinds(city), rows.of_city(city)
    permit.require(act_of(profile), Act.SHARING_APPROVE)
    found = [
        rows.shown(drive, steps.get(drive.pk, []), profile, kinds, now)
        for drive in Drive.objects.filter(city=city).order_by("label")
    ]
    return sorted(found, key=_urgency)


def due(city: str, *, now: datetime) -> int:
    """How many have reached their day, are at hand and not held."""
    profile, kinds, steps = in_force.profile(city), rows.kinds(city), rows.of_city(city)
    found = Drive.objects.filter(city=city)
    return sum(
        rows.shown(drive, steps.get(drive.pk, []), profile, kinds, now).is_due for drive in found
    )


def one(number: int, *, permit: Permit, now: datetime) -> tuple[Shown, list[Recorded]]:
    """A drive and every row of its history, oldest first. Raise NotRecorded where there is none."""
    drive = _drive(number, permit)
    profile, steps = in_force.profile(drive.city), rows.of(drive)
    permit.require(act_of(profile), Act.SHARING_APPROVE)
    shown = rows.shown(drive, steps, profile, rows.kinds(drive.city), now)
    return shown, rows.recorded(steps)


def labelled(city: str, label: str, *, permit: Permit) -> int:
    """The number of the drive of that label. Raise NotRecorded."""
    permit.require(act_of(in_force.profile(city)), Act.SHARING_APPROVE)
    found = Drive.objects.filter(city=city, label=label.strip()).first()
    if found is None or city not in permit.cities:
        raise NotRecorded(
            "No drive of that label is in the register. Nothing was recorded. Enter it first: "
            f"plateward media add {city} LABEL"
        )
    return found.pk


def added(city: str, label: str, serial: str, *, permit: Permit) -> int:
    """A row for a drive and its log entry; whoever calls has checked both."""
    drive = Drive.objects.create(
        city=city,
        label=label,
        serial=serial,
        added_by=permit.actor,
        entry=permit.entries[city],
    )
    log.append(
        actor=permit.actor,
        act=ADDED,
        outcome="done",
        city=city,
        facts={"drive": drive.pk, "asked": permit.entries[city]},
        private={"label": label, "serial": serial},
    )
    return drive.pk


def kept(
    drive: Drive,
    step: Step,
    *,
    permit: Permit,
    medium: Medium | None = None,
    corrects: DriveStep | None = None,
    why: str = "",
) -> int:
    """A row for a step and its log entry, in the caller's transaction. Raise OutOfOrder."""
    row = DriveStep.objects.create(
        **rows.columns(step),
        drive=drive,
        medium=medium or (corrects.medium if corrects else None),
        corrects=corrects,
        by=permit.actor,
        entry=permit.entries[drive.city],
    )
    rows.state_of(drive)
    more: dict[str, Fact] = {"row": row.pk}
    if corrects:
        more |= {"corrects": corrects.pk}
    _write(drive, step, permit, more=more, why=why)
    return row.pk


def _drive(number: int, permit: Permit) -> Drive:
    drive = Drive.objects.filter(pk=number, city__in=permit.cities).first()
    if drive is None:
        raise NotRecorded("There is no such drive in this city's register. Nothing was recorded.")
    return drive


def _checked(drive: Drive, step: Step, profile: Profile, now: datetime) -> Step:
    rules.check_told(step, profile, now=now)
    _check_camera(step, drive.city)
    state = rows.state_of(drive)
    step = _not_before(state, step)
    after(state, step)
    rules.check_allowed(state, step, profile, rows.kinds(drive.city))
    return step


def _not_before(state: State, step: Step) -> Step:
    """A time that was given by the minute is not before what happened within that minute."""
    last = state.last_at
    if last is None or not step.at < last < step.at + _A_MINUTE:
        return step
    return replace(step, at=last)


def _check_correction(
    row: DriveStep, step: Step, why: str, profile: Profile, now: datetime
) -> None:
    if not why.strip() or len(why) > rules.LONGEST["note"]:
        raise NotRecorded("Say why it is corrected, in 500 letters. Nothing was recorded.")
    if row.what in _SET_ELSEWHERE or step.what not in (What(row.what), What.VOID):
        raise NotRecorded(
            "A correction says the same step anew, or that it never happened; a hold is ended "
            "where holds are kept. Nothing was recorded."
        )
    if DriveStep.objects.filter(corrects=row).exists():
        raise NotRecorded("It is corrected already: correct the correction. Nothing was recorded.")
    if step.what is not What.VOID:
        rules.check_told(step, profile, now=now)
        _check_camera(step, profile.id)


def _check_camera(step: Step, city: str) -> None:
    if step.camera and step.camera not in {each.code for each in register.of(city)}:
        raise NotRecorded(
            f"No camera {step.camera!r} is registered in this city. Nothing was recorded."
        )


def _mark(number: int, step: Step, permit: Permit) -> None:
    drive = _drive(number, permit)
    if not 0 < len(step.reference) <= rules.LONGEST["reference"]:
        raise NotRecorded("Name the hold, in 120 letters at most. Nothing was recorded.")
    try:
        with transaction.atomic():
            Drive.objects.select_for_update().get(pk=number)
            kept(drive, _not_before(rows.state_of(drive), step), permit=permit)
    except OutOfOrder as wrong:
        raise NotRecorded(str(wrong)) from wrong


def _urgency(drive: Shown) -> tuple[bool, date, str]:
    now_on_it = drive.now_on_it
    day = now_on_it.due_on if now_on_it else None
    return not drive.is_due, day or date.max, drive.label


def _write(
    drive: Drive,
    step: Step,
    permit: Permit,
    *,
    outcome: str = "done",
    more: dict[str, Fact] | None = None,
    why: str = "",
) -> None:
    """No label, name, place or case in what is published: a label may be anything."""
    facts: dict[str, Fact] = {
        "drive": drive.pk,
        "step": str(step.what),
        "at": step.at.isoformat(),
        "asked": permit.entries[drive.city],
        **({"camera": step.camera} if step.camera else {}),
        **(more or {}),
    }
    told: dict[str, Fact] = {
        name: value.isoformat() if isinstance(value, date) else str(value)
        for name, value in rows.columns(step).items()
        if value and name not in ("what", "at", "camera")
    }
    log.append(
        actor=permit.actor,
        act=CORRECTED if why else RECORDED,
        outcome=outcome,
        city=drive.city,
        facts=facts,
        private={"label": drive.label, **told, **({"why": why} if why else {})},
    )
