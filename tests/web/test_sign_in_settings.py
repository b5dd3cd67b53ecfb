"""What the machine's settings say of sign-in; what is wrong or missing stops the start."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from plateward import settings as ours

NAME = "PLATEWARD_OIDC"
GOOD = {
    "PLATEWARD_OIDC": "lasd",
    "PLATEWARD_OIDC_LASD_ISSUER": "https://login.sheriff.example/",
    "PLATEWARD_OIDC_LASD_CLIENT_ID": "plateward",
    "PLATEWARD_OIDC_LASD_AGENCY": "Sheriff",
    "PLATEWARD_OIDC_LASD_USERNAME_CLAIM": "upn",
    "PLATEWARD_OIDC_LASD_SECOND_FACTOR": "mfa, hwk",
}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    secret = tmp_path / "secret"
    secret.write_text("whispered\n")
    for name, value in (GOOD | {"PLATEWARD_OIDC_LASD_SECRET_FILE": str(secret)}).items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_an_agency_is_named_by_the_environment_and_its_secret_by_a_file(
    told: pytest.MonkeyPatch,
) -> None:
    (agency,) = ours.env_agencies(NAME)
    assert (agency["provider_id"], agency["name"]) == ("lasd", "Sheriff")
    assert agency["secret"] == "whispered"
    kept = agency["settings"]
    assert isinstance(kept, dict)
    assert kept["issuer"] == "https://login.sheriff.example/"
    assert kept["second_factor"] == ["mfa", "hwk"]
    assert kept["oauth_pkce_enabled"] is True


def test_no_agency_is_the_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NAME, raising=False)
    assert ours.env_agencies(NAME) == []


@pytest.mark.parametrize("missing", ["ISSUER", "CLIENT_ID", "AGENCY", "SECRET_FILE"])
def test_half_an_agency_stops_the_start(told: pytest.MonkeyPatch, missing: str) -> None:
    told.delenv(f"PLATEWARD_OIDC_LASD_{missing}")
    with pytest.raises(ImproperlyConfigured, match=missing.removesuffix("_FILE")):
        ours.env_agencies(NAME)


@pytest.mark.parametrize("issuer", ["http://login.example", "login.example", "http://localhost.x"])
def test_an_agency_is_asked_over_tls_only(told: pytest.MonkeyPatch, issuer: str) -> None:
    told.setenv("PLATEWARD_OIDC_LASD_ISSUER", issuer)
    with pytest.raises(ImproperlyConfigured, match="https"):
        ours.env_agencies(NAME)


@pytest.mark.parametrize("minutes", ["0", "31", "-5", "half an hour", "1.5", "\u00b2"])
def test_the_lock_waits_one_to_thirty_minutes(
    monkeypatch: pytest.MonkeyPatch, minutes: str
) -> None:
    monkeypatch.setenv("PLATEWARD_LOCK_MINUTES", minutes)
    with pytest.raises(ImproperlyConfigured, match="1 to 30"):
        ours.env_int("PLATEWARD_LOCK_MINUTES", default=30, most=30)
