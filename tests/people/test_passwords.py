"""The password hash: PBKDF2 under CJIS, Argon2id elsewhere, old ones written anew at sign-in."""

import pytest
from django.contrib.auth.hashers import check_password, make_password
from pytest_django import Settings

from plateward import settings as ours
from plateward.people.passwords import Pbkdf2

BY_CJIS = ours._HASHERS[::-1]


def test_cjis_gets_600000_rounds_of_pbkdf2_sha256() -> None:
    assert Pbkdf2.iterations == 600_000
    assert Pbkdf2().encode("a river", "saltsaltsaltsalt", 1).startswith("pbkdf2_sha256$1$")


@pytest.mark.slow
def test_each_house_writes_its_own_and_reads_the_others(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ours._HASHERS
    elsewhere = make_password("a river under seven bridges")
    assert elsewhere.startswith("argon2$argon2id$")
    settings.PASSWORD_HASHERS = BY_CJIS
    under_cjis = make_password("a river under seven bridges")
    assert under_cjis.startswith("pbkdf2_sha256$600000$")
    written: list[str] = []
    assert check_password("a river under seven bridges", elsewhere, setter=written.append)
    assert written == ["a river under seven bridges"]  # Django asks for it to be hashed anew
    assert not check_password("another river", elsewhere, setter=written.append)
    assert len(written) == 1
