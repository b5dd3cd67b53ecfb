"""What an import of a card tells the register: the drive, from which camera, and what it held."""

from plateward.cameras.register import Registered
from plateward.custody import media_register, media_register_rows
from plateward.custody.media_register_models import Drive
from plateward.custody.media_register_rules import NotRecorded
from plateward.custody.media_register_steps import State, Step, What, Where, place_in_words
from plateward.custody.models import Medium
from plateward.gate.permit import Permit
from plateward.policy import in_force

_IN_OUR_HANDS = frozenset({Where.CAMERA, Where.OUT, Where.STORED})


def check(camera: Registered, label: str) -> None:
    """Raise NotRecorded where the text asks for a register, and that has the drive of that label
    elsewhere: then this is another drive, or steps are missing.
    """
    drive = Drive.objects.filter(city=camera.city, label=label).first()
    if drive is None:
        return
    state = media_register_rows.state_of(drive)
    from_here = _last_camera(state) in (camera.code, "")
    if state.where is Where.NEW or (from_here and state.where in _IN_OUR_HANDS):
        return
    if not in_force.profile(camera.city).at("retention.removable_media"):
        return
    raise NotRecorded(
        f"The register has the drive of that label as {place_in_words(state)}, and not as one of "
        f"{camera.code}. Nothing was read. If this is another drive, write another label on it; "
        "else record first what became of it, with: plateward media"
    )


def note(medium: Medium, camera: str, *, permit: Permit) -> None:
    """A card was read or listed: from now on it is in the register, with what it held.

    Where all of its files were in an earlier import, nothing new was recorded on it.
    """
    drive = Drive.objects.filter(city=medium.city, label=medium.label).first()
    if medium.recorded_until is None and (drive is not None or not medium.files):
        return
    if drive is None:
        number = media_register.added(medium.city, medium.label, "", permit=permit)
        drive = Drive.objects.get(pk=number)
    last_at = media_register_rows.state_of(drive).last_at
    step = Step(
        What.TAKEN_OUT,
        max(medium.taken_out_at, last_at) if last_at else medium.taken_out_at,
        who=medium.taken_out_by,
        camera=camera,
        recorded_from=medium.recorded_from,
        recorded_until=medium.recorded_until,
        case_number=medium.case_number,
    )
    media_register.kept(drive, step, permit=permit, medium=medium)


def _last_camera(state: State) -> str:
    if state.where is Where.CAMERA:
        return state.camera
    return state.recording.camera if state.recording else ""
