"""Sign-in by one's agency: it says who somebody is, and neither enrols nor admits anybody."""

import copy
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.totp.internal import auth as totp
from allauth.socialaccount.models import SocialAccount, SocialApp
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from plateward.audit import log
from plateward.gate import door
from plateward.gate.permit import Refused
from plateward.people import linked, lockout
from plateward.people.models import Person
from plateward.policy.decide import Reason
from plateward.policy.vocabulary import Act
from tests import cast
from tests.web import agency

pytestmark = pytest.mark.django_db
SIGN_IN = "people:account:sign-in"
CODE = "wpd"
STRANGER = rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def running() -> Iterator[agency.Provider]:
    with agency.opened() as provider:
        yield provider


@pytest.fixture
def provider(running: agency.Provider, settings: Settings) -> agency.Provider:
    """Ana's department, which vouches for user names and says when it asked for two factors."""
    cache.clear()
    running.says = {"sub": "8f1c", "preferred_username": "ana", "amr": ["pwd", "mfa"]}
    running.signs_with, running.algorithm, running.refuses = None, "RS256", False
    app = {
        "provider_id": CODE,
        "name": "Willard Police Department",
        "client_id": agency.CLIENT,
        "secret": agency.SECRET,
        "settings": {
            "server_url": running.issuer,
            "issuer": running.issuer,
            "fetch_userinfo": False,
            "oauth_pkce_enabled": True,
            "scope": ["openid"],
            "username_claim": "preferred_username",
            "second_factor": ["mfa"],
        },
    }
    providers = copy.deepcopy(settings.SOCIALACCOUNT_PROVIDERS)
    providers["openid_connect"]["APPS"] = [app]
    settings.SOCIALACCOUNT_PROVIDERS = providers
    return running


@pytest.fixture
def ana(cities: tuple[str, ...]) -> Person:
    return cast.enrolled("ana")


def begun(provider: agency.Provider, onward: str = "") -> tuple[Client, str]:
    """A browser on its way to the agency, and the state it must bring back."""
    client = Client()
    client.post("/sign-in/notice/")
    away = client.get(f"/sign-in/by/{CODE}/{onward}")["Location"]
    assert away.startswith(f"{provider.issuer}/authorize?")
    provider.asked = {name: said[0] for name, said in parse_qs(urlsplit(away).query).items()}
    return client, provider.asked["state"]


def come(provider: agency.Provider, onward: str = "") -> tuple[Client, Any]:
    client, state = begun(provider, onward)
    return client, client.get(f"/sign-in/by/{CODE}/back/?code=once&state={state}")


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def outcomes() -> list[str]:
    return [entry.outcome for entry in log.latest(30) if entry.act == SIGN_IN]


def test_the_agencys_word_and_second_factor_open_the_account(
    provider: agency.Provider, ana: Person
) -> None:
    client, answer = come(provider)
    assert answer["Location"] == "/home/"
    assert is_in(client)
    entry = next(entry for entry in log.latest(5) if entry.act == SIGN_IN)
    assert entry.actor == ana.badge
    assert "agency" in entry.facts["factors"]  # type: ignore[operator]  # a list
    assert linked.links(ana)[0].subject == "8f1c"


def test_it_is_linked_once_and_found_by_issuer_and_subject_afterwards(
    provider: agency.Provider, ana: Person
) -> None:
    come(provider)
    provider.says["preferred_username"] = "renamed there"
    client, _ = come(provider)
    assert is_in(client)
    assert SocialAccount.objects.count() == 1


def test_an_administrator_links_an_account_that_bears_another_name(
    provider: agency.Provider, ana: Person
) -> None:
    provider.says["preferred_username"] = "a.ortiz"
    client, _ = come(provider)
    assert not is_in(client)
    linked.link(ana, agency=CODE, issuer=provider.issuer, subject="8f1c", by="WPD-001")
    client, _ = come(provider)
    assert is_in(client)


def test_the_same_subject_of_another_issuer_is_somebody_else(
    provider: agency.Provider, ana: Person
) -> None:
    provider.says["preferred_username"] = ""
    linked.link(ana, agency=CODE, issuer="https://elsewhere.example", subject="8f1c", by="x")
    client, _ = come(provider)
    assert not is_in(client)


def test_a_second_account_of_the_same_name_does_not_take_over(
    provider: agency.Provider, ana: Person
) -> None:
    come(provider)
    provider.says["sub"] = "somebody who was given the name later"
    client, _ = come(provider)
    assert not is_in(client)


def test_whoever_is_not_enrolled_is_not_enrolled_by_coming(
    provider: agency.Provider, ana: Person
) -> None:
    people = Person.objects.count()
    provider.says |= {"preferred_username": "mallory", "groups": ["alpr-admins", "chiefs"]}
    client, answer = come(provider)
    assert answer.status_code == 401
    assert not is_in(client)
    assert Person.objects.count() == people
    assert not SocialAccount.objects.exists()
    assert outcomes() == ["failed"]


def test_an_agency_speaks_for_its_own_people_only(provider: agency.Provider, ana: Person) -> None:
    cast.enrolled("dee")  # of another city's department
    provider.says["preferred_username"] = "dee"
    client, _ = come(provider)
    assert not is_in(client)
    assert lockout.locked_until("dee", now=log.latest(1)[0].at) is None


def test_a_group_never_opens_the_gate(provider: agency.Provider, ana: Person) -> None:
    ben = cast.enrolled("ben")  # enrolled, of the department, his training lapsed
    provider.says |= {"preferred_username": "ben", "sub": "b", "groups": ["alpr-search", "admins"]}
    client, _ = come(provider)
    assert is_in(client)
    reason = Reason(purpose="crime_person_or_property", note="burglary on 4th Street")
    with pytest.raises(Refused):
        door.admit(ben, Act.READS_SEARCH, reason, cities=[cast.WILLARD], second_factor=True)
    assert "groups" not in SocialAccount.objects.get(user=ben).extra_data


@pytest.mark.parametrize("said", [["pwd"], [], None, "pwd", ["otp"]])
def test_without_the_agencys_second_factor_ours_is_asked(
    provider: agency.Provider, ana: Person, said: object
) -> None:
    totp.TOTP.activate(ana, totp.generate_totp_secret())
    provider.says["amr"] = said
    client, answer = come(provider)
    assert answer["Location"].startswith("/sign-in/code/")
    assert not is_in(client)


def test_whoever_has_none_of_ours_yet_sets_one_up(provider: agency.Provider, ana: Person) -> None:
    provider.says["amr"] = ["pwd"]
    client, _ = come(provider)
    assert client.get("/home/")["Location"].startswith("/account/authenticator/")


def test_a_level_of_assurance_counts_as_well(provider: agency.Provider, ana: Person) -> None:
    provider.says |= {"amr": None, "acr": "mfa"}
    client, _ = come(provider)
    assert is_in(client)


def test_a_token_signed_by_somebody_else_is_refused(provider: agency.Provider, ana: Person) -> None:
    provider.signs_with = STRANGER
    client, answer = come(provider)
    assert answer.status_code == 401
    assert not is_in(client)
    assert outcomes() == ["failed"]


def test_a_shared_secret_is_no_signature(provider: agency.Provider, ana: Person) -> None:
    provider.signs_with, provider.algorithm = agency.SECRET, "HS256"
    client, answer = come(provider)
    assert answer.status_code == 401
    assert not is_in(client)


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another program"},
        {"azp": "another program"},
        {"exp": 1},
        {"exp": None},
        {"sub": None},
        {"iat": 99999999999},
    ],
)
def test_a_token_for_others_or_of_another_time_is_refused(
    provider: agency.Provider, ana: Person, wrong: dict[str, object]
) -> None:
    provider.says |= wrong
    client, answer = come(provider)
    assert answer.status_code == 401
    assert not is_in(client)


def test_an_answer_that_nobody_asked_for_is_refused(provider: agency.Provider, ana: Person) -> None:
    begun(provider)
    other = Client()
    other.post("/sign-in/notice/")
    state = provider.asked["state"]
    assert other.get(f"/sign-in/by/{CODE}/back/?code=once&state={state}").status_code == 401
    assert not is_in(other)


def test_an_answer_serves_once(provider: agency.Provider, ana: Person) -> None:
    client, state = begun(provider)
    back = f"/sign-in/by/{CODE}/back/?code=once&state={state}"
    client.get(back)
    client.post("/sign-out/")
    client.post("/sign-in/notice/")
    assert client.get(back).status_code == 401


def test_a_locked_account_stays_locked_to_the_agency_too(
    provider: agency.Provider, ana: Person
) -> None:
    for _ in range(lockout.FAILURES):
        lockout.failed("ana", factor="password", now=log.latest(1)[0].at)
    client, answer = come(provider)
    assert b"Too many wrong" in answer.content
    assert not is_in(client)


def test_whoever_left_does_not_come_in(provider: agency.Provider, ana: Person) -> None:
    Person.objects.filter(pk=ana.pk).update(is_active=False)
    client, _ = come(provider)
    assert not is_in(client)


def test_when_the_agency_refuses_or_is_away_nothing_opens(
    provider: agency.Provider, ana: Person, settings: Settings
) -> None:
    provider.refuses = True
    client, answer = come(provider)
    assert answer.status_code == 401
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    app["settings"]["server_url"] = "http://127.0.0.1:9"
    assert client.get(f"/sign-in/by/{CODE}/").status_code == 503


def test_the_notice_comes_first(provider: agency.Provider, ana: Person) -> None:
    assert Client().get(f"/sign-in/by/{CODE}/")["Location"].startswith("/sign-in/")


def test_the_address_changes_nothing_of_what_is_asked(
    provider: agency.Provider, ana: Person
) -> None:
    begun(provider, "?process=connect&scope=everything&auth_params=prompt%3Dnone")
    assert "everything" not in provider.asked["scope"]
    assert "prompt" not in provider.asked
    _, answer = come(provider, "?process=redirect&next=https://elsewhere.example/")
    assert answer["Location"] == "/home/"


def test_a_row_in_a_table_adds_no_agency(provider: agency.Provider, ana: Person) -> None:
    told = {"server_url": provider.issuer}
    SocialApp.objects.create(
        provider="openid_connect", provider_id="evil", name="Evil", client_id="x", settings=told
    )
    client = Client()
    client.post("/sign-in/notice/")
    assert client.get("/sign-in/by/evil/").status_code == 404
