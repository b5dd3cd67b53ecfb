"""What kind each camera is: fixed, mobile, or set off by movement, with a card that it fills."""

from enum import StrEnum

from django.db import transaction

from plateward.audit import log
from plateward.cameras import register
from plateward.cameras.models import Camera
from plateward.policy import in_force


class Kind(StrEnum):
    """In the words of the policies."""

    FIXED = "fixed"
    MOBILE = "mobile"
    MOTION = "motion_detection"


class NotThatKind(ValueError):
    """The city's text has no such cameras. Nothing was changed."""


def of(code: str) -> Kind | None:
    """None where nobody has said. Raise UnknownCamera."""
    camera = register.named(code)
    said = Camera.objects.values_list("kind", flat=True).get(pk=camera.key)
    return Kind(said) if said else None


@transaction.atomic
def say(code: str, kind: Kind, *, by: str) -> None:
    """The camera is of that kind from now on. Raise UnknownCamera, NoPolicy or NotThatKind."""
    camera = register.named(code)
    profile = in_force.profile(camera.city)
    known = {str(each) for each in Kind}
    named = known & set(profile.at("collection.camera_kinds") or ())
    if named and kind not in named:
        clauses = ", ".join(profile.clauses_for("collection.camera_kinds"))
        words = ", ".join(each.replace("_", " ") for each in sorted(named))
        raise NotThatKind(
            f"{profile.title()} has no {kind.replace('_', ' ')} cameras"
            + (f" ({clauses})" if clauses else "")
            + f": its policy names {words}. Nothing was changed."
        )
    Camera.objects.filter(pk=camera.key).update(kind=kind)
    log.append(
        actor=by,
        act="cameras:camera:kind",
        outcome="done",
        city=camera.city,
        facts={"camera": code, "kind": str(kind)},
    )
