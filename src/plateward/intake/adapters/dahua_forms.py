"""The other forms of a Dahua event: lines of names and values, and the message of a toll gate."""

import re
from collections.abc import Mapping
from typing import Any, Final

from plateward.intake.adapters import pictures, told
from plateward.intake.adapters.canonical import Dropped, Picture
from plateward.intake.adapters.message import Refused

SCENE: Final = "scene"
PLATE: Final = "plate"
_LINE = re.compile(
    r"^[ \t]{0,8}Events\[(?P<event>\d{1,3})\]\.(?P<path>[\w.\[\]]{1,200})=(?P<value>.{0,1000})",
    re.M,
)
_STEP = re.compile(r"\w+")
_MOST_LINES: Final = 20_000
_ROLES: Final = {"NormalPic": SCENE, "CutoutPic": PLATE, "VehiclePic": "vehicle"}


def of_lines(text: str) -> list[Mapping[str, Any]]:
    """`Events[0].Object.Text=…` and the lines beside it, as the events that JSON would hold."""
    found: dict[str, Any] = {}
    for count, line in enumerate(_LINE.finditer(text)):
        if count >= _MOST_LINES:
            raise Refused(f"The message has more than {_MOST_LINES} lines")
        _put(found, [line["event"], *_STEP.findall(line["path"])], line["value"].strip())
    return [told.mapping(_with_lists(each)) for each in found.values()]


def _put(tree: dict[str, Any], path: list[str], value: str) -> None:
    for step in path[:-1]:
        inner = tree.setdefault(step, {})
        if not isinstance(inner, dict):  # a line contradicts one before it: that one stays
            return
        tree = inner
    tree.setdefault(path[-1], value)


def _with_lists(tree: Any) -> Any:
    """What is numbered from 0 is a list."""
    if not isinstance(tree, dict):
        return tree
    held = {name: _with_lists(each) for name, each in tree.items()}
    return list(held.values()) if list(held) == [str(n) for n in range(len(held))] else held


def of_gate(root: Mapping[str, Any]) -> Mapping[str, Any]:
    """The `Picture` that a camera posts of each car, in the fields that events have."""
    picture = told.mapping(root.get("Picture"))
    plate, snap = told.mapping(picture.get("Plate")), told.mapping(picture.get("SnapInfo"))
    vehicle = told.mapping(picture.get("Vehicle"))
    return {
        "Object": {
            "ObjectType": "Plate",
            "Text": None if plate.get("IsExist") is False else plate.get("PlateNumber"),
            "Confidence": plate.get("Confidence"),
            "BoundingBox": plate.get("BoundingBox"),
        },
        "TrafficCar": {
            **vehicle,
            "MachineName": snap.get("DeviceID"),
            "Country": plate.get("Region"),
            "DrivingDirection": [snap.get("Direction")],
        },
        "Lane": snap.get("LanNo", snap.get("Lane")),
        "LocaleTime": snap.get("AccurateTime") or snap.get("SnapTime"),
        "InCarPeopleNum": snap.get("InCarPeopleNum"),
    }


def pictures_of_gate(root: Mapping[str, Any]) -> tuple[tuple[Picture, ...], list[Dropped]]:
    held = told.mapping(root.get("Picture"))
    return pictures.sorted_out(
        pictures.of_base64(role, told.mapping(held.get(name)).get("Content"))
        for name, role in _ROLES.items()
    )
