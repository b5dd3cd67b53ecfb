"""A day's deletions, certified: what a resident takes home proves itself."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.test import Client
from django.utils import timezone

from plateward.audit import checkpoints, log
from plateward.audit.log import Filter
from plateward.cli.log import command
from plateward.custody import certificates, retention
from plateward.intake.receive import receive
from plateward.policy.models import Adoption
from plateward.policy.vocabulary import Act
from tests import cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("cameras")]


@pytest.fixture
def tomorrow(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Reads were deleted today, and it is tomorrow."""
    monkeypatch.setattr(certificates, "_certified_until", {})
    now = timezone.now()
    for ago in (30.2, 30.3):
        seen = now - timedelta(days=ago)
        receive(cast.sighting(seen_at=seen), received_at=seen)
    assert retention.sweep(now=now) == 2
    return datetime.combine(now.date() + timedelta(days=1), time(0, 1), UTC)


def test_a_day_that_is_over_is_certified_once(tomorrow: datetime) -> None:
    assert certificates.issue(now=tomorrow - timedelta(minutes=2)) == 0
    certificates._certified_until.clear()
    cities = Adoption.objects.values("city").distinct().count()
    assert certificates.issue(now=tomorrow) == cities
    (one,) = certificates.of(cast.WILLARD, since=tomorrow.date() - timedelta(days=9))
    assert (one.day, one.reads, one.pictures) == (tomorrow.date() - timedelta(days=1), 2, 4)
    assert one.late_by >= 0.2 * 86400
    found = log.find(Filter(city=cast.WILLARD, act=Act.READS_PURGED, outcome="done"))
    told = sorted(found, key=lambda e: e.index)
    assert one.digest == certificates.digest_of([str(e.facts["digest"]) for e in told])
    assert certificates.issue(now=tomorrow) == 0


def test_nothing_deleted_is_certified_too(tomorrow: datetime) -> None:
    certificates.issue(now=tomorrow)
    (one,) = certificates.of(cast.CARSON, since=tomorrow.date() - timedelta(days=9))
    assert (one.deletions, one.reads) == (0, 0)


def test_what_a_resident_takes_proves_itself(tomorrow: datetime, tmp_path: Path) -> None:
    certificates.issue(now=tomorrow)
    day = tomorrow.date() - timedelta(days=1)
    resident = Client()
    page = resident.get(f"/city/{cast.WILLARD}/deletions/").content.decode()
    assert f"/city/{cast.WILLARD}/deletions/{day}.jsonl" in page
    file = tmp_path / "taken.jsonl"
    file.write_bytes(resident.get(f"/city/{cast.WILLARD}/deletions/{day}.jsonl").content)
    last = checkpoints.latest()
    assert last is not None
    done = CliRunner().invoke(command, ["verify", str(file), "--key", last.vkey])
    assert (done.exit_code, "reads: 2" in done.output) == (0, True), done.exception
    file.write_bytes(file.read_bytes().replace(b'"reads":2', b'"reads":1'))
    done = CliRunner().invoke(command, ["verify", str(file), "--key", last.vkey])
    assert (done.exit_code, "NOT PROVEN" in done.output) == (1, True), done.output
    assert CliRunner().invoke(command, ["verify", str(file)]).exit_code == 2


@pytest.mark.parametrize("day", ["2020-01-01", "yesterday", "2026-13-40"])
def test_a_day_without_a_certificate_is_no_page(day: str) -> None:
    assert Client().get(f"/city/{cast.WILLARD}/deletions/{day}.jsonl").status_code == 404
