"""Crops are found for a page of reads at once, each on its own shelf."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from plateward.intake.receive import receive
from plateward.reads import pictures, prepared
from plateward.reads.models import Read
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cameras")]
CROP = b"\xff\xd8\xff a plate"


def seen(plate: str, days: int, crop: bytes | None, device: str = "wil-160-jackson") -> None:
    at = timezone.now() - timedelta(days=days)
    sighting = cast.sighting(plate, seen_at=at, device=device)
    receive(replace(sighting, crop=crop), received_at=at)


def test_each_has_its_own() -> None:
    for days in range(4):
        seen(f"TST10{days}", days, CROP + bytes([days]))
    seen("TST200", 0, None)
    seen("TST300", 1, CROP + b"Carson", device="car-avalon")
    rows = {str(row.plate): row for row in Read.objects.all()}
    found = pictures.crops_of(rows.values())
    plates = {plate: found.get(row.pk) for plate, row in rows.items()}
    assert plates == {
        **{f"TST10{days}": CROP + bytes([days]) for days in range(4)},
        "TST200": None,
        "TST300": CROP + b"Carson",
    }
    assert pictures.crops_of([]) == {}


def test_on_a_cluster_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "is_cluster", lambda: True)
    test_each_has_its_own()
