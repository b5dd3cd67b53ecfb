"""Whatever is sent in any vendor's name becomes an answer or a named refusal, and nothing else."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plateward.intake import vendor_fields
from plateward.intake.adapters import registry, shown
from plateward.intake.adapters.canonical import Taken
from plateward.intake.adapters.message import Message, Refused
from tests.intake.adapters import messages

ODD: list[Any] = [
    *(None, True, 0, -1, 1e308, 10**30, "", " ", "\0", "\ud800", "x" * 5000, "٣", "NaN", "١٢"),
    *([], {}, [[]], [None], {"": None}, ["TST1"], {"Value": []}, "2025-13-45", "9999999999999999"),
]
OURS = {name: [c for c in messages.ours() if c.vendor == name] for name in registry.VENDORS}
QUICK = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)


def answers(vendor: str, message: Message) -> None:
    """Fails by any error but Refused; what it shows must be JSON, and its reads must be whole."""
    try:
        taken = registry.vendor(vendor).take(message)
    except Refused as refused:
        taken = Taken()
        assert_quotes_nothing(str(refused))
    json.dumps(shown.as_json(vendor_fields.keep_allowed(taken, vendor_fields.without_city)))
    for read in taken.reads:
        assert read.plate_norm
        assert read.captured_at.tzinfo
        assert len(read.event()) < 300
        assert read.outline is None or read.outline.box() != ()


def assert_quotes_nothing(said: str) -> None:
    assert "Nothing was stored" in said
    assert "TST" not in said


@pytest.mark.parametrize("vendor", sorted(registry.VENDORS))
@QUICK
@given(body=st.binary(max_size=300), start=st.sampled_from([b"", b"{", b"<", b"--b\r\n", b"[1,"]))
def test_random_bytes(vendor: str, body: bytes, start: bytes) -> None:
    answers(vendor, messages.message(start + body))


@pytest.mark.parametrize("vendor", sorted(registry.VENDORS))
@QUICK
@given(
    which=st.integers(0, 50),
    place=st.floats(0, 1),
    gone=st.integers(0, 40),
    put=st.binary(max_size=8),
)
def test_damaged_messages(vendor: str, which: int, place: float, gone: int, put: bytes) -> None:
    whole = _chosen(OURS[vendor], which).message()
    at = int(place * len(whole.body))
    body = whole.body[:at] + put + whole.body[at + gone :]
    answers(vendor, messages.message(body, content_type=whole.content_type, topic=whole.topic))


@pytest.mark.parametrize("vendor", sorted(registry.VENDORS))
@QUICK
@given(which=st.integers(0, 50), place=st.integers(0, 10_000), odd=st.sampled_from(ODD))
def test_values_that_no_camera_sends(vendor: str, which: int, place: int, odd: Any) -> None:
    written = [case for case in OURS[vendor] if case.file.suffix == ".json"]
    if not written:
        return
    case = _chosen(written, which)
    root = json.loads(case.file.read_bytes())
    places = list(_places(root))
    places[place % len(places)](odd)
    answers(vendor, messages.message(json.dumps(root), topic=case.message().topic))


@pytest.mark.parametrize("vendor", sorted(registry.VENDORS))
@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"a":' * 50_000, b"<a>" * 1000, b"-" * 1000, b"\n" * 200_000]
)
def test_nesting_that_no_camera_sends(vendor: str, body: bytes) -> None:
    answers(vendor, messages.message(body))


@pytest.mark.parametrize("vendor", sorted(registry.VENDORS))
def test_an_entity_is_refused_wherever_xml_is_taken(vendor: str) -> None:
    body = b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>'
    with pytest.raises(Refused):
        registry.vendor(vendor).take(messages.message(body))


def _chosen(cases: list[messages.Case], which: int) -> messages.Case:
    return cases[which % len(cases)]


def _places(value: Any) -> Iterator[Callable[[Any], None]]:
    """A setter for each value inside."""
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    for key, held in list(inside):
        yield lambda odd, key=key: value.__setitem__(key, odd)
        if isinstance(held, dict | list):
            yield from _places(held)
