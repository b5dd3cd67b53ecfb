"""Read folders of vendors' messages with what each must become, and compare."""

import json
import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from plateward.intake import vendor_fields
from plateward.intake.adapters import registry, shown
from plateward.intake.adapters.canonical import Taken
from plateward.intake.adapters.message import Message

OURS: Final = Path(__file__).parents[2] / "vectors" / "payloads"
_SHARED: Final = Path(os.environ.get("PLATEWARD_SHARED", "../shared"))
SHARED: Final = _SHARED / "payloads" / "vectors"
ARRIVED: Final = datetime(2025, 12, 1, 14, 5, 9, tzinfo=UTC)
CAMERA: Final = "the-camera"  # that the sender's credential names


@dataclass(frozen=True, slots=True)
class Case:
    """`expected` is the file's entry in expected.json."""

    file: Path
    vendor: str
    expected: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.file.parent.name}/{self.file.name}"

    def message(self) -> Message:
        return message(
            self.file.read_bytes(),
            content_type=self.expected.get("content_type", ""),
            topic=self.expected.get("topic", ""),
            filename=self.file.name,
        )


def message(body: bytes | str | dict[str, Any] | list[Any], **told: Any) -> Message:
    """A message that came just after the vectors' instant, to a city in Chicago's zone."""
    if isinstance(body, dict | list):
        body = json.dumps(body)
    raw = body.encode() if isinstance(body, str) else body
    plain = Message(raw, ARRIVED, device=CAMERA, zone=ZoneInfo("America/Chicago"))
    return replace(plain, **told)


def take(vendor: str, body: Any, **told: Any) -> Taken:
    return registry.vendor(vendor).take(message(body, **told))


def ours() -> list[Case]:
    """Every message of ours; each vendor's folder has an expected.json of its own."""
    return [
        Case(folder.parent / name, folder.parent.name, told)
        for folder in sorted(OURS.glob("*/expected.json"))
        for name, told in json.loads(folder.read_text()).items()
    ]


def shared() -> list[Case]:
    """Every shared message whose vendor is in the registry; [] where they are not here."""
    if not SHARED.is_dir():
        return []
    expected = json.loads((SHARED / "expected.json").read_text())
    return [
        Case(SHARED / name, name.partition("/")[0], told)
        for name, told in expected.items()
        if name.partition("/")[0] in registry.VENDORS
    ]


def differences(got: Any, expected: dict[str, Any]) -> list[str]:
    """Where what `show` prints lacks or contradicts what is expected; more fields are no fault."""
    wrong = _differ(len(got["reads"]), len(expected["reads"]), "number of reads")
    for index, (ours, theirs) in enumerate(zip(got["reads"], expected["reads"], strict=False)):
        for name, value in theirs.items():
            wrong += _differ(ours.get(name), value, f"reads[{index}].{name}")
    for name in ("health", "vehicle_only", "foreign_hit"):
        if name in expected:
            wrong += _differ(got.get(name), expected[name], name)
    return wrong


def became(case: Case) -> dict[str, Any]:
    """As `plateward intake show` prints it where no city is named."""
    taken = registry.vendor(case.vendor).take(case.message())
    return shown.as_json(vendor_fields.keep_allowed(taken, vendor_fields.without_city))


def _differ(ours: Any, theirs: Any, where: str) -> list[str]:
    if isinstance(theirs, dict) and isinstance(ours, dict):
        return [
            each
            for name, value in theirs.items()
            for each in _differ(ours.get(name), value, f"{where}.{name}")
        ]
    # expected.json says in brackets what a device is named by where the message names none.
    if isinstance(theirs, str) and theirs.endswith(")") and isinstance(ours, str):
        named = theirs.partition("(")[0].strip() or CAMERA
        return [] if ours == named else [f"{where}: {ours!r}, not {named!r}"]
    return [] if ours == theirs else [f"{where}: {ours!r}, not {theirs!r}"]
