"""A receiver on this machine, which the operator has named."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.notices import receiver

if TYPE_CHECKING:
    from plateward.notices.above import Above


@pytest.fixture(autouse=True)
def _inside(settings: Any) -> None:
    settings.NOTICE_HOSTS = ["127.0.0.1"]


@pytest.fixture
def endpoint() -> Iterator[receiver.Receiver]:
    with receiver.running() as there:
        yield there


@pytest.fixture
def nobody() -> "Above":
    """Nobody listens in a browser, and no policy lets a plate leave; every alert stands."""
    from plateward.notices.above import Above  # after Django is ready

    return Above(
        hear=lambda _city, _who: frozenset(),
        ended=lambda _who: frozenset(),
        stands=lambda _city, _alert: True,
        plate=lambda _city, _alert: "",
    )
