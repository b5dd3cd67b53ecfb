"""Settings that would let sign-in leak, or that mean nothing, stop the start."""

import pytest
from django.core import checks
from pytest_django import Settings

from plateward.web.checks import TAG

HOME = ["127.0.0.1", "localhost", "[::1]"]


@pytest.mark.parametrize(
    ("demo", "hosts", "url", "found"),
    [
        (True, HOME, "http://127.0.0.1:8001", []),
        (False, HOME, "http://127.0.0.1:8000", []),
        (False, ["alpr.city.example"], "https://alpr.city.example", []),
        (True, ["alpr.city.example"], "https://alpr.city.example", ["plateward.E001"]),
        (True, ["*"], "http://127.0.0.1:8000", ["plateward.E001", "plateward.E002"]),
        (False, ["alpr.city.example"], "http://alpr.city.example", ["plateward.E002"]),
    ],
)
def test_what_is_refused(
    settings: Settings, demo: bool, hosts: list[str], url: str, found: list[str]
) -> None:
    settings.DEMO, settings.HOSTS, settings.PUBLIC_URL = demo, hosts, url
    assert sorted(str(p.id) for p in checks.run_checks(tags=[TAG])) == found


@pytest.mark.parametrize(
    ("setting", "written", "found"),
    [
        ("WITNESSES", "not-a-key https://a.example", "plateward.E003"),
        ("WITNESSES", "/nowhere/at-all", "plateward.E003"),
        ("TSA_URL", "https://tsa.example", "plateward.E004"),
        ("POSTED_AT", "walnut-ca", "plateward.E005"),
        ("POSTED_AT", "walnut-ca=https://city.example/alpr", None),
    ],
)
def test_an_address_that_cannot_be_used_is_refused(
    settings: Settings, setting: str, written: str, found: str | None
) -> None:
    setattr(settings, setting, written)
    assert [p.id for p in checks.run_checks(tags=[TAG])] == ([found] if found else [])
