"""Late and early deletion become faults, and are over when what was wrong is over."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from plateward.custody import retention
from plateward.intake.receive import receive
from plateward.policy import in_force
from plateward.reads import counts, keyring, losses
from plateward.reads.models import GoneCount, Read
from plateward.upkeep import deletion, faults
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cameras")]


@pytest.fixture(autouse=True)
def _not_looked_today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deletion, "_looked", {})


def named(city: str) -> list[str]:
    return [each.what for each in faults.still_open(city)]


@pytest.mark.parametrize(
    ("device", "city"), [("car-avalon", cast.CARSON), ("wil-160-jackson", cast.WILLARD)]
)
def test_what_lies_longer_than_the_text_allows_is_a_fault_until_it_is_gone(
    device: str, city: str
) -> None:
    allowed = deletion.lateness_allowed(in_force.profile(city), timezone.now())
    assert (allowed == timedelta(minutes=1)) is (city == cast.CARSON)
    seen = timezone.now() - timedelta(days=1)
    receive(cast.sighting(device=device, seen_at=seen), received_at=seen)
    ends = counts.oldest_expiry(city, before=datetime.max.replace(tzinfo=UTC))
    assert ends is not None
    deletion.watch(now=ends + allowed)
    assert named(city) == []
    deletion.watch(now=ends + allowed + timedelta(seconds=1))
    assert named(city) == [deletion.LATE]
    retention.sweep(now=ends + allowed + timedelta(seconds=31))
    deletion.watch(now=ends + allowed + timedelta(seconds=32))
    assert named(city) == []


def test_the_numbers_agree_through_storing_and_deleting() -> None:
    for ago in (0.1, 29.9, 30.1, 31.5):
        seen = timezone.now() - timedelta(days=ago)
        receive(cast.sighting(seen_at=seen), received_at=seen)
    assert not losses.of(cast.WILLARD, now=timezone.now()).any
    retention.sweep(now=timezone.now())
    assert not losses.of(cast.WILLARD, now=timezone.now()).any
    assert sum(GoneCount.objects.values_list("reads", flat=True)) == 2


def test_a_read_that_vanishes_early_is_a_fault() -> None:
    receive(cast.sighting())
    receive(cast.sighting())
    Read.objects.filter(pk=Read.objects.first().pk).delete()  # type: ignore[union-attr]
    deletion.watch(now=timezone.now())
    (fault,) = faults.still_open(cast.WILLARD)
    assert fault.what == deletion.EARLY
    assert fault.trouble.startswith("1 reads")


def test_a_read_that_nobody_handed_in_is_one_too() -> None:
    receive(cast.sighting())
    there = Read.objects.get()
    there.pk += 1
    there.save(force_insert=True)
    found = losses.of(cast.WILLARD, now=timezone.now())
    assert (found.missing, sum(found.strange.values())) == ({}, 1)


def test_a_key_that_is_gone_early_is_one_too() -> None:
    receive(cast.sighting())
    ends = Read.objects.get().expires_at
    keyring.destroy(cast.WILLARD, keyring.last_of(ends))
    assert losses.of(cast.WILLARD, now=timezone.now()).unopened == 1


def test_nothing_is_sealed_under_a_key_that_another_process_destroyed() -> None:
    now = timezone.now()
    ends = now + timedelta(days=3)
    before = keyring.key(cast.WILLARD, ends)
    code = (  # in a process of its own, so that this one is not told
        "import django, sys; django.setup();"
        "from datetime import datetime; from plateward.reads import keyring;"
        "print(keyring.destroy(sys.argv[1], datetime.fromisoformat(sys.argv[2])))"
    )
    when = keyring.last_of(ends).isoformat()
    subprocess.run([sys.executable, "-c", code, cast.WILLARD, when], check=True)
    with pytest.raises(keyring.Gone):
        keyring.kept(cast.WILLARD, ends)
    assert keyring.key(cast.WILLARD, ends) != before
    assert keyring.holds(cast.WILLARD, ends)
