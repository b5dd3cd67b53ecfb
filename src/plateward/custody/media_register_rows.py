"""How rows of the register of drives become values: steps that stand, and a drive as it is now."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Final

from plateward.cameras import register
from plateward.custody import media_register_rules as rules
from plateward.custody.media_register_models import Drive, DriveStep
from plateward.custody.media_register_steps import Recording, State, Step, What, Where, replayed
from plateward.policy.profile import Profile

_FIELDS: Final = tuple(each.name for each in fields(Step) if each.name != "what")
_AT_HAND: Final = frozenset({Where.OUT, Where.STORED})


@dataclass(frozen=True, slots=True)
class Recorded:
    """A step as the register holds it. `replaced_by`: a correction stands in its place.

    `imported`: an import told of it. `entry`: the log entry that let it be recorded.
    """

    number: int
    step: Step
    by: str
    entry: int
    recorded_at: datetime
    imported: bool
    corrects: int | None
    replaced_by: int | None = None

    @property
    def stands(self) -> bool:
        return self.replaced_by is None and self.step.what is not What.VOID


@dataclass(frozen=True, slots=True)
class Kept:
    """What one camera recorded on a drive. `due_on`: from that day on it may be recorded over."""

    recording: Recording
    due_on: date | None
    was_early: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A drive as it stands. `is_due`: its day has come, no hold lies on it and it is at hand."""

    number: int
    city: str
    label: str
    serial: str
    added_by: str
    state: State
    recordings: tuple[Kept, ...]
    is_due: bool

    @property
    def now_on_it(self) -> Kept | None:
        last = self.recordings[-1] if self.recordings else None
        return last if last and last.recording.ended is None else None


def step_of(row: DriveStep) -> Step:
    return Step(What(row.what), **{name: getattr(row, name) for name in _FIELDS})


def columns(step: Step) -> dict[str, object]:
    return {**asdict(step), "what": str(step.what)}


def of(drive: Drive) -> list[DriveStep]:
    """Every row of a drive, those that were corrected too, oldest first."""
    return list(DriveStep.objects.filter(drive=drive).order_by("at", "pk"))


def of_city(city: str) -> dict[int, list[DriveStep]]:
    """The same of every drive of a city."""
    found: dict[int, list[DriveStep]] = {}
    for row in DriveStep.objects.filter(drive__city=city).order_by("at", "pk"):
        found.setdefault(row.drive_id, []).append(row)
    return found


def standing(rows: Iterable[DriveStep]) -> list[tuple[Step, bool]]:
    """Those that stand, in the order in which they happened, and whether an import told of each.

    Of two at one moment the one that was recorded first came first; a correction has the place of
    what it corrects.
    """
    every = {row.pk: row for row in rows}
    corrected = {row.corrects_id for row in every.values()}
    stand = [row for row in every.values() if row.pk not in corrected and row.what != What.VOID]
    stand.sort(key=lambda row: (row.at, _first(row, every)))
    return [(step_of(row), row.medium_id is not None) for row in stand]


def state_of(drive: Drive) -> State:
    return replayed(standing(of(drive)))


def recorded(rows: Iterable[DriveStep]) -> list[Recorded]:
    every = list(rows)
    replaced_by = {row.corrects_id: row.pk for row in every if row.corrects_id}
    return [
        Recorded(
            number=row.pk,
            step=step_of(row),
            by=row.by,
            entry=row.entry,
            recorded_at=row.recorded_at,
            imported=row.medium_id is not None,
            corrects=row.corrects_id,
            replaced_by=replaced_by.get(row.pk),
        )
        for row in every
    ]


def kinds(city: str) -> dict[str, str]:
    """What kind each camera of a city is; empty where nobody has said."""
    return {camera.code: camera.kind for camera in register.of(city)}


def shown(
    drive: Drive,
    rows: Iterable[DriveStep],
    profile: Profile,
    kinds: Mapping[str, str],
    now: datetime,
) -> Shown:
    state = replayed(standing(rows))
    kept = tuple(
        Kept(each, rules.due_on(each, profile, kinds), rules.was_early(each, profile, kinds))
        for each in state.recordings
    )
    today = now.astimezone(profile.zone).date()
    day = kept[-1].due_on if state.recording is not None else None
    return Shown(
        number=drive.pk,
        city=drive.city,
        label=drive.label,
        serial=drive.serial,
        added_by=drive.added_by,
        state=state,
        recordings=kept,
        is_due=day is not None and day <= today and not state.holds and state.where in _AT_HAND,
    )


def _first(row: DriveStep, every: Mapping[int, DriveStep]) -> int:
    """The row that stood in its place before any correction."""
    while row.corrects_id is not None:
        row = every[row.corrects_id]
    return row.pk
