"""Flock's alerts: no OCR, folded letters, XML however its names begin; audits are no alerts."""

from typing import Any

import pytest

from plateward.intake.adapters.canonical import ForeignAlert, Taken
from plateward.intake.adapters.message import Refused
from tests.intake.adapters import messages

ALERT: dict[str, Any] = {
    "deviceExternalId": "d1",
    "objectId": "f1",
    "eventTime": "2025-12-01T14:05:06.789Z",
    "ocr": {"label": "TST4021", "labelConfidence": 0.91, "state": None, "stateConfidence": None},
    "sources": [{"name": "NCIC", "reason": "Stolen Vehicle", "caseNumber": "2025-000123"}],
}


def take(**told: Any) -> Taken:
    return messages.take("flock", {**ALERT, **told})


@pytest.mark.parametrize("ocr", [None, {}, {"label": ""}])
def test_an_alert_without_a_reading_is_no_read(ocr: Any) -> None:
    assert take(ocr=ocr).dropped == (("vehicle_only", 1),)


def test_a_zero_may_have_been_a_letter_and_the_read_says_so() -> None:
    assert take().reads[0].warnings == ("flock_may_write_o_as_0",)
    assert take(ocr={"label": "TST777"}).reads[0].warnings == ()


def test_what_flock_wrote_is_what_is_kept() -> None:
    assert take(ocr={"label": "TST4O21"}).reads[0].plate_norm == "TST4O21"


def test_a_list_of_theirs_is_named_without_its_case() -> None:
    read = take().reads[0]
    assert read.foreign_alerts == (ForeignAlert("NCIC", "Stolen Vehicle"),)
    assert "2025-000123" not in repr(read)


@pytest.mark.parametrize("sources", [None, [], [{}], ["NCIC"], {"name": "NCIC"}])
def test_lists_may_be_missing(sources: Any) -> None:
    assert take(sources=sources).reads[0].foreign_alerts == ()


def test_a_state_that_is_not_told_has_no_confidence() -> None:
    read = take(ocr={"label": "TST1", "state": "elsewhere", "stateConfidence": 0.9}).reads[0]
    assert (read.region, read.region_conf) == (None, None)


def test_what_is_no_alert_is_counted() -> None:
    assert messages.take("flock", {"hello": 1}).dropped == (("unknown_message", 1),)


def test_an_alert_without_a_time_is_none() -> None:
    assert take(eventTime=None).dropped == (("no_time", 1),)


@pytest.mark.parametrize("wrapped", ["{}", "<alerts>{}</alerts>"])
def test_xml_repeats_sources_or_holds_them(wrapped: str) -> None:
    alert = (
        "<alert><objectId>f1</objectId><eventTime>2025-12-01T14:05:06.789Z</eventTime>"
        "<ocr><label>TST1</label></ocr><sources><name>A</name></sources>"
        "<sources><name>B</name></sources></alert>"
    )
    read = messages.take("flock", wrapped.format(alert)).reads[0]
    assert [each.list for each in read.foreign_alerts] == ["A", "B"]
    empty = alert.replace("<label>TST1</label>", "")
    assert messages.take("flock", empty).dropped == (("vehicle_only", 1),)


def test_an_audit_is_not_taken_for_reads() -> None:
    body = (messages.OURS / "flock" / "shared_networks.csv").read_bytes()
    with pytest.raises(Refused, match="audit"):
        messages.take("flock", body)
