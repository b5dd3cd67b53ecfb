"""What every story needs: someone at the keyboard, and a plate in the store.

Rooms are imported inside, because Django is ready only after this file is read.
"""

from collections.abc import Iterator

import pytest
from django.test import override_settings


@pytest.fixture(autouse=True)
def quick_passwords() -> Iterator[None]:
    """The real hash takes a third of a second on purpose; no story here is about it."""
    quick = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with override_settings(PASSWORD_HASHERS=quick):
        yield


@pytest.fixture
def seat(cameras: dict[str, str]) -> object:
    """`seat("ana")` is Ana's browser, signed in with both factors."""
    from tests.web import seats

    return seats.at_the_keyboard


@pytest.fixture
def seen(cameras: dict[str, str]) -> int:
    """TST4821 passed a camera of Willard a minute ago; this is its read."""
    from tests import cast
    from tests.journeys import story

    return story.taken_in(cast.sighting("TST4821"))


@pytest.fixture
def seen_in_odessa(cameras: dict[str, str]) -> int:
    from tests import cast
    from tests.journeys import story

    return story.taken_in(cast.sighting("TST4821", device="ode-131-i70"))
