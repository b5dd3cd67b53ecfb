"""What people see who set up a camera system: what a message would become, and who is linked."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.utils import timezone

from plateward.cli.intake import command
from plateward.intake import devices
from plateward.intake.adapters import registry
from tests.intake.adapters import messages

OURS = messages.OURS


def shown(*arguments: str, code: int = 0) -> Any:
    ran = CliRunner().invoke(command, ["show", *arguments])
    assert ran.exit_code == code, ran.output
    return json.loads(ran.output)


def test_a_message_is_shown_as_it_would_become() -> None:
    (case,) = (each for each in messages.ours() if str(each) == "openalpr/alpr_group_v2.json")
    got = shown("openalpr", str(case.file))
    assert messages.differences(got, case.expected) == []
    assert "late" not in got


@pytest.mark.parametrize(
    ("city", "gone"),
    [
        ("carson-ca", {"vehicle.body", "vehicle.year", "vehicle.orientation"}),
        ("calabasas-ca", {"vehicle.make", "vehicle.model", "vehicle.color"}),
        ("odessa-mo", set()),
    ],
)
def test_a_citys_policy_decides_what_is_kept(city: str, gone: set[str]) -> None:
    got = shown("openalpr", str(OURS / "openalpr" / "alpr_group_v2.json"), "--city", city)
    assert gone <= set(got["reads"][0].get("dropped_fields", ()))
    kept = set(got["reads"][0].get("vehicle", {}))
    assert not kept & {name.removeprefix("vehicle.") for name in gone}


def test_speed_is_shown_only_where_policy_keeps_it(tmp_path: Path) -> None:
    alert = (OURS / "hikvision" / "anpr.xml").read_text()
    file = tmp_path / "fast.xml"
    file.write_text(alert.replace("<colorDepth>", "<speed>61</speed><colorDepth>"))
    for city, speed in (("carson-ca", 61), ("odessa-mo", None)):
        (read,) = shown("hikvision", str(file), "--city", city)["reads"]
        assert read.get("speed_kmh") == speed
        assert ("vehicleInfo/speed" in read.get("dropped_fields", [])) is (speed is None)


def test_a_message_that_came_too_late_for_the_city_is_counted(tmp_path: Path) -> None:
    file = tmp_path / "old.json"
    sent = {"data_type": "alpr_group", "best_plate_number": "TST1", "epoch_start": 1000000000000}
    file.write_text(json.dumps(sent))
    assert shown("openalpr", str(file), "--city", "willard-mo")["late"] == 1


def test_a_refused_message_says_why() -> None:
    got = shown("hikvision", str(OURS / "hikvision" / "xxe_attack.xml"), code=1)
    assert got["reads"] == "reject"
    assert "Nothing was stored" in got["why"]


def test_fields_that_a_template_renamed_can_be_told(tmp_path: Path) -> None:
    file = tmp_path / "read.xml"
    file.write_text(
        "<AutoVu><Nummer>TST4O21</Nummer><UTCDate>2025:12:01</UTCDate>"
        "<UTCTime>14:05:06.789</UTCTime></AutoVu>"
    )
    assert shown("genetec", str(file), code=1)["reads"] == "reject"
    (read,) = shown("genetec", str(file), "--field", "plate=Nummer")["reads"]
    assert (read["plate_norm"], read["captured_at"]) == ("TST4O21", "2025-12-01T14:05:06.789Z")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nobody", "--city", "willard-mo"), "Use one of"),
        (("openalpr", "--city", "atlantis"), "atlantis"),
        (("openalpr", "--field", "plate"), "OURS=THEIRS"),
    ],
)
def test_a_wrong_argument_is_told(arguments: tuple[str, ...], said: str) -> None:
    file = str(OURS / "openalpr" / "alpr_group_v2.json")
    ran = CliRunner().invoke(command, ["show", arguments[0], file, *arguments[1:]])
    assert ran.exit_code != 0
    assert said in ran.output


def test_the_vendors_are_listed() -> None:
    ran = CliRunner().invoke(command, ["vendors"])
    assert [line.split()[0] for line in ran.output.splitlines()] == sorted(registry.VENDORS)


@pytest.mark.django_db
def test_a_device_is_linked_and_listed(
    cameras: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plateward.cli.house.open_up", lambda: None)
    run = CliRunner().invoke
    said = run(command, ["link", "wil-ab-farm", "openalpr", "1002", "--sender", "wil-160-jackson"])
    assert said.exit_code == 0, said.output
    assert "1002 -> wil-ab-farm (by wil-160-jackson" in run(command, ["devices"]).output
    assert run(command, ["link", "nowhere", "openalpr", "1"]).exit_code == 1
    mapped = run(command, ["map", "wil-ab-farm", "genetec", "plate=Kennzeichen"])
    assert (mapped.exit_code, "1 fields" in mapped.output) == (0, True)


def test_an_audit_of_flocks_is_shown_as_what_it_is() -> None:
    told = shown("flock", str(OURS / "flock" / "network_audit_14col_old.csv"))
    assert told["kind"] == "network_audit"
    assert [each["case"] for each in told["searches"] if "case" in each] == ["2025-000123", "25-1"]


def test_a_device_that_waits_is_dismissed_with_a_reason(
    cameras: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plateward.cli.house.open_up", lambda: None)
    devices.quarantine("openalpr", "lobby", sender="wil-160-jackson", reads=3, now=timezone.now())
    asked = ["dismiss", "wil-160-jackson", "openalpr", "lobby", "--why"]
    assert "Say why" in CliRunner().invoke(command, [*asked, " "]).output
    assert "Dismissed" in CliRunner().invoke(command, [*asked, "a test bench"]).output
    assert (
        "DISMISSED (a test bench): openalpr lobby"
        in CliRunner().invoke(command, ["devices"]).output
    )
    other = [*asked[:3], "attic", "--why", "none of ours"]
    assert "No such device waits" in CliRunner().invoke(command, other).output
