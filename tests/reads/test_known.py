"""The known plates in memory: as new as the table, and gone when it says so."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from plateward.intake.receive import receive
from plateward.reads import keep_up, known
from plateward.reads.known import Followed
from plateward.reads.models import Known
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def see(cameras: dict[str, str]) -> Callable[[str], None]:
    """Take in a read of that plate."""

    def one(plate: str) -> None:
        receive(cast.sighting(plate))

    return one


def plates(followed: Followed, city: str = cast.WILLARD) -> list[str]:
    return sorted(followed.of([city])[city].fitting("*").texts.values())


@pytest.fixture
def followed() -> Followed:
    """With nothing of other tests in it."""
    Known.objects.all().delete()
    return Followed()


def test_it_has_what_was_there_and_what_comes(
    followed: Followed, see: Callable[[str], None]
) -> None:
    see("ABC123")
    assert plates(followed) == ["ABC123"]
    see("XYZ789")
    see("ABC123")
    receive(cast.sighting("ODE555", device="ode-131-i70"))
    assert plates(followed) == ["ABC123", "XYZ789"]
    assert plates(followed, cast.ODESSA) == ["ODE555"]
    assert plates(followed, cast.CARSON) == []


def test_a_row_with_a_lower_id_that_is_committed_later_is_found(
    followed: Followed, see: Callable[[str], None]
) -> None:
    see("FIRST1")
    assert plates(followed) == ["FIRST1"]
    see("LATE22")
    late = Known.objects.latest("pk")
    late.delete()
    see("SECND3")
    assert plates(followed) == ["FIRST1", "SECND3"]
    late.pk = Known.objects.latest("pk").pk - 1
    late.save(force_insert=True)
    assert plates(followed) == ["FIRST1", "LATE22", "SECND3"]


def test_what_is_no_longer_kept_leaves_memory(
    followed: Followed, see: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    see("GONE11")
    see("STAYS2")
    assert plates(followed) == ["GONE11", "STAYS2"]
    ends = Known.objects.earliest("pk").until
    Known.objects.earliest("pk").delete()
    Known.objects.update(until=ends + timedelta(hours=1))  # seen again
    monkeypatch.setattr(timezone, "now", lambda: ends)
    assert plates(followed) == ["STAYS2"]


def test_another_database_is_read_from_its_start(
    followed: Followed, see: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    see("BEFORE1")
    assert plates(followed) == ["BEFORE1"]
    Known.objects.all().delete()
    see("AFTER2")
    monkeypatch.setattr(known, "_sequence", lambda: 0)
    assert plates(followed) == ["AFTER2"]


def test_one_spoilt_row_does_not_stop_the_rest_and_its_plate_is_in_no_log(
    followed: Followed, see: Callable[[str], None], caplog: pytest.LogCaptureFixture
) -> None:
    see("SPOILT1")
    row = Known.objects.latest("pk")
    Known.objects.update(sealed=bytes(row.sealed)[:-1] + b"?")
    see("WHOLE22")
    assert plates(followed) == ["WHOLE22"]
    assert "does not open" in caplog.text
    assert "SPOILT1" not in caplog.text


def test_it_is_kept_up_until_told_to_stop_though_the_database_was_away(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stop, asked = threading.Event(), []

    def of(cities: tuple[str, ...]) -> None:
        asked.append(cities)
        if len(asked) == 1:
            raise OperationalError("away")
        stop.set()

    monkeypatch.setattr(known.FOLLOWED, "of", of)
    monkeypatch.setattr(keep_up, "EVERY_SECONDS", 0.0)
    thread = threading.Thread(target=keep_up.until, args=(stop,))
    thread.start()
    thread.join(timeout=5)
    assert asked == [(), ()]
    assert "not followed for now: away" in caplog.text
